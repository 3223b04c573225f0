package author

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// Encode returns the spec as YAML, ready for [Decode]. Fields with their zero value
// are left out.
func (s *Spec) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(s); err != nil {
		return nil, err
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// MarshalYAML writes the text form.
func (s Size) MarshalYAML() (any, error) {
	if s < 1024 {
		return uint64(s), nil
	}
	return s.String(), nil
}

// MarshalYAML writes an amount that is the same everywhere as its value.
func (a Amount) MarshalYAML() (any, error) {
	if a.Min == 0 && a.Max == 0 && len(a.Options) == 0 {
		return a.Value, nil
	}
	type plain Amount
	return plain(a), nil
}
