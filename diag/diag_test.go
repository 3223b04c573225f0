package diag

import (
	"encoding/json"
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"
)

func TestSeverityText(t *testing.T) {
	for s, name := range map[Severity]string{Error: "error", Warning: "warning", Info: "info"} {
		b, err := s.MarshalText()
		if err != nil || string(b) != name || s.String() != name {
			t.Errorf("%d: %q, %q, %v", s, b, s, err)
		}
		var back Severity
		if err := back.UnmarshalText(b); err != nil || back != s {
			t.Errorf("%s reads as %v, %v", b, back, err)
		}
	}
	for _, s := range []Severity{0, Info + 1} {
		if _, err := s.MarshalText(); err == nil {
			t.Errorf("severity %d is written", s)
		}
	}
	for _, name := range []string{"", "Error", "fatal", "severity(0)"} {
		if s, err := ParseSeverity(name); err == nil {
			t.Errorf("ParseSeverity(%q) = %v", name, s)
		}
	}
}

func TestListAsError(t *testing.T) {
	warning := Diagnostic{Severity: Warning, Message: "w"}
	broken := Diagnostic{Severity: Error, Message: "m", Rule: "r", Location: Location{File: "f", Line: 2, Column: 3}, Err: fs.ErrNotExist}
	if err := (List{warning}).Err(); err != nil {
		t.Errorf("a warning alone is an error: %v", err)
	}
	if err := List(nil).Err(); err != nil {
		t.Errorf("nil list: %v", err)
	}
	err := List{warning, broken}.Err()
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the cause is lost: %v", err)
	}
	var d *Diagnostic
	if !errors.As(err, &d) || d.Message != "w" {
		t.Errorf("errors.As gives %v", d)
	}
	if got, want := err.Error(), "w\nf:2:3: m [r]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestListSort(t *testing.T) {
	at := func(m, f string, line, col int, s Severity) Diagnostic {
		return Diagnostic{Severity: s, Message: m, Location: Location{File: f, Line: line, Column: col}}
	}
	l := List{at("6", "b", 1, 1, Error), at("5", "a", 9, 1, Info), at("3", "a", 2, 2, Warning), at("1", "a", 0, 0, Error),
		at("4", "a", 2, 2, Warning), at("2", "a", 2, 2, Error)}
	l.Sort()
	var order strings.Builder
	for _, d := range l {
		order.WriteString(d.Message)
	}
	if order.String() != "123456" {
		t.Errorf("order %s", order.String())
	}
}

func TestJSON(t *testing.T) {
	for _, c := range []struct {
		name string
		l    List
		want string
	}{
		{"nil", nil, `[]`},
		{"empty", List{}, `[]`},
		{"small", List{{Severity: Info, Message: "<m> & \"n\""}}, `[{"severity":"info","message":"<m> & \"n\""}]`},
		{"whole", List{{Severity: Error, Layer: Schema, Rule: "r", Clause: "c", Hint: "h", Message: "m",
			Location: Location{File: "f", Line: 1, Column: 2, EndLine: 3, EndColumn: 4, Offset: 5, Path: "/p"},
			Related:  []Related{{Location{File: "g", Line: 6}, "n"}}}},
			`[{"severity":"error","layer":"schema","rule":"r","clause":"c","file":"f","line":1,"column":2,"endLine":3,"endColumn":4,` +
				`"offset":5,"path":"/p","message":"m","hint":"h","related":[{"file":"g","line":6,"message":"n"}]}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := c.l.MarshalJSON()
			if err != nil || string(b) != c.want {
				t.Errorf("got  %s, %v\nwant %s", b, err, c.want)
			}
			var back List
			if err := json.Unmarshal(b, &back); err != nil {
				t.Fatal(err)
			}
			if len(back) != len(c.l) || len(c.l) > 0 && !reflect.DeepEqual(back, c.l) {
				t.Errorf("reads back as %+v", back)
			}
		})
	}

	var member struct {
		Diagnostics List `json:"diagnostics"`
	}
	if b, _ := json.Marshal(member); string(b) != `{"diagnostics":[]}` {
		t.Errorf("nil list in a struct: %s", b)
	}
	if _, err := json.Marshal(List{{Message: "no severity"}}); err == nil {
		t.Error("a diagnostic without severity is written")
	}
	for _, bad := range []string{``, `[]`, `{}`, `{"severity":"fatal"}`, `{"severity":1}`, `{"severity":"info","line":-1}`,
		`{"severity":"info","line":1.5}`, `{"severity":"info","related":[{"column":-1}]}`, `{"severity":"info"`} {
		var d Diagnostic
		if err := d.UnmarshalJSON([]byte(bad)); err == nil {
			t.Errorf("%s reads as %+v", bad, d)
		}
	}
}

func TestCollector(t *testing.T) {
	var c Collector
	for range DefaultMax + 200 {
		c.Add(Diagnostic{Severity: Info})
		c.Add(Diagnostic{Severity: Warning})
	}
	c.Add(Diagnostic{Severity: Error, Message: "last"})
	c.Add(Diagnostic{})
	c.Add(Diagnostic{Severity: 200})
	l := c.List()
	if len(l) != 2*DefaultMax+3 || c.Dropped() != 400 {
		t.Errorf("%d kept, %d dropped", len(l), c.Dropped())
	}
	if !l.HasErrors() || c.Count(Error) != 1 || c.Count(Warning) != 1200 || c.Count(0) != 2 || c.Count(9) != 0 {
		t.Errorf("counts: %d %d %d %d", c.Count(Error), c.Count(Warning), c.Count(0), c.Count(9))
	}
	if got, want := c.Summary(), "1 error, 1200 warnings, 1200 infos (400 not shown)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	all := Collector{Max: -1}
	for range 2 * DefaultMax {
		all.Add(Diagnostic{Severity: Error})
	}
	if len(all.List()) != 2*DefaultMax || all.Dropped() != 0 {
		t.Errorf("no limit: %d kept, %d dropped", len(all.List()), all.Dropped())
	}
}

func TestFilter(t *testing.T) {
	l := List{
		{Severity: Error, Rule: "a", Layer: Schema},
		{Severity: Error, Rule: "b", Layer: Schema},
		{Severity: Error, Rule: "b", Layer: Trust},
		{Severity: Error, Layer: Schema},
	}
	var o Overrides
	if err := json.Unmarshal([]byte(`{"ignore":["a","",""],"severity":{"a":"error","b":"info","":"info"}}`), &o); err != nil {
		t.Fatal(err)
	}
	got := l.Filter(o)
	want := List{{Severity: Info, Rule: "b", Layer: Schema}, {Severity: Error, Rule: "b", Layer: Trust}, {Severity: Error, Layer: Schema}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if l[1].Severity != Error {
		t.Error("the input was changed")
	}
	if got := l.Filter(Overrides{}); !reflect.DeepEqual(got, l) {
		t.Errorf("the zero value changes the list: %+v", got)
	}
}

func TestOverridesCheck(t *testing.T) {
	rules := []Rule{{Name: "a"}, {Name: "b"}}
	if err := (Overrides{Ignore: []string{"a"}, Severity: map[string]Severity{"b": Info}}).Check(rules); err != nil {
		t.Error(err)
	}
	err := Overrides{Ignore: []string{"z", "a", "z"}, Severity: map[string]Severity{"y": Info, "b": 9}}.Check(rules)
	var unknown *UnknownRuleError
	if !errors.As(err, &unknown) || unknown.Rule != "y" {
		t.Errorf("error %v", err)
	}
	if got, want := err.Error(), "there is no rule \"y\"\nthere is no rule \"z\"\nrule \"b\": invalid severity 9: use error, warning or info"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":                               `""`,
		"d1":                             `"d1"`,
		"a\"b\\\n\x1b\u202e":             `"a\"b\\\n\x1b\u202e"`,
		"é日\xff":                         `"é日\xff"`,
		strings.Repeat("x", 80):          `"` + strings.Repeat("x", 80) + `"`,
		strings.Repeat("x", 81):          `"` + strings.Repeat("x", 80) + `…" (81 bytes)`,
		strings.Repeat("日", 80):          `"` + strings.Repeat("日", 80) + `"`,
		strings.Repeat("日", 1<<20):       `"` + strings.Repeat("日", 80) + `…" (3145728 bytes)`,
		strings.Repeat("\x80", 100)[:81]: `"` + strings.Repeat(`\x80`, 80) + `…" (81 bytes)`,
	} {
		if got := Quote(in); got != want {
			t.Errorf("Quote of %d bytes = %s, want %s", len(in), got, want)
		}
	}
}
