package xmltree

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os/exec"
	"testing"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
)

// seeds adds documents of every kind to a fuzz target.
func seeds(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(encoded))
	f.Add([]byte("\xEF\xBB\xBF" + encoded))
	f.Add(encodeUTF16(binary.LittleEndian, "\uFEFF"+encoded))
	f.Add(encodeUTF16(binary.BigEndian, encoded))
	f.Add([]byte(latin1(f, declare(encoded, "ISO-8859-1"))))
	f.Add([]byte(declare(encoded, "windows-1252")))
	for _, k := range differences {
		f.Add([]byte(k.example))
	}
	for i := range 20 {
		f.Add([]byte(randomDocument(rand.New(rand.NewPCG(uint64(i), 3)))))
	}
}

// FuzzParse reads anything without a panic. What is refused is so with a
// position inside the input; what is accepted is accounted for byte by byte, can
// be asked everything, and is written back the same.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse("doc.xml", data, Limits{})
		if err != nil {
			var e *diag.Diagnostic
			if d != nil || !errors.As(err, &e) {
				t.Fatalf("got a document or the error %T", err)
			}
			checkDiagnostic(t, e, data)
			return
		}
		for i := range d.Problems() {
			checkDiagnostic(t, &d.Problems()[i], data)
		}
		checkSpans(t, d)
		if string(d.Encode(d.Source())) != string(data) {
			t.Fatal("it is written back differently")
		}
		each(d.Node(), func(n Node) { ask(t, n) })
	})
}

func checkDiagnostic(t testing.TB, e *diag.Diagnostic, data []byte) {
	t.Helper()
	l := e.Location
	switch {
	case e.Rule == "" || e.Message == "" || e.Severity != diag.Error || !utf8.ValidString(e.Error()):
		t.Fatalf("incomplete: %+v", e)
	case l.Line < 1 || l.Column < 1 || l.Offset < 0 || l.Offset > int64(len(data)):
		t.Fatalf("the position is outside: %+v", l)
	case l.EndLine != 0 && (l.EndLine < l.Line || l.EndLine == l.Line && l.EndColumn <= l.Column):
		t.Fatalf("the range is empty or backwards: %+v", l)
	case len(e.Message) > 1000:
		t.Fatalf("the message has %d bytes", len(e.Message))
	}
}

// ask calls what a node offers.
func ask(t testing.TB, n Node) {
	t.Helper()
	for _, s := range []string{n.Text(), n.Path(), n.Location().String(), n.TextLocation().String()} {
		if !utf8.ValidString(s) {
			t.Fatalf("%q is not UTF-8", s)
		}
	}
	for i := range n.Attrs() {
		name := n.AttrName(i)
		if !utf8.ValidString(n.AttrValue(i)) || n.AttrLocation(i).Line < 1 || name.Local == "" {
			t.Fatalf("attribute %d is %q", i, n.AttrValue(i))
		}
		if n.Document().Name(n.AttrNameID(i)) != name {
			t.Fatalf("attribute %d has the wrong id", i)
		}
	}
	if n.Kind() != Elem {
		return
	}
	for range n.Prefixes {
		break
	}
	if n.Document().Name(n.NameID()) != n.Name() || n.Name().Local == "" {
		t.Fatalf("the name is %v", n.Name())
	}
}

// FuzzCanonical checks that the canonical form of a canonical form is itself,
// and that libxml2 (if it is installed) has the same canonical form.
func FuzzCanonical(f *testing.F) {
	seeds(f)
	_, err := exec.LookPath("xmllint")
	installed := err == nil
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse("doc.xml", data, Limits{})
		if err != nil {
			return
		}
		relative := false
		for _, o := range []CanonicalOptions{{}, {Comments: true}, {Exclusive: true}, {Exclusive: true, Comments: true, Prefixes: []string{"p", "#default"}}} {
			for _, n := range []Node{d.Node(), d.Root(), last(d.Root())} {
				once, err := canonicalError(n, o)
				var e *diag.Diagnostic
				if errors.As(err, &e) && e.Rule == RuleNamespace {
					relative = true
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				again, err := Parse("doc.xml", []byte(once), Limits{})
				if err != nil {
					t.Fatalf("the canonical form %q is no XML: %v", once, err)
				}
				if twice := canonicalText(t, again.Node(), o); twice != once {
					t.Fatalf("the canonical form of\n%q is\n%q", once, twice)
				}
			}
		}
		if installed && !relative && len(d.Problems()) == 0 {
			compareCanonical(t, data)
		}
	})
}

// last returns the last element of a document that has no elements in it.
func last(n Node) Node {
	found := n
	each(n, func(n Node) {
		if n.Kind() == Elem {
			found = n
		}
	})
	return found
}
