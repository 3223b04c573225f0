package ovf

import (
	"bufio"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/ova"
	"github.com/ovfkit/ovf/sign"
)

// VerifyStream verifies an .ova archive that comes in one pass, such as a pipe or a
// download: what [Package.Verify] does, of a package that cannot be read again.
// The name is for messages.
//
// Descriptor, manifest and certificate are held in memory, within the limits; of
// everything else only digests are kept. Where the manifest stands before the files,
// as it should, only its algorithm is computed; otherwise all four are, which costs
// more.
//
// The report is never nil. The error is [sign.Report.Err], or that of r.
func VerifyStream(ctx context.Context, r io.Reader, name string, policy sign.Policy, o Options) (*sign.Report, error) {
	p := newPackage(name, o)
	s := streamed{pkg: p, archive: ova.NewReader(bufio.NewReaderSize(r, 256<<10), name, p.options.Limits.Members),
		index: archiveIndex{store: archiveStore{members: map[string]ova.Member{}}}, data: map[string][]byte{}}
	if err := s.pass(ctx); err != nil {
		return refused(ctx, archiveError(s.archive, err), policy)
	}
	if list := s.archive.Diagnostics(); list.HasErrors() {
		return refused(ctx, list, policy)
	}
	p.Diagnostics, p.store = s.archive.Diagnostics(), s.index.store
	err := s.index.documents(p)
	if err == nil {
		p.raw, p.manifest.Data, p.certificate.Data = s.data[p.descriptor], s.data[p.manifest.Name], s.data[p.certificate.Name]
		err = p.read(ctx, descriptorPath(name, p.descriptor, true))
	}
	if err != nil {
		return refused(ctx, err, policy)
	}
	s.index.finish(p)
	in := p.signInput()
	v := verification{pkg: p, ctx: ctx}
	defer v.close()
	in.Members = append(in.Members, v.remotes()...)
	return sign.Verify(ctx, in, p.policy(policy))
}

// refused reports a package that could not be opened. An error that is not about the
// package stays what it is.
func refused(ctx context.Context, err error, policy sign.Policy) (*sign.Report, error) {
	var one *diag.Diagnostic
	var list diag.List
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = diag.List{*one}
	default:
		return &sign.Report{Level: policy.Level}, err
	}
	return sign.Verify(ctx, sign.Input{Problems: list}, policy)
}

// streamed is an archive on its way.
type streamed struct {
	pkg     *Package
	archive *ova.Reader
	index   archiveIndex
	data    map[string][]byte           // of descriptor, manifest and certificate
	listed  map[string][]sign.Algorithm // by name of the file; nil before the manifest
}

func (s *streamed) pass(ctx context.Context) error {
	buf := make([]byte, 256<<10)
	for {
		m, err := s.archive.Next()
		if err == nil {
			err = ctx.Err()
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		most, rule := s.document(m.Name)
		if rule == "" {
			digests, err := s.hash(ctx, m.Name, buf)
			if err != nil {
				return err
			}
			s.index.add(*m, digests)
			continue
		}
		if m.Size > most {
			return s.pkg.tooLarge(rule, m.Name, most)
		}
		data := make([]byte, 0, min(m.Size, 1<<20)) // the size is only a claim
		for err == nil {
			if len(data) == cap(data) {
				data = append(data, 0)[:len(data)]
			}
			var n int
			n, err = s.archive.Read(data[len(data):cap(data)])
			data = data[:len(data)+n]
		}
		if err != io.EOF {
			return err
		}
		s.progress(len(data))
		s.data[m.Name] = data
		s.index.add(*m, nil)
		if s.listed == nil && strings.EqualFold(path.Ext(m.Name), ".mf") {
			s.list(m.Name, data)
		}
	}
}

// list remembers which digests the manifest has.
func (s *streamed) list(name string, data []byte) {
	m, _ := sign.ParseManifest(name, data, s.pkg.options.Limits.Sign) // sign.Verify reports
	s.listed = map[string][]sign.Algorithm{}
	for _, e := range m.Entries {
		s.listed[e.Name] = append(s.listed[e.Name], e.Algorithm)
		// an href may be written otherwise than the name
		if decoded, why := hrefName(e.Name); why == "" && decoded != e.Name {
			s.listed[decoded] = append(s.listed[decoded], e.Algorithm)
		}
	}
}

// document returns how large a member may be that is held in memory, and the rule
// for that; no rule for other members, and for the second of a kind.
func (s *streamed) document(name string) (most int64, rule string) {
	if strings.Contains(name, "/") {
		return 0, ""
	}
	ext := strings.ToLower(path.Ext(name))
	for other := range s.data {
		if strings.ToLower(path.Ext(other)) == ext {
			return 0, ""
		}
	}
	switch l := s.pkg.options.Limits; ext {
	case ".ovf":
		return l.XML.Bytes, ruleDescriptorSize
	case ".mf":
		return int64(l.Sign.ManifestSize), ruleManifestSize
	case ".cert":
		return int64(l.Sign.CertificateSize), ruleManifestSize
	}
	return 0, ""
}

// hash passes over a member and computes the digests that may be asked for.
func (s *streamed) hash(ctx context.Context, name string, buf []byte) (map[sign.Algorithm][]byte, error) {
	algorithms := []sign.Algorithm{sign.SHA1, sign.SHA256, sign.SHA384, sign.SHA512}
	if s.listed != nil {
		algorithms = slices.Compact(slices.Sorted(slices.Values(s.listed[name])))
	}
	h := sign.NewHasher(algorithms...)
	for {
		n, err := s.archive.Read(buf)
		h.Write(buf[:n])
		s.progress(n)
		if err == nil {
			err = ctx.Err()
		}
		if err == io.EOF {
			return h.Digests(), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (s *streamed) progress(n int) {
	if f := s.pkg.options.Progress; f != nil && n > 0 {
		f(int64(n))
	}
}
