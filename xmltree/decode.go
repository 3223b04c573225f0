package xmltree

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// decode finds the encoding of the document and turns it into UTF-8.
func (p *scanner) decode() error {
	d := p.doc
	data := d.raw
	if int64(len(data)) > p.lim.Bytes {
		return p.tooLarge(len(data), "")
	}
	declared := ""
	switch {
	case bytes.HasPrefix(data, []byte("\xFF\xFE\x00\x00")), bytes.HasPrefix(data, []byte("\x00\x00\xFE\xFF")),
		bytes.HasPrefix(data, []byte("<\x00\x00\x00")), bytes.HasPrefix(data, []byte("\x00\x00\x00<")):
		return p.encodingError(data, 0, "the encoding UTF-32 is not supported", "convert the document to UTF-8")
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		d.bom = 3
		declared = declaredEncoding(head(data[3:]))
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		d.bom, d.encoding = 2, UTF16LE
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		d.bom, d.encoding = 2, UTF16BE
	case bytes.HasPrefix(data, []byte("<\x00?\x00")):
		d.encoding = UTF16LE
	case bytes.HasPrefix(data, []byte("\x00<\x00?")):
		d.encoding = UTF16BE
	default:
		declared = declaredEncoding(head(data))
	}
	if declared != "" {
		e, ok := lookupEncoding(declared)
		switch {
		case !ok:
			return p.encodingError(data, 0, fmt.Sprintf("the encoding %s is not supported", diag.Quote(declared)), "convert the document to UTF-8")
		case e == UTF16LE || e == UTF16BE:
			return p.encodingError(data, 0, fmt.Sprintf("the declaration says %s, but the bytes are not UTF-16", declared), "correct the declaration")
		case d.bom == 0:
			d.encoding = e
		case e != UTF8:
			return p.encodingError(data, 0, fmt.Sprintf("the declaration says %s, but a UTF-8 byte order mark comes first", declared), "remove the mark or correct the declaration")
		}
	}
	text, good, ok := d.encoding.decode(data[d.bom:])
	if !ok {
		bad := data[d.bom+good:]
		return p.encodingError(data, good, fmt.Sprintf("byte 0x%02X does not belong to %s text", bad[0], d.encoding), "declare the encoding the document was saved in, or save it as UTF-8")
	}
	if int64(len(text)) > p.lim.Bytes { // offsets into the text are held in 32 bits
		return p.tooLarge(len(text), " in UTF-8")
	}
	d.text = text
	if d.encoding == UTF16LE || d.encoding == UTF16BE {
		return p.declaredUTF16()
	}
	return nil
}

func (p *scanner) tooLarge(n int, in string) error {
	return p.fail(0, 0, RuleLimit, fmt.Sprintf("the document has %d bytes%s, more than the limit of %d", n, in, p.lim.Bytes), "raise Limits.Bytes if the source is trusted")
}

// declaredUTF16 compares what the XML declaration of a document in UTF-16 says
// with the byte order found.
func (p *scanner) declaredUTF16() error {
	d := p.doc
	declared := declaredEncoding(d.text)
	switch name := strings.ToLower(declared); {
	case declared == "", name == "utf-16", name == "utf16", name == "iso-10646-ucs-2",
		name == "utf-16le" && d.encoding == UTF16LE, name == "utf-16be" && d.encoding == UTF16BE:
		return nil
	}
	order := "little"
	if d.encoding == UTF16BE {
		order = "big"
	}
	d.text = "" // the position is the start of the document
	return p.encodingError(d.raw, 0, fmt.Sprintf("the declaration says %s, but the bytes are UTF-16, %s end first", diag.Quote(declared), order), "correct the declaration")
}

// encodingError reports a bad byte at an offset after the byte order mark. The
// text up to there is kept for the position.
func (p *scanner) encodingError(data []byte, good int, msg, hint string) error {
	d := p.doc
	if s, _, ok := d.encoding.decode(data[d.bom : d.bom+good]); ok {
		d.text = s
	}
	err := p.diagnostic(len(d.text), len(d.text), RuleEncoding, msg, hint)
	err.Location.Offset = int64(d.bom + good)
	err.Err = ErrEncoding
	return err
}

// head returns the bytes that may be an XML declaration.
func head(data []byte) string {
	if !bytes.HasPrefix(data, []byte("<?xml")) {
		return ""
	}
	b, _, _ := bytes.Cut(data, []byte("?>"))
	return string(b)
}

// declaredEncoding returns the encoding that the XML declaration at the start
// of s names, or "". The declaration is checked in full later.
func declaredEncoding(s string) string {
	s, ok := strings.CutPrefix(s, "<?xml")
	if !ok || s == "" || !space(s[0]) {
		return ""
	}
	s, _, _ = strings.Cut(s, "?>")
	k := strings.Index(s, "encoding")
	if k < 0 {
		return ""
	}
	if v, _, ok := pseudoAttribute(s[k:], "encoding"); ok {
		return v.text
	}
	return ""
}
