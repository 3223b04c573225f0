package ovf

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/ova"
	"github.com/ovfkit/ovf/internal/source"
	"github.com/ovfkit/ovf/sign"
)

func openArchive(ctx context.Context, c source.Content, name string, o Options) (*Package, error) {
	return newPackage(name, o).openArchive(ctx, c)
}

// openArchive opens a package in an archive, of which it reads the headers, the
// descriptor, the manifest and the certificate.
func (p *Package) openArchive(ctx context.Context, c source.Content) (*Package, error) {
	a := ova.NewReaderAt(c, c.Size(), p.name, p.options.Limits.Members)
	x := archiveIndex{store: archiveStore{content: c, members: map[string]ova.Member{}}}
	for {
		m, err := a.Next()
		if err == nil {
			err = ctx.Err()
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, archiveError(a, err)
		}
		x.add(*m, nil)
	}
	if list := a.Diagnostics(); list.HasErrors() {
		return nil, list
	}
	p.Diagnostics = a.Diagnostics()
	p.store = x.store
	if err := x.documents(p); err != nil {
		return nil, err
	}
	for _, d := range []struct {
		data *[]byte
		name string
		most int64
		rule string
	}{
		{&p.raw, p.descriptor, p.options.Limits.XML.Bytes, ruleDescriptorSize},
		{&p.manifest.Data, p.manifest.Name, int64(p.options.Limits.Sign.ManifestSize), ruleManifestSize},
		{&p.certificate.Data, p.certificate.Name, int64(p.options.Limits.Sign.CertificateSize), ruleManifestSize},
	} {
		if d.name == "" {
			continue
		}
		var err error
		if *d.data, err = p.small(ctx, d.name, d.most, d.rule); err != nil {
			return nil, err
		}
	}
	if err := p.read(ctx, descriptorPath(p.name, p.descriptor, true)); err != nil {
		return nil, err
	}
	x.finish(p)
	return p, nil
}

// archiveError returns everything that was found in a broken archive, or the
// error of its reader.
func archiveError(a *ova.Reader, err error) error {
	if list := a.Diagnostics(); list.HasErrors() {
		return list
	}
	return err
}

// archiveIndex is what the headers of an archive say.
type archiveIndex struct {
	store archiveStore
	order []stored // in the order of the archive
}

func (x *archiveIndex) add(m ova.Member, digests map[sign.Algorithm][]byte) {
	x.store.members[m.Name] = m
	x.order = append(x.order, stored{name: m.Name, size: m.Size, digests: digests})
}

// documents finds descriptor, manifest and certificate. They stand at the top of
// the archive.
func (x *archiveIndex) documents(p *Package) error {
	var descriptors []string
	var list diag.List
	for _, m := range x.order {
		if strings.Contains(m.name, "/") {
			continue
		}
		var doc *sign.Document
		switch ext := strings.ToLower(path.Ext(m.name)); ext {
		case ".ovf":
			descriptors = append(descriptors, m.name)
			continue
		case ".mf":
			doc = &p.manifest
		case ".cert":
			doc = &p.certificate
		default:
			continue
		}
		if doc.Name != "" {
			list = append(list, problem(ruleManifestMany, p.at(p.name), "the archive has both "+diag.Quote(doc.Name)+" and "+diag.Quote(m.name), "keep the one that has the base name of the descriptor"))
			continue
		}
		doc.Name = m.name
	}
	if len(descriptors) != 1 {
		d := p.noDescriptor(descriptors, false)
		if i := slices.IndexFunc(x.order, func(m stored) bool { return isDescriptor(m.name) }); i >= 0 && len(descriptors) == 0 {
			d.Message += "; " + diag.Quote(x.order[i].name) + " stands in a folder"
			d.Hint = "write the archive from within that folder"
		}
		list = append(list, d)
	}
	if len(list) > 0 {
		return append(slices.Clone(p.Diagnostics), list...)
	}
	p.descriptor = descriptors[0]
	return nil
}

// finish compares the members with the files of the descriptor, and their order
// with that of the standard.
func (x *archiveIndex) finish(p *Package) {
	used := map[string]int{p.descriptor: -1, p.manifest.Name: -1, p.certificate.Name: -1}
	digests := map[string]map[sign.Algorithm][]byte{}
	for _, m := range x.order {
		digests[m.name] = m.digests
	}
	for i, f := range p.files {
		for j := range f.stored {
			used[f.stored[j].name] = i
			f.stored[j].digests = digests[f.stored[j].name]
		}
	}
	at, manifest, certificate, lastFile, inOrder := 0, -1, -1, -1, true
	for i, m := range x.order {
		n, ok := used[m.name]
		switch {
		case m.name == p.descriptor:
			at = i
		case m.name == p.manifest.Name:
			manifest = i
		case m.name == p.certificate.Name:
			certificate = i
		case !ok:
			p.extras = append(p.extras, m)
		default:
			inOrder = inOrder && n >= lastFile
			lastFile = n
		}
	}
	if at != 0 {
		p.Diagnostics = append(p.Diagnostics, problem(ruleDescriptorFirst, p.at(p.name), fmt.Sprintf("the descriptor %s is member %d of the archive", diag.Quote(p.descriptor), at+1), "write the archive with the descriptor first"))
	}
	p.extra()
	split := certificate >= 0 && manifest >= 0 && certificate != manifest+1
	astray := manifest >= 0 && manifest != at+1 && manifest < len(x.order)-1 && (certificate != len(x.order)-1 || manifest != certificate-1)
	why := ""
	switch {
	case split:
		why = "the certificate does not follow the manifest"
	case astray:
		why = "the manifest stands neither behind the descriptor nor at the end"
	case !inOrder:
		why = "the files are not in the order of References"
	default:
		return
	}
	p.Diagnostics = append(p.Diagnostics, problem(ruleOrder, p.at(p.name), why, "write the archive as descriptor, manifest, certificate, files in the order of References"))
}

// extra reports the members that nothing refers to; of many, their number.
func (p *Package) extra() {
	const most = 10
	for i, m := range p.extras {
		if i == most {
			p.Diagnostics = append(p.Diagnostics, problem(ruleFileExtra, p.at(p.name), fmt.Sprintf("nothing refers to %d more members", len(p.extras)-most), "remove them, or refer to them"))
			return
		}
		message := "nothing refers to the member " + diag.Quote(m.name)
		for _, f := range p.files {
			if f.missing && strings.EqualFold(f.Name, m.name) {
				message += "; the file " + diag.Quote(f.ID) + " is named " + diag.Quote(f.Name)
			}
		}
		p.Diagnostics = append(p.Diagnostics, problem(ruleFileExtra, p.at(p.name), message, "remove it, or refer to it"))
	}
}

// archiveStore has the members of an archive.
type archiveStore struct {
	content io.ReaderAt
	members map[string]ova.Member
}

func (s archiveStore) Stat(_ context.Context, name string) (int64, error) {
	m, ok := s.members[name]
	if !ok {
		return 0, fs.ErrNotExist
	}
	return m.Size, nil
}

func (s archiveStore) Open(_ context.Context, name string) (source.Content, error) {
	m, ok := s.members[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	if s.content == nil {
		return nil, errPassed
	}
	return source.Section(s.content, m.Offset, m.Size), nil
}

func (s archiveStore) Close() error { return nil }
