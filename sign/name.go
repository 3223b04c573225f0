package sign

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameProblem says what is wrong with a file name of a manifest, "" if
// nothing. A name is a relative path of the package with "/" between its
// parts, or the http or https URL of a file outside it (DSP0243 5.1, 7.1).
func nameProblem(name string) string {
	switch {
	case name == "":
		return "is empty"
	case !utf8.ValidString(name):
		return "is not UTF-8"
	}
	for _, r := range name {
		if forbiddenRune(r) {
			return "has a control character"
		}
	}
	if isURL(name) {
		return ""
	}
	plain := percentDecoded(name)
	switch {
	case strings.Trim(name, " ") != name:
		return "starts or ends with a space"
	case strings.Contains(name, `\`):
		return `has a backslash, which is a separator on Windows`
	case strings.HasPrefix(name, "/"):
		return "is an absolute path"
	case strings.Count(plain, "/") != strings.Count(name, "/"), strings.Contains(plain, `\`):
		return "has a percent-encoded separator"
	}
	for _, r := range plain {
		if forbiddenRune(r) {
			return "has a percent-encoded control character"
		}
	}
	first, _, _ := strings.Cut(name, "/")
	if strings.Contains(first, ":") {
		return "starts with a drive letter or a URL scheme"
	}
	for part := range strings.SplitSeq(plain, "/") {
		switch part {
		case "":
			return "has an empty path segment"
		case ".", "..":
			return `has the path segment "` + part + `"`
		}
	}
	return ""
}

// forbiddenRune holds for control characters and for those that turn the
// direction of writing, with which a name can be shown as another.
func forbiddenRune(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// isURL reports whether a name is the URL of a file outside the package. Such
// a file is never opened here.
func isURL(name string) bool {
	for _, scheme := range []string{"http://", "https://"} {
		if len(name) > len(scheme) && strings.EqualFold(name[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

// percentDecoded replaces each valid %XX; anything else stays as it is.
func percentDecoded(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexDigits(s[i+1:i+3]) == 2 {
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// fold returns a key that two names share if they differ in letter case only.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}

// baseName returns the last part of a name without its extension.
func baseName(name string) string {
	b := path.Base(name)
	return strings.TrimSuffix(b, path.Ext(b))
}

// selfName tells whether an entry of the manifest of that name names the
// manifest itself or the certificate beside it.
func selfName(manifest, entry string) bool {
	base := path.Base(manifest)
	return strings.EqualFold(entry, base) || strings.EqualFold(entry, baseName(base)+".cert")
}
