package ovf_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/sign"
	"github.com/ovfkit/ovf/xmltree"
)

// The outcomes of hostile cases, as docs/security.md has them.
const (
	notOpened   = "not opened"
	notAccepted = "opened; verify refuses it"
	unreadable  = "opened; the file cannot be read, verify refuses the package"
	readFails   = "accepted by its digests; reading the content fails"
	warned      = "read, with a warning"
)

// hostile is a package that must be refused, or reported.
type hostile struct {
	name    string
	rule    string
	outcome string
	build   func(p *pkg) *pkg                    // spoils the sample
	data    func(t *testing.T) []byte            // or makes the archive
	huge    func(t *testing.T) *io.SectionReader // or one that is too large to make
	dir     func(t *testing.T, dir string)
	policy  func(*sign.Policy)
	file    string // the file that cannot be read
	err     error  // of reading it
}

// TestHostile runs every case through all ways to read a package: what one of them
// refuses, the others must refuse by the same rule.
func TestHostile(t *testing.T) {
	cases := allHostile()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.dir != nil {
				dir := t.TempDir()
				c.dir(t, dir)
				p, err := ovf.Open(context.Background(), dir, ovf.Options{})
				c.check(t, p, err)
				return
			}
			var r interface {
				io.Reader
				io.ReaderAt
				Size() int64
			}
			if c.huge != nil {
				r = c.huge(t)
			} else {
				r = bytes.NewReader(c.archive(t))
			}
			p, err := ovf.OpenArchive(context.Background(), r, r.Size(), "app.ova", smallLimits)
			c.check(t, p, err)
			report, err := ovf.VerifyStream(context.Background(), r, "app.ova", c.pol(), smallLimits)
			switch c.outcome {
			case warned, readFails:
				if err != nil || !report.Accepted {
					t.Errorf("as a stream: %v", err)
				}
				if c.outcome == warned && !slices.Contains(rules(report.Notes), c.rule) {
					t.Errorf("as a stream: notes %v, want %s", report.Notes, c.rule)
				}
			default:
				if report.Accepted || !hasError(err, c.rule) {
					t.Errorf("as a stream: %v, want %s", err, c.rule)
				}
			}
		})
	}
	if len(cases) < 80 {
		t.Errorf("%d cases, want 80", len(cases))
	}
}

// smallLimits let the bombs be small.
var smallLimits = ovf.Options{Limits: ovf.Limits{Expanded: 70 << 20, XML: xmltree.Limits{Bytes: 1 << 20}}}

func (c hostile) archive(t *testing.T) []byte {
	if c.data != nil {
		return c.data(t)
	}
	return c.build(sample(t)).archive()
}

func (c hostile) pol() sign.Policy {
	p := policy()
	if c.policy != nil {
		c.policy(&p)
	}
	return p
}

func (c hostile) check(t *testing.T, p *ovf.Package, err error) {
	t.Helper()
	ctx := context.Background()
	if c.outcome == notOpened {
		if p != nil || !hasError(err, c.rule) {
			t.Fatalf("error %v, want %s", err, c.rule)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	switch c.outcome {
	case unreadable:
		if !hasError(p.Diagnostics, c.rule) {
			t.Errorf("diagnostics %v, want %s", p.Diagnostics, c.rule)
		}
		f, ok := p.File(c.file)
		if !ok {
			t.Fatalf("no file %q", c.file)
		}
		if _, err := f.Open(ctx); !hasError(err, c.rule) {
			t.Errorf("Open: %v, want %s", err, c.rule)
		}
		if _, err := f.OpenAt(ctx); !hasError(err, c.rule) {
			t.Errorf("OpenAt: %v, want %s", err, c.rule)
		}
	case readFails:
		f, _ := p.File(c.file)
		r, err := f.Open(ctx)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			r.Close()
		}
		var fe *ovf.FileError
		if err == nil || !errors.As(err, &fe) || fe.ID != c.file || c.err != nil && !errors.Is(err, c.err) {
			t.Errorf("reading: %v, want %v", err, c.err)
		}
	}
	report, err := p.Verify(ctx, c.pol())
	switch c.outcome {
	case warned, readFails:
		if err != nil || !report.Accepted {
			t.Errorf("Verify: %v", err)
		}
		if c.outcome == warned && !slices.Contains(rules(report.Notes), c.rule) {
			t.Errorf("notes %v, want %s", report.Notes, c.rule)
		}
	default:
		if report.Accepted || !hasError(err, c.rule) {
			t.Errorf("Verify: %v, want %s", err, c.rule)
		}
	}
}

// hasError tells whether an error is, or has, a diagnostic of a rule with severity
// error.
func hasError(err error, rule string) bool {
	var one *diag.Diagnostic
	var list diag.List
	if errors.As(err, &list) {
		return slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return d.Rule == rule && d.Severity == diag.Error })
	}
	return errors.As(err, &one) && one.Rule == rule && one.Severity == diag.Error
}

func rules(l diag.List) []string {
	var out []string
	for _, d := range l {
		out = append(out, d.Rule)
	}
	return out
}

// Every rule that can refuse a package has a case, and every case a rule that
// exists.
func TestHostileRules(t *testing.T) {
	known := map[string]diag.Rule{}
	for _, r := range ovf.Rules() {
		known[r.Name] = r
	}
	tried := map[string]bool{}
	for _, c := range allHostile() {
		r, ok := known[c.rule]
		if !ok && c.outcome != readFails {
			t.Errorf("%s: there is no rule %s", c.name, c.rule)
		}
		if c.outcome != warned && c.outcome != readFails && r.Severity != diag.Error {
			t.Errorf("%s: %s is no error", c.name, c.rule)
		}
		tried[c.rule] = true
	}
	for _, r := range ovf.PackageRules() {
		if !tried[r.Name] && !slices.Contains(elsewhere, r.Name) {
			t.Errorf("no case for %s", r.Name)
		}
	}
}

// elsewhere lists rules that other tests break.
var elsewhere = []string{
	"package-file-remote", "package-file-limit", // TestRemote, TestLimits
}

// An archive that is cut at any border of a block is not accepted, whatever is
// behind it.
func TestCut(t *testing.T) {
	data := sample(t).archive()
	for n := 0; n < len(data); n += 512 {
		cut := data[:n]
		p, err := openBytes(cut, ovf.Options{})
		if n == len(data)-512 { // one block of the end marker: nothing is lost
			if err != nil || !slices.Contains(rules(p.Diagnostics), "archive-end-form") {
				t.Errorf("cut in the end marker: %v", err)
			}
			continue
		}
		if err == nil {
			t.Errorf("opened when cut at %d of %d", n, len(data))
		}
		if report, err := ovf.VerifyStream(context.Background(), bytes.NewReader(cut), "app.ova", policy(), ovf.Options{}); err == nil || report.Accepted {
			t.Errorf("accepted when cut at %d of %d", n, len(data))
		}
	}
}

const securityDoc = "docs/security.md"

// docs/security.md has every case of TestHostile.
func TestSecurityDoc(t *testing.T) {
	have, err := os.ReadFile(securityDoc)
	if err != nil {
		t.Fatal(err)
	}
	const mark = "<!-- cases -->\n"
	head, _, ok := strings.Cut(string(have), mark)
	if !ok {
		t.Fatalf("%s has no line %s", securityDoc, mark)
	}
	var b strings.Builder
	b.WriteString(head + mark + "\n| # | a package with | rule | outcome |\n|---|---|---|---|\n")
	for i, c := range allHostile() {
		rule := "none"
		if c.rule != "" {
			rule = "`" + c.rule + "`"
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", i+1, c.name, rule, c.outcome)
	}
	if *update {
		if err := os.WriteFile(securityDoc, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(have) != b.String() {
		t.Errorf("%s is out of date: run go test -run TestSecurityDoc -update .", securityDoc)
	}
}

func allHostile() []hostile {
	return slices.Concat(hostileArchives(), hostileNames(), hostileFiles(), hostileFolders(), hostileManifests(), hostileSignatures())
}

func hostileFolders() []hostile {
	link := func(target string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			sample(t).remove("disk.vmdk").folder(dir)
			if err := os.Symlink(target, filepath.Join(dir, "disk.vmdk")); err != nil {
				t.Skip(err)
			}
		}
	}
	if runtime.GOOS == "windows" {
		return nil
	}
	return []hostile{
		{name: "a folder whose disk is a link to a file outside of it", rule: "package-file-kind", outcome: unreadable, file: "disk", dir: link("/etc/passwd")},
		{name: "a folder whose disk is a relative link out of it", rule: "package-file-kind", outcome: unreadable, file: "disk", dir: link("../../../../etc/passwd")},
		{name: "a folder whose disk is a link to a device", rule: "package-file-kind", outcome: unreadable, file: "disk", dir: link("/dev/zero")},
		{name: "a folder whose disk is a folder", rule: "package-file-kind", outcome: unreadable, file: "disk", dir: func(t *testing.T, dir string) {
			sample(t).remove("disk.vmdk").folder(dir)
			if err := os.Mkdir(filepath.Join(dir, "disk.vmdk"), 0o755); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "a folder with two descriptors", rule: "package-descriptor-several", outcome: notOpened, dir: func(t *testing.T, dir string) {
			sample(t).add(tarMember{name: "other.ovf", data: []byte("<Envelope/>")}).folder(dir)
		}},
		{name: "a folder without a descriptor", rule: "package-descriptor-none", outcome: notOpened, dir: func(t *testing.T, dir string) {
			sample(t).remove("app.ovf").folder(dir)
		}},
	}
}
