//go:build libxml2 && cgo

package libxml2_test

import (
	"testing"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/libxml2"
)

// BenchmarkValidate compares the engines on the same documents. That of libxml2
// parses the text a second time.
func BenchmarkValidate(b *testing.B) {
	for _, name := range []string{"full-1.x.ovf", "full-2.x.ovf"} {
		data := sample(b, name)
		doc := parse(b, data)
		for _, e := range []struct {
			name string
			make func(schemas.Options) (*schemas.Validator, error)
		}{{"libxml2", libxml2.Compile}, {"go", schemas.Compile}} {
			v := compile(b, e.make)
			b.Run(name+"/"+e.name, func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := v.Validate(b.Context(), doc); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
