package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestOpenSSLVerifiesOurs: each kind of key, digest and padding that we sign
// with is verified by openssl.
func TestOpenSSLVerifiesOurs(t *testing.T) {
	tool(t, "openssl")
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	p521 := must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	for _, k := range []struct {
		name string
		key  crypto.Signer
		pss  bool
	}{
		{"RSA", rsaKey(), false}, {"PSS", rsaKey(), true}, {"P-256", ecKey(), false}, {"P-384", p384, false}, {"P-521", p521, false},
	} {
		for a := SHA1; a <= SHA512; a++ {
			t.Run(k.name+" "+a.String(), func(t *testing.T) {
				dir := t.TempDir()
				id := issue(t, "Signer", k.key, nil)
				mf := testManifest(t, a, testMembers())
				cert, err := Sign("app.mf", mf, k.key, []*x509.Certificate{id.cert}, Options{Digest: a, PSS: k.pss})
				if err != nil {
					t.Fatal(err)
				}
				line, rest, _ := bytes.Cut(cert, []byte("\n"))
				label := a.String() + "(app.mf)= "
				if !bytes.HasPrefix(line, []byte(label)) {
					t.Fatalf("the line is %q", line)
				}
				sig, err := hex.DecodeString(string(line[len(label):]))
				if err != nil {
					t.Fatal(err)
				}
				writeFile(t, dir, "app.mf", mf)
				writeFile(t, dir, "app.cert", rest)
				writeFile(t, dir, "sig", sig)
				// openssl reads the certificate from what we wrote.
				writeFile(t, dir, "pub.pem", run(t, dir, "openssl", "x509", "-in", "app.cert", "-noout", "-pubkey"))
				args := []string{"dgst", "-" + strings.ToLower(a.String()), "-verify", "pub.pem", "-signature", "sig"}
				if k.pss {
					args = append(args, "-sigopt", "rsa_padding_mode:pss")
				}
				run(t, dir, "openssl", append(args, "app.mf")...)
				if a != SHA256 {
					return
				}
				mf[0] ^= 1
				writeFile(t, dir, "app.mf", mf)
				if succeeds(dir, "openssl", append(args, "app.mf")...) {
					t.Error("openssl verifies a changed manifest: the test proves nothing")
				}
			})
		}
	}
}

// TestWeVerifyOpenSSL: a package whose keys, certificates, digests and
// signature were all made by openssl is accepted, and refused once changed.
func TestWeVerifyOpenSSL(t *testing.T) {
	tool(t, "openssl")
	dirs := map[string]string{} // a certificate chain for each kind of key
	for _, k := range []struct {
		name   string
		genkey []string
		sign   []string
		form   string
	}{
		{"RSA", []string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}, nil, formPKCS1},
		{"PSS", []string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}, []string{"-sigopt", "rsa_padding_mode:pss"}, formPSS},
		{"P-256", []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}, nil, formECDSA},
		{"P-521", []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"}, nil, formECDSA},
	} {
		name := strings.Join(k.genkey, " ")
		if dirs[name] == "" {
			dirs[name] = opensslPKI(t, k.genkey)
		}
		dir := dirs[name]
		for a := SHA1; a <= SHA512; a++ {
			t.Run(k.name+" "+a.String(), func(t *testing.T) {
				digest := "-" + strings.ToLower(a.String())
				// openssl dgst prints the lines of a manifest: SHA1(x)= in
				// version 1, SHA2-256(x)= in version 3.
				mf := run(t, dir, "openssl", "dgst", digest, "app.ovf", "app.vmdk")
				writeFile(t, dir, "app.mf", mf)
				sig := run(t, dir, "openssl", append(append([]string{"dgst", digest, "-sign", "leaf.key"}, k.sign...), "app.mf")...)
				in := fileInput(t, dir, slices.Concat([]byte(a.String()+"(app.mf)= "+hex.EncodeToString(sig)+"\n"), readFile(t, dir, "leaf.pem"), readFile(t, dir, "middle.pem")))
				root := must(ParseChain("root.pem", readFile(t, dir, "root.pem")))
				policy := Policy{Roots: poolOf(root), AllowSHA1: a == SHA1}
				r, err := verify(t, in, policy)
				if err != nil || r.Signer.Form != k.form || r.Signer.Digest != a || len(r.GaveUp) != 0 && a != SHA1 {
					t.Errorf("%v\n%s", err, text(r))
				}
				in.Manifest.Data = bytes.Replace(mf, []byte("app.vmdk"), []byte("apq.vmdk"), 1)
				if r, err := verify(t, in, policy); err == nil || r.Signer != nil {
					t.Error("a changed manifest is accepted")
				}
			})
		}
	}
}

// opensslPKI makes a folder with two files of a package, and root, middle and
// leaf certificates, all by openssl.
func opensslPKI(t *testing.T, genkey []string) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, dir, "app.ovf", []byte("<Envelope/>"))
	writeFile(t, dir, "app.vmdk", randomBytes(70_000))
	writeFile(t, dir, "ca.ext", []byte("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"))
	writeFile(t, dir, "leaf.ext", []byte("basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=codeSigning\nsubjectKeyIdentifier=hash\n"))
	ec := []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}
	issuer := ""
	for _, c := range []struct {
		name, ext string
		genkey    []string
	}{{"root", "ca.ext", ec}, {"middle", "ca.ext", ec}, {"leaf", "leaf.ext", genkey}} {
		run(t, dir, "openssl", append([]string{"genpkey", "-out", c.name + ".key"}, c.genkey...)...)
		run(t, dir, "openssl", "req", "-new", "-key", c.name+".key", "-subj", "/CN=OpenSSL "+c.name+"/O=Example Corp", "-out", c.name+".csr")
		args := []string{"x509", "-req", "-in", c.name + ".csr", "-days", "30", "-extfile", c.ext, "-out", c.name + ".pem", "-sha256"}
		if issuer == "" {
			args = append(args, "-signkey", c.name+".key")
		} else {
			args = append(args, "-CA", issuer+".pem", "-CAkey", issuer+".key", "-CAcreateserial")
		}
		run(t, dir, "openssl", args...)
		issuer = c.name
	}
	return dir
}

// fileInput is the package in a folder with a certificate file.
func fileInput(t *testing.T, dir string, cert []byte) Input {
	t.Helper()
	in := Input{Manifest: Document{"app.mf", readFile(t, dir, "app.mf")}, Certificate: Document{"app.cert", cert}}
	for _, name := range []string{"app.ovf", "app.vmdk"} {
		b := readFile(t, dir, name)
		role := RoleFile
		if filepath.Ext(name) == ".ovf" {
			role = RoleDescriptor
		}
		in.Members = append(in.Members, Member{Name: name, Role: role, Size: int64(len(b)), Content: bytes.NewReader(b)})
	}
	return in
}

// TestRevocationOpenSSL takes a list that openssl ca has issued.
func TestRevocationOpenSSL(t *testing.T) {
	tool(t, "openssl")
	dir := opensslPKI(t, []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"})
	writeFile(t, dir, "ca.cnf", []byte("[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=3\n"))
	writeFile(t, dir, "index.txt", nil)
	writeFile(t, dir, "number", []byte("01\n"))
	list := func(name string) *x509.RevocationList {
		run(t, dir, "openssl", "ca", "-config", "ca.cnf", "-gencrl", "-keyfile", name+".key", "-cert", name+".pem", "-out", "crl.pem")
		return must(x509.ParseRevocationList(run(t, dir, "openssl", "crl", "-in", "crl.pem", "-outform", "DER")))
	}
	clean := []*x509.RevocationList{list("root"), list("middle")}
	run(t, dir, "openssl", "ca", "-config", "ca.cnf", "-keyfile", "middle.key", "-cert", "middle.pem", "-revoke", "leaf.pem", "-crl_reason", "keyCompromise")
	revoked := []*x509.RevocationList{clean[0], list("middle")}

	writeFile(t, dir, "app.mf", run(t, dir, "openssl", "dgst", "-sha256", "app.ovf", "app.vmdk"))
	sig := run(t, dir, "openssl", "dgst", "-sha256", "-sign", "leaf.key", "app.mf")
	in := fileInput(t, dir, slices.Concat([]byte("SHA256(app.mf)= "+hex.EncodeToString(sig)+"\n"), readFile(t, dir, "leaf.pem"), readFile(t, dir, "middle.pem")))
	policy := Policy{Roots: poolOf(must(ParseChain("", readFile(t, dir, "root.pem")))), CRLs: clean}
	if _, err := verify(t, in, policy); err != nil {
		t.Errorf("not revoked: %v", err)
	}
	policy.CRLs = revoked
	if r, _ := verify(t, in, policy); !slices.Equal(refusals(r), []string{ruleTrustRevoked}) {
		t.Errorf("revoked: refused for %q", refusals(r))
	}
}

// TestChecksumTools: after turning the manifest's form, sha256sum and its like
// agree with it; and they read what sha256sum --tag writes.
func TestChecksumTools(t *testing.T) {
	dir := t.TempDir()
	var members []Member
	for i, name := range []string{"app.ovf", "disk (1).vmdk", "empty", "ä.iso"} {
		b := randomBytes(i * 40_000)
		if name == "empty" {
			b = nil
		}
		writeFile(t, dir, name, b)
		members = append(members, Member{Name: name, Size: int64(len(b)), Content: bytes.NewReader(b)})
	}
	turn := regexp.MustCompile(`(?m)^\w+\((.*)\)= ([0-9a-f]+)$`)
	for a := SHA1; a <= SHA512; a++ {
		sum := strings.ToLower(a.String()) + "sum"
		tool(t, sum)
		mf := testManifest(t, a, members)
		writeFile(t, dir, "sums", turn.ReplaceAll(mf, []byte("$2  $1")))
		out := run(t, dir, sum, "--strict", "-c", "sums")
		if n := bytes.Count(out, []byte(": OK\n")); n != len(members) {
			t.Errorf("%s says %d of %d files are right:\n%s", sum, n, len(members), out)
		}
		tagged := run(t, dir, sum, "--tag", "app.ovf", "disk (1).vmdk", "empty", "ä.iso")
		m, list := ParseManifest("app.mf", tagged, Limits{})
		if !slices.Equal(rules(list), []string{ruleLineSpacing}) {
			t.Errorf("%s --tag: %v", sum, list)
		}
		want, _ := ParseManifest("app.mf", mf, Limits{})
		for i := range want.Entries {
			if e := m.Entries[i]; e.Name != want.Entries[i].Name || !bytes.Equal(e.Digest, want.Entries[i].Digest) {
				t.Errorf("%s has %v, we have %v", sum, e, want.Entries[i])
			}
		}
		if _, list := ParseManifest("app.mf", run(t, dir, sum, "app.ovf"), Limits{}); !slices.Equal(rules(list), []string{ruleManifestCoreutils}) {
			t.Errorf("%s without --tag: %v", sum, list)
		}
	}
}

// TestParseKeyOpenSSL reads every form of key that openssl writes, and signs
// with it.
func TestParseKeyOpenSSL(t *testing.T) {
	tool(t, "openssl")
	dir := t.TempDir()
	writeFile(t, dir, "in", []byte("message"))
	pass := []byte("correct horse")
	for _, c := range []struct {
		name   string
		args   []string // of openssl, writing key.pem
		rule   string
		secret []byte
	}{
		{"PKCS8 RSA", []string{"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}, "", nil},
		{"PKCS1", []string{"genrsa", "-traditional", "2048"}, "", nil},
		{"PKCS8 EC", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}, "", nil},
		{"SEC1 with parameters", []string{"ecparam", "-genkey", "-name", "secp384r1"}, "", nil},
		{"encrypted, default", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes-256-cbc", "-pass", "pass:correct horse"}, "", pass},
		{"encrypted, AES-128", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes-128-cbc", "-pass", "pass:correct horse"}, "", pass},
		{"encrypted, AES-192", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes-192-cbc", "-pass", "pass:correct horse"}, "", pass},
		{"encrypted, no passphrase", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes-256-cbc", "-pass", "pass:correct horse"}, ruleKeyEncrypted, nil},
		{"encrypted, wrong passphrase", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes-256-cbc", "-pass", "pass:correct horse"}, ruleKeyEncrypted, []byte("battery staple")},
		{"encrypted, 3DES", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-des3", "-pass", "pass:correct horse"}, ruleKeyUnsupported, pass},
		{"old encryption", []string{"genrsa", "-traditional", "-aes128", "-passout", "pass:correct horse", "2048"}, ruleKeyUnsupported, pass},
		{"DSA", []string{"genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024"}, ruleKeyMissing, nil},
		{"X25519", []string{"genpkey", "-algorithm", "X25519"}, ruleKeyUnsupported, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			writeFile(t, dir, "key.pem", run(t, dir, "openssl", c.args...))
			key, err := ParseKey("key.pem", readFile(t, dir, "key.pem"), c.secret)
			if c.rule != "" {
				wantRule(t, err, c.rule)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			sig, err := crypto.SignMessage(key, rand.Reader, []byte("message"), crypto.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, dir, "sig", sig)
			pub := run(t, dir, "openssl", "pkey", "-in", "key.pem", "-pubout", "-passin", "pass:correct horse")
			writeFile(t, dir, "pub.pem", pub)
			run(t, dir, "openssl", "dgst", "-sha256", "-verify", "pub.pem", "-signature", "sig", "in")
		})
	}
	for _, prf := range []string{"hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512"} {
		run(t, dir, "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "plain.pem")
		run(t, dir, "openssl", "pkcs8", "-topk8", "-in", "plain.pem", "-out", "key.pem", "-v2", "aes-256-cbc", "-v2prf", prf, "-iter", "1000", "-passout", "pass:correct horse")
		plain := must(ParseKey("", readFile(t, dir, "plain.pem"), nil))
		key, err := ParseKey("key.pem", readFile(t, dir, "key.pem"), pass)
		if err != nil || !plain.(*ecdsa.PrivateKey).Equal(key) {
			t.Errorf("%s: %v", prf, err)
		}
	}
	if !strings.Contains(string(run(t, dir, "openssl", "list", "-kdf-algorithms")), "SCRYPT") {
		return
	}
	run(t, dir, "openssl", "pkcs8", "-topk8", "-in", "plain.pem", "-out", "key.pem", "-scrypt", "-passout", "pass:correct horse")
	_, err := ParseKey("key.pem", readFile(t, dir, "key.pem"), pass)
	wantRule(t, err, ruleKeyUnsupported)
}

// TestCommandSignerOpenSSL signs with openssl as the external command, in both
// ways of handing over the manifest, and for each digest.
func TestCommandSignerOpenSSL(t *testing.T) {
	tool(t, "openssl")
	dir := t.TempDir()
	p := newPKI(t, rsaKey())
	ec := issue(t, "Curve", ecKey(), &p.root)
	writeFile(t, dir, "rsa.pem", p.signer.keyPEM(t))
	writeFile(t, dir, "ec.pem", ec.keyPEM(t))
	members := testMembers()
	mf := testManifest(t, SHA256, members)
	for a := SHA1; a <= SHA512; a++ {
		name := strings.ToLower(a.String())
		rsaFile, ecFile := filepath.Join(dir, "rsa.pem"), filepath.Join(dir, "ec.pem")
		for _, c := range []struct {
			name   string
			id     identity
			digest bool
			pss    bool
			args   []string
		}{
			{"message", p.signer, false, false, []string{"dgst", "-" + name, "-sign", rsaFile}},
			{"digest", p.signer, true, false, []string{"pkeyutl", "-sign", "-inkey", rsaFile, "-pkeyopt", "digest:" + name}},
			{"PSS", p.signer, true, true, []string{"pkeyutl", "-sign", "-inkey", rsaFile, "-pkeyopt", "digest:" + name, "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest"}},
			{"ECDSA", ec, false, false, []string{"dgst", "-" + name, "-sign", ecFile}},
			{"ECDSA digest", ec, true, false, []string{"pkeyutl", "-sign", "-inkey", ecFile}},
		} {
			s := NewCommandSigner(context.Background(), c.id.key.Public(), c.digest, "openssl", c.args...)
			cert, err := Sign("app.mf", mf, s, []*x509.Certificate{c.id.cert, p.middle.cert}, Options{Digest: a, PSS: c.pss})
			if err != nil {
				t.Errorf("%s %s: %v", c.name, name, err)
				continue
			}
			policy := p.policy()
			policy.AllowSHA1 = a == SHA1
			if _, err := verify(t, Input{Manifest: Document{"app.mf", mf}, Certificate: Document{"app.cert", cert}, Members: members}, policy); err != nil {
				t.Errorf("%s %s: %v", c.name, name, err)
			}
		}
	}
	// The wrong digest is noticed before anything is written.
	s := NewCommandSigner(context.Background(), rsaKey().Public(), false, "openssl", "dgst", "-sha512", "-sign", filepath.Join(dir, "rsa.pem"))
	_, err := Sign("app.mf", mf, s, p.chain(), Options{Digest: SHA256})
	wantRule(t, err, ruleSignerFailed)
	if _, ok := rsaKey().Public().(*rsa.PublicKey); !ok {
		t.Error("the key is not RSA")
	}
}
