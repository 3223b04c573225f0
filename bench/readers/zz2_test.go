//go:build libxml2

package readers
import ("testing"
	"github.com/ovfkit/ovf/bench/descriptors"
)
func BenchmarkZC(b *testing.B) {
	r := libxml2Validator()[0]
	for _, in := range []struct {
		name string
		data []byte
	}{{"single", descriptors.Single()}, {"multi", descriptors.Multi()}, {"big", descriptors.Big(descriptors.BigSystems)}} {
		b.Run(in.name, func(b *testing.B) {
			b.SetBytes(int64(len(in.data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Read(in.data); err != nil { b.Fatal(err) }
			}
		})
	}
}
