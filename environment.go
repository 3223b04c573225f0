package ovf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/plan"
)

// WriteEnvironmentISO writes the medium of the transport "iso" for the machine of an
// id: its environment document, and beside it the files that its
// EnvironmentFilesSection names, read from the package (DSP0243 11.2). See
// [environment.WriteISO].
//
// An error is a [*FileError] for a file of the package, or that of
// [environment.WriteISO]; w may have got part of the image then.
func (p *Plan) WriteEnvironmentISO(ctx context.Context, machine string, w io.Writer) (err error) {
	i := slices.IndexFunc(p.Machines, func(m *plan.Machine) bool { return m.ID == machine })
	if i < 0 {
		return fmt.Errorf("the plan has no machine %s", diag.Quote(machine))
	}
	var open []disk.File
	defer func() {
		for _, f := range open {
			err = errors.Join(err, f.Close())
		}
	}()
	var files []environment.File
	for _, e := range p.Machines[i].EnvironmentFiles {
		f, ok := p.pkg.File(e.File)
		if !ok {
			return &FileError{ID: e.File, Err: errNoFile}
		}
		content, err := f.OpenAt(ctx)
		if err != nil {
			return err
		}
		open = append(open, content)
		files = append(files, environment.File{Path: e.Path, Size: content.Size(), Content: io.NewSectionReader(content, 0, content.Size())})
	}
	return p.Machines[i].WriteEnvironmentISO(w, files...)
}
