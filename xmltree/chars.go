package xmltree

// Classes of single bytes; a byte of 0x80 or more begins or continues a
// character that the slow paths look at whole.
const (
	isText      = 1 << iota // may stand in a text run without a closer look
	isValue                 // the same for an attribute value
	isNameStart             // may begin a name
	isName                  // may continue a name
	isSpace                 // white space of XML
)

// class holds the classes of every byte. It is only read.
var class = func() (t [256]uint8) {
	for c := range 256 {
		b := byte(c)
		var k uint8
		switch {
		case b >= 0x80:
			k = isText | isValue
			if b == 0xEF { // may lead to U+FFFE or U+FFFF
				k = 0
			}
		case b == ' ':
			k = isText | isValue | isSpace
		case b == '\t' || b == '\n':
			k = isText | isSpace
		case b == '\r':
			k = isSpace
		case b < 0x20:
		case b == '<' || b == '&':
		case b == ']':
			k = isValue
		case b == '"' || b == '\'':
			k = isText
		default:
			k = isText | isValue
		}
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b == '_', b == ':':
			k |= isNameStart | isName
		case b >= '0' && b <= '9', b == '-', b == '.':
			k |= isName
		}
		t[c] = k
	}
	return t
}()

func space(c byte) bool { return class[c]&isSpace != 0 }

// validChar reports whether XML 1.0 allows the character (production Char).
func validChar(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return true
	case r < 0x20:
		return false
	case r <= 0xD7FF:
		return true
	case r < 0xE000:
		return false
	case r <= 0xFFFD:
		return true
	}
	return r >= 0x10000 && r <= 0x10FFFF
}

// nameStartRune and nameRune are productions NameStartChar and NameChar of XML
// 1.0, fifth edition, beyond ASCII.
func nameStartRune(r rune) bool {
	switch {
	case r < 0xC0:
		return false
	case r <= 0xD6, r >= 0xD8 && r <= 0xF6, r >= 0xF8 && r <= 0x2FF, r >= 0x370 && r <= 0x37D,
		r >= 0x37F && r <= 0x1FFF, r >= 0x200C && r <= 0x200D, r >= 0x2070 && r <= 0x218F,
		r >= 0x2C00 && r <= 0x2FEF, r >= 0x3001 && r <= 0xD7FF, r >= 0xF900 && r <= 0xFDCF,
		r >= 0xFDF0 && r <= 0xFFFD, r >= 0x10000 && r <= 0xEFFFF:
		return true
	}
	return false
}

func nameRune(r rune) bool {
	return r == 0xB7 || r >= 0x300 && r <= 0x36F || r >= 0x203F && r <= 0x2040 || nameStartRune(r)
}
