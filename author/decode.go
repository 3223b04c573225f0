package author

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ovfkit/ovf/diag"
)

// MaxBytes is the most bytes that the text of a spec may have.
const MaxBytes = 16 << 20

// The bounds of what is in a spec: values, with those that aliases repeat, and
// levels of nesting.
const (
	maxValues = 1 << 20
	maxDepth  = 64
)

// Decode reads a spec in YAML or JSON. The name is that of the file, for messages.
// Keys that no field has, values of another type and keys given twice are errors;
// the error is a [diag.List] with all of them.
func Decode(name string, data []byte) (*Spec, error) {
	d := &decoder{file: name, spec: &Spec{places: map[string]diag.Location{}}}
	if len(data) > MaxBytes {
		d.add(RuleSyntax, nil, "", fmt.Sprintf("the spec has %d bytes, more than the %d that are read", len(data), MaxBytes), "")
		return nil, d.diags
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&doc); err != nil {
		d.syntax(err)
		return nil, d.diags
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		d.add(RuleSyntax, nil, "", "the file has more than one YAML document", "keep one")
		return nil, d.diags
	}
	d.value(doc.Content[0], reflect.ValueOf(d.spec).Elem(), "", 0)
	if err := d.diags.Err(); err != nil {
		return nil, err
	}
	return d.spec, nil
}

type decoder struct {
	file   string
	spec   *Spec
	values int
	diags  diag.List
}

func (d *decoder) at(n *yaml.Node) diag.Location {
	if n == nil {
		return diag.Location{File: d.file}
	}
	return diag.Location{File: d.file, Line: n.Line, Column: n.Column}
}

func (d *decoder) add(rule string, n *yaml.Node, path, message, hint string) {
	where := d.at(n)
	where.Path = path
	d.diags = append(d.diags, diag.Diagnostic{Severity: diag.Error, Layer: diag.Usage, Rule: rule, Location: where, Message: message, Hint: hint})
}

// syntax reports an error of the YAML reader, which has the line in its text.
func (d *decoder) syntax(err error) {
	if errors.Is(err, io.EOF) {
		d.add(RuleSyntax, nil, "", "the spec is empty", `start with "machine:" or "group:"; "ovf new --help" shows an example`)
		return
	}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	where := diag.Location{File: d.file}
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if number, message, ok := strings.Cut(rest, ": "); ok {
			where.Line, _ = strconv.Atoi(number)
			text = message
		}
	}
	d.diags = append(d.diags, diag.Diagnostic{Severity: diag.Error, Layer: diag.Usage, Rule: RuleSyntax, Location: where,
		Message: "this is no YAML: " + text, Hint: "mind the indentation, and put texts with special characters into quotes"})
}

func (d *decoder) value(n *yaml.Node, v reflect.Value, path string, depth int) {
	if d.values++; d.values > maxValues || depth > maxDepth {
		if d.values <= maxValues+1 {
			d.values = maxValues + 1
			d.add(RuleSyntax, n, path, "the spec has too many values, or too deep ones", "")
		}
		return
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	d.spec.places[path] = d.at(n)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path, depth+1)
	case v.Type() == reflect.TypeFor[Amount]() && n.Kind == yaml.ScalarNode:
		d.scalar(n, v.FieldByName("Value"), path)
	case v.Kind() == reflect.Struct:
		d.mapping(n, v, path, depth)
	case v.Kind() == reflect.Slice:
		d.sequence(n, v, path, depth)
	case v.Kind() == reflect.Map:
		d.table(n, v, path, depth)
	default:
		d.scalar(n, v, path)
	}
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path string, depth int) {
	if !d.kind(n, yaml.MappingNode, path, "keys with values") {
		return
	}
	fields := fieldsOf(v.Type())
	for key, value := range d.pairs(n, path) {
		i, ok := fields[key.Value]
		if !ok {
			d.add(RuleKey, key, path, "there is no key "+diag.Quote(key.Value)+" here", "one of: "+strings.Join(names(fields), ", "))
			continue
		}
		d.value(value, v.Field(i), join(path, key.Value), depth+1)
	}
}

func (d *decoder) table(n *yaml.Node, v reflect.Value, path string, depth int) {
	if !d.kind(n, yaml.MappingNode, path, "keys with values") {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for key, value := range d.pairs(n, path) {
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(value, item, join(path, key.Value), depth+1)
		v.SetMapIndex(reflect.ValueOf(key.Value), item)
	}
}

// pairs returns the keys of a mapping with their values, each key once.
func (d *decoder) pairs(n *yaml.Node, path string) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			switch {
			case key.Kind != yaml.ScalarNode:
				d.add(RuleKey, key, path, "a key must be a plain word", "")
			case seen[key.Value]:
				d.add(RuleKey, key, path, "the key "+diag.Quote(key.Value)+" is given twice", "keep one of them")
			case !yield(key, n.Content[i+1]):
				return
			}
			seen[key.Value] = true
		}
	}
}

func (d *decoder) sequence(n *yaml.Node, v reflect.Value, path string, depth int) {
	if !d.kind(n, yaml.SequenceNode, path, "a list, as [a, b]") {
		return
	}
	for i, item := range n.Content {
		if d.values > maxValues {
			return
		}
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		d.value(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i), depth+1)
	}
}

func (d *decoder) kind(n *yaml.Node, k yaml.Kind, path, want string) bool {
	if n.Kind != k {
		d.add(RuleValue, n, path, called(path)+" must be "+want, "")
	}
	return n.Kind == k
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path string) {
	if !d.kind(n, yaml.ScalarNode, path, "a single value") {
		return
	}
	var err error
	switch {
	case v.Type() == reflect.TypeFor[Size]():
		var s Size
		s, err = ParseSize(n.Value)
		v.SetUint(uint64(s))
	case v.Kind() == reflect.String:
		v.SetString(n.Value)
	case v.Kind() == reflect.Bool:
		var b bool
		if err = n.Decode(&b); err != nil {
			err = fmt.Errorf("%s is neither true nor false", diag.Quote(n.Value))
		}
		v.SetBool(b)
	default:
		var u uint64
		if u, err = strconv.ParseUint(n.Value, 10, v.Type().Bits()); err != nil {
			err = fmt.Errorf("%s is no whole number from 0 to %d", diag.Quote(n.Value), uint64(1)<<v.Type().Bits()-1)
		}
		v.SetUint(u)
	}
	if err != nil {
		d.add(RuleValue, n, path, called(path)+": "+err.Error(), "")
	}
}

// fieldsOf returns the fields of a struct by their names in the text.
func fieldsOf(t reflect.Type) map[string]int {
	out := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "" {
			out[name] = i
		}
	}
	return out
}

func names(fields map[string]int) []string {
	out := make([]string, 0, len(fields))
	for name := range fields {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return fields[a] - fields[b] })
	return out
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// called returns what messages call the value at a path.
func called(path string) string {
	if path == "" {
		return "the spec"
	}
	return path
}
