package ovf

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/source"
	"github.com/ovfkit/ovf/sign"
)

// Package is an open package (DSP0243 5): its descriptor, read, and its files,
// ready to be read. [Open] makes one. It may be used by several goroutines, the
// Envelope while none changes it. Close it when it is not needed any more.
//
// Nothing in it is trusted by being opened: see [Package.Verify].
type Package struct {
	// Envelope is the descriptor. Changing it does not change the package.
	Envelope *envelope.Envelope
	// Diagnostics is what opening has found: what was read leniently in the
	// descriptor, and what is wrong with the files. An entry of severity Error says
	// that not all of the package can be used, such as a missing file.
	Diagnostics diag.List

	name        string
	descriptor  string // its name in the package
	raw         []byte
	files       []*File
	byID        map[string]*File
	extras      []stored // members that nothing refers to
	store       source.Store
	closers     []io.Closer
	spool       *source.Spooler
	options     Options
	manifest    sign.Document
	certificate sign.Document
	entries     map[string]sign.Entry // of the manifest, by name

	mu       sync.Mutex
	seals    map[string]*source.Sealer // of what was verified, by name
	accepted bool                      // by Verify
}

// stored is one file as the package stores it: a chunk, or a whole.
type stored struct {
	name    string
	size    int64                     // -1: not known
	digests map[sign.Algorithm][]byte // of an earlier pass
}

// Name returns the name that the package was opened by. User and query of a URL
// are left out.
func (p *Package) Name() string { return p.name }

// DescriptorName returns the name of the descriptor in the package.
func (p *Package) DescriptorName() string { return p.descriptor }

// Descriptor returns the bytes of the descriptor as they are stored. They were read
// once: what is verified is what Envelope was read from. The caller must not
// change them.
func (p *Package) Descriptor() []byte { return p.raw }

// Manifest returns the name and the bytes of the manifest, Certificate those of
// the certificate file; both are empty where the package has none (DSP0243 5.1).
func (p *Package) Manifest() sign.Document { return p.manifest }

// Certificate returns the certificate file; see [Package.Manifest].
func (p *Package) Certificate() sign.Document { return p.certificate }

// Files returns the files of References in their order. The caller owns the
// slice, not the files.
func (p *Package) Files() []*File { return append([]*File(nil), p.files...) }

// File returns the file with an id of References. Of two with one id, which the
// standard does not allow, it returns the first.
func (p *Package) File(id string) (*File, bool) {
	f, ok := p.byID[id]
	return f, ok
}

// OpenFile opens a file by its id, as [File.OpenAt] does. It makes a Package the
// [disk.Files] of its disks.
func (p *Package) OpenFile(ctx context.Context, id string) (disk.File, error) {
	f, ok := p.byID[id]
	if !ok {
		return nil, &FileError{ID: id, Err: errNoFile}
	}
	return f.OpenAt(ctx)
}

// Size returns the number of bytes that [Package.Verify] reads: of the descriptor
// and of all files whose size is known.
func (p *Package) Size() int64 {
	n := int64(len(p.raw))
	for _, s := range p.all() {
		n += max(s.size, 0)
	}
	return n
}

// all returns everything that is stored but descriptor, manifest and certificate.
func (p *Package) all() []stored {
	var out []stored
	for _, f := range p.files {
		out = append(out, f.stored...)
	}
	return append(out, p.extras...)
}

// Close closes the package. Files that were opened from it must not be read
// after that.
func (p *Package) Close() error {
	var all []error
	for _, c := range p.closers {
		all = append(all, c.Close())
	}
	p.closers = nil
	return errors.Join(all...)
}

// at is a location in a file of the package.
func (p *Package) at(name string) diag.Location { return diag.Location{File: name} }

// descriptorPath is the name of the descriptor for messages.
func descriptorPath(name, descriptor string, archive bool) string {
	if archive {
		return name + "/" + descriptor
	}
	return name
}

// siblings returns the names of manifest and certificate beside a descriptor.
func siblings(descriptor string) (manifest, certificate string) {
	base := strings.TrimSuffix(descriptor, path.Ext(descriptor))
	return base + ".mf", base + ".cert"
}
