// Package pathname judges the names of files in a package: members of an archive,
// lines of a manifest, relative hrefs (DSP0243 5.1, 5.3, 7.1). A name that is good
// names one file below the folder of the descriptor, on every system.
//
//	if why := pathname.Problem("../etc/passwd"); why != "" {
//		return fmt.Errorf("the name %s %s", diag.Quote(name), why)
//	}
package pathname

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem says what is wrong with a name, as the end of a sentence; "" if
// nothing. A good name is a relative path with "/" between its parts, without
// "." and "..", and so it stays when someone takes its percent escapes for what
// they stand for.
func Problem(name string) string {
	switch {
	case name == "":
		return "is empty"
	case !utf8.ValidString(name):
		return "is not UTF-8"
	case strings.ContainsFunc(name, Forbidden):
		return "has a control character"
	case strings.Trim(name, " ") != name:
		return "starts or ends with a space"
	case strings.Contains(name, `\`):
		return "has a backslash, which is a separator on Windows"
	case name[0] == '/':
		return "is an absolute path"
	}
	if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ":") {
		return "starts with a drive letter or a URL scheme"
	}
	plain := decoded(name)
	switch {
	case strings.Count(plain, "/") != strings.Count(name, "/"), strings.Contains(plain, `\`):
		return "has a percent-encoded separator"
	case strings.ContainsFunc(plain, Forbidden):
		return "has a percent-encoded control character"
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

// Forbidden holds for control characters and for those that turn the direction
// of writing, with which a name can be shown as another.
func Forbidden(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// decoded replaces each valid percent escape; anything else stays as it is.
func decoded(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := url.PathUnescape(s[i : i+3]); err == nil {
				b.WriteString(c)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Fold returns a key that two names share if they differ in letter case only: on
// Windows and macOS they are one file.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, name)
}
