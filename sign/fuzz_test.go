package sign

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

// sample is the signed package of testdata/signed, made by openssl.
func sample(t testing.TB) (in Input, p Policy) {
	t.Helper()
	read := func(name string) []byte { return readFile(t, "testdata", "signed", name) }
	in = Input{Manifest: Document{"petstore.mf", read("petstore.mf")}, Certificate: Document{"petstore.cert", read("petstore.cert")}}
	for _, name := range []string{"petstore.ovf", "petstore-disk1.img"} {
		b := read(name)
		role := RoleFile
		if strings.HasSuffix(name, ".ovf") {
			role = RoleDescriptor
		}
		in.Members = append(in.Members, Member{Name: name, Role: role, Size: int64(len(b)), Content: bytes.NewReader(b)})
	}
	roots, err := ParseChain("root.pem", read("root.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return in, Policy{Roots: poolOf(roots), Time: testTime.AddDate(0, 0, 1)}
}

// TestSample verifies a package in VirtualBox's form that openssl signed, and
// whose intermediate is in the CMS block alone.
func TestSample(t *testing.T) {
	in, p := sample(t)
	r, err := verify(t, in, p)
	if err != nil {
		t.Fatalf("%v\n%s", err, text(r))
	}
	if got := rules(r.Notes); !sameSet(got, []string{ruleLineSpacing, ruleLineBlank}) {
		t.Errorf("notes %q", got)
	}
	for _, row := range r.Rows {
		if row.Outcome != Passed && !(row.Outcome == Skipped && (row.Check == CheckRevocation || row.Check == CheckPublisher)) {
			t.Errorf("%s of %s: %s", row.Check, row.File, row.Outcome)
		}
	}
	golden(t, "sample.txt", text(r))
}

// checkList holds for what every parser reports.
func checkList(t *testing.T, list diag.List, data []byte, most int) {
	t.Helper()
	if len(list) > most+1+devCount {
		t.Errorf("%d diagnostics", len(list))
	}
	for _, d := range list {
		if ruleByName[d.Rule] == nil || d.Location.Offset > int64(len(data)) || d.Location.Line < 0 || len(d.Message) > 2000 {
			t.Errorf("%+v", d)
		}
		for _, r := range d.Message + d.Hint {
			if r < ' ' || r == 0x7f {
				t.Errorf("control character in %q", d.Message)
			}
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	for _, s := range []string{
		"", "SHA256(a.ovf)= " + hexSHA256 + "\n", "sha1 (a b.vmdk) =" + strings.ToUpper(hexSHA1) + "\r\n\r\n", hexSHA1 + "  a.ovf\n",
		"\xef\xbb\xbfSHA2-256(disks/a%20(1).vmdk.000000000)= " + hexSHA256, "SHA1(../a)= " + hexSHA1 + "\nSHA1(x.mf)= 00\nMD5(c)= 00\n", "\xff\xfeS\x00H\x00",
		"SHA1(a)= " + hexSHA1 + "\rSHA1(A)= " + hexSHA1 + "\r   \x00\x00",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lim := Limits{ManifestSize: 1 << 16, LineLength: 1 << 10, Entries: 100, Diagnostics: 10}
		before := bytes.Clone(data)
		m, list := ParseManifest("x.mf", data, lim)
		if !bytes.Equal(before, data) {
			t.Fatal("the input was changed")
		}
		checkList(t, list, data, 12) // one line can have two faults
		if len(m.Entries) > 101 {
			t.Errorf("%d entries", len(m.Entries))
		}
		for _, e := range m.Entries {
			if nameProblem(e.Name) != "" || e.Digest != nil && len(e.Digest) != e.Algorithm.Size() {
				t.Errorf("entry %+v", e)
			}
		}
		Check(m, []Member{{Name: "a.ovf", Role: RoleDescriptor}, {Name: "b", Href: "c"}})
		if list.HasErrors() {
			return
		}
		// What is good can be written, and the strict form means the same.
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil {
			t.Fatalf("a good manifest cannot be written: %v", err)
		}
		again, list := ParseManifest("x.mf", b.Bytes(), Limits{})
		if len(list) > 0 || len(again.Entries) != len(m.Entries) {
			t.Fatalf("the strict form: %v", list)
		}
		for i, e := range again.Entries {
			if w := m.Entries[i]; e.Name != w.Name || e.Algorithm != w.Algorithm || !bytes.Equal(e.Digest, w.Digest) {
				t.Errorf("entry %d was %v, is %v", i, w, e)
			}
		}
	})
}

func FuzzParseCertificate(f *testing.F) {
	in, _ := sample(f)
	f.Add(in.Certificate.Data)
	f.Add([]byte("SHA1(x.mf)= 00ff\nabcd\n-----BEGIN CERTIFICATE-----\nTWFu\n-----END CERTIFICATE-----\n"))
	f.Add([]byte("sha256 (x.mf) = 00 FF\r\n-----BEGIN PRIVATE KEY-----\nA: b\n\nTWFu\n-----END PRIVATE KEY-----"))
	f.Add([]byte("-----BEGIN CMS-----\nMAA=\n-----END CMS-----\n-----BEGIN CERTIFICATE-----\n-----BEGIN X-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lim := Limits{CertificateSize: 1 << 16, LineLength: 1 << 13, Certificates: 4, Diagnostics: 10}
		c, list := ParseCertificate("x.cert", data, lim)
		checkList(t, list, data, 13)
		if len(c.Certificates) > 4 {
			t.Errorf("%d certificates", len(c.Certificates))
		}
		usable := c.Algorithm != 0 && len(c.Signature) > 0 && len(c.Certificates) > 0
		if !usable && !list.HasErrors() {
			t.Error("a part is missing and nothing is reported")
		}
		if usable {
			c.verifySignature([]byte("SHA1(a)= " + hexSHA1 + "\r\n"))
		}
	})
}

func FuzzCMS(f *testing.F) {
	in, _ := sample(f)
	c, _ := ParseCertificate("x.cert", in.Certificate.Data, Limits{})
	f.Add(c.CMS)
	f.Add(cmsBlock(c.Certificates[0]))
	f.Add([]byte{0x30, 0x80, 0, 0})
	manifest := in.Manifest.Data
	other := append(bytes.Clone(manifest), '\n')
	f.Fuzz(func(t *testing.T, der []byte) {
		sd, err := parseCMS(der, Limits{}.withDefaults())
		if err != nil {
			return
		}
		leaf := c.Certificates[0]
		good := sd.verify(manifest, leaf) == nil
		// Nobody has the key, so nothing verifies another manifest.
		if sd.verify(other, leaf) == nil {
			t.Fatal("a block verifies a manifest that was never signed")
		}
		if good && !bytes.Contains(der, c.CMS[len(c.CMS)-200:]) {
			t.Fatal("a block verifies without the signature that was made")
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte(encryptedKey))
	f.Add([]byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nTWFu\n-----END RSA PRIVATE KEY-----\n"))
	f.Add([]byte("-----BEGIN EC PRIVATE KEY-----\nTWFu\n-----END EC PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		// Without a passphrase: the derivation is meant to be slow.
		key, err := ParseKey("k", data, nil)
		if (key == nil) != (err != nil) {
			t.Errorf("key %v, error %v", key != nil, err)
		}
		chain, err := ParseChain("k", data)
		if (chain == nil) != (err != nil) {
			t.Errorf("%d certificates, error %v", len(chain), err)
		}
	})
}

// FuzzVerify changes the two files of a signed package. Whatever they become,
// only the manifest that was signed is ever accepted.
func FuzzVerify(f *testing.F) {
	in, policy := sample(f)
	f.Add(in.Manifest.Data, in.Certificate.Data)
	f.Add([]byte(nil), in.Certificate.Data)
	f.Add(bytes.ReplaceAll(in.Manifest.Data, []byte("\n"), []byte("\r\n")), in.Certificate.Data)
	seeds, err := filepath.Glob(filepath.Join("testdata", "signed", "*.cert"))
	if err != nil || len(seeds) == 0 {
		f.Fatal("no seeds", err)
	}
	f.Fuzz(func(t *testing.T, manifest, cert []byte) {
		changed := in
		changed.Manifest.Data, changed.Certificate.Data = manifest, cert
		r, err := Verify(context.Background(), changed, policy)
		if r.Accepted != (err == nil) || r.Accepted && !bytes.Equal(manifest, in.Manifest.Data) {
			t.Fatalf("accepted %v, %v", r.Accepted, err)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
		if s := text(r); strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\n' || c == 0x7f }) {
			t.Fatalf("control character in %q", s)
		}
		loose := Policy{Level: NoManifest, Roots: x509.NewCertPool(), Time: policy.Time, AllowSHA1: true, AllowWeakKeys: true}
		if r, _ := Verify(context.Background(), changed, loose); r.Signer != nil && r.Signer.Chained {
			t.Fatal("trusted without roots")
		}
	})
}
