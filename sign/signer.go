package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"github.com/ovfkit/ovf/diag"
)

// Options choose the form of a signature. The zero value is the standard's
// form, RSA PKCS#1 v1.5 or ECDSA as the key has it, over SHA-256.
type Options struct {
	Digest Algorithm // of the signature; zero means SHA256. SHA1 is for consumers of OVF 1.0 only
	PSS    bool      // RSA-PSS in place of PKCS#1 v1.5: not the standard's form, other consumers refuse it
}

// Sign signs a manifest and returns the content of the .cert file (DSP0243
// 5.1). name is the name of the manifest in the package, without a folder, and
// manifest its exact bytes as they will be stored.
//
// chain holds the certificate of the key and, if wanted, its intermediates; it
// may be in any order, and the key's is written first. The standard has one
// certificate: with intermediates some consumers stop at the first.
//
// The key is any RSA or ECDSA crypto.Signer, such as one from [ParseKey], a
// [CommandSigner], or that of a key service. The signature is verified before
// it is returned. To sign again after an edit, change the manifest with
// [Manifest.Set], write it, and call Sign on its new bytes.
//
// Errors are a *diag.Diagnostic, or a diag.List for a manifest with faults.
func Sign(name string, manifest []byte, key crypto.Signer, chain []*x509.Certificate, o Options) ([]byte, error) {
	if o.Digest == 0 {
		o.Digest = SHA256
	}
	at := diag.Location{File: name}
	if o.Digest.Size() == 0 {
		return nil, refuse(ruleManifestAlgorithm, at, "the digest algorithm of the signature is invalid: "+o.Digest.String(), "use SHA256", nil)
	}
	if why := nameProblem(name); why != "" {
		return nil, refuse(ruleManifestName, at, "the name of the manifest "+diag.Quote(name)+" "+why+", so the signature line cannot name it", "hand in its name in the package", nil)
	}
	if _, list := ParseManifest(name, manifest, Limits{}); list.HasErrors() {
		return nil, list
	}
	if key == nil {
		return nil, refuse(ruleKeyMissing, at, "no private key was given, so nothing can be signed", "hand in a crypto.Signer, such as one from ParseKey", nil)
	}
	chain = nonNil(chain)
	leaf, err := leafOf(key.Public(), chain)
	if err != nil {
		return nil, err
	}
	opts, err := signerOpts(key.Public(), o)
	if err != nil {
		return nil, err
	}
	sig, err := crypto.SignMessage(key, rand.Reader, manifest, opts)
	if err != nil {
		if d := (*diag.Diagnostic)(nil); errors.As(err, &d) {
			return nil, d // a CommandSigner says it better
		}
		return nil, refuse(ruleSignerFailed, at, "the key did not sign: "+printable(err.Error()), "see what the error says about the key or its service", err)
	}
	form, err := verifyDigest(key.Public(), o.Digest.Hash(), o.Digest.sum(manifest), sig)
	if err != nil || (form == formPSS) != o.PSS {
		return nil, refuse(ruleSignerFailed, at,
			fmt.Sprintf("the signer gave %d bytes that are no %s signature of the manifest over %s by the key of %s", len(sig), formOf(key.Public(), o), o.Digest, diag.Quote(chain[leaf].Subject.String())),
			"see whether the signer uses the right key, digest and padding, and gives the raw signature", err)
	}
	var out bytes.Buffer
	out.WriteString(o.Digest.String() + "(" + name + ")= " + hex.EncodeToString(sig) + "\n")
	for _, c := range slices.Concat(chain[leaf:leaf+1], chain[:leaf], chain[leaf+1:]) {
		if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// refuse returns a problem as an error.
func refuse(rule string, at diag.Location, message, hint string, err error) error {
	d := problem(rule, at, message, hint, err)
	return &d
}

// leafOf returns the index of the certificate with the public key.
func leafOf(pub crypto.PublicKey, chain []*x509.Certificate) (int, error) {
	if len(chain) == 0 {
		return 0, refuse(ruleSignerCertificate, diag.Location{}, "no certificate was given, so nobody could check the signature",
			"hand in the X.509 certificate that belongs to the key", nil)
	}
	for i, c := range chain {
		if k, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); ok && k.Equal(pub) {
			return i, nil
		}
	}
	return 0, refuse(ruleSignerKey, diag.Location{}, "the private key belongs to none of the certificates; the first one is that of "+diag.Quote(chain[0].Subject.String()),
		"hand in the certificate that was issued for this key", nil)
}

// signerOpts chooses what the key is asked for.
func signerOpts(pub crypto.PublicKey, o Options) (crypto.SignerOpts, error) {
	what := ""
	switch k := pub.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < minRSABits || n > maxRSABits {
			what = fmt.Sprintf("the RSA key has %d bits; %d to %d can be used", n, minRSABits, maxRSABits)
			break
		}
		if o.PSS {
			return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: o.Digest.Hash()}, nil
		}
		return o.Digest.Hash(), nil
	case *ecdsa.PublicKey:
		if o.PSS {
			what = "RSA-PSS was asked for, and the key is ECDSA"
			break
		}
		return o.Digest.Hash(), nil
	default:
		what = fmt.Sprintf("the key is of the type %T; only RSA and ECDSA keys sign packages", pub)
	}
	return nil, refuse(ruleSignerKeyType, diag.Location{}, what, "use an RSA key of 2048 bits or more, which every consumer knows", nil)
}

func formOf(pub crypto.PublicKey, o Options) string {
	if _, ok := pub.(*ecdsa.PublicKey); ok {
		return formECDSA
	}
	if o.PSS {
		return formPSS
	}
	return formPKCS1
}
