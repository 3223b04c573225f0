package grammar

import "github.com/ovfkit/ovf/xmltree"

const nsXSI = "http://www.w3.org/2001/XMLSchema-instance"

// A Prover shows that a document is valid, if it can. It never shows that one is
// not: where a document has something that it does not understand, or something
// wrong, there is just no proof. So it can be simple and quick: it looks at a
// document that is parsed already, and only at what most schemas use.
//
// It is read-only and may be used by several goroutines.
type Prover struct {
	elements   map[Name]int32
	attributes map[Name]int32
	global     []bool   // by element: declared at the top
	checks     []*check // by attribute: of the declaration at the top
	declared   []bool   // by attribute: there is one
	types      map[*Type]*proofType
	roots      map[int32]*proofType
}

// proofType is a type made quick to use.
type proofType struct {
	ok        bool // nothing about the type is left out
	any       bool // xs:anyType
	holdsText bool
	simple    *check
	slots     []Slot
	children  map[int32]proofChild
	uses      []proofUse
	required  uint64 // bits of uses
	wildcards bool   // further attributes, checked if declared
}

type proofChild struct {
	slot int
	typ  *proofType // nil for one that nobody declares
}

type proofUse struct {
	attribute int32
	check     *check
}

// NewProver returns a prover. It is for schemas that use nothing but what the model
// covers in full, as those of package schemas: no fixed values, no keys, no groups,
// no blocked or final types, no elements that are abstract themselves.
func NewProver(g *Grammar) *Prover {
	p := &Prover{
		elements:   map[Name]int32{},
		attributes: map[Name]int32{},
		global:     make([]bool, 1), // 0: a name that the schema does not have
		checks:     make([]*check, 1),
		declared:   make([]bool, 1),
		types:      map[*Type]*proofType{},
		roots:      map[int32]*proofType{},
	}
	for n := range g.elements {
		p.global[p.element(n)] = true
	}
	for n, a := range g.attributes {
		i := p.attribute(n)
		p.declared[i], p.checks[i] = true, newCheck(a.Type)
	}
	for n, e := range g.elements {
		p.roots[p.element(n)] = p.typ(g, e.Type)
	}
	return p
}

// element numbers the names of elements.
func (p *Prover) element(n Name) int32 {
	i, ok := p.elements[n]
	if !ok {
		i = int32(len(p.elements)) + 1
		p.elements[n] = i
		for len(p.global) <= int(i) {
			p.global = append(p.global, false)
		}
	}
	return i
}

func (p *Prover) attribute(n Name) int32 {
	i, ok := p.attributes[n]
	if !ok {
		i = int32(len(p.attributes)) + 1
		p.attributes[n] = i
		for len(p.declared) <= int(i) {
			p.declared, p.checks = append(p.declared, false), append(p.checks, nil)
		}
	}
	return i
}

func (p *Prover) typ(g *Grammar, t *Type) *proofType {
	if q, ok := p.types[t]; ok {
		return q
	}
	q := &proofType{any: t.Any, children: map[int32]proofChild{}, wildcards: t.laxAttribute}
	p.types[t] = q
	row, ok := t.Slots()
	q.ok = (ok || t.Any) && !t.restricted && !t.abstract && t.AnyAttribute == t.laxAttribute && len(t.Attributes) <= 64
	q.slots = row
	if t.Simple != nil {
		q.holdsText, q.simple = true, newCheck(t.Simple)
		q.ok = q.ok && len(row) == 0
	}
	for i, a := range t.Attributes {
		if i < 64 {
			q.uses = append(q.uses, proofUse{p.attribute(a.Name), newCheck(a.Type)})
			if a.Required {
				q.required |= 1 << i
			}
		}
	}
	for i := range row {
		for _, e := range row[i].Elements {
			p.add(g, q, i, e)
		}
		for _, w := range row[i].Wildcards {
			q.ok = q.ok && w.lax
		}
	}
	return q
}

// add enters an element of a slot and its substitutes.
func (p *Prover) add(g *Grammar, q *proofType, slot int, e *Element) {
	n := p.element(e.Name)
	if _, twice := q.children[n]; !twice {
		q.children[n] = proofChild{slot, p.typ(g, e.Type)}
		for _, m := range g.members[e.Name] {
			p.add(g, q, slot, g.elements[m])
		}
	}
}

// Valid reports whether the document is valid for sure. text is what the engines
// see: elements that are overwritten in it do not count.
func (p *Prover) Valid(doc *xmltree.Document, text string) bool {
	if len(doc.Problems()) > 0 {
		return false
	}
	w := proof{
		Prover:     p,
		text:       text,
		whole:      text == doc.Source(),
		elements:   make([]int32, doc.NameCount()),
		attributes: make([]int32, doc.NameCount()),
	}
	for i := range w.elements {
		n := doc.Name(i)
		w.elements[i], w.attributes[i] = p.elements[Name{n.Space, n.Local}], p.attributes[Name{n.Space, n.Local}]
	}
	root := doc.Root()
	t := p.roots[w.elements[root.NameID()]]
	return t != nil && w.valid(root, t)
}

// proof is one run of a prover.
type proof struct {
	*Prover
	text                 string
	whole                bool // nothing of the document is overwritten
	elements, attributes []int32
}

func (w *proof) valid(n xmltree.Node, t *proofType) bool {
	if !t.ok || !w.attrs(n, t) {
		return false
	}
	switch {
	case t.any:
		return w.lax(n)
	case t.holdsText:
		return !hasElements(n) && t.simple.proves(n.Text())
	}
	return !n.HasText() && w.children(n, t)
}

func hasElements(n xmltree.Node) bool {
	for c := n.First(); c.Valid(); c = c.Next() {
		if c.Kind() == xmltree.Elem {
			return true
		}
	}
	return false
}

// children matches the children with the slots, one after the other. A schema is
// such that the next child alone decides.
func (w *proof) children(n xmltree.Node, t *proofType) bool {
	at, count := 0, 0
	for c := n.First(); c.Valid(); c = c.Next() {
		if c.Kind() != xmltree.Elem || w.overwritten(c) {
			continue
		}
		child, known := t.children[w.elements[c.NameID()]]
		if !known {
			child.slot = t.wildcard(c.Name().Space)
		}
		if child.slot < at {
			return false
		}
		for ; at < child.slot; at++ {
			if count < t.slots[at].Min {
				return false
			}
			count = 0
		}
		if count++; t.slots[at].Max != Unbounded && count > t.slots[at].Max {
			return false
		}
		if known && !w.valid(c, child.typ) || !known && !w.unknown(c) {
			return false
		}
	}
	for ; at < len(t.slots); at++ {
		if count < t.slots[at].Min {
			return false
		}
		count = 0
	}
	return true
}

func (w *proof) overwritten(n xmltree.Node) bool {
	start, _ := n.Span()
	return !w.whole && w.text[start] != '<'
}

// wildcard returns the slot that takes an element of a namespace by a wildcard, or
// -1.
func (t *proofType) wildcard(space string) int {
	for i := range t.slots {
		for _, w := range t.slots[i].Wildcards {
			if w.Accepts(space) {
				return i
			}
		}
	}
	return -1
}

// unknown proves an element that a wildcard takes: nobody may declare it, and
// nothing in it.
func (w *proof) unknown(n xmltree.Node) bool {
	return !w.global[w.elements[n.NameID()]] && w.laxAttrs(n) && w.lax(n)
}

func (w *proof) lax(n xmltree.Node) bool {
	for c := n.First(); c.Valid(); c = c.Next() {
		if c.Kind() == xmltree.Elem && !w.unknown(c) {
			return false
		}
	}
	return true
}

// attrs proves the attributes of a declared element.
func (w *proof) attrs(n xmltree.Node, t *proofType) bool {
	var seen uint64
next:
	for i := range n.Attrs() {
		if n.AttrIsNamespace(i) {
			continue
		}
		id := w.attributes[n.AttrNameID(i)]
		for k := range t.uses {
			if u := &t.uses[k]; u.attribute == id {
				if !u.check.proves(n.AttrValue(i)) {
					return false
				}
				seen |= 1 << k
				continue next
			}
		}
		if !w.laxAttr(n, i) || !t.wildcards && n.AttrName(i).Space != nsXSI { // schema locations go everywhere
			return false
		}
	}
	return seen&t.required == t.required
}

func (w *proof) laxAttrs(n xmltree.Node) bool {
	for i := range n.Attrs() {
		if !n.AttrIsNamespace(i) && !w.laxAttr(n, i) {
			return false
		}
	}
	return true
}

// laxAttr proves an attribute that is not declared with the type.
func (w *proof) laxAttr(n xmltree.Node, i int) bool {
	id := w.attributes[n.AttrNameID(i)]
	if w.declared[id] {
		return w.checks[id].proves(n.AttrValue(i))
	}
	name := n.AttrName(i)
	// schema locations are not followed; xsi:type and xsi:nil are not for here
	return name.Space != nsXSI || name.Local == "schemaLocation" || name.Local == "noNamespaceSchemaLocation"
}
