package envelope

import (
	"iter"

	"github.com/ovfkit/ovf/internal/xmlbind"
)

// Content is a [*VirtualSystem] or a [*VirtualSystemCollection] (DSP0243 7.2).
type Content interface {
	Codec() xmlbind.Codec

	// ContentID returns ovf:id.
	ContentID() string
	// ContentInfo returns the Info; it may be changed.
	ContentInfo() *Msg
	// ContentName returns the display name, or nil.
	ContentName() *Msg
	// Sections returns the sections in order.
	Sections() []Section
}

func (t *VirtualSystem) ContentID() string             { return t.ID }
func (t *VirtualSystem) ContentInfo() *Msg             { return &t.Info }
func (t *VirtualSystem) ContentName() *Msg             { return t.Name }
func (t *VirtualSystem) Sections() []Section           { return t.Section }
func (t *VirtualSystemCollection) ContentID() string   { return t.ID }
func (t *VirtualSystemCollection) ContentInfo() *Msg   { return &t.Info }
func (t *VirtualSystemCollection) ContentName() *Msg   { return t.Name }
func (t *VirtualSystemCollection) Sections() []Section { return t.Section }

// Walk yields the content and everything in it, outermost first, each with its
// depth from 0.
func Walk(c Content) iter.Seq2[Content, int] {
	return func(yield func(Content, int) bool) { walk(c, 0, yield) }
}

func walk(c Content, depth int, yield func(Content, int) bool) bool {
	if none(c) {
		return true
	}
	if !yield(c, depth) {
		return false
	}
	if col, ok := c.(*VirtualSystemCollection); ok {
		for _, k := range col.Content {
			if !walk(k, depth+1, yield) {
				return false
			}
		}
	}
	return true
}

// Systems yields every virtual system of the envelope in document order.
func (t *Envelope) Systems() iter.Seq[*VirtualSystem] {
	return func(yield func(*VirtualSystem) bool) {
		for c := range Walk(t.Content) {
			if vs, ok := c.(*VirtualSystem); ok && !yield(vs) {
				return
			}
		}
	}
}
