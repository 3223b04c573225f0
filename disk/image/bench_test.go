package image_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// benchImages names the environment variable with images to measure with, in
// place of a small one: the paths of a chain of VMDKs, the base first, joined
// by colons.
const benchImages = "OVF_BENCH_IMAGES"

// benchContent is what file systems are made of: text, tables, noise and zeros.
func benchContent(n int) []byte {
	r := rand.New(rand.NewPCG(3, 5))
	noise := rand.NewChaCha8([32]byte{9})
	words := strings.Fields("func return error string byte int for range if else switch case default var const type struct map chan package import the of and to in")
	b := make([]byte, 0, n)
	for len(b) < n {
		switch r.IntN(8) {
		case 0:
			b = append(b, make([]byte, 4096*(1+r.IntN(40)))...)
		case 1:
			p := make([]byte, 4096*(1+r.IntN(10)))
			noise.Read(p)
			b = append(b, p...)
		case 2:
			for i := range 4096 {
				b = append(b, byte(i>>4), byte(r.IntN(4)), 0, byte(r.ExpFloat64()*5))
			}
		default:
			for range 6000 {
				b = append(b, words[int(r.ExpFloat64()*6)%len(words)]...)
				b = append(b, " \n\t({"[r.IntN(5)])
			}
		}
	}
	return b[:n]
}

// benchChain returns the chain to measure with, its base on its own, and
// content to compress.
func benchChain(b *testing.B) (base image.Image, chain *image.Chain, content io.ReaderAt) {
	b.Helper()
	var layers []image.Image
	if list := os.Getenv(benchImages); list != "" {
		for _, p := range filepath.SplitList(list) {
			layers = append(layers, openAs(b, "vmdk", p))
		}
	} else {
		const size = 32 << 20
		p := benchContent(size)
		content = bytes.NewReader(p)
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 3 {
			var out bytes.Buffer
			o := vmdk.WriterOptions{Lineage: image.Lineage{ID: fmt.Sprintf("cid:0000000%d", i)}}
			if i > 0 {
				o.Lineage.Parent = layers[i-1].Lineage().ID
			}
			w, err := vmdk.NewWriter(&out, size, o)
			if err != nil {
				b.Fatal(err)
			}
			for off := 0; off < size && err == nil; off += vmdk.GrainSize {
				if i > 0 && r.IntN(20) > 0 {
					err = w.Skip(vmdk.GrainSize)
				} else {
					_, err = w.Write(p[(off+i*1000)%(size/2):][:vmdk.GrainSize])
				}
			}
			if err == nil {
				err = w.Close()
			}
			if err != nil {
				b.Fatal(err)
			}
			m, err := vmdk.Open(bytes.NewReader(out.Bytes()), int64(out.Len()), vmdk.Options{})
			if err != nil {
				b.Fatal(err)
			}
			layers = append(layers, m)
		}
	}
	chain, err := image.NewChain(image.Limits{}, layers...)
	if err != nil {
		b.Fatal(err)
	}
	if content == nil {
		content = chain
	}
	return layers[0], chain, content
}

// BenchmarkFlatten decompresses a chain, to nowhere.
func BenchmarkFlatten(b *testing.B) {
	_, chain, _ := benchChain(b)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			b.SetBytes(chain.Size())
			for b.Loop() {
				w, err := raw.NewWriter(io.Discard, chain.Size())
				if err == nil {
					err = image.Copy(context.Background(), w, chain, image.CopyOptions{Workers: workers})
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCompress makes stream-optimized VMDKs at several levels, and reports
// their size in percent of the content.
func BenchmarkCompress(b *testing.B) {
	_, chain, content := benchChain(b)
	n := min(chain.Size(), 64<<20)
	p := make([]byte, n)
	if _, err := content.ReadAt(p, 0); err != nil && err != io.EOF {
		b.Fatal(err)
	}
	for _, level := range []int{1, 3, 5, 6, 7, 8} {
		b.Run(fmt.Sprintf("level=%d", level), func(b *testing.B) {
			b.SetBytes(n)
			var size int
			for b.Loop() {
				var out bytes.Buffer
				w, err := vmdk.NewWriter(&out, n, vmdk.WriterOptions{Level: level})
				if err == nil {
					_, err = w.Write(p)
				}
				if err == nil {
					err = w.Close()
				}
				if err != nil {
					b.Fatal(err)
				}
				size = out.Len()
			}
			b.ReportMetric(float64(size)*100/float64(n), "%size")
		})
	}
}

// BenchmarkReadAt reads 4 KiB at random places, as a file system on the disk
// would.
func BenchmarkReadAt(b *testing.B) {
	base, chain, _ := benchChain(b)
	for _, c := range []struct {
		name string
		m    image.Image
	}{{"image", base}, {"chain", chain}} {
		b.Run(c.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			p := make([]byte, 4096)
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				if _, err := c.m.ReadAt(p, r.Int64N(c.m.Size()/4096)*4096); err != nil && err != io.EOF {
					b.Fatal(err)
				}
			}
		})
	}
}
