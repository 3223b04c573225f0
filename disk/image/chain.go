package image

import (
	"fmt"
	"io"
)

// Chain is a child image over its parent, to any depth: what is absent from
// one layer is read from the one below. A Chain is itself an [Image] that needs
// no parent. It opens nothing, so Close does nothing: the layers stay with the
// caller, who may use one layer in several chains.
type Chain struct {
	layers []Image // the top layer first
}

// NewChain stacks layers, the base first, each one the child of the layer
// before. It verifies that the chain is what its images claim: the base stands
// alone, each child names the identity of its parent, all have the same size.
func NewChain(l Limits, layers ...Image) (*Chain, error) {
	if n := l.WithDefaults().MaxChain; len(layers) > n || len(layers) == 0 {
		return nil, chainError(RuleChainDepth, fmt.Sprintf("a chain of %d disks; 1 to %d are accepted", len(layers), n))
	}
	if parent := layers[0].Lineage().Parent; parent != "" {
		return nil, chainError(RuleParentID, fmt.Sprintf("the base of the chain says it has a parent (%s)", layers[0].Lineage().parentName()))
	}
	c := &Chain{layers: make([]Image, 0, len(layers))}
	for i := len(layers) - 1; i >= 0; i-- {
		for j := range i {
			if layers[i] == layers[j] {
				return nil, chainError(RuleChainCycle, fmt.Sprintf("layer %d of the chain is layer %d again", i+1, j+1))
			}
		}
		c.layers = append(c.layers, layers[i])
	}
	for i := 1; i < len(layers); i++ {
		parent, child := layers[i-1], layers[i]
		if parent.Size() != child.Size() {
			return nil, chainError(RuleChainSize, fmt.Sprintf("layer %d has %d bytes and its parent %d", i+1, child.Size(), parent.Size()))
		}
		has := parent.Lineage().ID
		switch wants := child.Lineage().Parent; {
		case wants == "":
			return nil, chainError(RuleParentID, fmt.Sprintf("layer %d of the chain says it has no parent", i+1))
		case has == "":
			return nil, chainError(RuleParentID, fmt.Sprintf("layer %d of the chain is to be the child of %s, yet layer %d has no identity", i+1, child.Lineage().parentName(), i))
		case has != wants:
			return nil, chainError(RuleParentID, fmt.Sprintf("layer %d of the chain is the child of %s, yet layer %d is %s", i+1, child.Lineage().parentName(), i, has))
		}
	}
	return c, nil
}

func chainError(rule, detail string) error {
	return &Error{Rule: rule, Offset: -1, Detail: detail}
}

// Size returns the size of the disk in bytes.
func (c *Chain) Size() int64 { return c.layers[0].Size() }

// Lineage returns the identity of the top layer, without a parent.
func (c *Chain) Lineage() Lineage { return Lineage{ID: c.layers[0].Lineage().ID} }

// Close does nothing.
func (c *Chain) Close() error { return nil }

// ExtentAt returns the extent that begins at off. It is never absent.
func (c *Chain) ExtentAt(off, limit int64) (Extent, error) {
	_, e, err := resolve(c.layers, off, limit)
	return e, err
}

// ReadAt reads the disk as a consumer of the top layer sees it.
func (c *Chain) ReadAt(p []byte, off int64) (int, error) {
	p, end, err := Clip(p, off, c.Size())
	for n := 0; err == nil && n < len(p); {
		var layer Image
		var e Extent
		if layer, e, err = resolve(c.layers, off+int64(n), int64(len(p)-n)); err != nil {
			return n, err
		}
		q := p[n : n+int(e.Length)]
		if layer == nil {
			clear(q)
		} else if err = readFull(layer, q, e.Offset); err != nil {
			return n, err
		}
		n += len(q)
	}
	if err != nil {
		return 0, err
	}
	return len(p), end
}

// resolve finds the layer that holds the content at off, and how far it does;
// the layer is nil where no layer stores any.
func resolve(layers []Image, off, limit int64) (Image, Extent, error) {
	for _, layer := range layers {
		e, err := extentAt(layer, off, limit)
		if err != nil {
			return nil, e, err
		}
		switch e.Kind {
		case Data:
			return layer, e, nil
		case Zero:
			return nil, e, nil
		}
		limit = e.Length
	}
	return nil, Extent{Offset: off, Length: limit, Kind: Zero}, nil
}

// readFull reads all of p; the end of the disk may follow directly.
func readFull(m Image, p []byte, off int64) error {
	n, err := m.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// Clip cuts a read of p at off down to a disk of the given size, for
// implementations of ReadAt. The second result is io.EOF if the read reaches
// beyond the end, to be returned with the bytes read; the third is the error of a
// read that cannot be.
func Clip(p []byte, off, size int64) ([]byte, error, error) {
	switch {
	case off < 0:
		return nil, nil, fmt.Errorf("read at negative offset %d", off)
	case off >= size:
		return nil, io.EOF, nil
	case int64(len(p)) > size-off:
		return p[:size-off], io.EOF, nil
	}
	return p, nil, nil
}
