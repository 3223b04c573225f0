package readers_test

import (
	"context"
	"testing"

	ovf "github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/bench/descriptors"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

func BenchmarkZZ(b *testing.B) {
	var v ovf.Validator; var err error
	if err != nil {
		b.Fatal(err)
	}
	sv, _ := schemas.Compile(schemas.Options{})
	for _, in := range []struct {
		name string
		data []byte
	}{{"single", descriptors.Single()}, {"multi", descriptors.Multi()}, {"big", descriptors.Big(descriptors.BigSystems)}} {
		b.Run(in.name, func(b *testing.B) {
			b.SetBytes(int64(len(in.data)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := v.Validate(context.Background(), "x.ovf", in.data)
				if err != nil || r.Diagnostics.HasErrors() {
					b.Fatal(err, r.Diagnostics)
				}
			}
		})
		b.Run(in.name+"/schema", func(b *testing.B) {
			doc, _ := xmltree.Parse("x", in.data, xmltree.Limits{})
			b.SetBytes(int64(len(in.data)))
			b.ReportAllocs()
			for b.Loop() {
				sv.Validate(context.Background(), doc)
			}
		})
	}
}
