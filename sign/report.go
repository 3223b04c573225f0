package sign

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/ovfkit/ovf/diag"
)

// Outcome is the result of one check. The zero value is invalid.
type Outcome uint8

// The outcomes.
const (
	Passed       Outcome = iota + 1 // checked and right
	Failed                          // checked and wrong
	Skipped                         // did not apply, or was not asked for
	Inconclusive                    // could not be checked: neither right nor wrong
)

var outcomeNames = [...]string{Passed: "passed", Failed: "failed", Skipped: "skipped", Inconclusive: "inconclusive"}

// String returns "passed", "failed", "skipped" or "inconclusive".
func (o Outcome) String() string {
	if o >= Passed && int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return "outcome(" + strconv.Itoa(int(o)) + ")"
}

// MarshalText writes the name; an invalid outcome is an error.
func (o Outcome) MarshalText() ([]byte, error) {
	if o < Passed || int(o) >= len(outcomeNames) {
		return nil, fmt.Errorf("sign: invalid outcome %d", uint8(o))
	}
	return []byte(o.String()), nil
}

// UnmarshalText reads the name of an outcome.
func (o *Outcome) UnmarshalText(b []byte) error {
	for v := Passed; int(v) < len(outcomeNames); v++ {
		if outcomeNames[v] == string(b) {
			*o = v
			return nil
		}
	}
	return fmt.Errorf("sign: there is no outcome %s", diag.Quote(string(b)))
}

// Check names what a [Row] is about.
const (
	CheckPackage           = "package"            // what Input.Problems says
	CheckManifest          = "manifest"           // the manifest is there and can be read
	CheckCertificate       = "certificate"        // the certificate file is there and can be read
	CheckSignature         = "signature"          // the signature matches the manifest's bytes
	CheckSignatureStrength = "signature-strength" // the digest of the signature
	CheckCMS               = "cms"                // the CMS block, if there is one
	CheckChain             = "chain"              // issuers up to a root
	CheckValidity          = "validity"           // the time
	CheckKeyUsage          = "key-usage"          // what the key is for
	CheckKeyStrength       = "key-strength"       // lengths of keys, digests of certificates
	CheckRevocation        = "revocation"         // revocation lists
	CheckPublisher         = "publisher"          // pins
	CheckListed            = "listed"             // the file is in the manifest, and the other way round
	CheckDigest            = "digest"             // the content of the file
	CheckDigestStrength    = "digest-strength"    // the digests of the manifest
)

// Row is the result of one check of one file.
type Row struct {
	Check   string  `json:"check"` // one of the Check constants
	File    string  `json:"file"`  // as the package names it; escape it before printing it on a terminal
	Line    int     `json:"line,omitempty"`
	Outcome Outcome `json:"outcome"`

	// Refuses tells that this row is a ground to refuse the package. A failed row
	// without it is one that the policy gave up; Waiver then names the field.
	Refuses bool   `json:"refuses,omitempty"`
	Waiver  string `json:"waiver,omitempty"`

	Rule   string `json:"rule,omitempty"` // of [Rules]; empty for a row that passed or was skipped
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`

	// Err is the cause, such as a *DigestError or an error of crypto/x509.
	Err error `json:"-"`

	// found is what a parser or the comparison of lists reported: it has the
	// exact place, which may be in another file, and related ones.
	found *diag.Diagnostic
}

// Signer describes the certificate whose key made the signature.
type Signer struct {
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	Serial      string    `json:"serial"` // hexadecimal
	Fingerprint string    `json:"fingerprint"`
	NotBefore   time.Time `json:"notBefore"`
	NotAfter    time.Time `json:"notAfter"`
	Key         string    `json:"key"`    // as "RSA 2048"
	Form        string    `json:"form"`   // as "RSA PKCS#1 v1.5"
	Digest      Algorithm `json:"digest"` // of the signature

	// Chained tells that issuers lead to a root of the policy; time, revocation
	// and the rest are rows of their own. Without it every name above is only what
	// the signer wrote.
	Chained bool `json:"chained"`
}

// Report is the result of [Verify]. It is a plain value, and its JSON form has
// the same bytes for the same report.
type Report struct {
	// Accepted tells that the policy is met. It is false in the zero Report.
	Accepted bool      `json:"accepted"`
	Level    Level     `json:"level"`
	Time     time.Time `json:"time"` // at which certificates were judged

	// Signer is set only if the signature matches the manifest.
	Signer *Signer `json:"signer,omitempty"`

	// GaveUp names the fields of the policy that were needed to tolerate a row,
	// sorted, each once: what an accepted package was not asked for.
	GaveUp []string `json:"gaveUp,omitempty"`

	// Rows has one row for each check and file, in the order of the checks and
	// then of the package.
	Rows []Row `json:"rows"`

	// Notes are the tolerated deviations of the two files: warnings and infos.
	Notes diag.List `json:"notes,omitempty"`
}

// Diagnostics returns the rows that refuse the package as errors, those that
// the policy tolerated as warnings, and the notes.
func (r *Report) Diagnostics() diag.List {
	var out diag.List
	for _, row := range r.Rows {
		if row.Rule == "" {
			continue
		}
		var d diag.Diagnostic
		if row.found != nil {
			d = *row.found
		} else {
			d = problem(row.Rule, diag.Location{File: row.File, Line: row.Line}, row.Reason, row.Hint, row.Err)
		}
		if !row.Refuses {
			d.Severity = diag.Warning
		}
		out = append(out, d)
	}
	return append(out, r.Notes...)
}

// Err returns nil if the package was accepted, else a [diag.List] of the rows
// that refuse it.
func (r *Report) Err() error {
	if r.Accepted {
		return nil
	}
	var out diag.List
	for _, d := range r.Diagnostics() {
		if d.Severity == diag.Error {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		// A Report that Verify did not make.
		out = append(out, problem(ruleVerifyInterrupted, diag.Location{}, "the report is empty: nothing was verified", "call Verify", nil))
	}
	return out
}

// WriteText writes the report for a person: one line for each row with its
// reason, below it the rule and what to do where it did not pass, and the
// verdict last.
// Names from the package are quoted where they could steer a terminal.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	wide := 0
	for _, row := range r.Rows {
		wide = max(wide, len(row.Check))
	}
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "%-12s  %-*s  %s", row.Outcome, wide, row.Check, printable(row.File))
		if row.Line > 0 {
			fmt.Fprintf(&b, ":%d", row.Line)
		}
		if row.Reason != "" {
			b.WriteString(": " + row.Reason)
		}
		b.WriteByte('\n')
		if row.Rule != "" {
			fmt.Fprintf(&b, "              rule %s", row.Rule)
			if row.Waiver != "" {
				fmt.Fprintf(&b, "; tolerated by %s", row.Waiver)
			}
			b.WriteByte('\n')
		}
		if row.Hint != "" && row.Refuses {
			fmt.Fprintf(&b, "              to do: %s\n", row.Hint)
		}
	}
	for _, d := range r.Notes {
		d.Location.File = printable(d.Location.File)
		fmt.Fprintf(&b, "%-12s  %s\n", d.Severity, d.Error())
	}
	b.WriteString(r.verdict())
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) verdict() string {
	switch s := r.Signer; {
	case !r.Accepted:
		n := 0
		for _, row := range r.Rows {
			if row.Refuses {
				n++
			}
		}
		return fmt.Sprintf("refused at level %s: %s\n", r.Level, plural(n, "ground", "grounds"))
	case s == nil:
		return fmt.Sprintf("accepted without a signature, giving up: %s\n", strings.Join(r.GaveUp, ", "))
	case len(r.GaveUp) > 0:
		return fmt.Sprintf("accepted, signed by %s, giving up: %s\n", diag.Quote(s.Subject), strings.Join(r.GaveUp, ", "))
	default:
		return fmt.Sprintf("accepted, signed by %s\n", diag.Quote(s.Subject))
	}
}
