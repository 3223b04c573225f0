package xmltree

import (
	"math/rand/v2"
	"strings"
)

// maker writes random documents that are mostly well-formed, and full of what
// is seldom in real ones.
type maker struct {
	r     *rand.Rand
	b     strings.Builder
	depth int
}

func (m *maker) pick(from ...string) string { return from[m.r.IntN(len(from))] }

func (m *maker) chance(percent int) bool { return m.r.IntN(100) < percent }

func (m *maker) add(s ...string) {
	for _, p := range s {
		m.b.WriteString(p)
	}
}

// randomDocument makes one document.
func randomDocument(r *rand.Rand) string {
	m := &maker{r: r}
	if m.chance(40) {
		m.add("<?xml", m.space(), "version='1.0'")
		if m.chance(30) {
			m.add(m.space(), "encoding=\"UTF-8\"")
		}
		if m.chance(20) {
			m.add(m.space(), "standalone", m.pick("=", " = "), "'yes'")
		}
		m.add(m.pick("", " "), "?>")
	}
	m.misc()
	m.element()
	m.misc()
	return m.b.String()
}

func (m *maker) space() string { return m.pick(" ", "\n", "\t", "\r", "\r\n", "  ") }

func (m *maker) misc() {
	for range m.r.IntN(3) {
		switch m.r.IntN(3) {
		case 0:
			m.comment()
		case 1:
			m.instruction()
		default:
			m.add(m.space())
		}
	}
}

func (m *maker) name() string {
	return m.pick("a", "b", "c", "a", "b", "é", "p:a", "q:a", "p:b", "a.b-c_1", "\u3042", "\U00010000", "xml:a", "xmlx")
}

func (m *maker) element() {
	m.depth++
	name := m.name()
	m.add("<", name)
	if m.depth == 1 {
		m.add(" xmlns:p='urn:p' xmlns:q=\"", m.pick("urn:q", "urn:p"), "\"")
		if m.chance(50) {
			m.add(" xmlns='urn:d'")
		}
	}
	used := map[string]bool{"xmlns:p": m.depth == 1, "xmlns:q": m.depth == 1, "xmlns": m.depth == 1}
	for range m.r.IntN(4) {
		n := m.pick("a", "b", "p:a", "p:b", "q:a", "c", "é", "xml:lang", "xml:space", "xml:base", "xmlns", "xmlns:p", "xmlns:q", "xmlns:r")
		if used[n] {
			continue
		}
		used[n] = true
		m.add(m.space(), n, m.pick("", " "), "=", m.pick("", "\n"))
		quote := m.pick("'", "\"")
		m.add(quote)
		switch {
		case n == "xmlns":
			m.add(m.pick("urn:d", "", "urn:p", "urn:e", "urn:x&amp;y"))
		case strings.HasPrefix(n, "xmlns"):
			m.add(m.pick("urn:p", "urn:q", "urn:z", "http://a/b"))
		default:
			m.chars(quote)
		}
		m.add(quote)
	}
	m.add(m.pick("", " ", "\n"))
	if m.chance(20) {
		m.add("/>")
		m.depth--
		return
	}
	m.add(">")
	for range m.r.IntN(5) {
		switch k := m.r.IntN(8); {
		case k < 3 && m.depth < 6:
			m.element()
		case k == 3:
			m.comment()
		case k == 4:
			m.instruction()
		case k == 5:
			m.add("<![CDATA[", m.pick("", "<x>", "&amp;", "]]", "\r\n", "\r", "a>b", "\"'", "é\U0001F600"), "]]>")
		default:
			m.chars("<")
		}
	}
	m.add("</", name, m.pick("", " "), ">")
	m.depth--
}

// chars writes character data in which end must not stand.
func (m *maker) chars(end string) {
	for range m.r.IntN(6) {
		s := m.pick("x", "text ", " ", "\n", "\r", "\r\n", "\t", "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#10;", "&#13;", "&#9;",
			"&#x20;", "&#xE9;", "&#x1F600;", "&#0000000000000000000000000000000000000000000000000000000000000000000065;", "é",
			"\U0001F600", "\u0085", "\u2028", "\x7f", ">", "]", "]]", "'", "\"", "=", "/", "--", "?")
		if !strings.Contains(s, end) && (end != "<" || s != ">") {
			m.add(s)
		}
	}
}

func (m *maker) comment() {
	m.add("<!--", m.pick("", " c ", "<a>&x;", "é\r\n", "a-b", "]]>", "\r"), "-->")
}

func (m *maker) instruction() {
	m.add("<?", m.pick("pi", "xml-stylesheet", "é"), m.pick("", " ", " data", "\ndata ", "  <a>&x; ? >", " a\r\nb\r"), "?>")
}

// hotBytes are those that decide something in XML.
const hotBytes = "<>&;\"'= \n\r\t\x00\x01\x7f\x80\xef\xff-?!/[]:a1xX.#\xc3"

// damage changes a document in a few places.
func damage(r *rand.Rand, s string) string {
	b := []byte(s)
	for range 1 + r.IntN(2) {
		i := r.IntN(len(b))
		switch r.IntN(4) {
		case 0:
			b[i] = hotBytes[r.IntN(len(hotBytes))]
		case 1:
			b = append(b[:i:i], b[i+1:]...)
		case 2:
			k := min(i+r.IntN(8), len(b))
			b = append(b[:i:i], b[k:]...)
		default:
			k := min(i+r.IntN(8), len(b))
			j := r.IntN(len(b))
			b = append(b[:j:j], append(append([]byte(nil), b[i:k]...), b[j:]...)...)
		}
		if len(b) == 0 {
			return ""
		}
	}
	return string(b)
}
