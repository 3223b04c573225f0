//go:build libxml2 && cgo

package libxml2_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/libxml2"
	"github.com/ovfkit/ovf/xmltree"
)

const head = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">`

func parse(t testing.TB, data []byte) *xmltree.Document {
	t.Helper()
	doc, err := xmltree.Parse("test.ovf", data, xmltree.Limits{Depth: -1})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestHostile checks that what libxml2 cannot take is refused with an error, and
// that what it can take is reported in full.
func TestHostile(t *testing.T) {
	v := compile(t, libxml2.Compile)
	long := strings.Repeat("x", 100_000)
	doc := parse(t, []byte(head+"<References><File ovf:id='a' ovf:href='b' ovf:size='"+long+"'/></References></Envelope>"))
	got, err := v.Validate(t.Context(), doc)
	if err != nil || len(got.Diagnostics) != 2 || got.Diagnostics[1].Rule != schemas.RuleValue {
		t.Errorf("a long value gives %v, %v", got.Diagnostics, err)
	}
	many := parse(t, []byte(head+"<References>"+strings.Repeat("<File ovf:id='a'/>", 5000)+"</References></Envelope>"))
	got, err = v.Validate(t.Context(), many)
	if err != nil || len(got.Diagnostics) != 1000 {
		t.Errorf("5000 mistakes give %d diagnostics, %v", len(got.Diagnostics), err)
	}
	deep := parse(t, []byte(head+"<References>"+strings.Repeat("<x:a xmlns:x='u'>", 1000)+strings.Repeat("</x:a>", 1000)+"</References></Envelope>"))
	var e *schemas.EngineError
	if _, err := v.Validate(t.Context(), deep); !errors.As(err, &e) || !strings.Contains(err.Error(), "depth") {
		t.Errorf("1000 levels give %v", err)
	}
}

// TestConcurrent validates in many threads with one schema.
func TestConcurrent(t *testing.T) {
	v := compile(t, libxml2.Compile)
	docs := []*xmltree.Document{parse(t, sample(t, "full-1.x.ovf")), parse(t, sample(t, "full-2.x.ovf")), parse(t, []byte(head+"</Envelope>"))}
	var want [3]string
	for i, d := range docs {
		r, err := compile(t, schemas.Compile).Validate(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		want[i] = fmt.Sprint(r)
	}
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for i := range 30 {
				k := (n + i) % len(docs)
				r, err := v.Validate(t.Context(), docs[k])
				if got := fmt.Sprint(r); err != nil || got != want[k] {
					t.Errorf("document %d: %s, %v", k, got, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestLeak validates 10,000 documents, good and bad ones, and looks at the memory
// of the process. A leak of 2 KB for each would show. scripts/valgrind.sh
// looks closer.
func TestLeak(t *testing.T) {
	rounds := 10_000
	if testing.Short() {
		rounds = 500
	}
	v := compile(t, libxml2.Compile)
	docs := []*xmltree.Document{
		parse(t, sample(t, "cim-1.1.0.ovf")),
		parse(t, sample(t, "../../internal/ruleexample/files/schema-value.bad.ovf")),
		parse(t, sample(t, "../../internal/ruleexample/files/schema-element-order.bad.ovf")),
		parse(t, sample(t, "../../internal/ruleexample/files/schema-vendor-section.bad.ovf")),
	}
	run := func(n int) {
		for i := range n {
			if _, err := v.Validate(t.Context(), docs[i%len(docs)]); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(rounds / 5)
	before := resident(t)
	run(rounds)
	const most = 20 << 20
	if grown := resident(t) - before; grown > most {
		t.Errorf("the process grew by %d bytes in %d validations", grown, rounds)
	} else {
		t.Logf("grown by %d bytes", grown)
	}
}

// TestCompileLeak makes and drops validators: what C allocated for them is freed.
func TestCompileLeak(t *testing.T) {
	doc := parse(t, sample(t, "cim-1.1.0.ovf"))
	run := func(n int) {
		for range n {
			if _, err := compile(t, libxml2.Compile).Validate(t.Context(), doc); err != nil {
				t.Fatal(err)
			}
			runtime.GC()
		}
	}
	n := 60
	if testing.Short() {
		n = 5
	}
	run(10)
	before := resident(t)
	run(n)
	// the three schemas take more than 1 MB each time
	if grown := resident(t) - before; grown > int64(n)<<19 {
		t.Errorf("the process grew by %d bytes in %d compilations", grown, n)
	} else {
		t.Logf("grown by %d bytes", grown)
	}
}

// resident returns the memory of the process that is in use, once the collector
// has done its work.
func resident(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("the memory of the process cannot be read here")
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(data), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

func TestWrongSchema(t *testing.T) {
	source, err := schemas.FromDir(writeSchema(t, `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:wrong">`+
		"\n"+`<xs:element name="a" type="xs:nothing"/></xs:schema>`))
	if err != nil {
		t.Fatal(err)
	}
	v, err := libxml2.Compile(schemas.Options{Source: source})
	if err != nil {
		t.Fatal(err)
	}
	_, err = v.Validate(t.Context(), parse(t, []byte(head+"</Envelope>")))
	var c *schemas.CompileError
	if !errors.As(err, &c) || c.File != "extension/wrong.xsd" || c.Line != 2 || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("error %#v: %v", err, err)
	}
}

func writeSchema(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "wrong.xsd"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestVendorSchema loads several files of one vendor besides the standard's, with
// two entries in one namespace.
func TestVendorSchema(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"acme.xsd", "types.xsd"} {
		if err := os.WriteFile(filepath.Join(dir, name), sample(t, "vendor/"+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	more := `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:acme"><xs:element name="note" type="xs:int"/></xs:schema>`
	if err := os.WriteFile(filepath.Join(dir, "more.xsd"), []byte(more), 0o600); err != nil {
		t.Fatal(err)
	}
	source, err := schemas.FromDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(schemas.Options) (*schemas.Validator, error){"libxml2": libxml2.Compile, "go": schemas.Compile} {
		v, err := f(schemas.Options{Source: source})
		if err != nil {
			t.Fatal(err)
		}
		good := string(sample(t, "../../internal/ruleexample/files/schema-vendor-section.bad.ovf"))
		for doc, want := range map[string]string{
			good: "",
			strings.Replace(good, "PT1H", "hourly", 1): schemas.RuleValue,
			strings.Replace(good, "<ovf:References/>", "<ovf:References><acme:note>x</acme:note></ovf:References>", 1): schemas.RuleValue,
		} {
			r, err := v.Validate(t.Context(), parse(t, []byte(doc)))
			if err != nil {
				t.Fatal(name, err)
			}
			got := ""
			if len(r.Diagnostics) > 0 {
				got = r.Diagnostics[0].Rule
			}
			if got != want || len(r.Diagnostics) > 1 {
				t.Errorf("%s: %v, want %q", name, r.Diagnostics, want)
			}
		}
	}
}
