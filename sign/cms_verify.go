package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
)

// cmsSignatures are the signature algorithms that fix their digest; hash 0
// means the digest of the SignerInfo.
var cmsSignatures = map[string]struct {
	form string
	hash crypto.Hash
}{
	oidRSA:                                 {formPKCS1, 0},
	oidECPublicKey:                         {formECDSA, 0},
	oidOf(1, 2, 840, 113549, 1, 1, 5):      {formPKCS1, crypto.SHA1},
	oidOf(1, 2, 840, 113549, 1, 1, 14):     {formPKCS1, crypto.SHA224},
	oidOf(1, 2, 840, 113549, 1, 1, 11):     {formPKCS1, crypto.SHA256},
	oidOf(1, 2, 840, 113549, 1, 1, 12):     {formPKCS1, crypto.SHA384},
	oidOf(1, 2, 840, 113549, 1, 1, 13):     {formPKCS1, crypto.SHA512},
	oidOf(2, 16, 840, 1, 101, 3, 4, 3, 13): {formPKCS1, crypto.SHA3_224},
	oidOf(2, 16, 840, 1, 101, 3, 4, 3, 14): {formPKCS1, crypto.SHA3_256},
	oidOf(2, 16, 840, 1, 101, 3, 4, 3, 15): {formPKCS1, crypto.SHA3_384},
	oidOf(2, 16, 840, 1, 101, 3, 4, 3, 16): {formPKCS1, crypto.SHA3_512},
	oidOf(1, 2, 840, 10045, 4, 1):          {formECDSA, crypto.SHA1},
	oidOf(1, 2, 840, 10045, 4, 3, 1):       {formECDSA, crypto.SHA224},
	oidOf(1, 2, 840, 10045, 4, 3, 2):       {formECDSA, crypto.SHA256},
	oidOf(1, 2, 840, 10045, 4, 3, 3):       {formECDSA, crypto.SHA384},
	oidOf(1, 2, 840, 10045, 4, 3, 4):       {formECDSA, crypto.SHA512},
	oidOf(2, 16, 840, 1, 101, 3, 4, 3, 9):  {formECDSA, crypto.SHA3_224},
	oidOf(2, 16, 840, 1, 101, 3, 4, 3, 10): {formECDSA, crypto.SHA3_256},
	oidOf(2, 16, 840, 1, 101, 3, 4, 3, 11): {formECDSA, crypto.SHA3_384},
	oidOf(2, 16, 840, 1, 101, 3, 4, 3, 12): {formECDSA, crypto.SHA3_512},
}

// identifies reports whether the SignerInfo names the certificate.
func (s *signerInfo) identifies(c *x509.Certificate) bool {
	if s.keyID != nil {
		return len(c.SubjectKeyId) > 0 && bytes.Equal(s.keyID, c.SubjectKeyId)
	}
	serial := c.SerialNumber.Bytes()
	if len(serial) == 0 || serial[0] >= 0x80 {
		serial = append([]byte{0}, serial...)
	}
	return c.SerialNumber.Sign() >= 0 && bytes.Equal(s.issuer, c.RawIssuer) && bytes.Equal(s.serial, serial)
}

// verify checks the block against the manifest, for the key of the leaf.
func (s *signedData) verify(manifest []byte, leaf *x509.Certificate) error {
	if k, ok := leaf.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() < minRSABits {
		return fmt.Errorf("%w: %v", errCMSForm, errKeyTooShort)
	}
	if s.content != nil && !bytes.Equal(s.content, manifest) {
		return errors.New("it contains another manifest")
	}
	signed := [][]byte{manifest}
	if s.signer.attrs != nil {
		digest, err := s.attributes()
		if err != nil {
			return err
		}
		if !bytes.Equal(digest, hashOf(s.signer.digest, manifest)) {
			return fmt.Errorf("its digest (%s) is that of another manifest", s.signer.digest)
		}
		// What is signed is the SET OF in DER order; an encoder that wrote
		// another order signed the sorted one.
		signed = [][]byte{encodeSet(s.signer.attrs, false), encodeSet(s.signer.attrs, true)}
	} else if s.contentType != oidData {
		return fmt.Errorf("%w: content of the type %s without attributes", errCMSForm, oidText(s.contentType))
	}
	var err error
	for _, b := range signed {
		if err = s.signer.verify(b, leaf); err == nil || errors.Is(err, errCMSForm) {
			return err
		}
	}
	return err
}

// attributes returns the message digest of the signed attributes, after
// checking that it and the content type are there once.
func (s *signedData) attributes() ([]byte, error) {
	var digest []byte
	var types, digests int
	for set := derReader(s.signer.attrs); len(set) > 0; {
		attr, err := set.take(tagSequence)
		if err != nil {
			return nil, err
		}
		kind, err := attr.take(tagOID)
		if err != nil {
			return nil, err
		}
		values, err := attr.take(tagSet)
		if err != nil {
			return nil, err
		}
		switch string(kind) {
		case oidContentType:
			v, err := values.take(tagOID)
			if err != nil || len(values) > 0 {
				return nil, fmt.Errorf("%w: content type attribute", errDER)
			}
			if string(v) != s.contentType {
				return nil, errors.New("its content type is not the one that was signed")
			}
			types++
		case oidMessageDigest:
			v, err := values.take(tagOctetString)
			if err != nil || len(values) > 0 {
				return nil, fmt.Errorf("%w: message digest attribute", errDER)
			}
			digest = v
			digests++
		}
	}
	if types != 1 || digests != 1 {
		return nil, errors.New("its signed attributes do not have one content type and one message digest")
	}
	return digest, nil
}

// verify checks the signature over the bytes that were signed.
func (s *signerInfo) verify(signed []byte, leaf *x509.Certificate) error {
	digest := hashOf(s.digest, signed)
	if s.sigOID == oidPSS {
		if err := checkPSSParams(s.sigParams, s.digest); err != nil {
			return err
		}
		k, ok := leaf.PublicKey.(*rsa.PublicKey)
		if !ok {
			return errors.New("it is an RSA signature, and the certificate's key is not RSA")
		}
		return rsa.VerifyPSS(k, s.digest, digest, s.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto})
	}
	alg, ok := cmsSignatures[s.sigOID]
	if !ok || alg.hash != 0 && alg.hash != s.digest {
		return fmt.Errorf("%w: the signature algorithm %s with %s", errCMSForm, oidText(s.sigOID), s.digest)
	}
	switch k := leaf.PublicKey.(type) {
	case *rsa.PublicKey:
		if alg.form == formPKCS1 {
			return rsa.VerifyPKCS1v15(k, s.digest, digest, s.signature)
		}
	case *ecdsa.PublicKey:
		if alg.form == formECDSA {
			if !ecdsa.VerifyASN1(k, digest, s.signature) {
				return errSignature
			}
			return nil
		}
	}
	return errors.New("its signature is of another kind than the certificate's key")
}

// checkPSSParams accepts the parameters that the standard library can verify:
// MGF1 with the digest of the message. The length of the salt is found out.
func checkPSSParams(params derReader, digest crypto.Hash) error {
	seq, err := params.take(tagSequence)
	if err != nil {
		return fmt.Errorf("%w: RSA-PSS without parameters", errCMSForm)
	}
	oid, _, err := paramAlgorithm(&seq, tagContext)
	if err != nil || cmsDigests[oid] != digest {
		return fmt.Errorf("%w: RSA-PSS with a digest of its own", errCMSForm)
	}
	mgf, mgfParams, err := paramAlgorithm(&seq, tagContext+1)
	if err != nil || mgf != oidMGF1 {
		return fmt.Errorf("%w: RSA-PSS without MGF1", errCMSForm)
	}
	inner, err := mgfParams.take(tagSequence)
	if err != nil {
		return err
	}
	hash, err := inner.take(tagOID)
	if err != nil || cmsDigests[string(hash)] != digest {
		return fmt.Errorf("%w: RSA-PSS with two digests", errCMSForm)
	}
	return nil
}

func paramAlgorithm(seq *derReader, tag byte) (string, derReader, error) {
	explicit, err := seq.take(tag)
	if err != nil {
		return "", nil, err
	}
	return explicit.algorithmID()
}

// encodeSet gives the content of signedAttrs the tag that is signed.
func encodeSet(attrs []byte, sorted bool) []byte {
	if sorted {
		var parts [][]byte
		for set := derReader(attrs); len(set) > 0; {
			_, _, full, err := set.next()
			if err != nil {
				break
			}
			parts = append(parts, full)
		}
		slices.SortFunc(parts, bytes.Compare)
		attrs = slices.Concat(parts...)
	}
	n := len(attrs)
	head := []byte{tagSet}
	switch {
	case n < 0x80:
		head = append(head, byte(n))
	case n < 1<<8:
		head = append(head, 0x81, byte(n))
	case n < 1<<16:
		head = append(head, 0x82, byte(n>>8), byte(n))
	default:
		head = append(head, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(head, attrs...)
}

func hashOf(h crypto.Hash, b []byte) []byte {
	f := h.New()
	f.Write(b)
	return f.Sum(nil)
}
