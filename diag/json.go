package diag

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// flatDiagnostic is the JSON form of a Diagnostic; its fields are the public
// contract, in this order.
type flatDiagnostic struct {
	Severity Severity `json:"severity"`
	Layer    Layer    `json:"layer,omitempty"`
	Rule     string   `json:"rule,omitempty"`
	Clause   string   `json:"clause,omitempty"`
	Location
	Message string    `json:"message"`
	Hint    string    `json:"hint,omitempty"`
	Related []Related `json:"related,omitempty"`
}

// flatRelated is the JSON form of a Related: the same names for a place as in
// the diagnostic itself.
type flatRelated struct {
	Location
	Message string `json:"message"`
}

// MarshalJSON writes d as one flat object:
//
//	{"severity":"error","layer":"semantic","rule":"disk-file-ref","clause":"DSP0243 9.1",
//	 "file":"a.ovf","line":12,"column":34,"endLine":12,"endColumn":41,"offset":612,
//	 "path":"/Envelope/DiskSection/Disk[1]","message":"…","hint":"…","related":[{"file":…,"message":…}]}
//
// Members that are empty or 0 are left out, except severity and message. Err is
// not written. Bytes that are not UTF-8 become U+FFFD. A diagnostic without a
// valid severity is an error.
func (d Diagnostic) MarshalJSON() ([]byte, error) {
	return marshal(flatDiagnostic{
		Severity: d.Severity, Layer: d.Layer, Rule: d.Rule, Clause: d.Clause,
		Location: d.Location, Message: d.Message, Hint: d.Hint, Related: d.Related,
	})
}

// UnmarshalJSON reads what [Diagnostic.MarshalJSON] writes. The severity must be
// present, and no number may be negative; unknown members are ignored.
func (d *Diagnostic) UnmarshalJSON(b []byte) error {
	var f flatDiagnostic
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	if f.Severity == 0 {
		return errors.New("diag: a diagnostic without severity")
	}
	if err := f.Location.check(); err != nil {
		return err
	}
	*d = Diagnostic{
		Severity: f.Severity, Layer: f.Layer, Rule: f.Rule, Clause: f.Clause,
		Location: f.Location, Message: f.Message, Hint: f.Hint, Related: f.Related,
	}
	return nil
}

// MarshalJSON writes the place and the message as one flat object.
func (r Related) MarshalJSON() ([]byte, error) {
	return marshal(flatRelated{r.Location, r.Message})
}

// UnmarshalJSON reads what [Related.MarshalJSON] writes.
func (r *Related) UnmarshalJSON(b []byte) error {
	var f flatRelated
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	if err := f.Location.check(); err != nil {
		return err
	}
	*r = Related{f.Location, f.Message}
	return nil
}

// MarshalJSON writes the list as an array: an empty or nil list is [], never
// null.
func (l List) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	return marshal([]Diagnostic(l))
}

func (l Location) check() error {
	if l.Line < 0 || l.Column < 0 || l.EndLine < 0 || l.EndColumn < 0 || l.Offset < 0 {
		return fmt.Errorf("diag: negative position in a location of file %s", Quote(l.File))
	}
	return nil
}

// marshal is json.Marshal without the escapes for HTML: messages are full of <
// and >. Whoever embeds the result in HTML gets them back from json.Marshal,
// which escapes what a MarshalJSON method returns.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
