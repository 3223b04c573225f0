package xmltree

import (
	"fmt"
	"hash/maphash"
	"strings"
)

// nameTable interns names while a document is scanned, and tracks which prefix
// is bound to what. It has three levels: words are names as written; a word and
// the namespace its prefix is bound to make a name of the document; names of
// one namespace and local part share an expanded number.
//
// Whatever comes from the document is hashed with a random seed, so that nobody
// can choose names that collide.
type nameTable struct {
	doc   *Document
	seed  maphash.Seed
	slots []uint32 // open addressing: index into words, 0 where free
	words []word

	prefixes []prefix
	prefixID map[string]int32
	uris     []string // namespaces by number
	uriID    map[string]int32
	bindings []binding // those in force, innermost last
	scope    int32

	names    map[resolved]uint32 // index into doc.names
	number   map[expanded]int32  // of an expanded name
	expanded []int32             // by index into doc.names: its number
	seen     []int32             // by number: the last element that had it as attribute

	pending []rawName // names of the attributes of the tag being read
}

// word is one name as written.
type word struct {
	text   string
	hash   uint32
	prefix int32
	elem   answer
	attr   answer
	last   int32 // last element that had it as attribute
}

// answer is what a word meant when it was last looked up.
type answer struct {
	uri  int32
	name uint32 // 0: never looked up
}

type prefix struct {
	text string
	uri  int32 // what it is bound to now, or undeclared
}

// resolved is a word in a namespace.
type resolved struct {
	word uint32
	uri  int32
}

type expanded struct {
	uri   int32
	local string
}

type binding struct {
	prefix int32
	outer  int32 // the namespace it hides
	scope  int32 // where it was made
}

// Numbers that stand for themselves.
const (
	undeclared = -1 // a prefix without a binding
	malformed  = -2 // a word that is no QName

	noURI    = 0 // no namespace
	xmlnsURI = 1

	noPrefix    = 0
	xmlnsPrefix = 1
)

func (t *nameTable) init(d *Document) {
	t.doc = d
	t.seed = maphash.MakeSeed()
	t.slots = make([]uint32, 256)
	t.words = make([]word, 1, 128)
	d.names = make([]name, 1, 128) // 0: no name
	t.expanded = make([]int32, 1, 128)
	t.seen = make([]int32, 1, 128)
	t.prefixID = map[string]int32{"": noPrefix, "xmlns": xmlnsPrefix}
	t.prefixes = []prefix{{"", noURI}, {"xmlns", xmlnsURI}}
	t.uriID = map[string]int32{"": noURI, XMLNSNamespace: xmlnsURI}
	t.uris = []string{"", XMLNSNamespace}
	t.names = map[resolved]uint32{}
	t.number = map[expanded]int32{}
	t.prefixes[t.prefix("xml")].uri = t.uri(XMLNamespace)
}

// prefix returns the number of a prefix.
func (t *nameTable) prefix(s string) int32 {
	id, ok := t.prefixID[s]
	if !ok {
		id = int32(len(t.prefixes))
		t.prefixID[s] = id
		t.prefixes = append(t.prefixes, prefix{s, undeclared})
	}
	return id
}

// uri returns the number of a namespace.
func (t *nameTable) uri(s string) int32 {
	id, ok := t.uriID[s]
	if !ok {
		id = int32(len(t.uris))
		t.uriID[s] = id
		t.uris = append(t.uris, s)
	}
	return id
}

// bind makes a prefix mean a namespace from here to the end of the element.
func (t *nameTable) bind(s, uri string) {
	id := t.prefix(s)
	p := &t.prefixes[id]
	t.bindings = append(t.bindings, binding{id, p.uri, int32(len(t.doc.scopes))})
	p.uri = t.uri(uri)
}

// leave goes back to an outer scope.
func (t *nameTable) leave(outer int32) {
	if t.scope == outer {
		return
	}
	n := len(t.bindings)
	for ; n > 0 && t.bindings[n-1].scope > outer; n-- {
		b := t.bindings[n-1]
		t.prefixes[b.prefix].uri = b.outer
	}
	t.bindings = t.bindings[:n]
	t.scope = outer
}

// word returns the index of a name as written.
func (t *nameTable) word(s string) uint32 {
	h := uint32(maphash.String(t.seed, s))
	mask := uint32(len(t.slots) - 1)
	k := h & mask
	for ; t.slots[k] != 0; k = (k + 1) & mask {
		w := &t.words[t.slots[k]]
		if w.hash == h && w.text == s {
			return t.slots[k]
		}
	}
	id := uint32(len(t.words))
	w := word{text: s, hash: h, prefix: noPrefix}
	if before, local, ok := strings.Cut(s, ":"); ok {
		w.prefix = malformed
		if before != "" && ncName(local) {
			w.prefix = t.prefix(before)
		}
	}
	t.words = append(t.words, w)
	t.slots[k] = id
	if len(t.words)*2 > len(t.slots) {
		t.grow()
	}
	return id
}

func (t *nameTable) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	mask := uint32(len(t.slots) - 1)
	for id := 1; id < len(t.words); id++ {
		k := t.words[id].hash & mask
		for t.slots[k] != 0 {
			k = (k + 1) & mask
		}
		t.slots[k] = uint32(id)
	}
}

// resolve returns the index of a name in the current scope, for an element or
// an attribute.
func (t *nameTable) resolve(p *scanner, r rawName, id uint32, isAttr bool) uint32 {
	w := &t.words[id]
	uri := int32(malformed)
	switch {
	case w.prefix == noPrefix && isAttr:
		if uri = noURI; w.text == "xmlns" {
			uri = xmlnsURI
		}
	case w.prefix >= 0:
		uri = t.prefixes[w.prefix].uri
	}
	a := &w.elem
	if isAttr {
		a = &w.attr
	}
	if a.name == 0 || a.uri != uri {
		*a = answer{uri, t.name(p, r, id, uri)}
	}
	if w.prefix == xmlnsPrefix && !isAttr {
		p.problem(r.start, r.end, "the prefix xmlns cannot be used in the element name %q", w.text)
	}
	return a.name
}

// name returns the index of a word in a namespace, and reports a word that has
// none when it is met first.
func (t *nameTable) name(p *scanner, r rawName, id uint32, uri int32) uint32 {
	key := resolved{id, uri}
	if n, ok := t.names[key]; ok {
		return n
	}
	w := &t.words[id]
	n := name{raw: w.text, Name: Name{Local: w.text}}
	switch {
	case uri == malformed:
		p.problem(r.start, r.end, "%q is not a name, or a prefix and a name with one colon between them", w.text)
		uri = noURI
	case uri == undeclared: // as libxml2: a name in no namespace
		p.problem(r.start, r.end, "the prefix %q of %q is not declared", t.prefixes[w.prefix].text, w.text)
		uri = noURI
	default:
		n.Space = t.uris[uri]
		if w.prefix != noPrefix {
			n.Prefix = t.prefixes[w.prefix].text
			n.Local = w.text[len(n.Prefix)+1:]
		}
	}
	index := uint32(len(t.doc.names))
	t.doc.names = append(t.doc.names, n)
	t.names[key] = index
	x := expanded{uri, n.Local}
	number, ok := t.number[x]
	if !ok {
		number = int32(len(t.seen))
		t.number[x] = number
		t.seen = append(t.seen, 0)
	}
	t.expanded = append(t.expanded, number)
	return index
}

// resolveAttrs resolves the names of the attributes of an element and refuses
// the same name twice.
func (t *nameTable) resolveAttrs(p *scanner, elem int32, attrs []attr) error {
	for k := range attrs {
		a := &attrs[k]
		id := t.word(p.s[t.pending[k].start:t.pending[k].end])
		a.name = t.resolve(p, t.pending[k], id, true)
		w := &t.words[id]
		end := t.pending[k].end
		if w.last == elem {
			return p.fail(int(a.start), end, RuleDuplicate, fmt.Sprintf("the attribute %q stands twice in one tag", w.text), "remove one of them")
		}
		w.last = elem
		x := t.expanded[a.name]
		if t.seen[x] == elem {
			p.problem(int(a.start), end, "the attribute %q has the same namespace and local name as another one of the tag", w.text)
		}
		t.seen[x] = elem
	}
	return nil
}
