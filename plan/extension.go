package plan

import (
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// extensions reports the content that must be understood and that neither the
// standard defines nor the caller takes (DSP0243 7.3).
func extensions(env *envelope.Envelope, c Choices) diag.List {
	return nil
}
