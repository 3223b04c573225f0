package schemas_test

import (
	"path"
	"testing"

	"github.com/ovfkit/ovf/schemas"
)

func BenchmarkValidate(b *testing.B) {
	v := compile(b, schemas.Options{})
	for _, name := range []string{"full-1.x.ovf", "full-2.x.ovf", "../../internal/ruleexample/files/schema-element-order.bad.ovf"} {
		data := read(b, name).Data
		doc := parse(b, data)
		b.Run(path.Base(name), func(b *testing.B) {
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

// BenchmarkFirst is the price of the first document: compiling its schemas.
func BenchmarkFirst(b *testing.B) {
	doc := parse(b, read(b, "full-1.x.ovf").Data)
	for b.Loop() {
		if _, err := compile(b, schemas.Options{}).Validate(b.Context(), doc); err != nil {
			b.Fatal(err)
		}
	}
}
