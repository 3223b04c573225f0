package sign

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestCorpusManifests compares what the reader says of each real manifest with
// the notes of the index, which were made without it, and its entries with the
// lines that a regular expression finds.
func TestCorpusManifests(t *testing.T) {
	dir := corpus(t)
	entry := regexp.MustCompile(`(?m)^(SHA\d+)\(([^)\r\n]+)\)= ([0-9a-f]+)\r?$`)
	n, coreutils := 0, 0
	for line := range strings.Lines(string(readFile(t, dir, "INDEX.tsv"))) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if f[0] == "path" || f[5] != "mf" {
			continue
		}
		n++
		name, notes := f[0], f[11]
		data := readFile(t, dir, name)
		m, list := ParseManifest(filepath.Base(name), data, Limits{})
		got := rules(list)
		has := func(rule string, want bool) {
			if slices.Contains(got, rule) != want {
				t.Errorf("%s: reports %q, and %s should be %v (%s)", name, got, rule, want, notes)
			}
		}
		if strings.Contains(notes, "coreutils") {
			coreutils++
			has(ruleManifestCoreutils, true)
			if len(m.Entries) > 0 {
				t.Errorf("%s: %d entries from the layout of sha1sum", name, len(m.Entries))
			}
			continue
		}
		has(ruleManifestCoreutils, false)
		has(ruleLineEnding, strings.Contains(notes, "CRLF"))
		want := entry.FindAllSubmatch(data, -1)
		// The package ourOVF of open-ovf lists its own .mf and .cert.
		want = slices.DeleteFunc(want, func(w [][]byte) bool { return string(w[2]) == "ourOVF.mf" || string(w[2]) == "ourOVF.cert" })
		if len(m.Entries) != len(want) {
			t.Errorf("%s: %d entries, %d lines match", name, len(m.Entries), len(want))
			continue
		}
		for i, e := range m.Entries {
			if w := want[i]; e.Algorithm.String() != string(w[1]) || e.Name != string(w[2]) || hexOf(e.Digest) != string(w[3]) {
				t.Errorf("%s: entry %d is %v, the line says %s", name, i, e, w[0])
			}
		}
	}
	if n == 0 || coreutils != 12 {
		t.Errorf("%d manifests, %d in the layout of coreutils: want some and 12", n, coreutils)
	}
}

// corpusPackages are the archives with a manifest, and what they are refused
// for at the strictest policy and at one that gives up all it can.
var corpusPackages = []struct {
	name             string
	trusted, lenient []string
	gaveUp           []string
}{
	{"Awingu__open-ovf/py/tests/test_files/ourOVF.ova", // listed three times, wrapped signature of another file
		[]string{ruleManifestSelf, ruleManifestSelf, ruleManifestDuplicate, ruleManifestDuplicate, ruleManifestDuplicate, ruleManifestDuplicate, ruleManifestDuplicate, ruleManifestDuplicate, ruleDigestWeak,
			ruleCertificateSignature, ruleCertificateLineWrapped, ruleCertificateLineName, ruleSignatureMismatch, ruleDigestMismatch},
		[]string{ruleManifestSelf, ruleManifestSelf, ruleManifestDuplicate, ruleManifestDuplicate, ruleManifestDuplicate, ruleManifestDuplicate, ruleManifestDuplicate, ruleManifestDuplicate,
			ruleCertificateSignature, ruleCertificateLineWrapped, ruleCertificateLineName, ruleSignatureMismatch, ruleDigestMismatch},
		[]string{"AllowSHA1"}},
	{"cyberus-technology__virtualbox-kvm/src/VBox/ValidationKit/tests/api/tdAppliance1-t7-bad-instance.ova",
		[]string{ruleDigestWeak, ruleSignatureMissing}, nil, []string{"AllowSHA1", "Level unsigned"}},
	{"fanjinfei__virtualBox-ose/src/VBox/ValidationKit/tests/api/tdAppliance1-t1.ova", // ovftool 4.0: nothing to list but the descriptor
		[]string{ruleManifestEmpty, ruleSignatureMissing}, nil, []string{"Level no-manifest", "Level unsigned"}},
	{"fanjinfei__virtualBox-ose/src/VBox/ValidationKit/tests/api/tdAppliance1-t2.ova", // ovftool 4.0: descriptor not listed
		[]string{ruleDigestWeak, ruleSignatureMissing, ruleManifestDescriptor}, nil, []string{"AllowSHA1", "AllowUnlistedDescriptor", "Level unsigned"}},
	{"fanjinfei__virtualBox-ose/src/VBox/ValidationKit/tests/api/tdAppliance1-t2-ovftool-4.1.0.ova",
		[]string{ruleDigestWeak, ruleSignatureMissing}, nil, []string{"AllowSHA1", "Level unsigned"}},
	{"fanjinfei__virtualBox-ose/src/VBox/ValidationKit/tests/api/tdAppliance1-t3-ovftool-4.1.0.ova",
		[]string{ruleSignatureMissing}, nil, []string{"Level unsigned"}},
	{"fanjinfei__virtualBox-ose/src/VBox/ValidationKit/tests/api/tdAppliance1-t4.ova", // self-signed, 1024 bits
		[]string{ruleSignatureWeak, ruleTrustNoRoots, ruleTrustWeakKey, ruleManifestDescriptor}, nil,
		[]string{"AllowSHA1", "AllowUnlistedDescriptor", "AllowWeakKeys", "Level any-issuer"}},
	{"fanjinfei__virtualBox-ose/src/VBox/ValidationKit/tests/api/tdAppliance1-t4-ovftool-4.1.0.ova",
		[]string{ruleSignatureWeak, ruleTrustNoRoots, ruleTrustWeakKey}, nil, []string{"AllowSHA1", "AllowWeakKeys", "Level any-issuer"}},
	{"fanjinfei__virtualBox-ose/src/VBox/ValidationKit/tests/api/tdAppliance1-t5-ovftool-4.1.0.ova", // code signing, expired 2018, issued with SHA-1
		[]string{ruleDigestWeak, ruleSignatureWeak, ruleTrustNoRoots, ruleTrustExpired, ruleTrustWeakDigest}, nil, []string{"AllowExpired", "AllowSHA1", "Level any-issuer"}},
	{"fanjinfei__virtualBox-ose/src/VBox/ValidationKit/tests/api/tdAppliance1-t6-ovftool-4.1.0.ova", // issued by the certificate of t4
		[]string{ruleDigestWeak, ruleSignatureWeak, ruleTrustNoRoots}, nil, []string{"AllowSHA1", "Level any-issuer"}},
	{"kubevirt__containerized-data-importer/tests/images/fake.ova", // the manifest has the disk's name and lists the disk only
		[]string{ruleDigestWeak, ruleSignatureMissing, ruleManifestDescriptor}, nil, []string{"AllowSHA1", "AllowUnlistedDescriptor", "Level unsigned"}},
	{"vmware__go-vcloud-director/test-resources/vapp_with_3_vms.ova",
		[]string{ruleDigestWeak, ruleSignatureMissing}, nil, []string{"AllowSHA1", "Level unsigned"}},
	{"vmware__go-vcloud-director/test-resources/test_vapp_template.ova", // no manifest
		[]string{ruleManifestMissing, ruleSignatureMissing}, nil, []string{"Level no-manifest", "Level unsigned"}},
	{"vmware__photon-controller/ruby/cli/bin/from_out_tty_tiny1.ova",
		[]string{ruleDigestWeak, ruleSignatureMissing}, nil, []string{"AllowSHA1", "Level unsigned"}},
	{"vmware-tanzu__vm-operator/test/builder/testdata/images/uber.ova",
		[]string{ruleManifestCoreutils, ruleSignatureMissing}, []string{ruleManifestCoreutils}, []string{"Level unsigned"}},
}

// TestCorpusPackages verifies real packages of other producers with their real
// disks: that a digest matches is the producer's word, not ours.
func TestCorpusPackages(t *testing.T) {
	dir := corpus(t)
	for _, c := range corpusPackages {
		t.Run(filepath.Base(c.name), func(t *testing.T) {
			in := readOVA(t, filepath.Join(dir, c.name))
			r, _ := verify(t, in, Policy{Time: testTime})
			if got := refusals(r); !slices.Equal(got, c.trusted) {
				t.Errorf("refused for\n%q, want\n%q", got, c.trusted)
			}
			r, _ = verify(t, in, Policy{Time: testTime, Level: NoManifest, AllowSHA1: true, AllowWeakKeys: true, AllowExpired: true, AllowUnlistedDescriptor: true})
			if got := refusals(r); !slices.Equal(got, c.lenient) {
				t.Errorf("at the weakest policy refused for\n%q, want\n%q", got, c.lenient)
			}
			if got := r.GaveUp; !slices.Equal(got, c.gaveUp) {
				t.Errorf("gave up %q, want %q", got, c.gaveUp)
			}
		})
	}
}

// TestCorpusSignatures compares the verdict on each real .cert file with that of
// openssl, and follows the one chain in the corpus: t4 has issued t6.
func TestCorpusSignatures(t *testing.T) {
	tool(t, "openssl")
	dir := corpus(t)
	const vbox = "fanjinfei__virtualBox-ose/src/VBox/ValidationKit/tests/api/tdAppliance1-"
	for _, c := range []struct {
		name, key string
	}{
		{"Awingu__open-ovf/py/tests/test_files/ourOVF", "RSA 512"},
		{vbox + "t4.ova.d/tdAppliance1-t4", "RSA 1024"},
		{vbox + "t4-ovftool-4.1.0.ova.d/tdAppliance1-t4-ovftool-4.1.0", "RSA 1024"},
		{vbox + "t5-ovftool-4.1.0.ova.d/tdAppliance1-t5-ovftool-4.1.0", "RSA 2048"},
		{vbox + "t6-ovftool-4.1.0.ova.d/tdAppliance1-t6-ovftool-4.1.0", "RSA 4096"},
	} {
		t.Run(filepath.Base(c.name), func(t *testing.T) {
			mf := readFile(t, dir, c.name+".mf")
			cert, list := ParseCertificate(filepath.Base(c.name)+".cert", readFile(t, dir, c.name+".cert"), Limits{})
			if list.HasErrors() {
				t.Fatal(list)
			}
			if got := keyName(cert.Certificates[0]); got != c.key {
				t.Errorf("key %s, want %s", got, c.key)
			}
			for _, tamper := range []bool{false, true} {
				if tamper {
					mf[10] ^= 1
				}
				openssl := opensslVerify(t, cert.Certificates[0], cert.Algorithm, mf, cert.Signature)
				r := cert.verifySignature(mf)
				want := ""
				switch {
				case c.key == "RSA 512":
					want = ruleSignatureAlgorithm // openssl checks such keys, Go does not
				case !openssl:
					want = ruleSignatureMismatch
				}
				if r.rule != want || openssl == tamper {
					t.Errorf("changed %v: rule %q, want %q; openssl says %v", tamper, r.rule, want, openssl)
				}
			}
		})
	}

	t4, _ := ParseCertificate("t4.cert", readFile(t, dir, vbox+"t4.ova.d/tdAppliance1-t4.cert"), Limits{})
	in := readOVA(t, filepath.Join(dir, vbox+"t6-ovftool-4.1.0.ova"))
	p := Policy{Time: testTime, Roots: poolOf(t4.Certificates), AllowSHA1: true}
	if r, err := verify(t, in, p); err != nil || !r.Signer.Chained {
		t.Errorf("t6 with the root that issued it: %v", err)
	}
	in = readOVA(t, filepath.Join(dir, vbox+"t5-ovftool-4.1.0.ova"))
	t5, _ := ParseCertificate("t5.cert", in.Certificate.Data, Limits{})
	p.Roots = poolOf(t5.Certificates)
	if r, _ := verify(t, in, p); !slices.Equal(refusals(r), []string{ruleTrustExpired}) {
		t.Errorf("t5 as its own root: refused for %q, want that it is expired alone", refusals(r))
	}
	p.Time = t5.Certificates[0].NotAfter
	if r, err := verify(t, in, p); err != nil {
		t.Errorf("t5 in its last second: %q %v", refusals(r), err)
	}
}

// opensslVerify asks openssl whether a signature over data is good.
func opensslVerify(t *testing.T, c *x509.Certificate, a Algorithm, data, sig []byte) bool {
	t.Helper()
	dir := t.TempDir()
	der, err := x509.MarshalPKIXPublicKey(c.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "pub.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	writeFile(t, dir, "data", data)
	writeFile(t, dir, "sig", sig)
	return succeeds(dir, "openssl", "dgst", "-"+strings.ToLower(a.String()), "-verify", "pub.pem", "-signature", "sig", "data")
}

// readOVA reads an archive whole: those of the corpus are small.
func readOVA(t *testing.T, path string) Input {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in Input
	for tr := tar.NewReader(f); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return in
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		switch filepath.Ext(h.Name) {
		case ".mf":
			in.Manifest = Document{h.Name, b}
		case ".cert":
			in.Certificate = Document{h.Name, b}
		default:
			role := RoleFile
			if filepath.Ext(h.Name) == ".ovf" {
				role = RoleDescriptor
			}
			in.Members = append(in.Members, Member{Name: h.Name, Role: role, Size: h.Size, Content: bytes.NewReader(b)})
		}
	}
}
