package ovf

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/sign"
)

// Package is an open OVF package.
type Package struct {
	// Envelope is the descriptor.
	Envelope *envelope.Envelope
	// Diagnostics is what opening found.
	Diagnostics diag.List

	name  string
	raw   []byte
	files []*File
}

func Open(ctx context.Context, name string, o Options) (*Package, error) {
	return nil, errors.New("ovf")
}
func OpenFS(ctx context.Context, fsys fs.FS, name string, o Options) (*Package, error) {
	return nil, errors.New("ovf")
}
func OpenArchive(ctx context.Context, r io.ReaderAt, size int64, name string, o Options) (*Package, error) {
	return nil, errors.New("ovf")
}
func VerifyStream(ctx context.Context, r io.Reader, name string, p sign.Policy, o Options) (*sign.Report, error) {
	return nil, errors.New("ovf")
}

func (p *Package) Name() string                 { return p.name }
func (p *Package) Descriptor() []byte           { return p.raw }
func (p *Package) Files() []*File               { return p.files }
func (p *Package) File(id string) (*File, bool) { return nil, false }
func (p *Package) OpenFile(ctx context.Context, id string) (Content, error) {
	return nil, errors.New("ovf")
}
func (p *Package) Verify(ctx context.Context, policy sign.Policy) (*sign.Report, error) {
	return nil, errors.New("ovf")
}
func (p *Package) Close() error { return nil }
