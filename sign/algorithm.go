package sign

import (
	"crypto"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// Algorithm is a digest algorithm as a manifest names it (DSP0243 5.1). The
// zero value is no algorithm: it has no name, no size and matches nothing.
type Algorithm uint8

// The algorithms that are read and written. OVF 1.x names SHA-1, OVF 2.x adds
// SHA-256; SHA-384 and SHA-512 are interop (VMware products write SHA512).
// MD5 is never read.
const (
	SHA1 Algorithm = iota + 1
	SHA256
	SHA384
	SHA512
)

// String returns the label of the manifest, such as "SHA256".
func (a Algorithm) String() string {
	switch a {
	case SHA1:
		return "SHA1"
	case SHA256:
		return "SHA256"
	case SHA384:
		return "SHA384"
	case SHA512:
		return "SHA512"
	}
	return fmt.Sprintf("algorithm(%d)", uint8(a))
}

// Size returns the length of a digest in bytes, 0 for an invalid value.
func (a Algorithm) Size() int {
	switch a {
	case SHA1:
		return sha1.Size
	case SHA256:
		return sha256.Size
	case SHA384:
		return sha512.Size384
	case SHA512:
		return sha512.Size
	}
	return 0
}

// New returns a fresh hash, nil for an invalid value.
func (a Algorithm) New() hash.Hash {
	switch a {
	case SHA1:
		return sha1.New()
	case SHA256:
		return sha256.New()
	case SHA384:
		return sha512.New384()
	case SHA512:
		return sha512.New()
	}
	return nil
}

// Hash returns the identifier of the standard library, 0 for an invalid value.
func (a Algorithm) Hash() crypto.Hash {
	switch a {
	case SHA1:
		return crypto.SHA1
	case SHA256:
		return crypto.SHA256
	case SHA384:
		return crypto.SHA384
	case SHA512:
		return crypto.SHA512
	}
	return 0
}

// sum returns the digest of b.
func (a Algorithm) sum(b []byte) []byte {
	h := a.New()
	h.Write(b)
	return h.Sum(nil)
}

// MarshalText returns the label; an invalid value is an error.
func (a Algorithm) MarshalText() ([]byte, error) {
	if a.Size() == 0 {
		return nil, fmt.Errorf("sign: invalid digest algorithm %d", uint8(a))
	}
	return []byte(a.String()), nil
}

// UnmarshalText reads what [ParseAlgorithm] reads.
func (a *Algorithm) UnmarshalText(b []byte) error {
	v, err := ParseAlgorithm(string(b))
	if err == nil {
		*a = v
	}
	return err
}

// algorithmAliases are labels that are not the standard's and yet name one
// algorithm without doubt, in upper case. OpenSSL 3 prints SHA2-256.
var algorithmAliases = []struct {
	label string
	alg   Algorithm
}{
	{"SHA-1", SHA1},
	{"SHA-256", SHA256}, {"SHA2-256", SHA256},
	{"SHA-384", SHA384}, {"SHA2-384", SHA384},
	{"SHA-512", SHA512}, {"SHA2-512", SHA512},
}

// ParseAlgorithm reads a label in any letter case, also in the spellings
// SHA-256 and SHA2-256. An unknown label is an error.
func ParseAlgorithm(label string) (Algorithm, error) {
	a, _ := lookupAlgorithm(label)
	if a == 0 {
		return 0, fmt.Errorf("digest algorithm %s is unknown: use SHA1, SHA256, SHA384 or SHA512", diag.Quote(label))
	}
	return a, nil
}

// lookupAlgorithm also tells in what a label deviates from the standard's form.
func lookupAlgorithm(label string) (Algorithm, deviation) {
	for a := SHA1; a <= SHA512; a++ {
		if label == a.String() {
			return a, 0
		}
		if strings.EqualFold(label, a.String()) {
			return a, devLabelCase
		}
	}
	for _, x := range algorithmAliases {
		if strings.EqualFold(label, x.label) {
			return x.alg, devLabelAlias
		}
	}
	return 0, 0
}
