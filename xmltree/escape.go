package xmltree

// AppendText appends character data, escaped so that it reads back the same.
func AppendText(b []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		var ref string
		switch s[i] {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '\r':
			ref = "&#xD;"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), ref...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

// AppendAttr appends an attribute value for use inside the given quotes,
// escaped so that it reads back the same.
func AppendAttr(b []byte, s string, quote byte) []byte {
	from := 0
	for i := range len(s) {
		var ref string
		switch c := s[i]; {
		case c == '&':
			ref = "&amp;"
		case c == '<':
			ref = "&lt;"
		case c == '"' && quote == '"':
			ref = "&quot;"
		case c == '\'' && quote == '\'':
			ref = "&apos;"
		case c == '\t':
			ref = "&#x9;"
		case c == '\n':
			ref = "&#xA;"
		case c == '\r':
			ref = "&#xD;"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), ref...)
		from = i + 1
	}
	return append(b, s[from:]...)
}
