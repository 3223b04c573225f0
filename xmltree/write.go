package xmltree

import "strconv"

// Encode returns a changed text of the document in the encoding it is stored
// in, with the same byte order mark. A character that the encoding lacks
// becomes a character reference.
func (d *Document) Encode(text string) []byte {
	out := make([]byte, 0, d.bom+len(text)+len(text)/16)
	out = append(out, d.raw[:d.bom]...)
	return d.encoding.encode(out, text, func(r rune) string {
		return "&#x" + strconv.FormatInt(int64(r), 16) + ";"
	})
}

// RawName returns the name of an element as written, prefix included.
func (n Node) RawName() string { return n.doc.names[n.rec().name].raw }
