package environment

import "github.com/ovfkit/ovf/internal/xmlbind"

// Section is a [*PlatformSection] or a [*PropertySection] (DSP0243 11.1).
type Section interface {
	Codec() xmlbind.Codec
}
