package sign

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/internal/pathname"
)

// nameProblem says what is wrong with a file name of a manifest, "" if
// nothing. A name is a relative path of the package with "/" between its
// parts, or the http or https URL of a file outside it (DSP0243 5.1, 7.1).
func nameProblem(name string) string {
	if isURL(name) && utf8.ValidString(name) && !strings.ContainsFunc(name, pathname.Forbidden) {
		return ""
	}
	return pathname.Problem(name)
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

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
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
