package property_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/internal/property"
)

// scanCases pair a value with its segments: L for a literal, R for a reference,
// B for a broken one, with the bytes they span.
var scanCases = []struct{ value, want string }{
	{"", ""},
	{"plain", `L"plain"0-5`},
	{"${dbIp}", `R"dbIp"0-7`},
	{"${db2Ip} ", `R"db2Ip"0-8 L" "8-9`}, // the white paper's trailing blank is text
	{"http://${vami.ip0.ubuntu8.04}/crm", `L"http://"0-7 R"vami.ip0.ubuntu8.04"7-29 L"/crm"29-33`},
	{"${a}${b}", `R"a"0-4 R"b"4-8`},
	{"x${a}y${b}z", `L"x"0-1 R"a"1-5 L"y"5-6 R"b"6-10 L"z"10-11`},
	{"${gateway:VM Network}", `R"gateway:VM Network"0-21`},
	{"cost: $5 {each}", `L"cost: $5 {each}"0-15`},
	{"$", `L"$"0-1`},
	{"a}b", `L"a}b"0-3`},
	{"$${a}", `L"${a}"0-5`},
	{"$$${a}", `L"$"0-2 R"a"2-6`},
	{"$$$${a}", `L"$${a}"0-7`},
	{"x$${a}y${b}", `L"x${a}y"0-7 R"b"7-11`},
	{"$$", `L"$$"0-2`},
	{"$a$b", `L"$a$b"0-4`},
	{"${", `B0-2`},
	{"${}", `B0-2 L"}"2-3`},
	{"${a", `B0-2 L"a"2-3`},
	{"${a${b}}", `B0-2 L"a"2-3 R"b"3-7 L"}"7-8`},
	{"${a{b}", `B0-2 L"a{b}"2-6`},
	{"${a$}", `B0-2 L"a$}"2-5`},
	{"$${", `L"${"0-3`},
	{"é${ø}é", `L"é"0-2 R"ø"2-7 L"é"7-9`},
}

func TestScan(t *testing.T) {
	for _, c := range scanCases {
		if got := render(property.Scan(c.value)); got != c.want {
			t.Errorf("%q is cut into %s, want %s", c.value, got, c.want)
		}
	}
}

func render(segments []property.Segment) string {
	var parts []string
	for _, s := range segments {
		switch s.Kind {
		case property.Literal:
			parts = append(parts, fmt.Sprintf("L%q%d-%d", s.Text, s.Offset, s.End))
		case property.Reference:
			parts = append(parts, fmt.Sprintf("R%q%d-%d", s.Text, s.Offset, s.End))
		case property.Broken:
			parts = append(parts, fmt.Sprintf("B%d-%d", s.Offset, s.End))
		}
	}
	return strings.Join(parts, " ")
}

func TestHasReference(t *testing.T) {
	for v, want := range map[string]bool{"": false, "a$b{c}": false, "${a}": true, "$${a}": false, "${": true, "$$${a}": true} {
		if got := property.HasReference(v); got != want {
			t.Errorf("%q: %v", v, got)
		}
	}
}

func TestMacro(t *testing.T) {
	if m, n, ok := property.Macro("autoIp:VM Network"); m != "autoIp" || n != "VM Network" || !ok {
		t.Errorf("%q, %q, %v", m, n, ok)
	}
	if _, _, ok := property.Macro("vimIp:"); !ok {
		t.Error("vimIp: is a macro")
	}
	for _, name := range []string{"dbIp", "gateway", "my:name", ""} {
		if _, _, ok := property.Macro(name); ok {
			t.Errorf("%q is no macro", name)
		}
	}
}

// refScan is the same language written as a loop over bytes, one at a time.
func refScan(v string) string {
	var out []string
	lit, litStart := "", 0
	flush := func(end int) {
		if end > litStart {
			out = append(out, fmt.Sprintf("L%q%d-%d", lit, litStart, end))
		}
		lit = ""
	}
	for i := 0; i < len(v); {
		n := 0
		for i+n < len(v) && v[i+n] == '$' {
			n++
		}
		if n == 0 {
			lit += v[i : i+1]
			i++
			continue
		}
		if i+n == len(v) || v[i+n] != '{' {
			lit += v[i : i+n]
			i += n
			continue
		}
		for range n / 2 {
			lit += "$"
		}
		if n%2 == 0 {
			lit += "{"
			i += n + 1
			continue
		}
		start := i + n - 1
		flush(start)
		j := i + n + 1
		for j < len(v) && v[j] != '$' && v[j] != '{' && v[j] != '}' {
			j++
		}
		if j < len(v) && v[j] == '}' && j > i+n+1 {
			out = append(out, fmt.Sprintf("R%q%d-%d", v[i+n+1:j], start, j+1))
			i = j + 1
		} else {
			out = append(out, fmt.Sprintf("B%d-%d", start, start+2))
			i = start + 2
		}
		litStart = i
	}
	flush(len(v))
	return strings.Join(out, " ")
}

func FuzzScan(f *testing.F) {
	for _, c := range scanCases {
		f.Add(c.value)
	}
	f.Fuzz(func(t *testing.T, v string) {
		if len(v) > 10000 {
			return // refScan is quadratic
		}
		segments := property.Scan(v)
		if got, want := render(segments), refScan(v); got != want {
			t.Fatalf("%q is cut into %s, the reference says %s", v, got, want)
		}
		at := 0
		for _, s := range segments {
			if s.Offset != at || s.End <= s.Offset {
				t.Fatalf("%q: segment %+v does not start at %d", v, s, at)
			}
			at = s.End
		}
		if at != len(v) {
			t.Fatalf("%q: the segments end at %d", v, at)
		}
		escaped := property.Scan(property.Escape(v))
		switch {
		case v == "" && len(escaped) == 0:
		case len(escaped) == 1 && escaped[0].Kind == property.Literal && escaped[0].Text == v:
		default:
			t.Fatalf("%q escaped is %q, which is %s", v, property.Escape(v), render(escaped))
		}
	})
}

func TestName(t *testing.T) {
	for _, c := range []struct {
		n    property.Name
		full string
	}{
		{property.Name{Key: "adminEmail"}, "adminEmail"},
		{property.Name{Class: "com.mydb.db", Key: "vm1"}, "com.mydb.db.vm1"},
		{property.Name{Class: "vami", Key: "ip0", Instance: "ubuntu8.04"}, "vami.ip0.ubuntu8.04"},
		{property.Name{Key: "ip0", Instance: "1"}, "ip0.1"},
		{property.Name{Class: "a", Key: "disk.size"}, "a.disk.size"},
	} {
		if got := c.n.String(); got != c.full {
			t.Errorf("%+v is %q, want %q", c.n, got, c.full)
		}
		if !c.n.Matches(c.full) {
			t.Errorf("%+v does not match %q", c.n, c.full)
		}
		for _, other := range []string{"", c.full + "x", "x" + c.full, c.full + ".", "." + c.full, c.n.Key + ".", c.n.Class} {
			if c.n.Matches(other) {
				t.Errorf("%+v matches %q", c.n, other)
			}
		}
	}
}

func TestIndex(t *testing.T) {
	names := []property.Name{
		{Class: "a", Key: "b.c"}, {Class: "a.b", Key: "c"}, // one full name
		{Key: "c"}, {Class: "x", Key: "c", Instance: "2"},
	}
	x := property.NewIndex(names)
	for full, want := range map[string]string{"a.b.c": "[0 1]", "c": "[2]", "x.c.2": "[3]", "x.c": "[]", "": "[]"} {
		if got := fmt.Sprint(x.Full(full)); got != want {
			t.Errorf("%q is %s, want %s", full, got, want)
		}
	}
	if got := fmt.Sprint(x.Key("c")); got != "[1 2 3]" {
		t.Errorf("key c is %s", got)
	}
	if got := property.NewIndex(nil).Full("x"); got != nil {
		t.Errorf("an empty index finds %v", got)
	}
	var zero property.Index
	if zero.Full("x") != nil || zero.Key("x") != nil {
		t.Error("the zero Index finds something")
	}
}

func FuzzName(f *testing.F) {
	f.Add("com.mydb.db", "vm1", "", "com.mydb.db.vm1")
	f.Add("a", "a", "a", "a.a")
	f.Add("", "k", "i", ".k.i")
	f.Fuzz(func(t *testing.T, class, key, instance, full string) {
		n := property.Name{Class: class, Key: key, Instance: instance}
		if !n.Matches(n.String()) {
			t.Fatalf("%+v does not match its own name %q", n, n.String())
		}
		if got, want := n.Matches(full), full == n.String(); got != want {
			t.Fatalf("%+v matches %q: %v", n, full, got)
		}
	})
}
