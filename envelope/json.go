package envelope

import (
	"encoding/json"

	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/internal/xmlbind"
)

// plainEnvelope is Envelope without its JSON methods.
type plainEnvelope Envelope

// envelopeJSON overrides the one field that is an interface.
type envelopeJSON struct {
	*plainEnvelope
	Content json.RawMessage `json:"Content,omitempty"`
}

// MarshalJSON writes the envelope with the names of the schema. Members of
// Section, Content and the like are objects with one key, their element.
func (t *Envelope) MarshalJSON() ([]byte, error) {
	j := envelopeJSON{plainEnvelope: (*plainEnvelope)(t)}
	if t.Content != nil {
		var err error
		if j.Content, err = xmlbind.MarshalMember(t.Content); err != nil {
			return nil, err
		}
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes. The result has no source.
func (t *Envelope) UnmarshalJSON(b []byte) error {
	*t = Envelope{}
	j := envelopeJSON{plainEnvelope: (*plainEnvelope)(t)}
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	if len(j.Content) == 0 {
		return nil
	}
	var err error
	t.Content, err = xmlbind.UnmarshalMember(j.Content, sym.OVF, newContent, nil)
	return err
}
