package ovf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/libxml2"
)

// utf16LE encodes a text with a byte order mark.
func utf16LE(s string) []byte {
	out := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// hostileInputs lists inputs that are no descriptor. rule is what must be reported.
func hostileInputs() map[string]struct {
	data []byte
	rule string
} {
	const open = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">`
	const big = 3_000_000
	type c = struct {
		data []byte
		rule string
	}
	return map[string]c{
		"nil":                        {nil, "xml-syntax"},
		"empty":                      {[]byte{}, "xml-syntax"},
		"white space":                {[]byte(" \n\t"), "xml-syntax"},
		"NUL":                        {[]byte{0}, "xml-"},
		"NULs":                       {make([]byte, 1<<20), "xml-"},
		"NUL in a document":          {[]byte(open + "<References>\x00</References></Envelope>"), "xml-character"},
		"UTF-8 mark alone":           {[]byte("\xEF\xBB\xBF"), "xml-syntax"},
		"UTF-16 mark alone":          {[]byte{0xFF, 0xFE}, "xml-syntax"},
		"UTF-16 mark, big endian":    {[]byte{0xFE, 0xFF}, "xml-syntax"},
		"UTF-16 in half":             {utf16LE(open)[:41], "xml-"},
		"UTF-16 with a lone half":    {append(utf16LE("<a>"), 0x00, 0xD8), "xml-encoding"},
		"UTF-16 with the other half": {append(utf16LE("<a>"), 0x00, 0xDC, 'x', 0), "xml-encoding"},
		"UTF-16 that says UTF-8":     {utf16LE(`<?xml version="1.0" encoding="UTF-8"?>` + open), "xml-"},
		"UTF-32":                     {[]byte{0xFF, 0xFE, 0, 0, '<', 0, 0, 0}, "xml-"},
		"UTF-8 cut":                  {[]byte(open + "\xE2\x82"), "xml-"},
		"UTF-8 of a surrogate":       {[]byte(open + "\xED\xA0\x80</Envelope>"), "xml-encoding"},
		"Latin-1 that says UTF-8":    {[]byte(open + "\xE9</Envelope>"), "xml-encoding"},
		"unknown encoding":           {[]byte(`<?xml version="1.0" encoding="EBCDIC-CP-US"?><a/>`), "xml-encoding"},
		"deep":                       {[]byte(open + strings.Repeat("<a>", big)), "xml-limit"},
		"deep and closed":            {[]byte(open + strings.Repeat("<a>", big) + strings.Repeat("</a>", big) + "</Envelope>"), "xml-limit"},
		"many attributes":            {[]byte("<a" + strings.Repeat(" b=''", big) + "/>"), "xml-"},
		"long name":                  {[]byte("<" + strings.Repeat("a", big)), "xml-"},
		"many comments":              {[]byte(strings.Repeat("<!---->", big)), "xml-"},
		"entities":                   {[]byte(`<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>`), "xml-doctype"},
		"external entity":            {[]byte(`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`), "xml-doctype"},
		"undefined entity":           {[]byte("<a>&b;</a>"), "xml-entity"},
		"controls of a terminal":     {[]byte("<a \x1b[31mb='1'/>"), "xml-"},
		"another root":               {[]byte("<html>\u202e</html>"), "schema-root"},
		"many wrong children":        {[]byte(open + strings.Repeat("<b>\u0085</b>", 100_000) + "</Envelope>"), "schema-"},
		"many vendor sections": {[]byte(open + "<References/>" + strings.Repeat("<x:S xmlns:x='u'/>", 50_000) +
			"<VirtualSystem ovf:id=''><Info/></VirtualSystem></Envelope>"), "schema-vendor-section"},
	}
}

// engines returns a validator for each engine that the test has.
func engines(t *testing.T) map[string]*ovf.Validator {
	t.Helper()
	targets := []envelope.Target{envelope.TargetVSphere, envelope.TargetVirtualBox, envelope.TargetVirtV2V, envelope.TargetStrict}
	out := map[string]*ovf.Validator{"go": {Targets: targets}}
	c, err := libxml2.Compile(schemas.Options{})
	switch {
	case err == nil:
		out["libxml2"] = &ovf.Validator{Schema: c, Targets: targets}
	case !errors.Is(err, libxml2.ErrNotBuilt):
		t.Fatal(err)
	}
	return out
}

// TestHostileInput puts bad input through every engine and every form of output: a
// rule that fits is reported, the number of diagnostics is bounded, and the output
// is well-formed, whatever the input.
func TestHostileInput(t *testing.T) {
	for engine, v := range engines(t) {
		for name, c := range hostileInputs() {
			t.Run(engine+"/"+name, func(t *testing.T) {
				r, err := v.Validate(t.Context(), "x.ovf\x1b[2J\n", c.data)
				if err != nil {
					t.Fatal(err)
				}
				found := false
				for _, d := range r.Diagnostics {
					found = found || strings.HasPrefix(d.Rule, c.rule)
				}
				if !found {
					t.Errorf("no %s in %v", c.rule, r.Diagnostics[:min(5, len(r.Diagnostics))])
				}
				if n := len(r.Diagnostics); n > 12*(diag.DefaultMax+1) {
					t.Errorf("%d diagnostics", n)
				}
				outputs(t, r, c.data)
			})
		}
	}
}

// outputs writes a validation in every form.
func outputs(t *testing.T, r *ovf.Validation, data []byte) {
	t.Helper()
	var text bytes.Buffer
	source := func(string) ([]byte, error) { return data, nil }
	if err := diag.WriteText(&text, r.Diagnostics, diag.TextOptions{Source: source}); err != nil {
		t.Error(err)
	}
	if i := strings.IndexFunc(text.String(), func(c rune) bool { return unicode.IsControl(c) && c != '\n' || unicode.Is(unicode.Bidi_Control, c) }); i >= 0 {
		t.Errorf("a control character in the text: %q", text.String()[max(0, i-20):i+1])
	}
	out, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back ovf.Validation
	if err := json.Unmarshal(out, &back); err != nil || len(back.Diagnostics) != len(r.Diagnostics) {
		t.Errorf("JSON gives back %d of %d diagnostics: %v", len(back.Diagnostics), len(r.Diagnostics), err)
	}
	var sarif bytes.Buffer
	if err := diag.WriteSARIF(&sarif, r.Diagnostics, ovf.Rules(), "0"); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct{ Results []struct{ RuleID string } }
	}
	if err := json.Unmarshal(sarif.Bytes(), &log); err != nil || len(log.Runs) != 1 || len(log.Runs[0].Results) != len(r.Diagnostics) {
		t.Errorf("SARIF: %v", err)
	}
}
