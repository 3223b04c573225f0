package sign

import (
	"crypto"
	_ "crypto/sha3" // VirtualBox signs its CMS block over SHA3-512
	"crypto/x509"
	"errors"
	"fmt"
)

// The object identifiers of CMS (RFC 5652) and its algorithms, as the content
// of their DER encoding.
var (
	oidData          = oidOf(1, 2, 840, 113549, 1, 7, 1)
	oidSignedData    = oidOf(1, 2, 840, 113549, 1, 7, 2)
	oidContentType   = oidOf(1, 2, 840, 113549, 1, 9, 3)
	oidMessageDigest = oidOf(1, 2, 840, 113549, 1, 9, 4)
	oidRSA           = oidOf(1, 2, 840, 113549, 1, 1, 1)
	oidPSS           = oidOf(1, 2, 840, 113549, 1, 1, 10)
	oidMGF1          = oidOf(1, 2, 840, 113549, 1, 1, 8)
	oidECPublicKey   = oidOf(1, 2, 840, 10045, 2, 1)
)

// cmsDigests are the digest algorithms of a CMS block. MD5 is left out.
var cmsDigests = map[string]crypto.Hash{
	oidOf(1, 3, 14, 3, 2, 26):              crypto.SHA1,
	oidOf(2, 16, 840, 1, 101, 3, 4, 2, 4):  crypto.SHA224,
	oidOf(2, 16, 840, 1, 101, 3, 4, 2, 1):  crypto.SHA256,
	oidOf(2, 16, 840, 1, 101, 3, 4, 2, 2):  crypto.SHA384,
	oidOf(2, 16, 840, 1, 101, 3, 4, 2, 3):  crypto.SHA512,
	oidOf(2, 16, 840, 1, 101, 3, 4, 2, 7):  crypto.SHA3_224,
	oidOf(2, 16, 840, 1, 101, 3, 4, 2, 8):  crypto.SHA3_256,
	oidOf(2, 16, 840, 1, 101, 3, 4, 2, 9):  crypto.SHA3_384,
	oidOf(2, 16, 840, 1, 101, 3, 4, 2, 10): crypto.SHA3_512,
}

// errCMSForm marks a block that is not wrong but beyond what is checked here.
var errCMSForm = errors.New("a form that is not checked here")

// signedData is a CMS SignedData with one signer.
type signedData struct {
	content      []byte // nil for a detached signature
	contentType  string
	certificates []*x509.Certificate
	signer       signerInfo
}

type signerInfo struct {
	issuer    []byte // with serial, or
	serial    []byte // content of the INTEGER
	keyID     []byte // subject key identifier
	digest    crypto.Hash
	attrs     []byte // content of signedAttrs, nil if absent
	sigOID    string
	sigParams derReader
	signature []byte
}

// parseCMS reads a SignedData. An error that is errCMSForm or errBER means
// that the block may be good; every other one that it is damaged.
func parseCMS(der []byte, lim Limits) (*signedData, error) {
	top := derReader(der)
	info, err := top.take(tagSequence)
	if err != nil {
		return nil, err
	}
	if len(top) > 0 {
		return nil, fmt.Errorf("%w: bytes after its end", errDER)
	}
	kind, err := info.take(tagOID)
	if err != nil {
		return nil, err
	}
	if string(kind) != oidSignedData {
		return nil, fmt.Errorf("%w: it is no SignedData (%s)", errCMSForm, oidText(string(kind)))
	}
	explicit, err := info.take(tagContext)
	if err != nil {
		return nil, err
	}
	sd, err := explicit.take(tagSequence)
	if err != nil {
		return nil, err
	}
	out := &signedData{}
	if _, err := sd.integer(); err != nil { // version
		return nil, err
	}
	announced, err := sd.take(tagSet) // digestAlgorithms
	if err != nil {
		return nil, err
	}
	if err := out.parseContent(&sd); err != nil {
		return nil, err
	}
	if err := out.parseCertificates(&sd, lim); err != nil {
		return nil, err
	}
	if _, _, err := sd.optional(tagContext + 1); err != nil { // crls: revocation is the caller's
		return nil, err
	}
	signers, err := sd.take(tagSet)
	if err != nil {
		return nil, err
	}
	one, err := signers.take(tagSequence)
	if err != nil {
		return nil, err
	}
	if len(signers) > 0 {
		return nil, fmt.Errorf("%w: more than one signer", errCMSForm)
	}
	if len(sd) > 0 {
		return nil, fmt.Errorf("%w: unknown fields", errDER)
	}
	if err := out.signer.parse(one); err != nil {
		return nil, err
	}
	for len(announced) > 0 {
		h, err := announced.digestID()
		if err != nil {
			return nil, err
		}
		if h == out.signer.digest {
			return out, nil
		}
	}
	return nil, fmt.Errorf("%w: the signer's digest is not announced", errDER)
}

// digestID takes the AlgorithmIdentifier of a digest, which has no parameters
// or NULL.
func (d *derReader) digestID() (crypto.Hash, error) {
	oid, params, err := d.algorithmID()
	if err != nil {
		return 0, err
	}
	if len(params) > 0 {
		if null, err := params.take(tagNull); err != nil || len(null)+len(params) > 0 {
			return 0, fmt.Errorf("%w: parameters of a digest", errDER)
		}
	}
	h, ok := cmsDigests[oid]
	if !ok {
		return 0, fmt.Errorf("%w: the digest algorithm %s", errCMSForm, oidText(oid))
	}
	return h, nil
}

func (s *signedData) parseContent(sd *derReader) error {
	encap, err := sd.take(tagSequence)
	if err != nil {
		return err
	}
	kind, err := encap.take(tagOID)
	if err != nil {
		return err
	}
	s.contentType = string(kind)
	body, there, err := encap.optional(tagContext)
	if err != nil || !there {
		return err
	}
	content, err := body.take(tagOctetString)
	if err != nil {
		return fmt.Errorf("%w: the content is not one octet string", errCMSForm)
	}
	s.content = append([]byte{}, content...) // never nil: nil is a detached signature
	return nil
}

func (s *signedData) parseCertificates(sd *derReader, lim Limits) error {
	set, _, err := sd.optional(tagContext)
	if err != nil {
		return err
	}
	for n := 0; len(set) > 0; n++ {
		if n >= lim.Certificates {
			return fmt.Errorf("%w: more than %d certificates", errCMSForm, lim.Certificates)
		}
		tag, _, full, err := set.next()
		if err != nil {
			return err
		}
		if tag != tagSequence {
			continue // attribute certificates have no part in this
		}
		// An intermediate that cannot be used is as good as absent: the chain
		// check tells if it was needed.
		if c, err := x509.ParseCertificate(full); err == nil && oversized(c) == 0 {
			s.certificates = append(s.certificates, c)
		}
	}
	return nil
}

func (s *signerInfo) parse(b derReader) error {
	if _, err := b.integer(); err != nil { // version
		return err
	}
	tag, body, _, err := b.next()
	if err != nil {
		return err
	}
	switch tag {
	case tagSequence: // issuerAndSerialNumber
		sid := derReader(body)
		_, _, s.issuer, err = sid.next()
		if err != nil {
			return err
		}
		if s.serial, err = sid.take(tagInteger); err != nil {
			return err
		}
	case tagContextPrim:
		s.keyID = body
	default:
		return fmt.Errorf("%w: unknown signer identifier", errDER)
	}
	if s.digest, err = b.digestID(); err != nil {
		return err
	}
	attrs, there, err := b.optional(tagContext)
	if err != nil {
		return err
	}
	if there {
		s.attrs = append([]byte{}, attrs...) // never nil: nil is no attributes
	}
	if s.sigOID, s.sigParams, err = b.algorithmID(); err != nil {
		return err
	}
	if s.signature, err = b.take(tagOctetString); err != nil {
		return err
	}
	// unsignedAttrs may follow (a time stamp); nothing of them is relied upon.
	_, _, err = b.optional(tagContext + 1)
	if err == nil && len(b) > 0 {
		err = fmt.Errorf("%w: unknown fields of the signer", errDER)
	}
	return err
}
