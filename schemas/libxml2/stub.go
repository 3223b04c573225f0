//go:build !libxml2 || !cgo

package libxml2

import "github.com/ovfkit/ovf/schemas"

// Compile returns a validator on libxml2, or [ErrNotBuilt] in a program that was
// built without it.
func Compile(schemas.Options) (*schemas.Validator, error) { return nil, ErrNotBuilt }

// Version returns the version of libxml2, as "2.14.5", or "" in a program that was
// built without it.
func Version() string { return "" }
