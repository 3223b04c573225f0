package ovf_test

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ovfkit/ovf/sign"
)

// manifest edits the manifest and signs it again.
func manifest(edit func(string) string) func(*pkg) *pkg {
	return func(p *pkg) *pkg {
		return p.set("app.mf", []byte(edit(string(p.get("app.mf"))))).sign(publisher(), sign.SHA256)
	}
}

func lines(edit func(lines []string) []string) func(*pkg) *pkg {
	return manifest(func(s string) string {
		return strings.Join(edit(strings.Split(strings.TrimSuffix(s, "\n"), "\n")), "\n") + "\n"
	})
}

func hostileManifests() []hostile {
	unsigned := func(p *sign.Policy) { p.Level = sign.NoManifest }
	drop := func(name string) func(*pkg) *pkg {
		return lines(func(l []string) []string {
			var out []string
			for _, s := range l {
				if !strings.Contains(s, "("+name+")") {
					out = append(out, s)
				}
			}
			return out
		})
	}
	more := func(line string) func(*pkg) *pkg { return manifest(func(s string) string { return s + line + "\n" }) }
	const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	return []hostile{
		{name: "a changed byte in a disk", rule: "digest-mismatch", outcome: notAccepted, build: set("disk.vmdk", func(m *tarMember) { m.data = flipped(append([]byte(nil), m.data...), -1) })},
		{name: "a changed byte in a disk, at the weakest level", rule: "digest-mismatch", outcome: notAccepted, policy: unsigned, build: set("disk.vmdk", func(m *tarMember) { m.data = flipped(append([]byte(nil), m.data...), -1) })},
		{name: "a changed descriptor", rule: "digest-mismatch", outcome: notAccepted, build: func(p *pkg) *pkg { return p.replace("app.ovf", "A machine", "B machine") }},
		{name: "two chunks exchanged", rule: "digest-mismatch", outcome: notAccepted, build: func(p *pkg) *pkg {
			a, b := p.get("chunks.bin.000000000"), append([]byte("y"), p.get("chunks.bin.000000001")[1:]...)
			return p.set("chunks.bin.000000000", b).set("chunks.bin.000000001", a)
		}},
		{name: "an unknown digest algorithm", rule: "manifest-algorithm", outcome: notAccepted, build: manifest(func(s string) string { return strings.Replace(s, "SHA256(disk", "SHA3-256(disk", 1) })},
		{name: "MD5", rule: "manifest-algorithm", outcome: notAccepted, build: more("MD5(x)= d41d8cd98f00b204e9800998ecf8427e")},
		{name: "a digest that is cut off", rule: "manifest-digest", outcome: notAccepted, build: manifest(func(s string) string { return s[:len(s)-3] + "\n" })},
		{name: "a digest that is not hexadecimal", rule: "manifest-digest", outcome: notAccepted, build: manifest(func(s string) string { return s[:len(s)-2] + "g\n" })},
		{name: "a file listed twice", rule: "manifest-duplicate", outcome: notAccepted, build: more("SHA256(disk.vmdk)= " + digest)},
		{name: "a file listed twice in different letter case", rule: "manifest-duplicate-case", outcome: notAccepted, build: more("SHA256(DISK.vmdk)= " + digest)},
		{name: "a line of the manifest that is no entry", rule: "manifest-syntax", outcome: notAccepted, build: more("disk.vmdk is fine")},
		{name: "a manifest in the layout of sha256sum", rule: "manifest-coreutils", outcome: notAccepted, build: more(digest + "  disk.vmdk")},
		{name: "a manifest that lists a file that is not there", rule: "manifest-extra", outcome: notAccepted, build: more("SHA256(gone.vmdk)= " + digest)},
		{name: "a disk that the manifest does not list", rule: "manifest-unlisted", outcome: notAccepted, build: drop("disk.vmdk")},
		{name: "a chunk that the manifest does not list", rule: "manifest-chunk", outcome: notAccepted, build: drop("chunks.bin.000000001")},
		{name: "a descriptor that the manifest does not list", rule: "manifest-descriptor", outcome: notAccepted, build: drop("app.ovf")},
		{name: "a manifest that lists itself", rule: "manifest-self", outcome: notAccepted, build: more("SHA256(app.mf)= " + digest)},
		{name: "a manifest that lists the certificate", rule: "manifest-self", outcome: notAccepted, build: more("SHA256(app.cert)= " + digest)},
		{name: "a name with .. in the manifest", rule: "manifest-name", outcome: notAccepted, build: more("SHA256(../x)= " + digest)},
		{name: "an empty manifest", rule: "manifest-empty", outcome: notAccepted, build: func(p *pkg) *pkg { return p.set("app.mf", nil).remove("app.cert") }},
		{name: "a manifest in UTF-16", rule: "line-encoding", outcome: notAccepted, build: manifest(func(s string) string { return "\xff\xfe" + strings.Join(strings.Split(s, ""), "\x00") + "\x00" })},
		{name: "a manifest with spaces before the name", rule: "line-spacing", outcome: warned, build: manifest(func(s string) string { return strings.Replace(s, "SHA256(disk", "SHA256 (disk", 1) })},
		{name: "a manifest of more than 16 MiB", rule: "package-manifest-size", outcome: notOpened, build: func(p *pkg) *pkg { return p.set("app.mf", make([]byte, 16<<20+1)) }},
		{name: "a certificate of more than 1 MiB", rule: "package-manifest-size", outcome: notOpened, build: func(p *pkg) *pkg { return p.set("app.cert", make([]byte, 1<<20+1)) }},
		{name: "a descriptor that is larger than the limit", rule: "package-descriptor-size", outcome: notOpened, data: func(t *testing.T) []byte {
			return (&pkg{t: t, members: []tarMember{{name: "app.ovf", data: make([]byte, 1<<20+1)}}}).archive()
		}},
		{name: "no manifest", rule: "manifest-missing", outcome: notAccepted, build: func(p *pkg) *pkg { return p.remove("app.mf").remove("app.cert") }, policy: func(p *sign.Policy) { p.Level = sign.Unsigned }},
		{name: "SHA-1 in the manifest", rule: "digest-weak", outcome: notAccepted, build: func(p *pkg) *pkg { return p.list(sign.SHA1).sign(publisher(), sign.SHA256) }},
	}
}

func hostileSignatures() []hostile {
	signedBy := func(id func() identity) func(*pkg) *pkg {
		return func(p *pkg) *pkg { return p.sign(id(), sign.SHA256) }
	}
	issued := func(options ...certificate) func() identity {
		return func() identity { r := root(); return issue("Other", otherKey(), &r, options...) }
	}
	certificateOf := func(edit func(string) string) func(*pkg) *pkg {
		return func(p *pkg) *pkg { return p.set("app.cert", []byte(edit(string(p.get("app.cert"))))) }
	}
	stripped := func(p *pkg) *pkg { return p.remove("app.cert") }
	return []hostile{
		{name: "a stripped signature", rule: "signature-missing", outcome: notAccepted, build: stripped},
		{name: "a stripped signature, where a publisher is pinned", rule: "signature-missing", outcome: notAccepted, build: stripped, policy: func(p *sign.Policy) {
			p.Level, p.Publishers = sign.NoManifest, []sign.Publisher{{Fingerprint: sign.Fingerprint(publisher().cert)}}
		}},
		{name: "signature and manifest stripped", rule: "signature-missing", outcome: notAccepted, build: func(p *pkg) *pkg { return p.remove("app.cert").remove("app.mf") }},
		{name: "a certificate without a manifest", rule: "certificate-without-manifest", outcome: notAccepted, build: func(p *pkg) *pkg { return p.remove("app.mf") }, policy: func(p *sign.Policy) { p.Level = sign.NoManifest }},
		{name: "a manifest changed after signing", rule: "signature-mismatch", outcome: notAccepted, build: func(p *pkg) *pkg { return p.replace("app.ovf", "A machine", "B machine").list(sign.SHA256) }},
		{name: "a signature line for another file", rule: "certificate-line-name", outcome: notAccepted, build: certificateOf(func(s string) string { return strings.Replace(s, "(app.mf)", "(other.mf)", 1) })},
		{name: "two signature lines", rule: "certificate-lines", outcome: notAccepted, build: certificateOf(func(s string) string {
			line, _, _ := strings.Cut(s, "\n")
			return line + "\n" + s
		})},
		{name: "no signature line", rule: "certificate-line", outcome: notAccepted, build: certificateOf(func(s string) string { return s[strings.Index(s, "-----BEGIN"):] })},
		{name: "no X.509 certificate", rule: "certificate-missing", outcome: notAccepted, build: certificateOf(func(s string) string { return s[:strings.Index(s, "-----BEGIN")] })},
		{name: "a damaged X.509 certificate", rule: "certificate-pem", outcome: notAccepted, build: certificateOf(func(s string) string { return strings.Replace(s, "-----END CERTIFICATE-----", "", 1) })},
		{name: "a signature that is cut off", rule: "signature-key", outcome: notAccepted, build: certificateOf(func(s string) string {
			line, rest, _ := strings.Cut(s, "\n")
			return line[:len(line)-2] + "\n" + rest
		})},
		{name: "the certificate of another key", rule: "signature-key", outcome: notAccepted, build: certificateOf(func(s string) string {
			return s[:strings.Index(s, "-----BEGIN")] + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: issued()().cert.Raw}))
		})},
		{name: "a private key in the certificate", rule: "certificate-private-key", outcome: notAccepted, build: certificateOf(func(s string) string {
			return s + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(goodKey()))}))
		})},
		{name: "an expired certificate", rule: "trust-expired", outcome: notAccepted, build: signedBy(issued(validity(2020, 2024)))},
		{name: "a certificate that is not yet valid", rule: "trust-not-yet-valid", outcome: notAccepted, build: signedBy(issued(validity(2030, 2035)))},
		{name: "a self-signed certificate", rule: "trust-self-signed", outcome: notAccepted, build: signedBy(func() identity { return issue("Self", otherKey(), nil) })},
		{name: "a certificate of an unknown issuer", rule: "trust-unknown-issuer", outcome: notAccepted, build: signedBy(func() identity {
			r := issue("Nobody", otherKey(), nil)
			return issue("Unknown", goodKey(), &r)
		})},
		{name: "a key of 1024 bits", rule: "trust-weak-key", outcome: notAccepted, build: signedBy(func() identity { r := root(); return issue("Weak", weakKey(), &r) })},
		{name: "a certificate for web servers", rule: "trust-key-usage", outcome: notAccepted, build: signedBy(issued(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }))},
		{name: "a signature over SHA-1", rule: "signature-weak", outcome: notAccepted, build: func(p *pkg) *pkg { return p.sign(publisher(), sign.SHA1) }},
		{name: "the signature of another publisher than the pinned one", rule: "trust-publisher", outcome: notAccepted, build: signedBy(issued()), policy: func(p *sign.Policy) {
			p.Publishers = []sign.Publisher{{Fingerprint: sign.Fingerprint(publisher().cert)}}
		}},
		{name: "a revoked certificate", rule: "trust-revoked", outcome: notAccepted, build: func(p *pkg) *pkg { return p }, policy: func(p *sign.Policy) { p.CRLs = revoked(publisher().cert.SerialNumber) }},
		{name: "a certificate that no revocation list answers for", rule: "trust-revocation-unknown", outcome: notAccepted, build: signedBy(issued()), policy: func(p *sign.Policy) {
			p.CRLs = revoked(big.NewInt(1))
			p.CRLs[0].NextUpdate = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		}},
		{name: "a good signature, and no trusted roots", rule: "trust-no-roots", outcome: notAccepted, build: func(p *pkg) *pkg { return p }, policy: func(p *sign.Policy) { p.Roots = nil }},
		{name: "a signature of another package", rule: "signature-mismatch", outcome: notAccepted, build: func(p *pkg) *pkg {
			other := files(p.t, "")
			return p.set("app.cert", other.get("app.cert"))
		}},
		{name: "a signature of zeros", rule: "signature-key", outcome: notAccepted, build: certificateOf(func(s string) string {
			line, rest, _ := strings.Cut(s, "= ")
			sig, rest, _ := strings.Cut(rest, "\n")
			return line + "= " + hex.EncodeToString(make([]byte, len(sig)/2)) + "\n" + rest
		})},
	}
}

// revoked is a list of the root with one serial number.
func revoked(serial *big.Int) []*x509.RevocationList {
	r := root()
	der := must(x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC), NextUpdate: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: serial, RevocationTime: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)}},
	}, r.cert, r.key))
	return []*x509.RevocationList{must(x509.ParseRevocationList(der))}
}
