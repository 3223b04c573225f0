package xmltree

import (
	"fmt"
	"hash/maphash"
	"strings"

	"github.com/ovfkit/ovf/diag"
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

	names  map[resolved]uint32 // index into doc.names, of answers no word holds any more
	number map[expanded]int32  // of an attribute with a prefix: index into seen
	seen   []int32             // the last element that had it

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
	uri    int32
	name   uint32 // 0: never looked up
	number int32  // of the expanded name, 0: not known
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

// expanded is what two attributes of one tag must not share.
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
	t.words = make([]word, 1, 96)
	t.seen = make([]int32, 1, 32)
	d.names = make([]name, 1, 96) // 0: no name
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
	a, other := &w.elem, &w.attr
	if isAttr {
		a, other = other, a
	}
	if a.name == 0 || a.uri != uri {
		if a.name != 0 {
			t.names[resolved{id, a.uri}] = a.name
		}
		n, ok := other.name, other.name != 0 && other.uri == uri
		if !ok {
			n, ok = t.names[resolved{id, uri}]
		}
		if !ok {
			n = t.name(p, r, w, uri)
		}
		*a = answer{uri: uri, name: n}
	}
	if w.prefix == xmlnsPrefix && !isAttr {
		p.problem(r.start, r.end, "the prefix xmlns cannot be used in the element name %s", diag.Quote(w.text))
	}
	return a.name
}

// name makes the name that a word means in a namespace, and reports a word that
// means none.
func (t *nameTable) name(p *scanner, r rawName, w *word, uri int32) uint32 {
	n := name{raw: w.text, Name: Name{Local: w.text}}
	switch uri {
	case malformed:
		p.problem(r.start, r.end, "%s is not a name, or a prefix and a name with one colon between them", diag.Quote(w.text))
	case undeclared: // as libxml2: a name in no namespace
		p.problem(r.start, r.end, "the prefix %s of %s is not declared", diag.Quote(t.prefixes[w.prefix].text), diag.Quote(w.text))
	default:
		n.Space = t.uris[uri]
		if w.prefix != noPrefix {
			n.Prefix = t.prefixes[w.prefix].text
			n.Local = w.text[len(n.Prefix)+1:]
		}
	}
	t.doc.names = append(t.doc.names, n)
	return uint32(len(t.doc.names) - 1)
}

// resolveAttrs resolves the names of the attributes of an element and refuses
// the same name twice.
func (t *nameTable) resolveAttrs(p *scanner, elem int32, attrs []attr) error {
	for k := range attrs {
		a, r := &attrs[k], t.pending[k]
		id := t.word(p.s[r.start:r.end])
		a.name = t.resolve(p, r, id, true)
		w := &t.words[id]
		if w.last == elem {
			return p.fail(r.start, r.end, RuleDuplicate, fmt.Sprintf("the attribute %s stands twice in one tag", diag.Quote(w.text)), "remove one of them")
		}
		w.last = elem
		if w.prefix <= xmlnsPrefix || w.attr.uri < 0 {
			continue // no other word can mean the same
		}
		if w.attr.number == 0 {
			w.attr.number = t.expand(w.attr.uri, t.doc.names[a.name].Local)
		}
		last := &t.seen[w.attr.number]
		if *last == elem {
			p.problem(r.start, r.end, "the attribute %s has the same namespace and local name as another one of the tag", diag.Quote(w.text))
		}
		*last = elem
	}
	return nil
}

// expand returns the number of an expanded name.
func (t *nameTable) expand(uri int32, local string) int32 {
	x := expanded{uri, local}
	n, ok := t.number[x]
	if !ok {
		n = int32(len(t.seen))
		t.number[x] = n
		t.seen = append(t.seen, 0)
	}
	return n
}
