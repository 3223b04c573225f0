package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// Every well-formed XML file of the corpus comes out as it went in, descriptor
// or not; --check and -w find nothing to do.
func TestCorpusFmt(t *testing.T) {
	refused := map[string]string{ // by the end of the name, with a part of the message
		"engine-image-uploader/src/sample.ovf":       "compressed by gzip",
		"pve-storage/src/test/ovf_manifests/XEE.ovf": "xml-doctype",
		"templates/InstantiateServiceTemplate.xml":   "xml-syntax", // both are templates of another kind
		"templates/ServiceScheleton.xml":             "xml-syntax",
	}
	same, others := 0, 0
	for _, name := range corpus(t, ".ovf", ".xml", ".OVF") {
		short := strings.TrimPrefix(name, corpusDir+"/")
		why := ""
		for suffix, text := range refused {
			if strings.HasSuffix(name, suffix) {
				why = text
			}
		}
		r := execute("", "fmt", name)
		if why != "" {
			r.want(t, exitInput, why)
			continue
		}
		if r.status != exitGood {
			t.Errorf("%s: %s", short, r.stderr)
			continue
		}
		if r.stdout != load(t, name) {
			t.Errorf("%s: is not what it was", short)
		}
		same++
		if r.stderr != "" {
			others++
			if !strings.Contains(r.stderr, "written back as XML") {
				t.Errorf("%s: %s", short, r.stderr)
			}
		}
		execute("", "fmt", "--check", name).want(t, exitGood)
	}
	t.Logf("%d identical, of them %d no descriptors", same, others)
	if same < 500 && !testing.Short() {
		t.Error("too few are identical: the check is broken")
	}
}

func TestFmtEncodings(t *testing.T) {
	units := utf16.Encode([]rune(`<?xml version="1.0" encoding="UTF-16"?>` + strings.Replace(small, "A machine", "größe 宠物 🐶", 1)))
	little := "\xff\xfe"
	for _, u := range units {
		little += string([]byte{byte(u), byte(u >> 8)})
	}
	for name, text := range map[string]string{
		"UTF-16":       little,
		"UTF-8 mark":   "\xef\xbb\xbf" + small,
		"ISO-8859-1":   `<?xml version="1.0" encoding="ISO-8859-1"?>` + strings.Replace(small, "A machine", "gr\xf6\xdfe", 1),
		"windows-1252": `<?xml version="1.0" encoding="windows-1252"?>` + strings.Replace(small, "A machine", "\x93gr\xf6\xdfe\x94", 1),
		"other XML":    "<?xml version='1.0'?>\r\n<a  b = 'c'><!-- d --></a>\r\n",
	} {
		if r := execute(text, "fmt", "-"); r.status != exitGood || r.stdout != text {
			t.Errorf("%s: status %d, %q became %q", name, r.status, text, r.stdout)
		}
	}
}

func TestFmtCanonical(t *testing.T) {
	untidy := strings.NewReplacer("  <Info>", "\t\t<Info>", "<References/>", "<References  ></References><!-- kept -->").Replace(small)
	want := strings.Replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"+small, "<References/>", "<References/> <!-- kept -->", 1)
	if r := execute(untidy, "fmt", "--canonical", "-"); r.status != exitGood || r.stdout != want {
		t.Errorf("status %d, %s", r.status, lineDiff(want, r.stdout))
	}
	execute("<a/>", "fmt", "--canonical", "-").want(t, exitInput, "envelope-root")

	name := save(t, "a.ovf", untidy)
	if r := execute("", "fmt", "--canonical", "--check", name); r.status != exitInput || r.stdout != name+"\n" {
		t.Errorf("--check: status %d, %q", r.status, r.stdout)
	}
	if load(t, name) != untidy {
		t.Error("--check changed the file")
	}
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	if r := execute("", "fmt", "--canonical", "-w", name); r.status != exitGood || r.stdout != "" {
		t.Errorf("-w: status %d, %q, %s", r.status, r.stdout, r.stderr)
	}
	if got := load(t, name); got != want {
		t.Errorf("-w wrote\n%s", got)
	}
	before, err := os.Stat(name)
	if err != nil || before.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", before.Mode(), err)
	}
	execute("", "fmt", "--canonical", "--check", name).want(t, exitGood)
	execute("", "fmt", "--canonical", "-w", name).want(t, exitGood)
	if after, err := os.Stat(name); err != nil || !os.SameFile(before, after) || !after.ModTime().Equal(before.ModTime()) {
		t.Error("a file in house style was written again")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(name), ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestFmtWriteRefused(t *testing.T) {
	execute(small, "fmt", "-w", "-").want(t, exitUsage, "-w is for .ovf files")
	archive := save(t, "a.ova", tarFile(t, "a.ovf", small))
	execute("", "fmt", "-w", archive).want(t, exitUsage, "-w is for .ovf files")
	execute("", "fmt", "-w", "--check", archive).want(t, exitUsage, "none of the others can be")
	if r := execute("", "fmt", archive); r.stdout != small {
		t.Errorf("got %q", r.stdout)
	}
}

// Rewriting an example once more changes nothing.
func TestFmtExamples(t *testing.T) {
	err := fs.WalkDir(os.DirFS(filepath.Join(repo, "examples")), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(p) != ".ovf" {
			return err
		}
		text := load(t, filepath.Join(repo, "examples", p))
		if r := execute("", "fmt", filepath.Join(repo, "examples", p)); r.stdout != text {
			t.Errorf("%s: is not what it was", p)
		}
		once := execute(text, "fmt", "--canonical", "-")
		once.want(t, exitGood)
		if twice := execute(once.stdout, "fmt", "--canonical", "-"); twice.stdout != once.stdout {
			t.Errorf("%s: house style is not stable:\n%s", p, lineDiff(once.stdout, twice.stdout))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
