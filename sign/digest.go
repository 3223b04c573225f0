package sign

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// DigestError says that a content does not match its digest.
type DigestError struct {
	Name      string
	Algorithm Algorithm
	Want, Got []byte
}

func (e *DigestError) Error() string {
	return printable(e.Name) + ": " + e.detail() + ": the file was changed or damaged"
}

func (e *DigestError) detail() string {
	return fmt.Sprintf("its %s is %s, the manifest says %s", e.Algorithm, hex.EncodeToString(e.Got), hex.EncodeToString(e.Want))
}

// SizeError says that a content has another length than stated.
type SizeError struct {
	Name string
	Want int64 // bytes

	// Got is the number of bytes found. For a content that is too long it is
	// Want+1: nothing further was read.
	Got int64
}

func (e *SizeError) Error() string { return printable(e.Name) + ": " + e.detail() }

func (e *SizeError) detail() string {
	if e.Got > e.Want {
		return fmt.Sprintf("the file goes on after its stated size of %d bytes", e.Want)
	}
	return fmt.Sprintf("the file ends after %d bytes, and %d are stated", e.Got, e.Want)
}

// NewReader returns a reader of the bytes of r that checks them on the way: in
// place of io.EOF it gives a [*SizeError] if there were more or fewer than size
// bytes (negative: any number), or a [*DigestError] if they do not match the
// entry. So a consumer that reads to io.EOF has verified bytes, and one that
// stops before has not. It never reads more than one byte beyond size.
//
// An entry without a valid algorithm and digest matches nothing. The reader is
// for one goroutine; it does not close r.
func NewReader(r io.Reader, e Entry, size int64) io.Reader {
	return &verifyingReader{r: r, entry: e, size: size, hash: e.Algorithm.New()}
}

type verifyingReader struct {
	r     io.Reader
	entry Entry
	size  int64
	n     int64
	hash  hash.Hash // nil for an entry without a valid algorithm
	err   error
}

func (v *verifyingReader) Read(p []byte) (int, error) {
	if v.err != nil {
		return 0, v.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if v.size >= 0 {
		// One byte more than is left tells a content that is too long.
		if left := v.size - v.n; int64(len(p)) > left+1 {
			p = p[:left+1]
		}
	}
	n, err := v.r.Read(p)
	if v.size >= 0 && v.n+int64(n) > v.size {
		n = int(v.size - v.n)
		err = &SizeError{Name: v.entry.Name, Want: v.size, Got: v.size + 1}
	}
	if v.hash != nil {
		v.hash.Write(p[:n])
	}
	v.n += int64(n)
	if err == io.EOF {
		err = v.finish()
	}
	v.err = err
	return n, err
}

func (v *verifyingReader) finish() error {
	if v.size >= 0 && v.n < v.size {
		return &SizeError{Name: v.entry.Name, Want: v.size, Got: v.n}
	}
	var got []byte
	if v.hash != nil {
		got = v.hash.Sum(nil)
	}
	if bad := v.entry.match(got); bad != nil {
		return bad
	}
	return io.EOF
}

// match returns nil if got is the digest of the entry.
func (e Entry) match(got []byte) *DigestError {
	if len(got) == 0 || !bytes.Equal(got, e.Digest) {
		return &DigestError{Name: e.Name, Algorithm: e.Algorithm, Want: e.Digest, Got: got}
	}
	return nil
}

// Hasher computes several digests in one pass, for a stream whose manifest
// comes after the files. It is an io.Writer that never fails; it is for one
// goroutine.
type Hasher struct {
	n      int64
	algs   []Algorithm
	hashes []hash.Hash
}

// NewHasher returns a Hasher for the algorithms named; invalid ones are left
// out. Their costs add up: on a processor with SHA instructions SHA-1 costs as
// much as SHA-256, and SHA-512 about three times as much.
func NewHasher(algs ...Algorithm) *Hasher {
	h := &Hasher{}
	for _, a := range algs {
		if f := a.New(); f != nil {
			h.algs, h.hashes = append(h.algs, a), append(h.hashes, f)
		}
	}
	return h
}

// Write adds p to every digest.
func (h *Hasher) Write(p []byte) (int, error) {
	for _, f := range h.hashes {
		f.Write(p)
	}
	h.n += int64(len(p))
	return len(p), nil
}

// Size returns the number of bytes written so far.
func (h *Hasher) Size() int64 { return h.n }

// Digests returns the digest of what was written so far by each algorithm, in
// a map that the caller owns.
func (h *Hasher) Digests() map[Algorithm][]byte {
	m := make(map[Algorithm][]byte, len(h.algs))
	for i, a := range h.algs {
		m[a] = h.hashes[i].Sum(nil)
	}
	return m
}
