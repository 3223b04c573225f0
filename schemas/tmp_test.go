package schemas_test

import (
	"github.com/ovfkit/ovf/schemas"
	"strings"
	"testing"
	"time"
)

func TestTmp(t *testing.T) {
	v := compile(t, schemas.Options{})
	for name, d := range map[string][]byte{
		"attrs":      in("<DiskSection><Info/>"+strings.Repeat("<Disk/>\n", 500000)+"</DiskSection>", ""),
		"unexpected": in("<DiskSection><Info/>"+strings.Repeat("<dsk/>\n", 500000)+"</DiskSection>", ""),
		"order":      in("<DiskSection><Info/>"+strings.Repeat("<v:x/><Disk/>\n", 250000)+"</DiskSection>", ""),
		"vendors":    in(strings.Repeat("<v:x/>\n", 500000), ""),
		"valid":      in("<DiskSection><Info/>"+strings.Repeat("<Disk ovf:diskId='a' ovf:capacity='1'/>\n", 500000)+"</DiskSection>", ""),
	} {
		doc := parse(t, d)
		s := time.Now()
		r, err := v.Validate(t.Context(), doc)
		t.Log(name, len(d), time.Since(s), len(r.Diagnostics), err)
	}
}
