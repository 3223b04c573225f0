package sign

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/ovfkit/ovf/diag"
)

func TestCheck(t *testing.T) {
	sum := sha256.Sum256(nil)
	manifest := func(names ...string) *Manifest {
		m := &Manifest{Name: "x.mf"}
		for i, n := range names {
			m.Entries = append(m.Entries, Entry{SHA256, n, sum[:], i + 1})
		}
		return m
	}
	files := []Member{
		{Name: "x.ovf", Role: RoleDescriptor},
		{Name: "a disk.vmdk", Href: "a%20disk.vmdk"},
		{Name: "b.vmdk.000000000", Role: RoleChunk},
		{Name: "b.vmdk.000000001", Role: RoleChunk},
		{Name: "b.vmdk", Role: RoleOptional},
	}
	all := []string{"x.ovf", "a disk.vmdk", "b.vmdk.000000000", "b.vmdk.000000001"}
	without := func(name string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == name })
	}
	for _, c := range []struct {
		name  string
		m     *Manifest
		rules []string
		says  string
	}{
		{"complete", manifest(all...), nil, ""},
		{"in another order", manifest("b.vmdk.000000001", "b.vmdk.000000000", "a disk.vmdk", "x.ovf"), nil, ""},
		{"by href", manifest("x.ovf", "a%20disk.vmdk", "b.vmdk.000000000", "b.vmdk.000000001"), nil, ""},
		{"by name and by href", manifest(append(all, "a%20disk.vmdk")...), []string{ruleManifestDuplicate}, "a%20disk.vmdk"},
		{"with the whole of the chunks", manifest(append(all, "b.vmdk")...), nil, ""},
		{"without descriptor", manifest(without("x.ovf")...), []string{ruleManifestDescriptor}, "x.ovf"},
		{"without file", manifest(without("a disk.vmdk")...), []string{ruleManifestUnlisted}, "a disk.vmdk"},
		{"without chunk", manifest(without("b.vmdk.000000001")...), []string{ruleManifestChunk}, "b.vmdk.000000001"},
		{"the whole does not stand for its chunks", manifest("x.ovf", "a disk.vmdk", "b.vmdk"), []string{ruleManifestChunk, ruleManifestChunk}, "b.vmdk.000000000"},
		{"one chunk too many", manifest(append(all, "b.vmdk.000000002")...), []string{ruleManifestExtra}, "b.vmdk.000000002"},
		{"another case", manifest("X.ovf", "a disk.vmdk", "b.vmdk.000000000", "b.vmdk.000000001"), []string{ruleManifestDescriptor, ruleManifestExtra}, `"X.ovf" differs in letter case`},
		{"listed twice is the parser's", manifest(append(all, "x.ovf")...), nil, ""},
		{"empty", manifest(), []string{ruleManifestDescriptor, ruleManifestUnlisted, ruleManifestChunk, ruleManifestChunk}, "x.ovf"},
	} {
		list := Check(c.m, files)
		if got := rules(list); !slices.Equal(got, c.rules) || !strings.Contains(list.Error(), c.says) {
			t.Errorf("%s: %q, want %q with %q\n%v", c.name, got, c.rules, c.says, list)
		}
	}
}

func TestNewReader(t *testing.T) {
	content := []byte("0123456789")
	sum := sha256.Sum256(content)
	good := Entry{Algorithm: SHA256, Name: "a", Digest: sum[:]}
	wrong := Entry{Algorithm: SHA256, Name: "a", Digest: make([]byte, 32)}
	for _, c := range []struct {
		name    string
		entry   Entry
		size    int64
		digest  bool // a DigestError
		got     int64
		atSize  bool // a SizeError with that Got
		through int  // bytes that come through
	}{
		{"good", good, 10, false, 0, false, 10},
		{"good, any size", good, -1, false, 0, false, 10},
		{"wrong", wrong, 10, true, 0, false, 10},
		{"too short", good, 11, false, 10, true, 10},
		{"too long", good, 9, false, 10, true, 9},
		{"much too long", good, 3, false, 4, true, 3},
		{"nothing expected", good, 0, false, 1, true, 0},
		{"zero entry", Entry{}, 10, true, 0, false, 10},
		{"no digest", Entry{Algorithm: SHA256}, 10, true, 0, false, 10},
		{"cut digest", Entry{Algorithm: SHA256, Digest: sum[:31]}, 10, true, 0, false, 10},
	} {
		for i, wrap := range []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
		} {
			src := &countingReader{r: wrap(bytes.NewReader(content))}
			r := NewReader(src, c.entry, c.size)
			b, err := io.ReadAll(r)
			var de *DigestError
			var se *SizeError
			if errors.As(err, &de) != c.digest || errors.As(err, &se) != c.atSize || c.atSize && se.Got != c.got {
				t.Errorf("%s, reader %d: %v", c.name, i, err)
			}
			if len(b) != c.through || !bytes.Equal(b, content[:len(b)]) {
				t.Errorf("%s, reader %d: %q came through", c.name, i, b)
			}
			if c.size >= 0 && src.n > c.size+1 {
				t.Errorf("%s, reader %d: %d bytes were read for a size of %d", c.name, i, src.n, c.size)
			}
			if n, again := r.Read(make([]byte, 1)); n != 0 || again == nil || err != nil && again != err {
				t.Errorf("%s, reader %d: after the end %d, %v", c.name, i, n, again)
			}
		}
	}
	for _, c := range []struct {
		size int64
		in   string
		says string
	}{
		{10, "0123456780", "a: its SHA256 is "}, {11, "0123456789", "a: the file ends after 10 bytes, and 11 are stated"}, {9, "0123456789", "a: the file goes on after its stated size of 9 bytes"},
	} {
		if _, err := io.ReadAll(NewReader(strings.NewReader(c.in), good, c.size)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%d bytes of %s: %v", c.size, c.in, err)
		}
	}
	boom := errors.New("boom")
	if _, err := io.ReadAll(NewReader(iotest.ErrReader(boom), good, 10)); !errors.Is(err, boom) {
		t.Errorf("the reader's own error became %v", err)
	}
	if err := iotest.TestReader(NewReader(bytes.NewReader(content), good, 10), content); err != nil {
		t.Error(err)
	}
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func TestHasher(t *testing.T) {
	h := NewHasher(SHA1, SHA256, SHA384, SHA512, 0, 99)
	data := randomBytes(100_000)
	for rest := data; len(rest) > 0; {
		n := min(len(rest), 777)
		h.Write(rest[:n])
		rest = rest[n:]
	}
	s1, s256, s384, s512 := sha1.Sum(data), sha256.Sum256(data), sha512.Sum384(data), sha512.Sum512(data)
	got := h.Digests()
	if h.Size() != 100_000 || len(got) != 4 || !bytes.Equal(got[SHA1], s1[:]) || !bytes.Equal(got[SHA256], s256[:]) || !bytes.Equal(got[SHA384], s384[:]) || !bytes.Equal(got[SHA512], s512[:]) {
		t.Errorf("size %d, digests %x", h.Size(), got)
	}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// TestNewManifest compares the digests of contents around the sizes of the
// buffers with those of crypto/sha256.
func TestNewManifest(t *testing.T) {
	var members []Member
	data := randomBytes(5*hashBuffer + 1)
	sizes := []int{0, 1, hashBuffer - 1, hashBuffer, hashBuffer + 1, 2 * hashBuffer, 2*hashBuffer + 1, 5*hashBuffer + 1}
	for i, n := range sizes {
		members = append(members, Member{Name: fmt.Sprint(i), Size: int64(n), Content: bytes.NewReader(data)})
	}
	for _, workers := range []int{0, 1, 3, 1000} {
		m, err := NewManifest(context.Background(), "x.mf", SHA256, members, workers)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range m.Entries {
			want := sha256.Sum256(data[:sizes[i]])
			if e.Name != fmt.Sprint(i) || !bytes.Equal(e.Digest, want[:]) {
				t.Errorf("%d workers: entry %d is %v", workers, i, e)
			}
		}
	}
}

func TestNewManifestFailures(t *testing.T) {
	ctx := context.Background()
	short := Member{Name: "short", Size: 2*hashBuffer + 5, Content: bytes.NewReader(make([]byte, 2*hashBuffer+1))}
	var se *SizeError
	if _, err := NewManifest(ctx, "x.mf", SHA256, []Member{short}, 0); !errors.As(err, &se) || se.Got != 2*hashBuffer+1 || se.Name != "short" {
		t.Errorf("short content: %v", err)
	}
	boom := errors.New("boom")
	bad := Member{Name: "bad", Size: 3 * hashBuffer, Content: readerAtFunc(func([]byte, int64) (int, error) { return 0, boom })}
	endless := Member{Name: "endless", Size: 1 << 50, Content: readerAtFunc(func(p []byte, _ int64) (int, error) { return len(p), nil })}
	if _, err := NewManifest(ctx, "x.mf", SHA256, []Member{endless, bad}, 2); !errors.Is(err, boom) {
		t.Errorf("a failure beside an endless content: %v", err)
	}
	if _, err := NewManifest(ctx, "x.mf", SHA256, []Member{{Name: "none", Size: 3}}, 0); err == nil {
		t.Error("a member without content has a digest")
	}
	if _, err := NewManifest(ctx, "x.mf", SHA256, []Member{{Name: "neg", Size: -1, Content: bytes.NewReader(nil)}}, 0); err == nil {
		t.Error("a negative size is accepted")
	}
	var d *diag.Diagnostic
	if _, err := NewManifest(ctx, "x.mf", 0, nil, 0); !errors.As(err, &d) || d.Rule != ruleManifestAlgorithm {
		t.Errorf("no algorithm: %v", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := NewManifest(ctx, "x.mf", SHA256, []Member{endless, endless, endless}, 2); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an interrupted run: %v", err)
	}
}

// TestHashWorkers counts the reads that are under way at a time.
func TestHashWorkers(t *testing.T) {
	var now, most atomic.Int32
	slow := readerAtFunc(func(p []byte, _ int64) (int, error) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(time.Millisecond)
		now.Add(-1)
		return len(p), nil
	})
	members := make([]Member, 12)
	for i := range members {
		members[i] = Member{Name: fmt.Sprint(i), Size: 3 * hashBuffer, Content: slow}
	}
	if _, err := NewManifest(context.Background(), "x.mf", SHA1, members, 3); err != nil {
		t.Fatal(err)
	}
	if most.Load() != 3 {
		t.Errorf("%d reads at a time, want 3", most.Load())
	}
}

type readerAtFunc func([]byte, int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// BenchmarkHash compares with the speed of crypto/sha256 over memory. With one
// content the reading runs beside the hashing; with four, two cores hash.
func BenchmarkHash(b *testing.B) {
	data := randomBytes(64 << 20)
	b.Run("crypto", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			sha256.Sum256(data)
		}
	})
	for _, n := range []int{1, 4} {
		members := make([]Member, n)
		for i := range members {
			part := data[i*len(data)/n : (i+1)*len(data)/n]
			members[i] = Member{Name: fmt.Sprint(i), Size: int64(len(part)), Content: bytes.NewReader(part)}
		}
		b.Run(fmt.Sprintf("members=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := NewManifest(context.Background(), "x.mf", SHA256, members, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseManifest(b *testing.B) {
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "SHA256(disk.vmdk.%09d)= %s\n", i, hexSHA256)
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, list := ParseManifest("x.mf", data, Limits{}); len(list) > 0 {
			b.Fatal(list)
		}
	}
}
