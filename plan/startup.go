package plan

import (
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// startup returns the order in which to start the machines, that in which to
// stop them (DSP0243 9.7, 9.10), and what is wrong with it.
func startup(env *envelope.Envelope) (start, stop []Stage, found diag.List) {
	return nil, nil, nil
}
