package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// VariablePrefix is how the names of environment variables with values for
// properties begin.
const VariablePrefix = "OVF_PROPERTY_"

// VariableSettings returns the values for properties among variables of the form
// NAME=VALUE, as os.Environ gives them.
//
// The name of a variable is [VariablePrefix] and the name of a property (see
// [Setting.Name]) with an underscore for each character other than letters of
// ASCII, digits and underscores. Letter case does not count:
// OVF_PROPERTY_COM_EXAMPLE_DB_IP sets com.example.db.ip, and
// OVF_PROPERTY_DB1_IP sets DB1/ip. A full name comes before a key, a name before
// one with the id of a machine.
//
// A variable that stands for nothing in the package gives a warning, one that
// stands for several names an error. No value is in the list.
func VariableSettings(env *envelope.Envelope, variables []string) ([]Setting, diag.List) {
	var names *variableNames
	var out []Setting
	var found diag.List
	for _, v := range slices.Sorted(slices.Values(variables)) {
		name, value, _ := strings.Cut(v, "=")
		if len(name) <= len(VariablePrefix) || !strings.EqualFold(name[:len(VariablePrefix)], VariablePrefix) {
			continue
		}
		if names == nil {
			names = newVariableNames(env)
		}
		t := ruleTable()["settings-variable"]
		d := diag.Diagnostic{Severity: t.Severity, Layer: t.Layer, Rule: t.Name}
		switch list := names.find(name[len(VariablePrefix):]); len(list) {
		case 0:
			d.Severity = diag.Warning
			d.Message = fmt.Sprintf("the variable %s stands for no property of the package", diag.Quote(name))
			d.Hint = "unset it, or correct its name: " + VariablePrefix + " and the name of a property with _ for each other character"
		case 1:
			out = append(out, Setting{Name: list[0], Value: value, From: name})
			continue
		default:
			d.Message = fmt.Sprintf("the variable %s stands for %d names of properties", diag.Quote(name), len(list))
			d.Hint = "set one of " + listed(list) + " by another means"
		}
		found = append(found, d)
	}
	return out, found
}

// variableNames finds the names of properties by how variables spell them, in the
// order in which they count.
type variableNames [4]map[string][]string

func newVariableNames(env *envelope.Envelope) *variableNames {
	x := &variableNames{}
	for i := range x {
		x[i] = map[string][]string{}
	}
	add := func(level int, name string) {
		v := variable(name)
		if list := x[level][v]; len(list) <= maxNames && !slices.Contains(list, name) { // more are a mistake anyway
			x[level][v] = append(list, name)
		}
	}
	for ref := range env.Properties() {
		add(0, ref.FullName())
		add(1, ref.Property.Key)
		if ref.Content != nil {
			id := ref.Content.ContentID()
			add(2, id+"/"+ref.FullName())
			add(3, id+"/"+ref.Property.Key)
		}
	}
	return x
}

func (x *variableNames) find(name string) []string {
	for _, names := range x {
		if list := names[variable(name)]; len(list) > 0 {
			return list
		}
	}
	return nil
}

// variable spells a name as a variable does.
func variable(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return '_'
	}, name)
}
