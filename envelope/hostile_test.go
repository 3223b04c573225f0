package envelope_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/xmltree"
)

// Cut off anywhere, a descriptor is refused with a position.
func TestTruncated(t *testing.T) {
	whole := strings.TrimRight(small, "\n")
	for i := range len(whole) {
		_, _, err := envelope.Decode([]byte(whole[:i]), envelope.DecodeOptions{Name: "a.ovf"})
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Location.Line == 0 || d.Rule == "" {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

// With one byte changed, a descriptor is either refused with a position or read
// and written back as it is.
func TestMutated(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 7
	}
	for i := 0; i < len(small); i += step {
		for _, c := range []byte{0, ' ', '<', '>', '&', '"', '/', 'x', 0x80, 0xFF} {
			data := []byte(small)
			data[i] = c
			roundTrip(t, data)
		}
	}
}

// roundTrip checks what must hold for any bytes at all.
func roundTrip(t *testing.T, data []byte) {
	t.Helper()
	env, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "a.ovf"})
	if err != nil {
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Location.Line == 0 || d.Location.Column == 0 || d.Rule == "" || d.Message == "" {
			t.Fatalf("%q: error %v has no position or rule", data, err)
		}
		return
	}
	if out := encode(t, env); !bytes.Equal(out, data) {
		t.Fatalf("%q: written as %q", data, out)
	}
	bare := env.WithoutSource()
	text, err := envelope.Encode(bare)
	if err != nil {
		t.Fatalf("%q: written without source: %v", data, err)
	}
	again, _, err := envelope.Decode(text, envelope.DecodeOptions{})
	if err != nil {
		t.Fatalf("%q: written as %q: %v", data, text, err)
	}
	if !again.Equal(bare) {
		t.Fatalf("%q: written as %q, which says something else", data, text)
	}
}

// What is far too large in one respect is refused in memory bounded beside the
// input.
func TestBounded(t *testing.T) {
	head, tail := small[:strings.Index(small, "<References>")], "</Envelope>"
	deep := strings.Repeat("<a>", 1_000_000)
	for _, c := range []struct{ name, text, rule string }{
		{"nested a million deep", head + deep, xmltree.RuleLimit},
		{"a million attributes", head + "<a" + attributes(1_000_000) + "/>" + tail, xmltree.RuleLimit},
		{"a long name", head + "<" + strings.Repeat("a", 1<<20) + "/>" + tail, xmltree.RuleLimit},
		{"much text", head + "<a>" + strings.Repeat("text ", 8<<20) + "</a>" + tail, xmltree.RuleLimit},
		{"entity bomb", `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>` + head + "&b;" + tail, xmltree.RuleDoctype},
		{"NULs", strings.Repeat("\x00", 1<<20), xmltree.RuleCharacter},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(c.text)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			_, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "a.ovf"})
			runtime.ReadMemStats(&after)
			wantRule(t, err, c.rule)
			if used := int64(after.TotalAlloc - before.TotalAlloc); used > int64(len(data))+64<<20 {
				t.Errorf("%d MB for an input of %d MB", used>>20, len(data)>>20)
			}
		})
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" a")
		b.WriteString(strings.Repeat("b", i%5))
		b.WriteByte(byte('a' + i%26))
		b.WriteString(`="1"`)
	}
	return b.String()
}

// A reader without end is not read to its end.
func TestReadBounded(t *testing.T) {
	r := &endless{}
	_, _, err := envelope.Read(r, envelope.DecodeOptions{Name: "a.ovf", Limits: xmltree.Limits{Bytes: 1 << 20}})
	wantRule(t, err, xmltree.RuleLimit)
	if r.n > 2<<20 {
		t.Errorf("%d bytes read", r.n)
	}
	_, _, err = envelope.Read(&failing{}, envelope.DecodeOptions{Name: "a.ovf"})
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "a.ovf") {
		t.Errorf("error %v", err)
	}
}

type endless struct{ n int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	e.n += len(b)
	return len(b), nil
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
