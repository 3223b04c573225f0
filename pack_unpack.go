package ovf

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/ovfkit/ovf/internal/atomicfile"
	"github.com/ovfkit/ovf/sign"
)

// Unpack writes the files of the package, as they are stored, to the new folder
// dir, which must not be there yet or be empty, and verifies them by a policy on
// the way. The folder appears as a whole at the end, and only if the package is
// accepted: else the error is that of [Package.Verify], and nothing is left.
//
// Files that the package does not hold, such as remote ones, are not fetched. How
// far it is goes to [Options.Progress].
func (p *Package) Unpack(ctx context.Context, dir string, policy sign.Policy) (*sign.Report, error) {
	in := p.signInput()
	if err := in.Problems.Err(); err != nil {
		return &sign.Report{Level: policy.Level, Notes: in.Problems}, err
	}
	d, err := atomicfile.CreateFolder(dir)
	if err != nil {
		return nil, err
	}
	defer d.Discard()
	to := &folderSink{folder: d}
	defer to.end()
	m, _ := sign.ParseManifest(p.manifest.Name, p.manifest.Data, p.options.Limits.Sign) // what is wrong with it Verify says
	if err := p.copyTo(ctx, to, &in, false, algorithms(m)); err != nil {
		return nil, err
	}
	report, err := sign.Verify(ctx, in, p.policy(policy))
	if err != nil {
		return report, err
	}
	return report, d.Commit()
}

// copyTo copies what in lists, as it is stored, and notes the digests of the
// members. The manifest and the certificate come at the end, or first, behind the
// descriptor.
func (p *Package) copyTo(ctx context.Context, to sink, in *sign.Input, first bool, algs []sign.Algorithm) error {
	c := copier{progress: p.options.Progress}
	for i := range in.Members {
		m := &in.Members[i]
		if err := p.copyMember(ctx, to, m, &c, algs); err != nil {
			return err
		}
		if i == 0 && first {
			if err := copyDocuments(to, in); err != nil {
				return err
			}
		}
	}
	if !first {
		if err := copyDocuments(to, in); err != nil {
			return err
		}
	}
	return to.end()
}

// copyMember copies one file.
func (p *Package) copyMember(ctx context.Context, to sink, m *sign.Member, c *copier, algs []sign.Algorithm) error {
	content := m.Content // the descriptor is in memory
	if content == nil {
		opened, err := p.store.Open(ctx, m.Name)
		if err != nil {
			return named(m.Name, err)
		}
		defer opened.Close()
		content, m.Size = opened, opened.Size()
	}
	out, err := to.begin(m.Name, m.Size)
	if err != nil {
		return err
	}
	h := sign.NewHasher(algs...)
	_, err = c.copy(ctx, out, h, io.NewSectionReader(content, 0, m.Size), m.Size)
	var short *sign.SizeError
	if errors.As(err, &short) {
		short.Name = m.Name
	}
	m.Digests = h.Digests()
	return err
}

// copyDocuments writes the manifest and the certificate.
func copyDocuments(to sink, in *sign.Input) error {
	for _, d := range []sign.Document{in.Manifest, in.Certificate} {
		if d.Name == "" {
			continue
		}
		out, err := to.begin(d.Name, int64(len(d.Data)))
		if err != nil {
			return err
		}
		if _, err := out.Write(d.Data); err != nil {
			return err
		}
	}
	return nil
}

// algorithms returns those that the manifest has.
func algorithms(m *sign.Manifest) []sign.Algorithm {
	var out []sign.Algorithm
	for _, e := range m.Entries {
		if !slices.Contains(out, e.Algorithm) {
			out = append(out, e.Algorithm)
		}
	}
	return out
}
