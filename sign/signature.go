package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// The forms of a signature. The first is the standard's.
const (
	formPKCS1 = "RSA PKCS#1 v1.5"
	formPSS   = "RSA-PSS"
	formECDSA = "ECDSA"
)

var (
	errKeyType     = errors.New("the key is neither RSA nor ECDSA")
	errKeyTooShort = fmt.Errorf("RSA keys below %d bits are not evaluated", minRSABits)
	errSignature   = errors.New("the signature does not verify")
)

// verifyDigest checks a signature over a digest and returns its form.
func verifyDigest(pub crypto.PublicKey, h crypto.Hash, digest, sig []byte) (string, error) {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < minRSABits {
			return "", errKeyTooShort
		}
		if rsa.VerifyPKCS1v15(k, h, digest, sig) == nil {
			return formPKCS1, nil
		}
		if rsa.VerifyPSS(k, h, digest, sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}) == nil {
			return formPSS, nil
		}
		return "", errSignature
	case *ecdsa.PublicKey:
		if ecdsa.VerifyASN1(k, digest, sig) {
			return formECDSA, nil
		}
		return "", errSignature
	}
	return "", errKeyType
}

// signatureResult is what the signature line says about a manifest.
type signatureResult struct {
	leaf   int // index of the certificate whose key fits, 0 if none does
	form   string
	rule   string // "" if it verifies
	reason string // why it does not
	hint   string
	err    error
}

// verifySignature checks the signature line against the bytes of the manifest.
// The certificate has an algorithm, a signature and at least one certificate.
func (c *Certificate) verifySignature(manifest []byte) signatureResult {
	digest := c.Algorithm.sum(manifest)
	var first error
	for i, cert := range c.Certificates {
		form, err := verifyDigest(cert.PublicKey, c.Algorithm.Hash(), digest, c.Signature)
		if err == nil {
			return signatureResult{leaf: i, form: form}
		}
		if i == 0 {
			first = err
		}
	}
	r := signatureResult{err: first}
	switch {
	case errors.Is(first, errKeyType):
		r.rule = ruleSignatureAlgorithm
		r.reason = "the certificate has a key of the kind " + c.Certificates[0].PublicKeyAlgorithm.String() + "; only RSA and ECDSA signatures can be checked"
		r.hint = "sign with an RSA key"
	case errors.Is(first, errKeyTooShort):
		r.rule = ruleSignatureAlgorithm
		r.reason = "the key of the certificate is so short that its signatures are not evaluated: " + keyName(c.Certificates[0])
		r.hint = "sign again with a key of at least 2048 bits"
	default:
		c.explain(manifest, &r)
	}
	return r
}

// explain finds the likely reason why a signature does not verify. It only
// words the refusal: nothing that it finds makes a signature good.
func (c *Certificate) explain(manifest []byte, r *signatureResult) {
	r.rule = ruleSignatureMismatch
	r.reason = "the signature does not match the manifest: the manifest was changed after signing, or the certificate is not the signer's"
	r.hint = "get the package again from its publisher; if you changed it, sign it again"
	leaf := c.Certificates[0]
	for a := SHA1; a <= SHA512; a++ {
		if _, err := verifyDigest(leaf.PublicKey, a.Hash(), a.sum(manifest), c.Signature); err == nil {
			r.reason = "the signature was made with " + a.String() + ", but its line says " + c.Algorithm.String() + ": the line was changed or written wrong"
			r.hint = "sign again; the label has to be the digest of the signature, not that of the manifest's entries"
			return
		}
	}
	lf := bytes.ReplaceAll(manifest, []byte("\r\n"), []byte("\n"))
	trimmed := bytes.TrimRight(manifest, " \t\r\n\x00")
	for _, v := range []struct {
		change string
		data   []byte
	}{
		{"its line ends were changed from LF to CR LF", lf},
		{"its line ends were changed from CR LF to LF", bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n"))},
		{"blanks were added at its end", trimmed},
		{"blanks were added at its end", slices.Concat(trimmed, []byte("\n"))},
	} {
		if _, err := verifyDigest(leaf.PublicKey, c.Algorithm.Hash(), c.Algorithm.sum(v.data), c.Signature); err == nil {
			r.reason = "the manifest is not byte for byte the one that was signed: " + v.change
			r.hint = "transfer the files in binary mode, or sign again"
			return
		}
	}
	key, ok := leaf.PublicKey.(*rsa.PublicKey)
	if !ok {
		return
	}
	switch padding(key, c.Signature) {
	case formPKCS1:
		r.reason = "the signature was made with the certificate's key, but over another manifest: the manifest was changed after signing"
		return
	case formPSS:
		return // the key or the manifest: this padding does not tell
	}
	r.rule = ruleSignatureKey
	r.reason = "the signature was not made with the key of the certificate " + diag.Quote(leaf.Subject.String())
	if n := key.Size(); len(c.Signature) != n {
		r.reason += fmt.Sprintf(" (it has %d bytes, this key makes %d)", len(c.Signature), n)
	}
	r.hint = "get the package again from its publisher; if you signed it, use the certificate that belongs to the key"
}

// padding returns the form whose padding sig shows under the public operation,
// "" for none: then it was made with another key. By chance another key shows
// that of PKCS #1 v1.5 once in 2^80, that of PSS once in 256.
func padding(k *rsa.PublicKey, sig []byte) string {
	if len(sig) != k.Size() || k.N.BitLen() > maxRSABits {
		return ""
	}
	m := new(big.Int).Exp(new(big.Int).SetBytes(sig), big.NewInt(int64(k.E)), k.N).FillBytes(make([]byte, k.Size()))
	switch {
	case bytes.HasPrefix(m, []byte("\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff")):
		return formPKCS1
	case m[len(m)-1] == 0xbc:
		return formPSS
	}
	return ""
}

// keyName returns the kind and length of a certificate's key, as "RSA 2048".
func keyName(c *x509.Certificate) string {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	}
	return c.PublicKeyAlgorithm.String()
}

// weakKey says why a key is too short to be trusted, "" if it is not.
func weakKey(c *x509.Certificate) string {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < 2048 {
			return fmt.Sprintf("an RSA key of %d bits, 2048 are asked for", n)
		}
	case *ecdsa.PublicKey:
		if n := k.Curve.Params().BitSize; n < 256 {
			return fmt.Sprintf("an elliptic-curve key of %d bits, 256 are asked for", n)
		}
	}
	return ""
}

// weakSignature reports whether a certificate is signed over a broken digest.
func weakSignature(c *x509.Certificate) bool {
	name := c.SignatureAlgorithm.String()
	return strings.Contains(name, "MD") || strings.Contains(name, "SHA1")
}
