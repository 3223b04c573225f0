package plan

import (
	"encoding/json"

	"github.com/ovfkit/ovf/diag"
)

// Property is a property with its value (DSP0243 9.5).
type Property struct {
	// Name is the full name class.key.instance under which the guest sees it.
	Name     string `json:"name"`
	Class    string `json:"class,omitempty"`
	Key      string `json:"key"`
	Instance string `json:"instance,omitempty"`
	// Value is the value with its references resolved. The JSON form and
	// String leave that of a password out.
	Value string `json:"value"`
	// Raw is the value before its references were resolved, if it has some.
	Raw  string `json:"raw,omitempty"`
	Type string `json:"type,omitempty"`
	// Password is whether the value must not be shown: the property is marked
	// as a password, or its value is made of one that is.
	Password bool `json:"password,omitempty"`
	// UserConfigurable is whether the operator may set it.
	UserConfigurable bool   `json:"userConfigurable,omitempty"`
	Label            Text   `json:"label,omitzero"`
	Description      Text   `json:"description,omitzero"`
	Category         Text   `json:"category,omitzero"`
	Origin           Origin `json:"origin"`
	// References are what Value was made of, in order: the properties behind
	// its ${} references.
	References []Reference `json:"references,omitempty"`
	// Location is where the property is declared.
	Location diag.Location `json:"location,omitzero"`
}

// Reference is a ${name} in a value, and the property that it stands for.
type Reference struct {
	Name     string `json:"name"`              // as written between the braces
	Property string `json:"property"`          // full name
	Content  string `json:"content,omitempty"` // id of the collection that declares it
	// Location is where that property is declared.
	Location diag.Location `json:"location,omitzero"`
}

// hidden stands for a value that must not be shown.
const hidden = "********"

// String returns name and value, as "com.example.port=80"; asterisks stand for
// the value of a password.
func (p Property) String() string {
	if p.Password {
		return p.Name + "=" + hidden
	}
	return p.Name + "=" + p.Value
}

// GoString is [Property.String], so that no format prints a password.
func (p Property) GoString() string { return p.String() }

// MarshalJSON writes the property; a password without value and raw.
func (p Property) MarshalJSON() ([]byte, error) {
	type plain Property
	if !p.Password {
		return json.Marshal(plain(p))
	}
	return json.Marshal(struct {
		plain
		Value *struct{} `json:"value,omitempty"` // these two stand before those of plain
		Raw   *struct{} `json:"raw,omitempty"`
	}{plain: plain(p)})
}
