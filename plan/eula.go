package plan

import "github.com/ovfkit/ovf/envelope"

// eulas returns the licences, those of the whole package first (DSP0243 9.6).
func eulas(env *envelope.Envelope, t *texts) []Eula {
	return nil
}
