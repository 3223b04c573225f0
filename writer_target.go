package ovf

import (
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/sign"
)

// form is what a consumer takes beyond the descriptor, which the rules of layer
// target are for.
type form struct {
	digests []sign.Algorithm // the first is the default
	why     string           // the evidence, as the end of a sentence
	exact   bool             // nothing that the standard does not have
}

// formOf returns the form for a target. An empty target is none.
//
//	vsphere     SHA-1 alone before 6.5 (turnkeylinux/tracker 827); ovftool writes
//	            SHA-256 since 4.2, and SHA-512 on request
//	virtualbox  its reader knows SHA-1, SHA-256 and SHA-512
//	virt-v2v    its manifest lines are SHA1 or SHA256; it passes over others unread
//	strict      DSP0243 5.1: SHA-1 in OVF 1.x, SHA-256 as well in 2.x; RSA PKCS #1
//	            v1.5; ustar, so no member of 8 GiB (5.3)
func formOf(t envelope.Target, v envelope.Version) (form, bool) {
	switch t {
	case "":
		return form{digests: []sign.Algorithm{sign.SHA256, sign.SHA1, sign.SHA384, sign.SHA512}}, true
	case envelope.TargetVSphere:
		return form{digests: []sign.Algorithm{sign.SHA256, sign.SHA1, sign.SHA512}, why: "vSphere knows no other"}, true
	case envelope.TargetVirtualBox:
		return form{digests: []sign.Algorithm{sign.SHA256, sign.SHA1, sign.SHA512}, why: "VirtualBox knows no other"}, true
	case envelope.TargetVirtV2V:
		return form{digests: []sign.Algorithm{sign.SHA256, sign.SHA1}, why: "virt-v2v passes over lines of others"}, true
	case envelope.TargetStrict:
		if v == envelope.Version2 {
			return form{digests: []sign.Algorithm{sign.SHA256, sign.SHA1}, why: "OVF 2 has no other (DSP0243 5.1)", exact: true}, true
		}
		return form{digests: []sign.Algorithm{sign.SHA1}, why: "OVF 1 has no other (DSP0243 5.1)", exact: true}, true
	}
	return form{}, false
}

// choose sets the digest of the manifest.
func (d *draft) choose() error {
	f, ok := formOf(d.w.Target, d.env.Version())
	if !ok {
		return &WriteError{Reason: "there is no target " + diag.Quote(string(d.w.Target))}
	}
	d.form, d.alg = f, d.w.Digest
	if d.alg == 0 {
		d.alg = f.digests[0]
	}
	if !slices.Contains(f.digests, d.alg) {
		var names []string
		for _, a := range f.digests {
			names = append(names, a.String())
		}
		return &WriteError{Reason: fmt.Sprintf("the manifest cannot have %s digests for the target %s: %s; use %s", d.alg, d.w.Target, f.why, strings.Join(names, " or "))}
	}
	if _, isRSA := publicKey(d.w).(*rsa.PublicKey); f.exact && d.w.Key != nil && !isRSA {
		return &WriteError{Reason: "the key is no RSA key, and the standard has no other signature (DSP0243 5.1); leave the target out, or use another key"}
	}
	return nil
}

func publicKey(w *Writer) any {
	if w.Key == nil {
		return nil
	}
	return w.Key.Public()
}

// refused returns what the target has against the descriptor as it will be.
func (d *draft) refused() error {
	if d.w.Target == "" {
		return nil
	}
	var errs diag.List
	for _, f := range envelope.Validate(d.env, envelope.ValidateOptions{Targets: []envelope.Target{d.w.Target}}) {
		if f.Layer == diag.Target && f.Severity == diag.Error {
			errs = append(errs, f)
		}
	}
	return errs.Err()
}
