package ovf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/ova"
	"github.com/ovfkit/ovf/internal/source"
	"github.com/ovfkit/ovf/sign"
)

// Open opens a package by its name (DSP0243 5):
//
//   - a folder with one .ovf file in it, or that file;
//   - an .ova archive, of which only the headers and the descriptor are read;
//   - the http or https URL of either. From a server that gives no parts of a file
//     an archive is copied into a temporary file, within [Limits.Spool].
//
// No file outside of the folder or the archive is opened, and no address that a
// descriptor names: see [Options.Fetch].
//
// What cannot be read as a package is a [diag.List] or a [*diag.Diagnostic] as
// error; other errors are those of the file system or the network. What is wrong
// with single files is in [Package.Diagnostics].
func Open(ctx context.Context, name string, o Options) (*Package, error) {
	if isWeb(name) {
		return openURL(ctx, name, o)
	}
	i, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case i.IsDir():
		folder, err := source.OpenFolder(name)
		if err != nil {
			return nil, err
		}
		return openOnly(ctx, folder, name, o)
	case strings.EqualFold(filepath.Ext(name), ".ova"):
		return openArchiveFile(ctx, name, o)
	}
	c, err := source.OpenFile(name)
	if err != nil {
		return nil, named(name, err)
	}
	archive := looksLikeArchive(c)
	c.Close()
	if archive {
		return openArchiveFile(ctx, name, o)
	}
	folder, err := source.OpenFolder(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	return openFolder(ctx, folder, filepath.Base(name), name, o)
}

func named(name string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return err
	}
	return &fs.PathError{Op: "open", Path: name, Err: err}
}

func looksLikeArchive(r io.ReaderAt) bool {
	var head [512]byte
	n, _ := r.ReadAt(head[:], 0)
	return ova.IsArchive(head[:n])
}

func openArchiveFile(ctx context.Context, name string, o Options) (*Package, error) {
	c, err := source.OpenFile(name)
	if err != nil {
		return nil, named(name, err)
	}
	return closeOnError(c)(openArchive(ctx, c, name, o))
}

// closeOnError hands c over to a package, or closes it.
func closeOnError(c io.Closer) func(*Package, error) (*Package, error) {
	return func(p *Package, err error) (*Package, error) {
		if err != nil {
			c.Close()
			return nil, err
		}
		p.closers = append(p.closers, c)
		return p, nil
	}
}

// OpenFS opens a package in a file system: name is that of an .ovf or .ova file in
// it, or of a folder with one .ovf file. The protection against links that lead
// out of it is that of fsys; use os.Root.FS, not os.DirFS, for an untrusted folder.
func OpenFS(ctx context.Context, fsys fs.FS, name string, o Options) (*Package, error) {
	i, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if i.IsDir() {
		return openOnly(ctx, source.NewFS(fsys, name), name, o)
	}
	store := source.NewFS(fsys, path.Dir(name))
	c, err := store.Open(ctx, path.Base(name))
	if err != nil {
		return nil, named(name, err)
	}
	if strings.EqualFold(path.Ext(name), ".ova") || looksLikeArchive(c) {
		return closeOnError(c)(openArchive(ctx, c, name, o))
	}
	c.Close()
	return openFolder(ctx, store, path.Base(name), name, o)
}

// OpenArchive opens an .ova archive of that size. The name is for messages. r
// must stay as it is while the package is open; it is not closed.
func OpenArchive(ctx context.Context, r io.ReaderAt, size int64, name string, o Options) (*Package, error) {
	return openArchive(ctx, source.Section(r, 0, size), name, o)
}

func isWeb(name string) bool {
	scheme, rest, ok := strings.Cut(name, "://")
	return ok && rest != "" && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// publicURL returns a URL without what may be secret in it.
func publicURL(name string) string {
	u, err := url.Parse(name)
	if err != nil {
		return "the URL"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

func (o Options) client() *http.Client {
	if o.HTTPClient != nil {
		return o.HTTPClient
	}
	return source.DefaultClient()
}

func isArchiveURL(name string) bool {
	u, err := url.Parse(name)
	return err == nil && !strings.EqualFold(path.Ext(u.Path), ".ovf")
}

func openURL(ctx context.Context, name string, o Options) (*Package, error) {
	p := newPackage(publicURL(name), o)
	if isArchiveURL(name) {
		c, err := source.Open(ctx, p.options.client(), name, p.spool)
		if err != nil {
			return nil, named(p.name, err)
		}
		return closeOnError(c)(p.openArchive(ctx, c))
	}
	site, base, err := source.NewSite(p.options.client(), name, p.spool)
	if err != nil {
		return nil, named(p.name, err)
	}
	return p.openStore(ctx, site, base)
}

func newPackage(name string, o Options) *Package {
	o.Limits = o.Limits.withDefaults()
	return &Package{name: name, options: o, byID: map[string]*File{},
		spool: &source.Spooler{Dir: o.Temp, Limit: o.Limits.Spool}}
}

// lister is a store whose files can be listed.
type lister interface {
	source.Store
	Names(limit int) ([]string, error)
}

// openOnly opens the package of the only descriptor in a folder.
func openOnly(ctx context.Context, store lister, name string, o Options) (*Package, error) {
	p := newPackage(name, o)
	names, err := store.Names(p.options.Limits.Members)
	if err != nil {
		store.Close()
		return nil, err
	}
	var found []string
	for _, n := range names {
		if isDescriptor(n) {
			found = append(found, n)
		}
	}
	if len(names) > p.options.Limits.Members || len(found) != 1 {
		store.Close()
		return nil, diag.List{p.noDescriptor(found, len(names) > p.options.Limits.Members)}
	}
	p.name = path.Join(filepath.ToSlash(name), found[0])
	return p.openStore(ctx, store, found[0])
}

func (p *Package) noDescriptor(found []string, many bool) diag.Diagnostic {
	switch {
	case many:
		return problem(ruleFileLimit, p.at(p.name), fmt.Sprintf("the folder has more than %d files", p.options.Limits.Members), "give the name of the .ovf file in it")
	case len(found) == 0:
		return problem(ruleDescriptorNone, p.at(p.name), "the package has no file with the ending .ovf", "give the folder or archive of a package")
	}
	return problem(ruleDescriptorMany, p.at(p.name), fmt.Sprintf("the package has %d descriptors, %s and %s among them", len(found), diag.Quote(found[0]), diag.Quote(found[1])),
		"keep one; of a folder, give the name of the file")
}

func isDescriptor(name string) bool { return strings.EqualFold(path.Ext(name), ".ovf") }

func openFolder(ctx context.Context, store source.Store, descriptor, name string, o Options) (*Package, error) {
	return newPackage(name, o).openStore(ctx, store, descriptor)
}

// openStore opens a package whose files are single ones. It takes over the store.
func (p *Package) openStore(ctx context.Context, store source.Store, descriptor string) (*Package, error) {
	p.store, p.descriptor = store, descriptor
	return closeOnError(store)(p, p.readStore(ctx))
}

func (p *Package) readStore(ctx context.Context) error {
	var err error
	if p.raw, err = p.small(ctx, p.descriptor, p.options.Limits.XML.Bytes, ruleDescriptorSize); err != nil {
		return err
	}
	manifest, certificate := siblings(p.descriptor)
	for _, d := range []struct {
		doc  *sign.Document
		name string
		most int
	}{{&p.manifest, manifest, p.options.Limits.Sign.ManifestSize}, {&p.certificate, certificate, p.options.Limits.Sign.CertificateSize}} {
		data, err := p.small(ctx, d.name, int64(d.most), ruleManifestSize)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		*d.doc = sign.Document{Name: d.name, Data: data}
	}
	return p.read(ctx, p.name)
}

// small reads a whole file of limited size.
func (p *Package) small(ctx context.Context, name string, most int64, rule string) ([]byte, error) {
	c, err := p.store.Open(ctx, name)
	if err != nil {
		return nil, named(name, err)
	}
	defer c.Close()
	if c.Size() > most {
		return nil, p.tooLarge(rule, name, most)
	}
	data := make([]byte, c.Size())
	if n, err := c.ReadAt(data, 0); n < len(data) {
		if err == io.EOF || err == nil {
			err = io.ErrUnexpectedEOF
		}
		return nil, named(name, err)
	}
	return data, nil
}

func (p *Package) tooLarge(rule, name string, most int64) error {
	return diag.List{problem(rule, p.at(name), fmt.Sprintf("the file %s is larger than the limit of %d bytes", diag.Quote(name), most), "raise the limit if the package is known to need it")}
}

// read reads the descriptor and joins its files with what is stored.
func (p *Package) read(ctx context.Context, name string) error {
	env, notes, err := envelope.Decode(p.raw, envelope.DecodeOptions{Name: name, Limits: p.options.Limits.XML})
	if err != nil {
		return err
	}
	p.Envelope = env
	p.Diagnostics = append(notes, p.Diagnostics...)
	if p.manifest.Name != "" {
		m, _ := sign.ParseManifest(p.manifest.Name, p.manifest.Data, p.options.Limits.Sign) // Verify reports
		p.entries = make(map[string]sign.Entry, len(m.Entries))
		for _, e := range m.Entries {
			if _, twice := p.entries[e.Name]; !twice {
				p.entries[e.Name] = e
			}
		}
	}
	return p.readFiles(ctx)
}
