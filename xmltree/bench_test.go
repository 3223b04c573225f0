package xmltree

import (
	"io"
	"os"
	"testing"
)

func benchmarkInput(b *testing.B) []byte {
	data, err := os.ReadFile("../../shared/corpus/vmware__govmomi/ovf/fixtures/external/vcsa65.ovf")
	if err != nil {
		b.Skip("the corpus is not here: ", err)
	}
	return data
}

func BenchmarkParse(b *testing.B) {
	data := benchmarkInput(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("vcsa65.ovf", data, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCanonical(b *testing.B) {
	data := benchmarkInput(b)
	d, err := Parse("vcsa65.ovf", data, Limits{})
	if err != nil {
		b.Fatal(err)
	}
	for _, o := range []struct {
		name    string
		options CanonicalOptions
	}{{"inclusive", CanonicalOptions{}}, {"exclusive", CanonicalOptions{Exclusive: true}}} {
		b.Run(o.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Node().Canonical(io.Discard, o.options); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
