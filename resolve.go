package ovf

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ovfkit/ovf/plan"
)

// maxText is the most bytes of a file that is read into memory: a message bundle or
// a licence.
const maxText = 64 << 20

// Plan is what a package becomes with the choices of an operator. It is the plan of
// package plan together with the package that has its files, which must stay
// open while those are read.
type Plan struct {
	*plan.Plan

	pkg *Package
}

// Resolve works out what each machine of the package gets with the choices of the
// operator, and where every value comes from; see [plan.Resolve]. Message bundles
// and texts outside of the descriptor are read from the package, and checked with
// its manifest.
func (p *Package) Resolve(ctx context.Context, c plan.Choices) (*Plan, error) {
	out, err := plan.Resolve(ctx, p.Input(), c)
	if err != nil {
		return nil, err
	}
	return &Plan{out, p}, nil
}

// Input is what package plan works on: the descriptor, and the texts in files of
// the package. It is for [plan.NewForm] and the like.
func (p *Package) Input() plan.Input { return plan.Input{Envelope: p.Envelope, Files: p.readText} }

// Package returns the package that the plan is for.
func (p *Plan) Package() *Package { return p.pkg }

// readText reads a small file as a whole.
func (p *Package) readText(ctx context.Context, id string) ([]byte, error) {
	f, ok := p.byID[id]
	if !ok {
		return nil, &FileError{ID: id, Err: errNoFile}
	}
	r, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, maxText+1))
	err = errors.Join(err, r.Close())
	if err == nil && len(b) > maxText {
		err = f.wrap(fmt.Errorf("a text of more than %d bytes is not read", maxText))
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}
