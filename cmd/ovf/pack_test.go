package main

import (
	"archive/tar"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// appliance makes a folder with a descriptor and two files, and returns the name
// of the descriptor.
func appliance(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"app.ovf": `<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
    <File ovf:id="disk" ovf:href="disk.img" ovf:size="1"/>
    <File ovf:id="readme" ovf:href="docs/README"/>
  </References>
  <VirtualSystem ovf:id="vm"><Info>A machine</Info></VirtualSystem>
</Envelope>
`,
		"disk.img":    strings.Repeat("0123456789abcdef", 1<<16),
		"docs/README": "read me\n",
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "app.ovf")
}

// packed packs the appliance and returns the archive.
func packed(t testing.TB, flags ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "app.ova")
	execute("", append([]string{"pack", appliance(t), "-o", out, "-q"}, flags...)...).want(t, exitGood)
	return out
}

// inArchive returns the members of an archive.
func inArchive(t testing.TB, name string) (names []string, content map[string]string) {
	t.Helper()
	content = map[string]string{}
	r := tar.NewReader(strings.NewReader(load(t, name)))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return names, content
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
		content[h.Name] = string(b)
	}
}

// keyFiles makes a key and its certificate, and returns the names of the PEM files
// and of a PKCS #12 file with the passphrase "pass".
func keyFiles(t testing.TB) (key, cert, p12 string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Packer"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	pfx, err := pkcs12.Modern.Encode(k, leaf, nil, "pass")
	if err != nil {
		t.Fatal(err)
	}
	return save(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: plain}))),
		save(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))), save(t, "key.p12", string(pfx))
}

func TestPack(t *testing.T) {
	desc := appliance(t)
	out := filepath.Join(t.TempDir(), "out.ova")
	r := execute("", "pack", desc, "-o", out)
	r.want(t, exitGood)
	if !strings.Contains(r.stdout, "out.ova: 4 files") || !strings.Contains(r.stdout, "not signed") {
		t.Errorf("it says %q", r.stdout)
	}
	names, content := inArchive(t, out)
	if want := []string{"app.ovf", "disk.img", "docs/README", "app.mf"}; !slices.Equal(names, want) {
		t.Errorf("members %q, want %q", names, want)
	}
	if got := content["app.ovf"]; got != strings.NewReplacer(`ovf:size="1"`, `ovf:size="1048576"`, `README"/>`, `README" ovf:size="8"/>`).Replace(load(t, desc)) {
		t.Errorf("descriptor:\n%s", got)
	}
	// of a folder, to standard output, into a folder: the same files
	if r := execute("", "pack", filepath.Dir(desc), "-o", "-"); r.stdout != load(t, out) {
		t.Errorf("standard output has another archive; %s", r.stderr)
	}
	dir := filepath.Join(t.TempDir(), "dir")
	execute("", "pack", desc, "-o", dir).want(t, exitGood)
	for name, want := range content {
		if load(t, filepath.Join(dir, filepath.FromSlash(name))) != want {
			t.Errorf("%s differs in the folder", name)
		}
	}
}

func TestPackJSON(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.ova")
	r := execute("", "pack", appliance(t), "-o", out, "--json", "--chunk-size", "512KiB", "--sha", "512")
	r.want(t, exitGood)
	var got written
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
		t.Fatalf("%v:\n%s", err, r.stdout)
	}
	names, content := inArchive(t, out)
	if got.Package != out || got.Signed || len(got.Files) != len(names) || len(names) != 5 {
		t.Errorf("%d members, and it says %+v", len(names), got)
	}
	for i, f := range got.Files {
		if f.Name != names[i] || f.Size != int64(len(content[f.Name])) {
			t.Errorf("file %d is %s of %d bytes in JSON, %s in the archive", i, f.Name, f.Size, names[i])
		}
	}
	if !strings.Contains(content["app.mf"], "SHA512(disk.img.000000001)= "+got.Files[2].Digest) {
		t.Errorf("manifest:\n%s", content["app.mf"])
	}
}

// Every way to a key gives a signature that unpack accepts, and whose certificate
// is the signer's.
func TestPackSigned(t *testing.T) {
	key, cert, p12 := keyFiles(t)
	both := save(t, "both.pem", load(t, key)+load(t, cert))
	pass := save(t, "pass.txt", "pass\n")
	ways := map[string][]string{
		"PEM":               {"--key", key, "--cert", cert},
		"one PEM file":      {"--key", both},
		"PKCS #12":          {"--key", p12, "--passphrase-file", pass},
		"PKCS #12 and cert": {"--key", p12, "--passphrase-file", pass, "--cert", cert},
		"first":             {"--key", both, "--manifest-first"},
	}
	if openssl, err := exec.LookPath("openssl"); err == nil {
		ways["command"] = []string{"--sign-command", openssl + " dgst -sha256 -sign " + key, "--cert", cert}
	}
	for name, flags := range ways {
		out := packed(t, flags...)
		_, content := inArchive(t, out)
		if !strings.HasPrefix(content["app.cert"], "SHA256(app.mf)= ") || !strings.HasSuffix(content["app.cert"], load(t, cert)) {
			t.Errorf("%s: certificate file:\n%s", name, content["app.cert"])
		}
		r := execute("", "unpack", out, "-o", filepath.Join(t.TempDir(), "d"), "--json")
		r.want(t, exitGood)
		if !strings.Contains(r.stdout, `"subject": "CN=Packer"`) {
			t.Errorf("%s: the report names no signer: %s", name, r.stdout)
		}
	}
	t.Setenv(passphraseVariable, "pass")
	packed(t, "--key", p12)
	t.Setenv(passphraseVariable, "wrong")
	execute("", "pack", appliance(t), "-o", filepath.Join(t.TempDir(), "a.ova"), "--key", p12).want(t, exitInput, "passphrase")
}

func TestPackRefuses(t *testing.T) {
	key, cert, _ := keyFiles(t)
	desc := appliance(t)
	out := filepath.Join(t.TempDir(), "a.ova")
	archive := packed(t)
	for name, c := range map[string]struct {
		args   []string
		status int
		stderr string
	}{
		"no output":         {[]string{"pack", desc}, exitUsage, "output"},
		"archive":           {[]string{"pack", archive, "-o", out}, exitUsage, "repack"},
		"not there":         {[]string{"pack", desc + "x", "-o", out}, exitFile, "no such file"},
		"no folder":         {[]string{"pack", desc, "-o", filepath.Join(out, "b.ova")}, exitFile, "no such file"},
		"key without cert":  {[]string{"pack", desc, "-o", out, "--key", key}, exitUsage, "--cert"},
		"cert without key":  {[]string{"pack", desc, "-o", out, "--cert", cert}, exitUsage, "--key"},
		"another key":       {[]string{"pack", desc, "-o", out, "--key", func() string { k, _, _ := keyFiles(t); return k }(), "--cert", cert}, exitInput, "certificate"},
		"digest":            {[]string{"pack", desc, "-o", out, "--sha", "224"}, exitUsage, "256"},
		"target":            {[]string{"pack", desc, "-o", out, "--target", "nobody"}, exitUsage, "vsphere"},
		"target refuses":    {[]string{"pack", desc, "-o", out, "--target", "vsphere"}, exitInput, "vsphere-hardware-missing"},
		"chunks of nothing": {[]string{"pack", desc, "-o", out, "--chunk-size", "0"}, exitUsage, "chunks"},
		"JSON and archive":  {[]string{"pack", desc, "-o", "-", "--json"}, exitUsage, "standard output"},
	} {
		r := execute("", c.args...)
		if r.status != c.status || !strings.Contains(r.stderr, c.stderr) {
			t.Errorf("%s: status %d, want %d with %q:\n%s", name, r.status, c.status, c.stderr, r.stderr)
		}
	}
	if err := os.Remove(filepath.Join(filepath.Dir(desc), "disk.img")); err != nil {
		t.Fatal(err)
	}
	execute("", "pack", desc, "-o", out).want(t, exitInput, "disk.img", "package-file-missing")
	if left, err := os.ReadDir(filepath.Dir(out)); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Files have to match a manifest that stands beside them; an edited descriptor is
// what packing is for.
func TestPackWithManifest(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "app")
	execute("", "pack", appliance(t), "-o", dir).want(t, exitGood)
	desc := filepath.Join(dir, "app.ovf")
	edited := strings.Replace(load(t, desc), "A machine", "The machine", 1)
	if err := os.WriteFile(desc, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "a.ova")
	execute("", "pack", dir, "-o", out).want(t, exitGood)
	if _, content := inArchive(t, out); !strings.Contains(content["app.mf"], fmt.Sprintf("SHA256(app.ovf)= %x\n", sha256.Sum256([]byte(edited)))) {
		t.Errorf("the manifest is the old one:\n%s", content["app.mf"])
	}
	if err := os.WriteFile(filepath.Join(dir, "docs", "README"), []byte("READ ME\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	execute("", "pack", dir, "-o", filepath.Join(t.TempDir(), "b.ova")).want(t, exitInput, "README")
}

func TestUnpack(t *testing.T) {
	archive := packed(t, "--chunk-size", "512KiB")
	dir := filepath.Join(t.TempDir(), "d")
	execute("", "unpack", archive, "-o", dir).want(t, exitGood)
	names, content := inArchive(t, archive)
	for _, name := range names {
		if load(t, filepath.Join(dir, filepath.FromSlash(name))) != content[name] {
			t.Errorf("%s differs", name)
		}
	}
	execute("", "unpack", archive, "-o", dir).want(t, exitFile, "not empty")
	// what was unpacked packs to the same archive
	again := filepath.Join(t.TempDir(), "again.ova")
	execute("", "pack", dir, "-o", again, "-q").want(t, exitGood)
	if load(t, again) != load(t, archive) {
		t.Error("packed again, the archive differs")
	}
	// a flipped byte in each member is found, and nothing is left
	data := []byte(load(t, archive))
	for _, mark := range []string{"A machine", "89abcdef012345", "read me", "SHA256(docs"} {
		broken := slices.Clone(data)
		broken[bytes.LastIndex(broken, []byte(mark))+4] ^= 1
		parent := t.TempDir()
		execute("", "unpack", save(t, "broken.ova", string(broken)), "-o", filepath.Join(parent, "d")).want(t, exitInput)
		if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
			t.Errorf("%s: left behind: %v, %v", mark, left, err)
		}
	}
}

func TestUnpackWithoutManifest(t *testing.T) {
	desc := appliance(t)
	if err := os.WriteFile(desc, []byte(strings.Replace(load(t, desc), `ovf:size="1"`, "", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	execute("", "unpack", desc, "-o", filepath.Join(t.TempDir(), "d")).want(t, exitGood, "no manifest")
	parent := t.TempDir()
	execute("", "unpack", desc, "-o", filepath.Join(parent, "d"), "--require-manifest").want(t, exitInput, "manifest-missing")
	if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestSign(t *testing.T) {
	key, cert, _ := keyFiles(t)
	archive := packed(t)
	_, before := inArchive(t, archive)
	signed := filepath.Join(t.TempDir(), "signed.ova")
	execute("", "sign", archive, "-o", signed, "--key", key, "--cert", cert).want(t, exitGood)
	names, content := inArchive(t, signed)
	if want := []string{"app.ovf", "disk.img", "docs/README", "app.mf", "app.cert"}; !slices.Equal(names, want) {
		t.Errorf("members %q, want %q", names, want)
	}
	for name, want := range before {
		if content[name] != want {
			t.Errorf("%s has changed", name)
		}
	}
	execute("", "unpack", signed, "-o", filepath.Join(t.TempDir(), "d")).want(t, exitGood)

	// in its place, with the manifest first, and over an old signature
	execute("", "sign", signed, "--manifest-first", "--key", key, "--cert", cert, "--json").want(t, exitGood)
	if names, _ := inArchive(t, signed); !slices.Equal(names, []string{"app.ovf", "app.mf", "app.cert", "disk.img", "docs/README"}) {
		t.Errorf("members %q", names)
	}

	// a folder, without manifest, then edited
	dir := filepath.Join(t.TempDir(), "d")
	execute("", "unpack", archive, "-o", dir).want(t, exitGood)
	if err := os.Remove(filepath.Join(dir, "app.mf")); err != nil {
		t.Fatal(err)
	}
	execute("", "sign", dir, "--key", key, "--cert", cert).want(t, exitGood)
	if load(t, filepath.Join(dir, "app.mf")) != before["app.mf"] {
		t.Error("the manifest made anew differs")
	}
	execute("", "set", filepath.Join(dir, "app.ovf"), "--in-place", "--name", "App").want(t, exitGood)
	execute("", "sign", dir, "--key", key, "--cert", cert).want(t, exitInput, "digest-mismatch")
	execute("", "sign", dir, "--renew", "--key", key, "--cert", cert).want(t, exitGood)
	execute("", "unpack", dir, "-o", filepath.Join(t.TempDir(), "e"), "--require-manifest").want(t, exitGood)
	execute("", "sign", dir, "-o", "other", "--key", key, "--cert", cert).want(t, exitUsage)
	execute("", "sign", dir).want(t, exitUsage, "key")
}

func TestRepack(t *testing.T) {
	key, cert, _ := keyFiles(t)
	plain := packed(t)
	odd := packed(t, "--gzip", "--sha", "1", "--key", key, "--cert", cert)
	if names, _ := inArchive(t, odd); !slices.Contains(names, "disk.img.gz") {
		t.Fatalf("members %q", names)
	}
	out := filepath.Join(t.TempDir(), "out.ova")
	execute("", "repack", odd, "-o", out).want(t, exitUsage, "--drop-signature")
	execute("", "repack", odd, "-o", out, "--drop-signature").want(t, exitGood)
	if load(t, out) != load(t, plain) {
		t.Error("repacked, gzip and SHA-1 leave traces")
	}
	execute("", "repack", packed(t, "--chunk-size", "512KiB"), "-o", out).want(t, exitGood)
	if load(t, out) != load(t, plain) {
		t.Error("repacked, chunks leave traces")
	}
	execute("", "repack", odd, "-o", out, "--keep-gzip", "--key", key, "--cert", cert).want(t, exitGood)
	names, content := inArchive(t, out)
	if !slices.Contains(names, "disk.img.gz") || !slices.Contains(names, "app.cert") || !strings.HasPrefix(content["app.mf"], "SHA256(") {
		t.Errorf("members %q, manifest:\n%s", names, content["app.mf"])
	}
	broken := []byte(load(t, plain))
	broken[bytes.Index(broken, []byte("read me"))] ^= 1
	execute("", "repack", save(t, "broken.ova", string(broken)), "-o", filepath.Join(t.TempDir(), "x.ova")).want(t, exitInput, "README")
}

// A kill at any moment of pack leaves the old archive or the whole new one, and no
// other file. OVF_KILLS sets how many are tried.
func TestPackKilled(t *testing.T) {
	if os.Getenv("OVF_PACK_ARGS") != "" { // the one that is killed
		os.Exit(run(strings.Split(os.Getenv("OVF_PACK_ARGS"), "\n"), strings.NewReader(""), io.Discard, os.Stderr))
	}
	kills := 15
	if n, err := strconv.Atoi(os.Getenv("OVF_KILLS")); err == nil {
		kills = n
	}
	desc := appliance(t)
	big := filepath.Join(filepath.Dir(desc), "disk.img")
	if err := os.WriteFile(big, bytes.Repeat([]byte("content "), 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "app.ova")
	pack := func(kill time.Duration) (killed bool) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestPackKilled$")
		cmd.Env = append(os.Environ(), "OVF_PACK_ARGS=pack\n"+desc+"\n-o\n"+out)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(kill, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
		err := cmd.Wait()
		if err != nil && cmd.ProcessState.Exited() {
			t.Fatalf("pack failed: %v", err)
		}
		return err != nil
	}
	start := time.Now()
	if pack(time.Hour) {
		t.Fatal("not even one ends well")
	}
	whole, took := load(t, out), time.Since(start)
	killed, kept := 0, 0
	for i := range kills {
		if i%2 == 0 { // half of them over an old file
			if err := os.WriteFile(out, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
		} else if err := os.Remove(out); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if pack(time.Duration(mathrand.Int64N(int64(took)))) {
			killed++
		}
		got, err := os.ReadFile(out)
		switch {
		case err == nil && string(got) == whole:
		case i%2 == 0 && err == nil && string(got) == "old", i%2 == 1 && os.IsNotExist(err):
			kept++
		default:
			t.Fatalf("after a kill the archive has %d bytes, %v", len(got), err)
		}
	}
	// what a kill at the very end may leave, the next one takes away
	if pack(time.Hour) {
		t.Fatal("the last one was killed")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	t.Logf("%d killed of %d, %d with the old state", killed, kills, kept)
	if killed == 0 {
		t.Error("no kill came in time: the test proves nothing")
	}
}
