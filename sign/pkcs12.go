package sign

import (
	"crypto"
	"crypto/x509"
	"errors"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/ovfkit/ovf/diag"
)

// ParsePKCS12 reads the private key and the certificates of a PKCS #12 file
// (.p12, .pfx; RFC 7292), the certificate of the key first: what [Sign] needs.
// name is for messages. The file holds one key and at least its certificate, in
// DER form, as openssl, keytool and Windows write it.
//
// The file is the signer's own: unlike a package it is not taken for hostile, and
// the work that its key derivation asks for is done.
//
// Errors are a *diag.Diagnostic; if a passphrase helps, it matches
// [ErrPassphrase]. No message contains key material.
func ParsePKCS12(name string, data, passphrase []byte) (crypto.Signer, []*x509.Certificate, error) {
	at := diag.Location{File: name}
	lim := DefaultLimits()
	if len(data) > lim.CertificateSize {
		return nil, nil, refuse(ruleKeyFormat, at, "the key file is larger than "+plural(lim.CertificateSize, "byte", "bytes"), "see whether this is a key file at all", nil)
	}
	key, leaf, others, err := pkcs12.DecodeChain(data, string(passphrase))
	var missing pkcs12.NotImplementedError
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return nil, nil, refuse(ruleKeyEncrypted, at, "the passphrase of the PKCS #12 file is missing or wrong", "hand in the passphrase of the file", ErrPassphrase)
	case errors.As(err, &missing):
		return nil, nil, refuse(ruleKeyUnsupported, at, "the PKCS #12 file uses what is not supported: "+printable(missing.Error()),
			"convert it: openssl pkcs12 -in FILE -out NEW.pem", err)
	case err != nil:
		return nil, nil, refuse(ruleKeyFormat, at, "the PKCS #12 file cannot be read: "+printable(err.Error()),
			"it has to hold one private key and its certificate: openssl pkcs12 -in FILE -info", err)
	}
	s, ok := key.(crypto.Signer)
	if !ok {
		return nil, nil, refuse(ruleKeyUnsupported, at, "the key is for key agreement and cannot sign", "use an RSA or elliptic-curve signing key", nil)
	}
	chain := append([]*x509.Certificate{leaf}, others...)
	if len(chain) > lim.Certificates {
		return nil, nil, refuse(ruleSignerCertificate, at, "the file holds more than "+plural(lim.Certificates, "certificate", "certificates"), "keep the signer's and its intermediates", nil)
	}
	i, err := leafOf(s.Public(), chain)
	if err != nil {
		return nil, nil, refuse(ruleSignerCertificate, at, "no certificate of the PKCS #12 file belongs to its key", "make the file anew with the certificate of the key", err)
	}
	chain[0], chain[i] = chain[i], chain[0]
	return s, chain, nil
}
