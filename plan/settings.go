package plan

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
)

// settingsRules are the rules of files and variables with values for properties.
var settingsRules = []diag.Rule{
	{Name: "settings-syntax", Layer: diag.Usage, Severity: diag.Error, Since: "0.2.0",
		Summary: "A file of values cannot be read as what its name says.",
		Why:     "Values after the mistake would be lost."},
	{Name: "settings-structure", Layer: diag.Usage, Severity: diag.Error, Since: "0.2.0",
		Summary: "A file of values is more than a list of names with one text each.",
		Why:     "A property is one text; how a list or a group becomes one is a guess."},
	{Name: "settings-repeated", Layer: diag.Usage, Severity: diag.Error, Since: "0.2.0",
		Summary: "A file of values has one name twice.",
		Why:     "Which value was meant cannot be told; usual readers silently take the last one."},
	{Name: "settings-size", Layer: diag.Usage, Severity: diag.Error, Since: "0.2.0",
		Summary: "A file of values is too large.",
		Why:     "A wrong file name should not fill the memory."},
	{Name: "settings-variable", Layer: diag.Usage, Severity: diag.Error, Since: "0.2.0",
		Summary: "A variable of the environment stands for several properties, or (a warning) for none.",
		Why:     "The value is lost, or goes to the wrong property."},
}

// maxSettings is the most bytes of a file of values.
const maxSettings = 4 << 20

// ReadSettings reads values for properties from a file. The ending of its name
// says what it is:
//
//   - .yaml or .yml: a YAML mapping of names to scalars, taken as they are written
//     (port: 0080 stands for "0080"), without aliases, tags and null;
//   - .json: a JSON object of names to strings, numbers and booleans, numbers taken
//     as they are written;
//   - .properties: lines "name = value" with the comments, continuation lines and
//     escapes of Java, in UTF-8.
//
// Names are those of [Setting.Name]. Each setting has its place in the file as
// Location and the name of the file as From. All that is wrong is in one error, a
// [diag.List]; other errors are those of the reader. No value is in any error,
// since it may be a password.
func ReadSettings(r io.Reader, name string) ([]Setting, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSettings+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f := &settingsFile{name: name, data: bytes.TrimPrefix(data, []byte("\ufeff")), seen: map[string]diag.Location{}}
	switch ending := strings.ToLower(filepath.Ext(name)); {
	case len(data) > maxSettings:
		f.report("settings-size", diag.Location{File: name}, "the file has more than the %d bytes that a file of values may have", maxSettings).Hint = "give the right file, or split it"
	case !utf8.Valid(data):
		f.report("settings-syntax", f.at(invalidUTF8(f.data)), "the file is not in UTF-8 from here on").Hint = "save it as UTF-8"
	case ending == ".yaml" || ending == ".yml":
		f.yaml()
	case ending == ".json":
		f.json()
	case ending == ".properties":
		f.properties()
	default:
		f.report("settings-syntax", diag.Location{File: name}, "the name of the file does not say what it is").Hint = "name it .yaml, .json or .properties"
	}
	if err := f.found.Err(); err != nil {
		return nil, err
	}
	return f.list, nil
}

// settingsFile is a file of values being read.
type settingsFile struct {
	name  string
	data  []byte
	list  []Setting
	seen  map[string]diag.Location
	found diag.List

	line, start, scanned int // of the last place that at has looked up
}

// report adds a finding, to which the caller may add a hint.
func (f *settingsFile) report(rule string, at diag.Location, format string, args ...any) *diag.Diagnostic {
	if len(f.found) > diag.DefaultMax {
		return new(diag.Diagnostic)
	}
	t := ruleTable()[rule]
	f.found = append(f.found, diag.Diagnostic{Severity: t.Severity, Layer: t.Layer, Rule: rule, Clause: t.Clause,
		Location: at, Message: fmt.Sprintf(format, args...)})
	return &f.found[len(f.found)-1]
}

// add notes a setting.
func (f *settingsFile) add(key, value string, at diag.Location) {
	if was, ok := f.seen[key]; ok {
		d := f.report("settings-repeated", at, "the name %s stands here a second time", diag.Quote(key))
		d.Hint = "keep one of the two"
		d.Related = []diag.Related{{Location: was, Message: "the first one"}}
		return
	}
	f.seen[key] = at
	if key == "" {
		f.report("settings-structure", at, "a value has no name").Hint = "write the name of a property before it"
		return
	}
	f.list = append(f.list, Setting{Name: key, Value: value, From: f.name, Location: at})
}

// empty reports a name without a value.
func (f *settingsFile) empty(key string, at diag.Location) {
	f.report("settings-structure", at, "the name %s has no value", diag.Quote(key)).Hint = `write "" for the empty text`
}

// nested reports a value that is no text.
func (f *settingsFile) nested(key, what string, at diag.Location) {
	f.report("settings-structure", at, "the value of %s is %s", diag.Quote(key), what).Hint =
		"write one text for each property; for that of one machine put its id and a slash before the name, as DB1/ip"
}

// at returns the place of an offset. Offsets are asked for in rising order, but
// lower ones work, too.
func (f *settingsFile) at(offset int) diag.Location {
	if offset < f.scanned || f.line == 0 {
		f.line, f.start, f.scanned = 1, 0, 0
	}
	for ; f.scanned < offset; f.scanned++ {
		if f.data[f.scanned] == '\n' {
			f.line, f.start = f.line+1, f.scanned+1
		}
	}
	return diag.Location{File: f.name, Line: f.line, Column: 1 + utf8.RuneCount(f.data[f.start:offset]), Offset: int64(offset)}
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}
