package ovf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/internal/atomicfile"
	"github.com/ovfkit/ovf/plan"
)

// The classes of failure of [Plan.Deploy].
var (
	// ErrNotVerified says that the package is not known to be what its publisher made.
	ErrNotVerified = errors.New("the package is not verified")
	// ErrEula says that a licence agreement was not accepted.
	ErrEula = errors.New("a licence agreement is not accepted")
	// ErrNotDeployment says that a folder has content which no deployment has made.
	ErrNotDeployment = errors.New("the folder is not empty, and no deployment")
)

// LayoutFile is the name of the file in a deployment that holds its [plan.Layout]
// in JSON.
const LayoutFile = "deployment.json"

// DeployOptions says how to lay out a package. The zero value makes raw disks of a
// verified package without licence agreements.
type DeployOptions struct {
	// Format is that of the disk images; zero means [disk.Raw].
	Format disk.Format
	// Accept is asked about each licence agreement, in order (DSP0243 9.6). Nil
	// accepts none.
	Accept func(plan.Eula) bool
	// Unverified allows a package that [Package.Verify] has not found to be trusted.
	Unverified bool
	// Fresh makes all images anew. Without it an image that an earlier deployment
	// in the folder made of the same content stays, with what a guest has written
	// to it since.
	Fresh bool
	// Progress is called now and then with how many bytes of disks are done, of how
	// many. Nil is fine.
	Progress func(done, total int64)
}

// Deploy lays the package out in the folder dir: for each machine the images of
// its disks, flattened, its environment document, ISO image and guestinfo text as it
// can take them, and the whole plan as [LayoutFile]. Files of the guests' environments
// may hold passwords: they can be read by their owner only.
//
// The folder appears when it is complete. One that an earlier deployment made is
// replaced as a whole, but for the images that stay as they are; see
// [DeployOptions]. After an error, or when ctx ends, everything is as it was.
//
// The error wraps one of the errors above, a [*disk.Error] or [*FileError] for what
// cannot be read, or is one of the system.
func (p *Plan) Deploy(ctx context.Context, dir string, o DeployOptions) (*plan.Layout, error) {
	if o.Format == 0 {
		o.Format = disk.Raw
	}
	if !o.Unverified && !p.pkg.trusted() {
		return nil, fmt.Errorf("%s: %w; verify it first, or allow that by name", p.pkg.Name(), ErrNotVerified)
	}
	for _, e := range p.Eulas {
		if o.Accept == nil || !o.Accept(e) {
			return nil, fmt.Errorf("%w: that of %s", ErrEula, licensee(e))
		}
	}
	before, err := deployed(dir)
	if err != nil {
		return nil, err
	}
	if o.Fresh {
		before = nil
	}
	folder, err := atomicfile.ReplaceFolder(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Discard()
	d := &deployment{plan: p, o: o, folder: folder, names: map[string]bool{}, kept: map[string][]plan.DriveLayout{},
		layout: &plan.Layout{Plan: p.Plan, Format: o.Format.String()}}
	d.remember(before)
	if err := d.make(ctx); err != nil {
		return nil, err
	}
	return d.layout, folder.Commit()
}

// licensee names what a licence is for.
func licensee(e plan.Eula) string {
	if e.Content == "" {
		return "the package"
	}
	return diag.Quote(e.Content)
}

// deployed returns the layout of an earlier deployment; nil where the folder is
// empty or not there.
func deployed(dir string) (*plan.Layout, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	const most = 256 << 20
	f, err := os.Open(filepath.Join(dir, LayoutFile))
	if err != nil {
		return nil, fmt.Errorf("%s: %w; give a new folder", dir, ErrNotDeployment)
	}
	defer f.Close()
	var l plan.Layout
	if err := json.NewDecoder(io.LimitReader(f, most)).Decode(&l); err != nil {
		return nil, fmt.Errorf("%s: %w: %v", filepath.Join(dir, LayoutFile), ErrNotDeployment, err)
	}
	return &l, nil
}

// deployment is one run of Deploy.
type deployment struct {
	plan   *Plan
	o      DeployOptions
	folder *atomicfile.Folder
	layout *plan.Layout
	names  map[string]bool               // taken names of folders and files, in lower case
	kept   map[string][]plan.DriveLayout // of the earlier deployment, by what they were made of
	images []pending
}

// pending is an image to be made.
type pending struct {
	drive plan.DriveLayout
	file  *os.File
}

// remember notes the images of an earlier deployment.
func (d *deployment) remember(before *plan.Layout) {
	if before == nil {
		return
	}
	for i := range before.Machines {
		for _, drive := range before.Machines[i].Drives {
			if drive.Source != "" && filepath.IsLocal(filepath.FromSlash(drive.Path)) {
				key := drive.Source + " " + drive.Path
				d.kept[key] = append(d.kept[key], drive)
			}
		}
	}
}

func (d *deployment) make(ctx context.Context) error {
	if err := d.eulas(); err != nil {
		return err
	}
	shared := map[string]plan.DriveLayout{}
	for _, m := range d.plan.Machines {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := d.machine(ctx, m, shared); err != nil {
			return fmt.Errorf("machine %s: %w", diag.Quote(m.ID), err)
		}
	}
	if err := d.flatten(ctx); err != nil {
		return err
	}
	text, err := json.MarshalIndent(d.layout, "", "  ")
	if err != nil {
		return err
	}
	return d.write(LayoutFile, append(text, '\n'))
}

// name returns a name for a file or folder that stands for an id: what not every
// file system takes becomes a line, and no two names differ by letter case alone.
func (d *deployment) name(folder, id, ext string) string {
	base := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '_'
	}, id)
	base = strings.TrimLeft(base[:min(len(base), 100)], ".")
	if base == "" {
		base = "_"
	}
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name += "-" + strconv.Itoa(n)
		}
		if name = path.Join(folder, name+ext); !d.names[strings.ToLower(name)] {
			d.names[strings.ToLower(name)] = true
			return name
		}
	}
}

func (d *deployment) write(name string, data []byte) error {
	return d.folder.WriteFile(name, data, 0o600)
}

// eulas records what was accepted.
func (d *deployment) eulas() error {
	if len(d.plan.Eulas) == 0 {
		return nil
	}
	if err := d.folder.Mkdir("eulas", 0o755); err != nil {
		return err
	}
	for i, e := range d.plan.Eulas {
		name := path.Join("eulas", strconv.Itoa(i+1)+".txt")
		if err := d.write(name, []byte(e.License.Text)); err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(e.License.Text))
		d.layout.Eulas = append(d.layout.Eulas, plan.AcceptedEula{Content: e.Content, Path: name, SHA256: hex.EncodeToString(sum[:])})
	}
	return nil
}

// machine makes the folder of a machine with all but the content of its disks.
func (d *deployment) machine(ctx context.Context, m *plan.Machine, shared map[string]plan.DriveLayout) error {
	l := plan.MachineLayout{Machine: m.ID, Folder: d.name("machines", m.ID, "")}
	if err := d.folder.MkdirAll(l.Folder, 0o700); err != nil {
		return err
	}
	if err := d.environment(ctx, m, &l); err != nil {
		return err
	}
	for _, drive := range m.Hardware.Disks {
		image, err := d.disk(ctx, drive, l.Folder, shared)
		if err != nil {
			return err
		}
		l.Drives = append(l.Drives, image)
	}
	for _, drive := range m.Hardware.CDROMs {
		if drive.File == "" && drive.Disk == "" {
			continue
		}
		image, err := d.medium(ctx, drive, l.Folder, shared)
		if err != nil {
			return err
		}
		l.Drives = append(l.Drives, image)
	}
	d.layout.Machines = append(d.layout.Machines, l)
	return nil
}

// environment writes the environment of a machine in the forms that it takes. A
// machine that names no transport gets the document alone.
func (d *deployment) environment(ctx context.Context, m *plan.Machine, l *plan.MachineLayout) error {
	document, err := m.EnvironmentDocument()
	if err != nil {
		return err
	}
	l.Environment = path.Join(l.Folder, environment.FileName)
	if err := d.write(l.Environment, document); err != nil {
		return err
	}
	if slices.Contains(m.Hardware.Transports, envelope.TransportISO) {
		l.ISO = path.Join(l.Folder, "environment.iso")
		f, err := d.create(l.ISO)
		if err != nil {
			return err
		}
		if err := errors.Join(d.plan.WriteEnvironmentISO(ctx, m.ID, f), f.Close()); err != nil {
			return err
		}
	}
	if slices.Contains(m.Hardware.Transports, envelope.TransportGuestInfo) {
		l.Guestinfo = path.Join(l.Folder, "guestinfo.txt")
		if err := d.write(l.Guestinfo, document); err != nil {
			return err
		}
	}
	return nil
}

func (d *deployment) create(name string) (*os.File, error) {
	return d.folder.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}
