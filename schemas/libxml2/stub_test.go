//go:build !libxml2 || !cgo

package libxml2_test

import (
	"errors"
	"testing"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/libxml2"
)

func TestNotBuilt(t *testing.T) {
	if v, err := libxml2.Compile(schemas.Options{}); v != nil || !errors.Is(err, libxml2.ErrNotBuilt) {
		t.Errorf("Compile gives %v, %v", v, err)
	}
	if libxml2.Version() != "" {
		t.Errorf("version %q without libxml2", libxml2.Version())
	}
}
