package sign

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// ErrPassphrase is the cause of an error of [ParseKey] for an encrypted key
// whose passphrase was not given or is wrong.
var ErrPassphrase = errors.New("passphrase missing or wrong")

// ParseKey reads the first private key of a PEM file: PKCS #8, PKCS #1 (RSA) or
// SEC 1 (elliptic curve). Other blocks, such as certificates in the same file,
// are passed over. name is for messages.
//
// An encrypted PKCS #8 key is decrypted with the passphrase if it uses PBES2
// with PBKDF2 and AES, as openssl writes by default. The old encryption of PEM
// headers (DEK-Info), 3DES and scrypt are not supported: the message says how
// to convert such a key. PKCS #12 files are for [ParsePKCS12].
//
// Errors are a *diag.Diagnostic; if a passphrase helps, it matches
// [ErrPassphrase]. No message contains key material.
func ParseKey(name string, data, passphrase []byte) (crypto.Signer, error) {
	at := diag.Location{File: name}
	if max := DefaultLimits().CertificateSize; len(data) > max {
		return nil, refuse(ruleKeyFormat, at, "the key file is larger than "+plural(max, "byte", "bytes"), "see whether this is a key file at all", nil)
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			continue
		}
		return parseKeyBlock(at, block, passphrase)
	}
	return nil, refuse(ruleKeyMissing, at, "the file holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)",
		"hand in the key file; a PKCS #12 file has to be converted first: openssl pkcs12 -in FILE -nodes", nil)
}

func parseKeyBlock(at diag.Location, block *pem.Block, passphrase []byte) (crypto.Signer, error) {
	const convert = "convert it: openssl pkcs8 -topk8 -in FILE -out NEW"
	if block.Headers["DEK-Info"] != "" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
		return nil, refuse(ruleKeyUnsupported, at, "the key is encrypted in the old form of PEM headers (DEK-Info), whose derivation is a single MD5 and which is not supported", convert, nil)
	}
	var key any
	var err error
	switch der := block.Bytes; block.Type {
	case "ENCRYPTED PRIVATE KEY":
		der, err = decryptPKCS8(der, passphrase)
		switch {
		case errors.Is(err, ErrPassphrase):
			return nil, refuse(ruleKeyEncrypted, at, "the key is encrypted and the passphrase is missing or wrong", "hand in the passphrase of the key", err)
		case errors.Is(err, errKeyScheme):
			return nil, refuse(ruleKeyUnsupported, at, "the key is encrypted in a way that is not supported: "+printable(err.Error()), convert, err)
		case err != nil:
			return nil, refuse(ruleKeyFormat, at, "the encrypted key is damaged or cut off", "get the key file again", err)
		}
		key, err = x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			// A wrong passphrase can leave valid padding by chance.
			return nil, refuse(ruleKeyEncrypted, at, "the key is encrypted and the passphrase is wrong, or the key is damaged", "hand in the passphrase of the key", ErrPassphrase)
		}
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(der)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(der)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(der)
	default:
		return nil, refuse(ruleKeyUnsupported, at, "the key is in the form "+diag.Quote(block.Type)+", which is not supported", convert, nil)
	}
	if err != nil {
		return nil, refuse(ruleKeyFormat, at, "the block "+diag.Quote(block.Type)+" cannot be parsed, so the key is damaged or cut off", "see whether the file is complete: openssl pkey -in FILE -check", err)
	}
	s, ok := key.(crypto.Signer)
	if !ok {
		return nil, refuse(ruleKeyUnsupported, at, "the key is for key agreement and cannot sign", "use an RSA or elliptic-curve signing key", nil)
	}
	return s, nil
}

// ParseChain reads every certificate of a PEM file in its order; other blocks
// are passed over, so the file may hold the key too. At most as many as
// [Limits] allows by default. Errors are a *diag.Diagnostic.
func ParseChain(name string, data []byte) ([]*x509.Certificate, error) {
	at := diag.Location{File: name}
	lim := DefaultLimits()
	if len(data) > lim.CertificateSize {
		return nil, refuse(ruleSignerCertificate, at, "the certificate file is larger than "+plural(lim.CertificateSize, "byte", "bytes"), "see whether this is a certificate file at all", nil)
	}
	var out []*x509.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" && block.Type != "X509 CERTIFICATE" {
			continue
		}
		if len(out) == lim.Certificates {
			return nil, refuse(ruleSignerCertificate, at, "the file holds more than "+plural(lim.Certificates, "certificate", "certificates"), "keep the signer's and its intermediates", nil)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, refuse(ruleSignerCertificate, at, "a certificate cannot be parsed: "+printable(err.Error()), "get the certificate again", err)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, refuse(ruleSignerCertificate, at, "the file holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)", "hand in the certificate file; DER is converted by openssl x509 -inform DER", nil)
	}
	return out, nil
}
