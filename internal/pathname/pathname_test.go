package pathname

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

func TestProblem(t *testing.T) {
	for _, good := range []string{"a.ovf", "disks/a b.vmdk", "größe.ovf", "..a", "a..b/c", "100%.txt", "a%zz", "日本語.vmdk", "dir/a:b", "-rf"} {
		if why := Problem(good); why != "" {
			t.Errorf("%q %s", good, why)
		}
	}
	for name, want := range map[string]string{
		"":                      "empty",
		"/etc/passwd":           "absolute",
		"../a":                  `".."`,
		"a/../b":                `".."`,
		"a/./b":                 `"."`,
		"./a":                   `"."`,
		"a//b":                  "empty path segment",
		"a/":                    "empty path segment",
		`a\b`:                   "backslash",
		"C:/a":                  "drive letter",
		"c:a":                   "drive letter",
		"file:///etc/passwd":    "scheme",
		"http://h/a":            "scheme",
		"a%2fb":                 "percent-encoded separator",
		"a%2Fb":                 "percent-encoded separator",
		"a%5cb":                 "percent-encoded separator",
		"%2e%2e/a":              `".."`,
		"a%00b":                 "percent-encoded control",
		"a\x00b":                "control",
		"a\nb":                  "control",
		"a\x7f":                 "control",
		"a\u202egnp.exe":        "control",
		"\xff\xfe":              "UTF-8",
		" a":                    "space",
		"a ":                    "space",
		"a/%2e":                 `"."`,
		"disk.vmdk:stream":      "scheme",
		strings.Repeat("a/", 3): "empty path segment",
	} {
		if why := Problem(name); !strings.Contains(why, want) {
			t.Errorf("%q: %q, want %q", name, why, want)
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range [][2]string{{"Disk.VMDK", "disk.vmdk"}, {"ÄÖ", "äö"}, {"K", "\u212a"}} {
		if Fold(c[0]) != Fold(c[1]) {
			t.Errorf("%q and %q differ", c[0], c[1])
		}
	}
	if Fold("a") == Fold("b") {
		t.Error("a and b are one")
	}
}

// Whatever is good stays below the folder, for the standard library too, with and
// without its escapes.
func FuzzProblem(f *testing.F) {
	for _, s := range []string{"a.ovf", "../a", "a%2fb", "C:a", "%2e%2e", "a/b/c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if Problem(name) != "" {
			return
		}
		for _, s := range []string{name, decoded(name)} {
			if !fs.ValidPath(s) || !filepath.IsLocal(s) || path.Clean(s) != s || strings.ContainsRune(s, os.PathListSeparator) && strings.HasPrefix(s, ":") {
				t.Errorf("%q is taken for good", s)
			}
		}
	})
}
