package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/sign"
)

// trustFlags are the flags by which an operator says whom to trust.
type trustFlags struct {
	trust, crls, publishers, hosts []string
	at, level                      string
	require, sha1                  bool
}

// register adds the flags to a verb.
func (v *trustFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&v.trust, "trust", nil, "`file` with PEM certificates of issuers to trust, or system for those of this machine")
	f.StringArrayVar(&v.crls, "crl", nil, "`file` with a revocation list; each certificate must then be covered by one")
	f.StringArrayVar(&v.publishers, "publisher", nil, "accept this signer only: sha256:`fingerprint`, or the subject of the certificate")
	f.StringVar(&v.at, "at", "", "`time` at which certificates must be valid, as 2026-11-22 or 2026-11-22T18:00:00Z; default now")
	f.StringVar(&v.level, "level", sign.Trusted.String(), "what may be absent: "+strings.Join(levels(), ", "))
	f.BoolVar(&v.require, "require-signature", false, "refuse an unsigned package, whatever --level says: the same as --level any-issuer at least")
	f.BoolVar(&v.sha1, "allow-sha1", false, "accept SHA-1, as products for OVF 1.x write it")
	f.StringArrayVar(&v.hosts, "allow-remote", nil, "`host` from which files with a URL may be fetched")
	_ = cmd.RegisterFlagCompletionFunc("level", cobra.FixedCompletions(levels(), cobra.ShellCompDirectiveNoFileComp))
}

// options says how to open the package.
func (v *trustFlags) options() ovf.Options {
	o := ovf.Options{}
	if len(v.hosts) > 0 {
		o.Fetch = ovf.FetchFrom(nil, v.hosts...)
	}
	return o
}

func levels() []string {
	return []string{sign.Trusted.String(), sign.AnyIssuer.String(), sign.Unsigned.String(), sign.NoManifest.String()}
}

// policy is what the flags ask for.
func (v *trustFlags) policy() (sign.Policy, error) {
	p := sign.Policy{AllowSHA1: v.sha1}
	var err error
	if p.Level, err = sign.ParseLevel(v.level); err != nil {
		return p, usagef("--level: %w", err)
	}
	if v.require {
		p.Level = min(p.Level, sign.AnyIssuer)
	}
	for _, s := range v.publishers {
		pin, err := sign.ParsePublisher(s)
		if err != nil {
			return p, usagef("--publisher: %w", err)
		}
		p.Publishers = append(p.Publishers, pin)
	}
	if p.Time, err = parseTime(v.at); err != nil {
		return p, err
	}
	if p.Roots, err = v.roots(); err != nil {
		return p, err
	}
	for _, name := range v.crls {
		list, err := readCRL(name)
		if err != nil {
			return p, err
		}
		p.CRLs = append(p.CRLs, list)
	}
	return p, nil
}

// inFlags puts the flags of the command in the place of what a program sets in the
// policy.
var inFlags = strings.NewReplacer(
	"by AllowSHA1", "with --allow-sha1",
	"by the level no-manifest", "with --level no-manifest",
	"into Policy.Roots", "into the file of --trust",
	"to Policy.Roots, and missing intermediates to Policy.Intermediates", "and missing intermediates to the file of --trust",
	"to Policy.Roots", "to the file of --trust",
	"accept this by AllowExpired", "judge it by the time of signing with --at",
	", or widen Policy.KeyUsages", "",
	", or accept this by AllowWeakKeys", "",
	", or accept this by AllowUnknownRevocation", ", with --crl",
	"hand in the content, or read it through NewReader and accept this by AllowUnread", "have it fetched with --allow-remote HOST",
)

// hint makes the hints of a report, and of the diagnostics that are its error, those
// of the command.
func (v *trustFlags) hint(r *sign.Report, found diag.List) {
	change := func(hint *string, rule string) {
		*hint = inFlags.Replace(*hint)
		if rule == "signature-missing" && !v.require && len(v.publishers) == 0 { // else a signature is asked for at every level
			*hint += "; --level unsigned accepts the package by its manifest alone"
		}
	}
	if r != nil {
		for i := range r.Rows {
			if row := &r.Rows[i]; row.Refuses {
				change(&row.Hint, row.Rule)
			}
		}
	}
	for i := range found {
		change(&found[i].Hint, found[i].Rule)
	}
}

func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("--at is %s: write a date as 2026-11-22, or a time as 2026-11-22T18:00:00Z", diag.Quote(s))
}

// roots reads the certificates of --trust.
func (v *trustFlags) roots() (*x509.CertPool, error) {
	if len(v.trust) == 0 {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if slices.Contains(v.trust, "system") {
		system, err := x509.SystemCertPool()
		if err != nil {
			return nil, &fileError{fmt.Errorf("--trust system: %w", err)}
		}
		pool = system
	}
	for _, name := range v.trust {
		if name == "system" {
			continue
		}
		data, err := readKeyFile(name)
		if err != nil {
			return nil, err
		}
		chain, err := sign.ParseChain(name, data)
		if err != nil {
			return nil, err
		}
		for _, c := range chain {
			pool.AddCert(c)
		}
	}
	return pool, nil
}

// readCRL reads a revocation list, PEM or DER.
func readCRL(name string) (*x509.RevocationList, error) {
	data, err := readKeyFile(name)
	if err != nil {
		return nil, err
	}
	if b, _ := pem.Decode(data); b != nil {
		data = b.Bytes
	}
	list, err := x509.ParseRevocationList(data)
	if err != nil {
		return nil, fmt.Errorf("%s: is no revocation list: %w", name, err)
	}
	return list, nil
}
