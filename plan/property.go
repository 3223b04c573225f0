package plan

import "github.com/ovfkit/ovf/diag"

// Property is a property with its value (DSP0243 9.5).
type Property struct {
	// Name is the full name class.key.instance under which the guest sees it.
	Name     string `json:"name"`
	Class    string `json:"class,omitempty"`
	Key      string `json:"key"`
	Instance string `json:"instance,omitempty"`
	// Value is the value with its references resolved. For a password the JSON
	// form and String leave it out.
	Value string `json:"value"`
	// Raw is the value before its references were resolved, if it has some.
	Raw      string `json:"raw,omitempty"`
	Type     string `json:"type,omitempty"`
	Password bool   `json:"password,omitempty"`
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
	Name     string        `json:"name"`              // as written between the braces
	Property string        `json:"property"`          // full name
	Content  string        `json:"content,omitempty"` // id of the collection that declares it
	Location diag.Location `json:"location,omitzero"`
}
