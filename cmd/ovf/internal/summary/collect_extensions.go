package summary

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/xmltree"
)

// extensions counts what is not of the standard, and tells the conformance
// level: 1 for none, 2 if nothing of it is required, else 3 (DSP0243 7.4).
// Elements inside of extensions are part of them.
func extensions(doc *xmltree.Document) ([]Extension, int) {
	x := extensionCounter{own: doc.Root().Name().Space, count: map[Extension]int{}}
	x.element(doc.Root())
	out := make([]Extension, 0, len(x.count))
	level := 1
	for e, n := range x.count {
		e.Count = n
		out = append(out, e)
		level = max(level, 2)
		if e.Required {
			level = 3
		}
	}
	slices.SortFunc(out, func(a, b Extension) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(string(b.Part), string(a.Part)),
			strings.Compare(a.Name, b.Name), cmp.Compare(number(b.Required), number(a.Required)))
	})
	return out, level
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

type extensionCounter struct {
	own   string            // namespace of the envelope, which may be none
	count map[Extension]int // with Count 0
}

func (x *extensionCounter) element(n xmltree.Node) {
	for i := range n.Attrs() {
		name := n.AttrName(i)
		if !n.AttrIsNamespace(i) && name.Space != "" && x.foreign(name.Space) {
			x.count[Extension{Namespace: name.Space, Name: name.Local, Part: Attribute}]++
		}
	}
	if n.Name().Local == "EncryptionSection" {
		return // the standard borrows from XML Encryption there
	}
	for k := n.First(); k.Valid(); k = k.Next() {
		if k.Kind() != xmltree.Elem {
			continue
		}
		name := k.Name()
		if !x.foreign(name.Space) {
			x.element(k)
			continue
		}
		e := Extension{Namespace: name.Space, Name: name.Local, Part: Element, Required: required(k)}
		switch n.Name().Local {
		case "Envelope", "VirtualSystem", "VirtualSystemCollection", "Content":
			e.Part = Section
		}
		x.count[e]++
	}
}

// foreign reports whether a namespace is not one of the standard.
func (x *extensionCounter) foreign(space string) bool {
	return space != x.own && !envelope.Standard(space)
}

// required reports ovf:required of an extension, by default true (DSP0243 7.3).
func required(n xmltree.Node) bool {
	for i := range n.Attrs() {
		name := n.AttrName(i)
		if name.Local == "required" && (name.Space == "" || envelope.Standard(name.Space)) {
			v := strings.TrimSpace(n.AttrValue(i))
			return v != "false" && v != "0"
		}
	}
	return true
}
