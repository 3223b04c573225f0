package sign

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"slices"
	"strings"
	"testing"
)

// cmsPackage is a package signed by openssl in the OVF form, to which tests add
// a CMS block as VirtualBox does.
type cmsPackage struct {
	dir  string
	line []byte // the signature line
	root *x509.CertPool
}

func newCMSPackage(t *testing.T, genkey ...string) cmsPackage {
	t.Helper()
	tool(t, "openssl")
	dir := opensslPKI(t, genkey)
	writeFile(t, dir, "app.mf", run(t, dir, "openssl", "dgst", "-sha256", "app.ovf", "app.vmdk"))
	writeFile(t, dir, "other.mf", run(t, dir, "openssl", "dgst", "-sha256", "app.ovf"))
	sig := run(t, dir, "openssl", "dgst", "-sha256", "-sign", "leaf.key", "app.mf")
	return cmsPackage{dir, []byte("SHA256(app.mf) = " + hex.EncodeToString(sig) + "\n\n"),
		poolOf(must(ParseChain("", readFile(t, dir, "root.pem"))))}
}

// sign runs openssl cms -sign over the manifest.
func (p cmsPackage) sign(t *testing.T, args ...string) []byte {
	t.Helper()
	return run(t, p.dir, "openssl", append([]string{"cms", "-sign", "-binary", "-in", "app.mf", "-signer", "leaf.pem", "-inkey", "leaf.key", "-outform", "PEM"}, args...)...)
}

// verify adds the block and returns the row about it, and the report.
func (p cmsPackage) verify(t *testing.T, block []byte) (Row, *Report) {
	t.Helper()
	in := fileInput(t, p.dir, slices.Concat(p.line, readFile(t, p.dir, "leaf.pem"), []byte("\n"), block))
	r, _ := verify(t, in, Policy{Roots: p.root, Intermediates: must(ParseChain("", readFile(t, p.dir, "middle.pem")))})
	i := slices.IndexFunc(r.Rows, func(r Row) bool { return r.Check == CheckCMS })
	if i < 0 {
		t.Fatalf("no row about the CMS block\n%s", text(r))
	}
	return r.Rows[i], r
}

// TestCMS takes blocks that openssl made. VirtualBox writes a detached one with
// attributes over SHA3-512 after the certificate.
func TestCMS(t *testing.T) {
	p := newCMSPackage(t, "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
	for _, c := range []struct {
		name    string
		args    []string
		outcome Outcome
		rule    string
	}{
		{"SHA3-512, as VirtualBox", []string{"-md", "sha3-512", "-nosmimecap"}, Passed, ""},
		{"SHA3-384", []string{"-md", "sha3-384"}, Passed, ""},
		{"SHA3-256", []string{"-md", "sha3-256"}, Passed, ""},
		{"SHA-256", []string{"-md", "sha256"}, Passed, ""},
		{"SHA-384", []string{"-md", "sha384"}, Passed, ""},
		{"SHA-512", []string{"-md", "sha512"}, Passed, ""},
		{"SHA-224", []string{"-md", "sha224"}, Passed, ""},
		{"PSS", []string{"-md", "sha256", "-keyopt", "rsa_padding_mode:pss"}, Passed, ""},
		{"PSS with another MGF digest", []string{"-md", "sha256", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_mgf1_md:sha512"}, Inconclusive, ruleCMSUnchecked},
		{"content inside", []string{"-md", "sha256", "-nodetach"}, Passed, ""},
		{"no attributes", []string{"-md", "sha256", "-noattr"}, Passed, ""},
		{"key identifier", []string{"-md", "sha256", "-keyid"}, Passed, ""},
		{"no certificates", []string{"-md", "sha256", "-nocerts"}, Passed, ""},
		{"intermediate inside", []string{"-md", "sha256", "-certfile", "middle.pem"}, Passed, ""},
		{"another manifest inside", []string{"-md", "sha256", "-nodetach", "-in", "other.mf"}, Failed, ruleCMSMismatch},
		{"over another manifest", []string{"-md", "sha256", "-in", "other.mf"}, Failed, ruleCMSMismatch},
		{"over another manifest, no attributes", []string{"-md", "sha256", "-noattr", "-in", "other.mf"}, Failed, ruleCMSMismatch},
		{"by another signer", []string{"-md", "sha256", "-signer", "middle.pem", "-inkey", "middle.key"}, Inconclusive, ruleCMSUnchecked}, // two signers
		{"SHA-1", []string{"-md", "sha1"}, Inconclusive, ruleSignatureWeak},
		{"MD5", []string{"-md", "md5"}, Inconclusive, ruleCMSUnchecked},
		{"content type", []string{"-md", "sha256", "-econtent_type", "1.2.3.4"}, Passed, ""},
		{"BER", []string{"-md", "sha256", "-nodetach", "-indef"}, Inconclusive, ruleCMSUnchecked},
	} {
		t.Run(c.name, func(t *testing.T) {
			row, r := p.verify(t, p.sign(t, c.args...))
			if row.Outcome != c.outcome || row.Rule != c.rule {
				t.Errorf("%s %s: %s; want %s %s", row.Outcome, row.Rule, row.Reason, c.outcome, c.rule)
			}
			// A block that cannot be checked is no ground to refuse: it can be left
			// out by anyone. One that is wrong is.
			if r.Accepted != (c.outcome != Failed) {
				t.Errorf("accepted %v\n%s", r.Accepted, text(r))
			}
		})
	}
	run(t, p.dir, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "x.key", "-out", "x.pem", "-subj", "/CN=Other")
	foreign := run(t, p.dir, "openssl", "cms", "-sign", "-binary", "-in", "app.mf", "-signer", "x.pem", "-inkey", "x.key", "-outform", "PEM")
	if row, r := p.verify(t, foreign); row.Rule != ruleCMSSigner || r.Accepted {
		t.Errorf("by another signer: %s %s", row.Outcome, row.Rule)
	}
	encrypted := run(t, p.dir, "openssl", "cms", "-encrypt", "-binary", "-in", "app.mf", "-outform", "PEM", "-aes128", "x.pem")
	if row, _ := p.verify(t, encrypted); row.Rule != ruleCMSUnchecked {
		t.Errorf("encrypted: %s %s", row.Outcome, row.Rule)
	}
	damaged := pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: []byte{0x30, 0x03, 1, 2, 3}})
	if row, r := p.verify(t, damaged); row.Rule != ruleCMSMismatch || r.Accepted {
		t.Errorf("damaged: %s %s", row.Outcome, row.Rule)
	}
	pkcs7 := bytes.ReplaceAll(p.sign(t, "-md", "sha256"), []byte("CMS-----"), []byte("PKCS7-----"))
	if row, _ := p.verify(t, pkcs7); row.Outcome != Passed {
		t.Errorf("as PKCS7: %s", row.Reason)
	}
}

func TestCMSCurves(t *testing.T) {
	for _, curve := range []string{"P-256", "P-384"} {
		p := newCMSPackage(t, "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:"+curve)
		for _, md := range []string{"sha256", "sha384", "sha512"} {
			row, r := p.verify(t, p.sign(t, "-md", md))
			if row.Outcome != Passed || !r.Accepted {
				t.Errorf("%s %s: %s %s", curve, md, row.Outcome, row.Reason)
			}
		}
	}
}

// TestCMSIntermediate: a chain may need the intermediate that only the block has.
func TestCMSIntermediate(t *testing.T) {
	p := newCMSPackage(t, "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
	for _, args := range [][]string{{"-certfile", "middle.pem"}, nil} {
		in := fileInput(t, p.dir, slices.Concat(p.line, readFile(t, p.dir, "leaf.pem"), p.sign(t, args...)))
		r, err := verify(t, in, Policy{Roots: p.root})
		if (err == nil) != (args != nil) {
			t.Errorf("%q: %v\n%s", args, err, text(r))
		}
	}
}

// TestCMSFlips changes each byte of a block. Where the result still passes here,
// openssl has to take it too: some fields, such as versions, are not signed.
// With OVF_LONG set, all bits are tried.
func TestCMSFlips(t *testing.T) {
	p := newCMSPackage(t, "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
	block, _ := pem.Decode(p.sign(t, "-md", "sha256", "-nosmimecap", "-nocerts"))
	leaf := must(ParseChain("", readFile(t, p.dir, "leaf.pem")))[0]
	mf := readFile(t, p.dir, "app.mf")
	passes := func(der []byte) bool {
		sd, err := parseCMS(der, DefaultLimits())
		return err == nil && sd.signer.identifies(leaf) && sd.verify(mf, leaf) == nil
	}
	if !passes(block.Bytes) {
		t.Fatal("the block itself does not pass")
	}
	bits := []int{0, 5, 7}
	if os.Getenv("OVF_LONG") != "" {
		bits = []int{0, 1, 2, 3, 4, 5, 6, 7}
	}
	tried, same := 0, 0
	for i := range block.Bytes {
		for _, bit := range bits {
			der := bytes.Clone(block.Bytes)
			der[i] ^= 1 << bit
			tried++
			if !passes(der) {
				continue
			}
			same++
			writeFile(t, p.dir, "flip.der", der)
			if !succeeds(p.dir, "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "flip.der", "-content", "app.mf", "-certfile", "leaf.pem", "-noverify", "-out", "out") {
				t.Errorf("byte %d bit %d passes here and not with openssl", i, bit)
			}
		}
	}
	t.Logf("%d changes, %d of them in fields that are not signed", tried, same)
}

func TestDER(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		ok   bool
	}{
		{"short form", "\x04\x01x", true},
		{"long form", "\x04\x81\x80" + strings.Repeat("x", 128), true},
		{"longer form", "\x04\x82\x01\x00" + strings.Repeat("x", 256), true},
		{"empty", "", false},
		{"tag alone", "\x04", false},
		{"beyond the end", "\x04\x02x", false},
		{"padded length", "\x04\x81\x01x", false},
		{"padded longer length", "\x04\x82\x00\x80" + strings.Repeat("x", 128), false},
		{"indefinite", "\x30\x80\x00\x00", false},
		{"long tag", "\x1f\x81\x01x", false},
		{"length of four bytes", "\x04\x84\x00\x00\x00\x01x", false},
		{"length without bytes", "\x04\x82\x01", false},
	} {
		d := derReader(c.in)
		_, body, full, err := d.next()
		if (err == nil) != c.ok || err == nil && (len(full) != len(c.in) || len(body) == 0 || body[0] != 'x' || len(d) != 0) {
			t.Errorf("%s: body %q, all %q, left %q, %v", c.name, body, full, d, err)
		}
	}
	if got := oidText(oidSignedData); got != "1.2.840.113549.1.7.2" {
		t.Errorf("OID %s", got)
	}
}
