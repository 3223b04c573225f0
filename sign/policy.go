package sign

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ovfkit/ovf/diag"
)

// Level says what may be absent from a package. It is no licence for what is
// wrong: whatever is present is checked at every level, and a signature that
// does not match is refused at each. Every level gives up what those before it
// give up.
type Level uint8

// The levels, strictest first. The weaker ones are named for what they give up.
const (
	// Trusted is the zero value: the package is signed, and a chain leads from
	// the signer to a root of the policy.
	Trusted Level = iota
	// AnyIssuer gives up knowing who signed: the signature has to match its
	// certificate, but nobody needs to vouch for that certificate. With a
	// fingerprint in Publishers it is still one certain publisher.
	AnyIssuer
	// Unsigned gives up the signature: the manifest has to be complete and
	// right, but whoever changes the package can write another manifest.
	Unsigned
	// NoManifest gives up all protection: files that no manifest lists are taken
	// as they are.
	NoManifest
)

var levelNames = [...]string{"trusted", "any-issuer", "unsigned", "no-manifest"}

// String returns "trusted", "any-issuer", "unsigned" or "no-manifest".
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return fmt.Sprintf("level(%d)", uint8(l))
}

// ParseLevel is the reverse of [Level.String].
func ParseLevel(s string) (Level, error) {
	if i := slices.Index(levelNames[:], s); i >= 0 {
		return Level(i), nil
	}
	return 0, fmt.Errorf("level %s is unknown: use %s", diag.Quote(s), strings.Join(levelNames[:], ", "))
}

// MarshalText writes the name of the level; an invalid one is an error.
func (l Level) MarshalText() ([]byte, error) {
	if int(l) >= len(levelNames) {
		return nil, fmt.Errorf("sign: invalid level %d", uint8(l))
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads the name of a level.
func (l *Level) UnmarshalText(b []byte) error {
	v, err := ParseLevel(string(b))
	if err == nil {
		*l = v
	}
	return err
}

// Policy says what a package must show to be accepted. The zero value accepts
// nothing, since it has no roots: it fails closed. Each field that begins with
// Allow gives up what its comment says, and each use of one is named in the
// [Report]. A Policy may be used from several goroutines while none changes it.
type Policy struct {
	Level Level

	// Roots are the issuers that are trusted. Nil means none; the system's roots
	// are used only if the caller puts x509.SystemCertPool here.
	Roots *x509.CertPool
	// Intermediates are further issuers to build a chain with, beside those of
	// the package. They are not trusted by being here.
	Intermediates []*x509.Certificate
	// Time is the moment at which certificates have to be valid. Zero means now.
	Time time.Time
	// KeyUsages are the extended key usages of which the chain must allow one; nil
	// means code signing. A certificate without that extension allows all.
	// x509.ExtKeyUsageAny gives up the check.
	KeyUsages []x509.ExtKeyUsage

	// Publishers pins the signer: one of them has to match. Nil means any
	// publisher that the level accepts. A pin asks for a signature at any level.
	Publishers []Publisher

	// CRLs are revocation lists. If there are any, each certificate of the chain
	// below the root must be covered by one that is valid at Time; if there are
	// none, revocation is not checked and the report says so. Nothing is fetched.
	CRLs []*x509.RevocationList

	// AllowSHA1 gives up that a digest ties a signature to one content: SHA-1 is
	// accepted in the manifest and for the signature, as OVF 1.x producers use it.
	AllowSHA1 bool
	// AllowWeakKeys gives up that only the owner of a key can sign: RSA keys from
	// 1024 bits and elliptic curves below 256 are accepted.
	AllowWeakKeys bool
	// AllowExpired gives up that a certificate is still vouched for: one that is
	// expired at Time is accepted. One that is not yet valid never is.
	AllowExpired bool
	// AllowUnknownRevocation gives up certainty about revocation: a certificate
	// that no list in CRLs answers for is accepted.
	AllowUnknownRevocation bool
	// AllowUnlistedDescriptor gives up the descriptor: it may be missing from the
	// manifest, and can then be exchanged without notice (ovftool 4.0).
	AllowUnlistedDescriptor bool
	// AllowUnread gives up that all files are verified when [Verify] returns:
	// members without content at hand are accepted unread. Read them through
	// [NewReader] later.
	AllowUnread bool

	Limits Limits
	// Workers is the number of files read at a time; zero means the number of
	// cores, at most 16.
	Workers int
}

// Publisher is a pin: the signer's certificate has to match every field that
// is set. The zero value matches nobody.
type Publisher struct {
	// Fingerprint is the SHA-256 digest of the certificate's DER form in
	// hexadecimal; letter case and colons do not matter.
	Fingerprint string
	// Subject is the distinguished name as crypto/x509/pkix prints it, such as
	// "CN=Example Appliances,O=Example Corp,C=DE". It counts only for a
	// certificate that chains to a root, since anyone can write a name.
	Subject string
}

// ParsePublisher reads a pin from a command line: "sha256:" and a fingerprint,
// 64 hexadecimal digits alone, or else a subject.
func ParsePublisher(s string) (Publisher, error) {
	rest, marked := strings.CutPrefix(strings.ToLower(s), "sha256:")
	print := normalFingerprint(rest)
	switch {
	case len(print) == 2*sha256.Size && hexDigits(print) == len(print):
		return Publisher{Fingerprint: print}, nil
	case marked:
		return Publisher{}, fmt.Errorf("the fingerprint %s does not have 64 hexadecimal digits: openssl x509 -noout -fingerprint -sha256 prints one", diag.Quote(s))
	case strings.Contains(s, "="):
		return Publisher{Subject: s}, nil
	}
	return Publisher{}, fmt.Errorf("%s is neither a SHA-256 fingerprint (64 hexadecimal digits) nor a subject such as CN=Example,O=Example Corp", diag.Quote(s))
}

// String returns the form that [ParsePublisher] reads, if one field is set.
func (p Publisher) String() string {
	var parts []string
	if p.Fingerprint != "" {
		parts = append(parts, "sha256:"+normalFingerprint(p.Fingerprint))
	}
	if p.Subject != "" {
		parts = append(parts, p.Subject)
	}
	return strings.Join(parts, " and ")
}

func normalFingerprint(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, ":", ""))
}

// Fingerprint returns the SHA-256 fingerprint of a certificate in lower-case
// hexadecimal, as [Publisher] takes it.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
