package readers_test

import (
	"bytes"
	"testing"

	"github.com/ovfkit/ovf/bench/descriptors"
	"github.com/ovfkit/ovf/bench/readers"
	"github.com/ovfkit/ovf/envelope"
	"github.com/vmware/govmomi/ovf"
)

// Every reader does its work: it accepts the whole document, and refuses one cut
// in the middle.
func TestReaders(t *testing.T) {
	for _, in := range []struct {
		name string
		data []byte
	}{{"single", descriptors.Single()}, {"multi", descriptors.Multi()}, {"big", descriptors.Big(50)}} {
		for _, r := range readers.All() {
			t.Run(in.name+"/"+r.Name, func(t *testing.T) {
				model, err := r.Read(in.data)
				if err != nil {
					t.Fatal(err)
				}
				if e, ok := model.(*ovf.Envelope); ok && in.name == "big" && len(e.VirtualSystemCollection.VirtualSystem) != 50 {
					t.Errorf("%d systems, want 50", len(e.VirtualSystemCollection.VirtualSystem))
				}
				if r.Name == readers.RawToken {
					return // it looks at one token at a time
				}
				if _, err := r.Read(in.data[:len(in.data)/2]); err == nil {
					t.Error("half a document is accepted")
				}
			})
		}
	}
}

// What the benchmark measures as an unchanged rewrite gives the same bytes.
func TestRewriteIsUnchanged(t *testing.T) {
	for _, data := range [][]byte{descriptors.Single(), descriptors.Multi(), descriptors.Big(50)} {
		env, list, err := envelope.Decode(data, envelope.DecodeOptions{Name: "x.ovf"})
		if err != nil || list.HasErrors() {
			t.Fatalf("%v, %v", err, list)
		}
		var b bytes.Buffer
		if err := envelope.Write(&b, env); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), data) {
			t.Errorf("%d bytes in, %d other bytes out", len(data), b.Len())
		}
	}
}

// Ordinary benchmarks, for profiles. The command ovfbench compares in turn, which
// a busy machine disturbs less.
func BenchmarkRead(b *testing.B) {
	for _, in := range []struct {
		name string
		data []byte
	}{{"single", descriptors.Single()}, {"multi", descriptors.Multi()}, {"big", descriptors.Big(descriptors.BigSystems)}} {
		for _, r := range readers.All() {
			b.Run(in.name+"/"+r.Name, func(b *testing.B) {
				b.SetBytes(int64(len(in.data)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := r.Read(in.data); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
