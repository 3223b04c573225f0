package descriptors

import (
	"bytes"
	"encoding/xml"
	"strconv"
)

// writer writes indented XML. Attributes come in pairs of name and value; a pair
// with an empty value is left out.
type writer struct {
	buf   bytes.Buffer
	stack []string
}

func (w *writer) open(name string, attrs ...string) {
	w.tag(name, attrs)
	w.buf.WriteString(">\n")
	w.stack = append(w.stack, name)
}

func (w *writer) close() {
	name := w.stack[len(w.stack)-1]
	w.stack = w.stack[:len(w.stack)-1]
	w.indent()
	w.buf.WriteString("</" + name + ">\n")
}

func (w *writer) empty(name string, attrs ...string) {
	w.tag(name, attrs)
	w.buf.WriteString("/>\n")
}

func (w *writer) text(name, text string, attrs ...string) {
	w.tag(name, attrs)
	w.buf.WriteByte('>')
	w.escape(text)
	w.buf.WriteString("</" + name + ">\n")
}

func (w *writer) comment(text string) {
	w.indent()
	w.buf.WriteString("<!-- " + text + " -->\n")
}

func (w *writer) tag(name string, attrs []string) {
	w.indent()
	w.buf.WriteString("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] == "" {
			continue
		}
		w.buf.WriteString(" " + attrs[i] + `="`)
		w.escape(attrs[i+1])
		w.buf.WriteByte('"')
	}
}

func (w *writer) escape(s string) {
	xml.EscapeText(&w.buf, []byte(s)) // a Buffer does not fail
}

func (w *writer) indent() {
	for range w.stack {
		w.buf.WriteString("  ")
	}
}

func num(n int) string { return strconv.Itoa(n) }
