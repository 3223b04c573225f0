package author

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

var update = flag.Bool("update", false, "write the golden files")

const smallest = "machine: {id: a, cpus: 1, memory: 1 GiB}\n"

// bad are specs with a mistake each; their messages are in testdata/messages.golden.
var bad = []struct{ name, spec string }{
	{"empty", ""},
	{"no YAML", "machine: [a\n"},
	{"indentation", "machine:\n  id: a\n cpus: 1\n"},
	{"two documents", smallest + "---\n" + smallest},
	{"a list", "- a\n"},
	{"neither", "lang: de\n"},
	{"both", smallest + "group: {id: g, members: [machine: {id: b, cpus: 1, memory: 1}]}\n"},
	{"unknown key", "machine: {id: a, cpu: 1, memory: 1 GiB}\n"},
	{"key twice", "machine: {id: a, id: b, cpus: 1, memory: 1 GiB}\n"},
	{"unit", "machine: {id: a, cpus: 1, memory: 1 gig}\n"},
	{"overflow", "machine: {id: a, cpus: 1, memory: 17179869184 GiB}\n"},
	{"a list for a text", "machine: {id: [a], cpus: 1, memory: 1 GiB}\n"},
	{"a text for a list", "machine: {id: a, cpus: 1, memory: 1 GiB, networks: net}\n"},
	{"number", "machine: {id: a, cpus: 1, memory: 1 GiB, install: {stopDelay: 70000}}\n"},
	{"boolean", "machine: {id: a, cpus: 1, memory: 1 GiB, properties: [{key: k, configurable: maybe}]}\n"},
	{"missing", "machine: {name: a}\n"},
	{"empty group", "group: {id: g, members: []}\n"},
	{"empty member", "group: {id: g, members: [start: {order: 1}]}\n"},
	{"stop", "group: {id: g, members: [{start: {order: 1, stop: unplug}, machine: {id: b, cpus: 1, memory: 1}}]}\n"},
	{"id twice", "group: {id: g, members: [machine: {id: g, cpus: 1, memory: 1}]}\n"},
	{"id with space", "machine: {id: a b, cpus: 1, memory: 1 GiB}\n"},
	{"no disk", "machine: {id: a, cpus: 1, memory: 1 GiB, disks: [d]}\n"},
	{"no file", "machine: {id: a, cpus: 1, memory: 1 GiB, cdroms: [d]}\n"},
	{"no icon", "machine: {id: a, cpus: 1, memory: 1 GiB, product: {icon: i}}\n"},
	{"bus", "machine: {id: a, cpus: 1, memory: 1 GiB, diskBus: usb}\n"},
	{"too many drives", "machine: {id: a, cpus: 1, memory: 1 GiB, cdroms: ['', '', '', '', '']}\n"},
	{"os", "machine: {id: a, cpus: 1, memory: 1 GiB, os: Debain}\n"},
	{"range", "machine: {id: a, cpus: 4, memory: {value: 1 GiB, max: 512 MiB}}\n"},
	{"option", "machine: {id: a, cpus: {value: 1, options: {large: 4}}, memory: 1 GiB}\n"},
	{"options", smallest + "options: [{id: a, label: A, default: true}, {id: a, label: A, description: b}, {id: c, label: A, description: b, default: true}]\n"},
	{"blank disk", smallest + "disks: [{id: a}]\n"},
	{"capacity", smallest + "disks: [{id: a, capacity: 8388608 TiB}]\n"},
	{"capacity twice", smallest + "disks: [{id: a, capacity: 1 TiB, capacityProperty: size}]\n"},
	{"source and property", smallest + "disks: [{id: a, source: a.img, capacityProperty: size}]\n"},
	{"format", smallest + "disks: [{id: a, source: a.bin}]\n"},
	{"unknown format", smallest + "disks: [{id: a, source: a.img, sourceFormat: vdi}]\n"},
	{"parent later", smallest + "disks: [{id: a, source: a.img, parent: b}, {id: b, source: b.img}]\n"},
	{"parent blank", smallest + "disks: [{id: b, capacity: 1 GiB}, {id: a, source: a.img, parent: b}]\n"},
	{"href outside", smallest + "files: [{id: a, source: a, href: ../a}, {id: b, source: b, href: 'C:\\b'}, {id: c, source: c, href: 'http://x/y'}]\n"},
	{"href twice", smallest + "files: [{id: a, source: x/readme}, {id: b, source: y/README}]\n"},
	{"networks", smallest + "networks: [{name: n}, {name: n}, {description: d}]\n"},
	{"keys", "machine: {id: a, cpus: 1, memory: 1 GiB, properties: [{key: a.b}, {key: k}, {key: k}, {}]}\n"},
	{"type", "machine: {id: a, cpus: 1, memory: 1 GiB, properties: [{key: k, type: word}]}\n"},
	{"value", "machine: {id: a, cpus: 1, memory: 1 GiB, properties: [{key: k, type: uint8, value: 256}]}\n"},
	{"password", "machine: {id: a, cpus: 1, memory: 1 GiB, properties: [{key: k, password: true, minLength: 8, value: hunter2}]}\n"},
	{"language", smallest + "lang: Deutsch!\ntexts: {x_: {a.info: b}}\n"},
	{"message", smallest + "texts: {de: {b.info: Text}}\n"},
}

func TestMessages(t *testing.T) {
	var out strings.Builder
	for _, c := range bad {
		s, err := Decode("spec.yaml", []byte(c.spec))
		if err == nil {
			err = s.Check().Err()
		}
		var list diag.List
		if !errors.As(err, &list) {
			t.Errorf("%s: accepted", c.name)
			continue
		}
		out.WriteString("# " + c.name + "\n")
		for _, d := range list {
			out.WriteString(d.Error() + "\n")
			if d.Hint != "" {
				out.WriteString("    hint: " + d.Hint + "\n")
			}
		}
	}
	if strings.Contains(out.String(), "hunter2") {
		t.Error("a password is shown")
	}
	const golden = "testdata/messages.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("messages differ from %s:\n%s", golden, out.String())
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]Size{"0": 0, "7": 7, "1 KiB": 1024, "1kb": 1000, "64 MiB": 64 << 20, "2GiB": 2 << 30, "3 TB": 3e12, "18446744073709551615": 1<<64 - 1} {
		got, err := ParseSize(text)
		if err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
		if again, err := ParseSize(got.String()); err != nil || again != got {
			t.Errorf("%q: as text %q, which is %d, %v", text, got, again, err)
		}
	}
	for _, text := range []string{"", "GiB", "-1", "1.5 GiB", "1 EiB", "16777216 TiB", "1 2", "0x10"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
}

// An alias within itself, and aliases that double, end at a bound.
func TestBombs(t *testing.T) {
	var b strings.Builder
	b.WriteString("networks: &a0 [{name: n}]\n")
	for i := range 40 {
		b.WriteString("x" + string(rune('a'+i%26)) + strings.Repeat("y", i/26) + ": &a" + itoa(i+1) + " [*a" + itoa(i) + ", *a" + itoa(i) + "]\n")
	}
	for _, spec := range []string{b.String(), "machine: &m {product: *m}\n", "group: &g {id: a, members: [group: *g]}\n", strings.Repeat("[", 20000), strings.Repeat("{a: ", 20000), "texts: &t {a: {b: *t}}"} {
		if s, err := Decode("spec.yaml", []byte(spec)); err == nil && s.Check().Err() == nil {
			t.Errorf("accepted %.60q", spec)
		}
	}
}

func itoa(i int) string { return string([]byte{byte('0' + i/10), byte('0' + i%10)}) }

func FuzzDecode(f *testing.F) {
	for _, c := range bad {
		f.Add([]byte(c.spec))
	}
	data, err := os.ReadFile("testdata/petstore.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode("spec.yaml", data)
		if err != nil {
			return
		}
		if s.Check().Err() != nil {
			return
		}
		for i := range s.Disks {
			if s.Disks[i].Source != "" {
				s.Disks[i].Capacity = 1 << 20
			}
		}
		env, err := s.Envelope()
		if err != nil {
			t.Fatal(err)
		}
		// what the check lets through can be written, but for characters that no
		// XML can hold
		if _, err := encodeEnvelope(env); err == nil {
			From(env)
		}
	})
}

func encodeEnvelope(env *envelope.Envelope) ([]byte, error) { return envelope.Encode(env) }
