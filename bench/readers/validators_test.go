package readers_test

import (
	"bytes"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/bench/descriptors"
	"github.com/ovfkit/ovf/bench/readers"
)

// Every validator does its work: it accepts the whole document, and refuses one
// that breaks the schema at its very end.
func TestValidators(t *testing.T) {
	for _, in := range [][]byte{descriptors.Single(), descriptors.Multi(), descriptors.Big(50)} {
		bad := bytes.Replace(in, []byte("</Envelope>"), []byte("<Info/></Envelope>"), 1)
		for _, r := range append(readers.Validators(), readers.Many(3)...) {
			if _, err := r.Read(in); err != nil {
				t.Errorf("%s: %v", r.Name, err)
			}
			if _, err := r.Read(bad); err == nil {
				t.Errorf("%s accepts an Info behind the content", r.Name)
			}
		}
	}
}

// The descriptors that are measured have nothing to report but what is deliberate.
func TestDescriptorsClean(t *testing.T) {
	var v ovf.Validator
	for name, data := range map[string][]byte{"single": descriptors.Single(), "multi": descriptors.Multi(), "big": descriptors.Big(50)} {
		r, err := v.Validate(t.Context(), name, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range r.Diagnostics {
			t.Errorf("%v", d.Error())
		}
	}
}
