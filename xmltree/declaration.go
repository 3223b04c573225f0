package xmltree

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// xmlDeclaration checks the XML declaration, if there is one. Its encoding has
// been used already.
func (p *scanner) xmlDeclaration() error {
	const open = "<?xml"
	s := p.s
	if rest, ok := strings.CutPrefix(s, open); !ok || rest != "" && nameContinues(rest) {
		return nil
	}
	k := strings.Index(s, "?>")
	if k < 0 {
		return p.syntax(0, len(open), "the XML declaration has no end: ?> is missing")
	}
	rest := s[len(open):k]
	at := len(open)
	for _, part := range []string{"version", "encoding", "standalone"} {
		trimmed := strings.TrimLeft(rest, " \t\r\n")
		value, found, ok := pseudoAttribute(trimmed, part)
		switch {
		case !ok:
			return p.syntax(at, k, "the XML declaration has no quoted value for %s", part)
		case !found && part == "version":
			return p.syntax(at, k, "the XML declaration does not begin with a version")
		case !found:
			continue
		case len(trimmed) == len(rest):
			return p.syntax(at, k, "white space is missing before %s in the XML declaration", part)
		}
		if accepted := pseudoValue(part, value.text); accepted != "" {
			return p.syntax(at, k, "the XML declaration has the %s %s, which is not %s", part, diag.Quote(value.text), accepted)
		}
		at += len(rest) - len(trimmed) + value.length
		rest = trimmed[value.length:]
	}
	if strings.Trim(rest, " \t\r\n") != "" {
		return p.syntax(at, k, "the XML declaration has %s where nothing more is allowed", diag.Quote(strings.TrimSpace(rest)))
	}
	p.i = k + 2
	return nil
}

type pseudo struct {
	text   string
	length int // of the whole name="value"
}

// pseudoAttribute reads name="value" at the start of s. found is false where s
// begins with something else.
func pseudoAttribute(s, name string) (v pseudo, found, ok bool) {
	rest, found := strings.CutPrefix(s, name)
	if !found {
		return v, false, true
	}
	rest = strings.TrimLeft(rest, " \t\r\n")
	rest, ok = strings.CutPrefix(rest, "=")
	if !ok {
		return v, true, false
	}
	rest = strings.TrimLeft(rest, " \t\r\n")
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		return v, true, false
	}
	text, after, ok := strings.Cut(rest[1:], rest[:1])
	return pseudo{text, len(s) - len(after)}, true, ok
}

// pseudoValue checks a value of the XML declaration. It returns what would be
// accepted, or "" if the value is.
func pseudoValue(name, v string) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	switch name {
	case "version":
		digits, ok := strings.CutPrefix(v, "1.")
		if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
			return "1.0, or 1. and another number"
		}
	case "encoding":
		if v == "" || strings.Trim(v[:1], letters) != "" || strings.Trim(v, letters+"0123456789._-") != "" {
			return "the name of an encoding, as UTF-8"
		}
	case "standalone":
		if v != "yes" && v != "no" {
			return "yes or no"
		}
	}
	return ""
}
