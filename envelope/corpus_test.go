package envelope_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/xmltree"
)

const (
	corpusDir  = "../../shared/corpus"
	schemasDir = "../../shared/schemas"
)

// file is one descriptor of the corpus.
type file struct {
	name string
	data []byte
}

// corpus returns every descriptor that is well-formed in an encoding this
// module reads and has an Envelope; in short mode every tenth. What is left out
// is named and checked.
func corpus(t testing.TB) []file {
	t.Helper()
	var out []file
	n := 0
	refused := map[string]string{ // by the end of the name, with what is wrong
		"engine-image-uploader/src/sample.ovf":       xmltree.RuleEncoding, // a gzip archive
		"pve-storage/src/test/ovf_manifests/XEE.ovf": xmltree.RuleDoctype,  // an attack by an external entity
		"Envelope/Neg/invalid_env.ovf":               envelope.RuleRoot,    // FakeEnvelope
	}
	_ = filepath.WalkDir(corpusDir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(p, ".ovf") || e.IsDir() {
			return nil
		}
		if n++; testing.Short() && n%10 != 0 {
			return nil
		}
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for suffix, rule := range refused {
			if strings.HasSuffix(p, suffix) {
				_, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: p})
				wantRule(t, err, rule)
				return nil
			}
		}
		out = append(out, file{strings.TrimPrefix(p, corpusDir+"/"), data})
		return nil
	})
	if len(out) == 0 {
		t.Skip("../shared/corpus is not beside the repository")
	}
	return out
}

func decode(t testing.TB, f file) *envelope.Envelope {
	t.Helper()
	env, _, err := envelope.Decode(f.data, envelope.DecodeOptions{Name: f.name})
	if err != nil {
		t.Fatalf("%s: %v", f.name, err)
	}
	return env
}

func encode(t testing.TB, env *envelope.Envelope) []byte {
	t.Helper()
	b, err := envelope.Encode(env)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// An unchanged descriptor is written byte for byte as it was, and so is one
// whose values have been replaced by equal copies.
func TestCorpusUnchanged(t *testing.T) {
	for _, f := range corpus(t) {
		env := decode(t, f)
		if got := encode(t, env); !bytes.Equal(got, f.data) {
			t.Errorf("%s: written differently without a change", f.name)
		}
		if got := encode(t, env.Clone()); !bytes.Equal(got, f.data) {
			t.Errorf("%s: a clone is written differently", f.name)
		}
	}
}

// Without source, everything that the descriptor says is still there: every
// element with its qualified name, every attribute, every text. The facts are
// counted with another XML reader than ours.
func TestCorpusFactsKept(t *testing.T) {
	total, lost := 0, 0
	for _, f := range corpus(t) {
		env := decode(t, f)
		bare := env.WithoutSource()
		text := encode(t, bare)
		before, err := facts(f.data)
		if err != nil {
			continue // encoding/xml does not read the encoding; see TestEncodings
		}
		after, err := facts(text)
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		n := 0
		for fact, count := range before {
			total += count
			if miss := count - after[fact]; miss > 0 {
				n += miss
				if n < 5 {
					t.Errorf("%s: lost %d× %s", f.name, miss, fact)
				}
			}
		}
		lost += n
		again, _, err := envelope.Decode(text, envelope.DecodeOptions{})
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		if !again.Equal(bare) {
			t.Errorf("%s: written without source it decodes to another value", f.name)
		}
	}
	t.Logf("%d of %d facts kept", total-lost, total)
}

// facts counts what a document says: elements, attributes and texts, each with
// its qualified name and that of its parent. White space between elements and
// around texts does not count, nor do declarations and comments.
func facts(data []byte) (map[string]int, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if strings.EqualFold(label, "us-ascii") {
			return r, nil
		}
		return nil, fmt.Errorf("charset %s", label)
	}
	out := map[string]int{}
	var stack []string
	var text []string
	name := func(n xml.Name) string { return "{" + n.Space + "}" + n.Local }
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			parent := ""
			if len(stack) > 0 {
				parent = stack[len(stack)-1]
			}
			out["element "+parent+"/"+name(tok.Name)]++
			for _, a := range tok.Attr {
				if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
					continue
				}
				// encoding/xml does not normalise white space in attributes
				v := strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ", "\r", " ").Replace(a.Value)
				out["attribute "+name(tok.Name)+"/@"+name(a.Name)+"="+v]++
			}
			stack, text = append(stack, name(tok.Name)), append(text, "")
		case xml.EndElement:
			if s := strings.Join(strings.Fields(text[len(text)-1]), " "); s != "" {
				out["text "+stack[len(stack)-1]+": "+s]++
			}
			stack, text = stack[:len(stack)-1], text[:len(text)-1]
		case xml.CharData:
			if len(text) > 0 {
				text[len(text)-1] += string(tok)
			}
		}
	}
}

// What was schema-valid is schema-valid when written without source, by
// xmllint with the files of DMTF.
func TestCorpusStrippedSchemaValid(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed")
	}
	if _, err := os.Stat(schemasDir); err != nil {
		t.Skip("../shared/schemas is not beside the repository")
	}
	files := corpus(t)
	before, after := t.TempDir(), t.TempDir()
	for i, f := range files {
		write(t, filepath.Join(before, fmt.Sprintf("%04d.ovf", i)), f.data)
		write(t, filepath.Join(after, fmt.Sprintf("%04d.ovf", i)), encode(t, decode(t, f).WithoutSource()))
	}
	valid := 0
	for _, v := range []string{"1.0.0", "1.1.0", "1.1.1", "2.0.1"} {
		was, is := xmllint(t, v, before), xmllint(t, v, after)
		for i, f := range files {
			name := fmt.Sprintf("%04d.ovf", i)
			if was[name] {
				valid++
				if !is[name] {
					t.Errorf("%s: valid by %s, but not when written without source", f.name, v)
				}
			}
		}
	}
	if valid == 0 {
		t.Error("no descriptor is valid at all: the check is broken")
	}
	t.Logf("%d valid pairs of descriptor and schema version", valid)
}

// xmllint returns which files of a folder validate against a version.
func xmllint(t *testing.T, version, dir string) map[string]bool {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, "*.ovf"))
	args := append([]string{"--nonet", "--noout", "--schema", filepath.Join(schemasDir, version, "dsp8023_"+version+".xsd")}, names...)
	out, _ := exec.Command("xmllint", args...).CombinedOutput() // the status tells of any file
	ok := map[string]bool{}
	for line := range strings.SplitSeq(string(out), "\n") {
		if name, found := strings.CutSuffix(line, " validates"); found {
			ok[filepath.Base(name)] = true
		}
	}
	return ok
}

func write(t testing.TB, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// JSON carries everything: a descriptor that went through it says the same.
func TestCorpusJSON(t *testing.T) {
	for _, f := range corpus(t) {
		env := decode(t, f)
		b, err := env.MarshalJSON()
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		if !utf8.Valid(b) {
			t.Errorf("%s: JSON is not UTF-8", f.name)
		}
		back := new(envelope.Envelope)
		if err := back.UnmarshalJSON(b); err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		if !back.Equal(env) {
			t.Errorf("%s: JSON and back says something else", f.name)
		}
	}
}
