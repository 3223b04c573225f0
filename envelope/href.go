package envelope

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/ovfkit/ovf/xmltree"
)

// href is the reference to a file, taken apart (DSP0243 7.1, RFC 3986).
type href struct {
	problem string // why it can be no reference, as the end of a sentence
	scheme  string // in lower case; empty for a relative path
	key     string // equal for references to one file; empty if there is a problem
}

// outside reports whether a relative path leaves the directory of the
// descriptor.
func (h href) outside() bool {
	return h.scheme == "" && (h.key == ".." || strings.HasPrefix(h.key, "../"))
}

func parseHref(s string) href {
	switch {
	case blank(s):
		return href{problem: "is empty"}
	case strings.ContainsFunc(s, unicode.IsControl):
		return href{problem: "holds a control character"}
	case len(s) > 2 && letter(s[0]) && s[1] == ':' && (s[2] == '\\' || s[2] == '/'):
		return href{problem: "is a path on a Windows drive"}
	case strings.Contains(s, "\\"):
		return href{problem: "has a backslash between names"}
	}
	if scheme := schemeOf(s); scheme != "" {
		return parseURL(s, scheme)
	}
	if s[0] == '/' {
		return href{problem: "is an absolute path"}
	}
	path, err := url.PathUnescape(s)
	switch {
	case err != nil:
		return href{problem: "has a \"%\" that starts no escape of two hexadecimal digits"}
	case strings.Count(path, "/") != strings.Count(s, "/") || strings.Contains(path, "\\") || strings.ContainsFunc(path, unicode.IsControl):
		return href{problem: "hides a separator or a control character behind \"%\""}
	}
	key := cleanPath(path)
	if key == "" {
		return href{problem: "names no file"}
	}
	return href{key: key}
}

func parseURL(s, scheme string) href {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return href{problem: "is no URL"}
	case u.Host == "" && (scheme == "http" || scheme == "https"):
		return href{problem: "is a URL without a host"}
	}
	key := scheme + "://" + strings.ToLower(u.Host) + "/" + cleanPath(u.Path) + u.Opaque
	if u.RawQuery != "" {
		key += "?" + u.RawQuery
	}
	return href{scheme: scheme, key: key}
}

// schemeOf returns the scheme of a URL in lower case, "" for a relative path. A
// scheme of one letter is a drive.
func schemeOf(s string) string {
	scheme, _, ok := strings.Cut(s, ":")
	if !ok || len(scheme) < 2 || !letter(scheme[0]) {
		return ""
	}
	for i := range len(scheme) {
		if c := scheme[i]; !letter(c) && (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' {
			return ""
		}
	}
	return strings.ToLower(scheme)
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// cleanPath removes empty segments, "." and what ".." takes back.
func cleanPath(path string) string {
	if !strings.Contains(path, "/") && strings.Trim(path, ".") != "" {
		return path // most, at little cost
	}
	var out []string
	for s := range strings.SplitSeq(path, "/") {
		switch {
		case s == "" || s == ".":
		case s == ".." && len(out) > 0 && out[len(out)-1] != "..":
			out = out[:len(out)-1]
		default:
			out = append(out, s)
		}
	}
	return strings.Join(out, "/")
}

// foreign calls visit with each attribute and text in the parts of the
// descriptor that are not the standard's.
func (c *checker) foreign(visit func(value string)) {
	ext := func(x *xmltree.Ext) {
		for _, a := range x.Attrs {
			visit(a.Value)
		}
		for _, e := range x.Elements {
			visitElement(e, visit)
		}
	}
	ext(&c.env.Ext)
	ext(&c.env.References.Ext)
	for _, sc := range c.scopes {
		ext(sc.content.Codec().Extra())
	}
	for s := range c.sections() {
		if codec := s.Codec(); codec != nil {
			ext(codec.Extra())
		} else if o, ok := s.(interface {
			OpenElement() (*xmltree.Element, error)
		}); ok {
			if e, err := o.OpenElement(); err == nil {
				visitElement(e, visit)
			}
		}
		switch s := s.(type) {
		case *DiskSection:
			for i := range s.Disk {
				ext(&s.Disk[i].Ext)
			}
		case *VirtualHardwareSection:
			for i := range s.Item {
				ext(&s.Item[i].Ext)
			}
		}
	}
}

func visitElement(e *xmltree.Element, visit func(string)) {
	if e == nil {
		return
	}
	for _, a := range e.Attrs {
		visit(a.Value)
	}
	for _, c := range e.Content {
		switch c := c.(type) {
		case xmltree.Text:
			visit(string(c))
		case *xmltree.Element:
			visitElement(c, visit)
		}
	}
}
