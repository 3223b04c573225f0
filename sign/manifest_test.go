package sign

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

const (
	hexSHA1   = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	hexSHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

func TestParseManifest(t *testing.T) {
	good := "SHA256(a.ovf)= " + hexSHA256 + "\n"
	type entries []string // "ALG name", "? name" for one that cannot be used
	for _, c := range []struct {
		name  string
		in    string
		rules []string
		want  entries
	}{
		{"strict", good, nil, entries{"SHA256 a.ovf"}},
		{"all algorithms", "SHA1(a)= " + hexSHA1 + "\nSHA256(b)= " + hexSHA256 + "\nSHA384(c)= " + strings.Repeat("0a", 48) + "\nSHA512(d)= " + strings.Repeat("0a", 64) + "\n",
			nil, entries{"SHA1 a", "SHA256 b", "SHA384 c", "SHA512 d"}},
		{"empty", "", []string{ruleManifestEmpty}, nil},
		{"padding only", "   \n\x00\x00", []string{ruleLineBlank, ruleManifestEmpty}, nil},
		{"CR LF", strings.ReplaceAll(good, "\n", "\r\n"), []string{ruleLineEnding}, entries{"SHA256 a.ovf"}},
		{"CR", strings.ReplaceAll(good, "\n", "\r"), []string{ruleLineEnding}, entries{"SHA256 a.ovf"}},
		{"no line end", strings.TrimSpace(good), []string{ruleLineEnding}, entries{"SHA256 a.ovf"}},
		{"blank lines", "\n" + good + "\n\n", []string{ruleLineBlank}, entries{"SHA256 a.ovf"}},
		{"padded with spaces, ovftool 4.0", good + strings.Repeat(" ", 200000), []string{ruleLineBlank}, entries{"SHA256 a.ovf"}},
		{"padded with NUL", good + strings.Repeat("\x00", 512), []string{ruleLineBlank}, entries{"SHA256 a.ovf"}},
		{"NUL after the digest", strings.TrimSpace(good) + "\x00\x00", []string{ruleLineSpacing, ruleLineEnding}, entries{"SHA256 a.ovf"}},
		{"sha256sum --tag", "SHA256 (a.ovf) = " + hexSHA256 + "\n", []string{ruleLineSpacing}, entries{"SHA256 a.ovf"}},
		{"VirtualBox", "SHA256(a.ovf) = " + hexSHA256 + "\n", []string{ruleLineSpacing}, entries{"SHA256 a.ovf"}},
		{"no space", "SHA256(a.ovf)=" + hexSHA256 + "\n", []string{ruleLineSpacing}, entries{"SHA256 a.ovf"}},
		{"tabs", "\tSHA256\t(a.ovf)\t=\t" + hexSHA256 + "\t\n", []string{ruleLineSpacing}, entries{"SHA256 a.ovf"}},
		{"lower-case label", "sha256(a.ovf)= " + hexSHA256 + "\n", []string{ruleLineLabelCase}, entries{"SHA256 a.ovf"}},
		{"OpenSSL 3", "SHA2-256(a.ovf)= " + hexSHA256 + "\n", []string{ruleLineLabelAlias}, entries{"SHA256 a.ovf"}},
		{"hyphen", "sha-1(a.ovf)= " + hexSHA1 + "\n", []string{ruleLineLabelAlias}, entries{"SHA1 a.ovf"}},
		{"upper-case digits", "SHA256(a.ovf)= " + strings.ToUpper(hexSHA256) + "\n", []string{ruleLineHexCase}, entries{"SHA256 a.ovf"}},
		{"byte order mark", "\xef\xbb\xbf" + good, []string{ruleLineBOM}, entries{"SHA256 a.ovf"}},
		{"UTF-16", "\xff\xfeS\x00H\x00A\x001\x00(\x00", []string{ruleLineEncoding}, nil},
		{"UTF-16 without mark", "S\x00H\x00A\x001\x00(\x00a\x00)\x00=\x00", []string{ruleLineEncoding}, nil},
		{"each deviation once", "sha256(a) =" + hexSHA256 + "\r\nsha256(b) =" + hexSHA256 + "\r\n",
			[]string{ruleLineSpacing, ruleLineLabelCase, ruleLineEnding}, entries{"SHA256 a", "SHA256 b"}},

		{"parentheses in the name", "SHA1(disk (1).vmdk)= " + hexSHA1 + "\n", nil, entries{"SHA1 disk (1).vmdk"}},
		{"name like a line", "SHA1(a)= b)= " + hexSHA1 + "\n", nil, entries{"SHA1 a)= b"}},
		{"folder", "SHA1(disks/a.vmdk)= " + hexSHA1 + "\n", nil, entries{"SHA1 disks/a.vmdk"}},
		{"remote", "SHA1(https://example.org/a.vmdk)= " + hexSHA1 + "\n", nil, entries{"SHA1 https://example.org/a.vmdk"}},
		{"umlaut", "SHA1(plätte.vmdk)= " + hexSHA1 + "\n", nil, entries{"SHA1 plätte.vmdk"}},

		{"coreutils", hexSHA256 + "  a.ovf\n" + hexSHA256 + " *b.vmdk\n", []string{ruleManifestCoreutils}, nil},
		{"coreutils SHA-1", hexSHA1 + "  a.ovf\n", []string{ruleManifestCoreutils}, nil},
		{"md5sum", strings.Repeat("0", 32) + "  a.ovf\n", []string{ruleManifestCoreutils}, nil},
		{"prose", "This is a manifest\n", []string{ruleManifestSyntax}, nil},
		{"prose with parentheses", "see(the disk)= here\n" + good, []string{ruleManifestAlgorithm}, entries{"? the disk", "SHA256 a.ovf"}},
		{"no label", "(a.ovf)= " + hexSHA1 + "\n", []string{ruleManifestSyntax}, nil},
		{"hash alone", hexSHA1 + "\n", []string{ruleManifestSyntax}, nil},
		{"MD5", "MD5(a.ovf)= " + strings.Repeat("0", 32) + "\n", []string{ruleManifestAlgorithm}, entries{"? a.ovf"}},
		{"SHA3 is not SHA-2", "SHA3-256(a.ovf)= " + hexSHA256 + "\n", []string{ruleManifestAlgorithm}, entries{"? a.ovf"}},
		{"SHA-224", "SHA224(a.ovf)= " + strings.Repeat("0", 56) + "\n", []string{ruleManifestAlgorithm}, entries{"? a.ovf"}},
		{"short digest", "SHA256(a.ovf)= " + hexSHA256[:62] + "\n", []string{ruleManifestDigest}, entries{"? a.ovf"}},
		{"long digest", "SHA1(a.ovf)= " + hexSHA256 + "\n", []string{ruleManifestDigest}, entries{"? a.ovf"}},
		{"odd digest", "SHA1(a.ovf)= " + hexSHA1[:39] + "\n", []string{ruleManifestDigest}, entries{"? a.ovf"}},
		{"no digest", "SHA1(a.ovf)= \n", []string{ruleManifestDigest}, entries{"? a.ovf"}},
		{"not hexadecimal", "SHA1(a.ovf)= " + hexSHA1[:39] + "g\n", []string{ruleManifestDigest}, entries{"? a.ovf"}},
		{"two digests", "SHA1(a.ovf)= " + hexSHA1 + " " + hexSHA1 + "\n", []string{ruleManifestDigest}, entries{"? a.ovf"}},

		{"twice", good + good, []string{ruleManifestDuplicate}, entries{"SHA256 a.ovf", "SHA256 a.ovf"}},
		{"twice with two algorithms", good + "SHA1(a.ovf)= " + hexSHA1 + "\n", []string{ruleManifestDuplicate}, entries{"SHA256 a.ovf", "SHA1 a.ovf"}},
		{"twice but for case", good + "SHA256(A.ovf)= " + hexSHA256 + "\n", []string{ruleManifestDuplicateCase}, entries{"SHA256 a.ovf", "SHA256 A.ovf"}},
		{"twice but for the case of an umlaut", "SHA1(Ä)= " + hexSHA1 + "\nSHA1(ä)= " + hexSHA1 + "\n", []string{ruleManifestDuplicateCase}, entries{"SHA1 Ä", "SHA1 ä"}},
		{"itself", good + "SHA256(pkg.mf)= " + hexSHA256 + "\n", []string{ruleManifestSelf}, entries{"SHA256 a.ovf"}},
		{"its certificate", good + "SHA256(PKG.cert)= " + hexSHA256 + "\n", []string{ruleManifestSelf}, entries{"SHA256 a.ovf"}},
		{"another certificate", "SHA256(ca.cert)= " + hexSHA256 + "\n", nil, entries{"SHA256 ca.cert"}},
		{"bad name", "SHA1(../a.ovf)= " + hexSHA1 + "\n", []string{ruleManifestName}, nil},
		{"name with NUL", "SHA1(a\x00.ovf)= " + hexSHA1 + "\n", []string{ruleManifestName}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, list := ParseManifest("pkg.mf", []byte(c.in), Limits{})
			if got := rules(list); !sameSet(got, c.rules) {
				t.Errorf("rules %q, want %q\n%v", got, c.rules, list)
			}
			var got entries
			for _, e := range m.Entries {
				s := "? " + e.Name
				if e.Algorithm != 0 && len(e.Digest) == e.Algorithm.Size() {
					s = e.Algorithm.String() + " " + e.Name
				} else if e.Digest != nil {
					t.Errorf("entry %q has %d bytes of a digest that was refused", e.Name, len(e.Digest))
				}
				got = append(got, s)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("entries %q, want %q", got, c.want)
			}
			for _, d := range list {
				if d.Location.File != "pkg.mf" {
					t.Errorf("%s has the file %q", d.Rule, d.Location.File)
				}
			}
		})
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func TestManifestLocations(t *testing.T) {
	in := "SHA256(a)= " + hexSHA256 + "\r\n\r\n  MD5(ä)= 00\nSHA1(ö)= 00zz\nSHA1(ü/../x)= " + hexSHA1 + "\n"
	_, list := ParseManifest("x.mf", []byte(in), Limits{})
	for _, c := range []struct {
		rule   string
		line   int
		column int
		text   string // that stands at the offset
	}{
		{ruleLineEnding, 1, 1, "SHA256(a"},
		{ruleLineBlank, 2, 1, "\r\n  MD5"},
		{ruleManifestAlgorithm, 3, 3, "MD5("},
		{ruleManifestDigest, 4, 12, "zz"},
		{ruleManifestName, 5, 6, "ü/.."},
	} {
		i := slices.IndexFunc(list, func(d diag.Diagnostic) bool { return d.Rule == c.rule })
		if i < 0 {
			t.Errorf("%s is not reported", c.rule)
			continue
		}
		l := list[i].Location
		if l.Line != c.line || l.Column != c.column || !strings.HasPrefix(in[l.Offset:], c.text) {
			t.Errorf("%s at %d:%d, offset at %.12q; want %d:%d at %q", c.rule, l.Line, l.Column, in[l.Offset:], c.line, c.column, c.text)
		}
	}
}

func TestManifestLimits(t *testing.T) {
	line := func(i int) string { return fmt.Sprintf("SHA1(%d)= %s\n", i, hexSHA1) }
	var many strings.Builder
	for i := range 20 {
		many.WriteString(line(i))
	}
	for _, c := range []struct {
		name    string
		in      string
		lim     Limits
		entries int
	}{
		{"size", many.String(), Limits{ManifestSize: 100}, 0},
		{"line", line(1) + "SHA1(" + strings.Repeat("a", 200) + ")= " + hexSHA1 + "\n", Limits{LineLength: 100}, 1},
		{"entries", many.String(), Limits{Entries: 10}, 11},
		{"faults", strings.Repeat("x\n", 1000), Limits{Diagnostics: 10}, 0},
	} {
		m, list := ParseManifest("x.mf", []byte(c.in), c.lim)
		if !slices.Contains(rules(list), ruleManifestLimit) || len(list) > 20 || len(m.Entries) != c.entries {
			t.Errorf("%s: %d entries, %d diagnostics %q; want %d and %s", c.name, len(m.Entries), len(list), rules(list), c.entries, ruleManifestLimit)
		}
	}
	if m, list := ParseManifest("x.mf", []byte(many.String()), Limits{Entries: 20}); len(m.Entries) != 20 || len(list) > 0 {
		t.Errorf("20 entries with a limit of 20: %d entries, %v", len(m.Entries), list)
	}
}

func TestManifestWriteTo(t *testing.T) {
	s1, s256 := sha1.Sum(nil), sha256.Sum256(nil)
	m := &Manifest{Name: "x.mf"}
	m.Set("x.ovf", SHA1, s1[:])
	m.Set("a/ä (1).vmdk", SHA256, s256[:])
	m.Set("x.ovf", SHA256, s256[:])
	var b bytes.Buffer
	n, err := m.WriteTo(&b)
	want := "SHA256(x.ovf)= " + hexSHA256 + "\nSHA256(a/ä (1).vmdk)= " + hexSHA256 + "\n"
	if err != nil || b.String() != want || n != int64(len(want)) {
		t.Errorf("wrote %d %q, %v; want %q", n, b.String(), err, want)
	}
	back, list := ParseManifest("x.mf", b.Bytes(), Limits{})
	if len(list) > 0 || len(back.Entries) != 2 {
		t.Errorf("the strict form read again: %d entries, %v", len(back.Entries), list)
	}
	if e, ok := back.Lookup("x.ovf"); !ok || e.Line != 1 || !bytes.Equal(e.Digest, s256[:]) {
		t.Errorf("Lookup gives %v %v", e, ok)
	}
	if _, ok := back.Lookup("y"); ok {
		t.Error("Lookup finds what is not there")
	}

	for _, c := range []struct {
		rule string
		m    Manifest
	}{
		{ruleManifestEmpty, Manifest{}},
		{ruleManifestAlgorithm, Manifest{Entries: []Entry{{Name: "a"}}}},
		{ruleManifestDigest, Manifest{Entries: []Entry{{Name: "a", Algorithm: SHA256, Digest: s1[:]}}}},
		{ruleManifestName, Manifest{Entries: []Entry{{Name: "../a", Algorithm: SHA1, Digest: s1[:]}}}},
		{ruleManifestName, Manifest{Entries: []Entry{{Name: "a\nb", Algorithm: SHA1, Digest: s1[:]}}}},
		{ruleManifestDuplicate, Manifest{Entries: []Entry{{Name: "a", Algorithm: SHA1, Digest: s1[:]}, {Name: "a", Algorithm: SHA1, Digest: s1[:]}}}},
		{ruleManifestDuplicateCase, Manifest{Entries: []Entry{{Name: "a", Algorithm: SHA1, Digest: s1[:]}, {Name: "A", Algorithm: SHA1, Digest: s1[:]}}}},
		{ruleManifestSelf, Manifest{Name: "p.mf", Entries: []Entry{{Name: "P.mf", Algorithm: SHA1, Digest: s1[:]}}}},
	} {
		b.Reset()
		n, err := c.m.WriteTo(&b)
		var list diag.List
		if !errors.As(err, &list) || !slices.Equal(rules(list), []string{c.rule}) || n != 0 || b.Len() > 0 {
			t.Errorf("%v: wrote %d, %v; want nothing and %s", c.m, n, err, c.rule)
		}
	}
}

func TestNameProblem(t *testing.T) {
	for _, name := range []string{"a", "a.vmdk", "sub/a.vmdk", "a b", "..a", "a..", "...", "a:b/c"[2:], "sub/c:d", "%20a", "a%zz", "100%", "%", "a%2", "a%2ed", "disk.vmdk.000000000",
		"http://example.org/a/../b", "HTTPS://x", "日本.vmdk", "a%C3%A4"} {
		if why := nameProblem(name); why != "" {
			t.Errorf("%q is refused: it %s", name, why)
		}
	}
	for _, c := range []struct{ name, why string }{
		{"", "empty"}, {"/a", "absolute"}, {"//host/a", "absolute"}, {"../a", `".."`}, {"a/../b", `".."`}, {"a/..", `".."`}, {"..", `".."`}, {".", `"."`}, {"./a", `"."`},
		{"a//b", "empty path"}, {"a/", "empty path"}, {`a\b`, "backslash"}, {`\\host\a`, "backslash"}, {`C:\a`, "backslash"}, {"C:a", "drive"}, {"C:/a", "drive"}, {"file:///a", "drive"},
		{"http://", "drive"}, {"ftp://x/a", "drive"}, {"a\x00", "control"}, {"a\nb", "control"}, {"a\x7f", "control"}, {"a\u0085", "control"}, {"a\u202egnp", "control"}, {"http://x/\x00", "control"},
		{"a%2fb", "separator"}, {"a%2Fb", "separator"}, {"a%5cb", "separator"}, {"%2e%2e/a", `".."`}, {".%2E/a", `".."`}, {"a%00b", "encoded control"}, {"a%0ab", "encoded control"},
		{" a", "space"}, {"a ", "space"}, {"\xff", "UTF-8"}, {"a%2e%2e%2fb", "separator"},
	} {
		if why := nameProblem(c.name); !strings.Contains(why, c.why) {
			t.Errorf("%q: %q, want a reason with %q", c.name, why, c.why)
		}
	}
}

func TestParseAlgorithm(t *testing.T) {
	for s, want := range map[string]Algorithm{"SHA1": SHA1, "sha256": SHA256, "SHA-384": SHA384, "sha2-512": SHA512, "MD5": 0, "": 0, "SHA3-256": 0, "SHA512/256": 0, "SHA2256": 0} {
		a, err := ParseAlgorithm(s)
		if a != want || (err == nil) != (want != 0) {
			t.Errorf("%q is %v, %v; want %v", s, a, err, want)
		}
	}
	var zero Algorithm
	if zero.Size() != 0 || zero.New() != nil || zero.Hash() != 0 {
		t.Error("the zero algorithm has a size or a hash")
	}
	if _, err := zero.MarshalText(); err == nil {
		t.Error("the zero algorithm has a text form")
	}
	for a := SHA1; a <= SHA512; a++ {
		b, err := a.MarshalText()
		var back Algorithm
		if err != nil || back.UnmarshalText(b) != nil || back != a || a.Size() != a.Hash().Size() || a.New().Size() != a.Size() {
			t.Errorf("%v does not agree with itself", a)
		}
	}
}
