package envelope_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
)

func format(t testing.TB, data []byte) []byte {
	t.Helper()
	env, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "test.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := envelope.Format(env)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const untidy = `<?xml version='1.0'?><!-- head -->
<?note first?>
<Envelope xmlns:ovf='http://schemas.dmtf.org/ovf/envelope/1' xmlns='http://schemas.dmtf.org/ovf/envelope/1' xmlns:v='urn:v'>
<References><File ovf:href='a.vmdk' ovf:id='a'/> <!-- the disk -->

<!-- the other -->
	<File ovf:id="b" ovf:href="b.vmdk"
	   /><!-- last --></References>



<VirtualSystem ovf:id="vm"><!-- inside --><Info>A <!-- odd -->machine</Info>
<v:Section ovf:required="false"><Info>x</Info>   <v:a>1<!-- deep --></v:a><v:b> <v:c/> text</v:b>
   <!-- kept --></v:Section>
<v:Keep xml:space="preserve"> <v:c/> </v:Keep>
<ProductSection/>
</VirtualSystem><!-- end -->
</Envelope>
<!-- after -->`

const tidy = `<?xml version="1.0" encoding="UTF-8"?>
<!-- head -->
<?note first?>
<Envelope
    xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
    xmlns="http://schemas.dmtf.org/ovf/envelope/1"
    xmlns:v="urn:v">
  <References>
    <File ovf:id="a" ovf:href="a.vmdk"/> <!-- the disk -->

    <!-- the other -->
    <File ovf:id="b" ovf:href="b.vmdk"/> <!-- last -->
  </References>

  <VirtualSystem ovf:id="vm">
    <!-- inside -->
    <Info>A machine<!-- odd --></Info>
    <v:Section ovf:required="false">
      <Info>x</Info>
      <v:a>1<!-- deep --></v:a>
      <v:b> <v:c/> text</v:b>
      <!-- kept -->
    </v:Section>
    <v:Keep xml:space="preserve"> <v:c/> </v:Keep>
    <ProductSection/>
  </VirtualSystem> <!-- end -->
</Envelope>
<!-- after -->
`

func TestFormat(t *testing.T) {
	if got := string(format(t, []byte(untidy))); got != tidy {
		t.Errorf("got\n%s\nwant\n%s", got, tidy)
	}
	if got := string(format(t, []byte(tidy))); got != tidy {
		t.Errorf("formatted again it is\n%s", got)
	}
}

// A value without source is written in the same style.
func TestFormatWithoutSource(t *testing.T) {
	env, _, err := envelope.Decode([]byte(tidy), envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := envelope.Format(env.WithoutSource())
	if err != nil {
		t.Fatal(err)
	}
	want := tidy
	for _, comment := range []string{"<!-- head -->\n<?note first?>\n", " <!-- the disk -->\n", "    <!-- the other -->\n", " <!-- last -->",
		"    <!-- inside -->\n", "<!-- odd -->", " <!-- end -->", "<!-- after -->\n"} {
		want = strings.Replace(want, comment, "", 1)
	}
	want = strings.Replace(want, `"a.vmdk"/>`, "\"a.vmdk\"/>\n", 1)
	want = strings.ReplaceAll(want, "\n\n", "\n")
	if string(out) != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

// Of every descriptor of the corpus, Format keeps every fact, comment and
// instruction, as another reader counts them, and formatting again changes
// nothing.
func TestCorpusFormat(t *testing.T) {
	comments := 0
	for _, f := range corpus(t) {
		out := format(t, f.data)
		if again := format(t, out); !bytes.Equal(again, out) {
			t.Errorf("%s: formatted twice it differs", f.name)
		}
		before, err := facts(f.data)
		if err != nil {
			continue // encoding/xml does not read the encoding
		}
		after, err := facts(out)
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		for fact, n := range before {
			if after[fact] != n {
				t.Errorf("%s: %d× %s became %d×", f.name, n, fact, after[fact])
			}
		}
		was, is := remarks(t, f.data), remarks(t, out)
		for r, n := range was {
			comments += n
			if is[r] != n {
				t.Errorf("%s: %d× %.60q became %d×", f.name, n, r, is[r])
			}
		}
	}
	if comments == 0 {
		t.Error("no comment at all: the check is broken")
	}
	t.Logf("%d comments and instructions kept", comments)
}

// remarks counts comments and processing instructions.
func remarks(t *testing.T, data []byte) map[string]int {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	out := map[string]int{}
	for {
		tok, err := d.RawToken()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.Comment:
			out[strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(tok))]++
		case xml.ProcInst:
			if tok.Target != "xml" {
				out["?"+tok.Target+" "+string(tok.Inst)]++
			}
		}
	}
}

// What was schema-valid is schema-valid when formatted.
func TestCorpusFormatSchemaValid(t *testing.T) {
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
		write(t, filepath.Join(after, fmt.Sprintf("%04d.ovf", i)), format(t, f.data))
	}
	valid := 0
	for _, v := range []string{"1.1.0", "2.0.1"} {
		was, is := xmllint(t, v, before), xmllint(t, v, after)
		for i, f := range files {
			if name := fmt.Sprintf("%04d.ovf", i); was[name] {
				valid++
				if !is[name] {
					t.Errorf("%s: valid by %s, but not when formatted", f.name, v)
				}
			}
		}
	}
	if valid == 0 {
		t.Error("no descriptor is valid at all: the check is broken")
	}
	t.Logf("%d valid", valid)
}
