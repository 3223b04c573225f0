package interop

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/environment"
)

// cloudInit asks the OVF data source of cloud-init what it sees in a folder that
// stands for a mounted medium, and through a vmware-rpctool that prints the
// document.
const cloudInit = `
import json, os, sys
from cloudinit import helpers
from cloudinit.sources import DataSourceOVF as ds

medium, top = sys.argv[1], sys.argv[2]
name, contents = ds.get_ovf_env(medium)
paths = helpers.Paths({"cloud_dir": top, "run_dir": top})
paths.seed_dir = medium
source = ds.DataSourceOVF({}, None, paths)
found = source._get_data()
md, ud, cfg = ds.read_ovf_environment(contents)
told = ds.transport_vmware_guestinfo()
json.dump({
    "name": name,
    "properties": ds.get_properties(contents),
    "guestinfo": ds.get_properties(told),
    "found": bool(found),
    "metadata": source.metadata,
    "userdata": (source.userdata_raw or b"").decode(),
    "config": cfg,
}, sys.stdout)
`

// cloud-init reads the values that went in, from the medium and from guestinfo,
// whatever characters are in them.
func TestCloudInit(t *testing.T) {
	const python = "/usr/bin/python3" // that of Debian, which has the package cloud-init
	if err := exec.Command(python, "-c", "import cloudinit.sources.DataSourceOVF").Run(); err != nil {
		missing(t, "cloud-init is not installed for "+python)
	}
	xorriso := need(t, "xorriso")
	script := "#!/bin/sh\necho 'hello & <world>'\n"
	values := map[string]string{
		"instance-id":         "iid-7",
		"hostname":            "web.example.com",
		"public-keys":         "ssh-ed25519 AAAAC3 me@example.com",
		"password":            `p"a's<s>&w&amp;d`,
		"user-data":           base64.StdEncoding.EncodeToString([]byte(script)),
		"com.example.quote.1": `"double" 'single' <tag a="b"> & &lt; ]]>`,
		"com.example.lines":   "one\ntwo\r\nthree\tfour\r",
		"com.example.blank":   "  leading, trailing  ",
		"com.example.empty":   "",
		"com.example.script":  "日本語 Ελληνικά עברית ünï \u00a0\u0085\u2028 𝄞",
		"com.example.æ€":      "key",
		"com.example.long":    strings.Repeat("0123456789 <&\"\nå", 60<<10/17),
	}
	if n := len(values["com.example.long"]); n < 60_000 {
		t.Fatalf("the long value has %d bytes", n)
	}
	g := environment.Guest{ID: "web", Platform: environment.Platform{Kind: "Test", Locale: "da"}}
	for _, k := range slices.Sorted(maps.Keys(values)) {
		g.Properties = append(g.Properties, environment.Pair{Key: k, Value: values[k]})
	}
	c, err := environment.NewCollection([]environment.Member{{ID: "web", Properties: g.Properties},
		{ID: "db", Properties: []environment.Pair{{Key: "hostname", Value: "db.example.com"}}}})
	if err != nil {
		t.Fatal(err)
	}
	g.Collection = c
	document, err := g.Document()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	iso, medium, bin := filepath.Join(dir, "env.iso"), filepath.Join(dir, "medium"), filepath.Join(dir, "bin")
	f, err := os.Create(iso)
	if err != nil {
		t.Fatal(err)
	}
	if err := environment.WriteISO(f, document); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	run(t, exec.Command(xorriso, "-osirrox", "on:auto_chmod_on", "-indev", iso, "-extract", "/", medium))
	defer os.Chmod(medium, 0o700)
	if got, err := os.ReadFile(filepath.Join(medium, "ovf-env.xml")); err != nil || !bytes.Equal(got, document) {
		t.Fatalf("xorriso extracts %d bytes, want %d; %v", len(got), len(document), err)
	}

	info, err := environment.GuestInfo(document, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"value":          info[0].Value,
		"vmware-rpctool": "#!/bin/sh\n[ \"$1\" = 'info-get " + info[0].Key + "' ] && cat '" + bin + "/value'\n",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(python, "-c", cloudInit, medium, dir)
	cmd.Env = append(os.Environ(), "PATH="+bin+":/usr/bin:/bin")
	var got struct {
		Name                  string
		Properties, GuestInfo map[string]string
		Found                 bool
		Metadata, Config      map[string]any
		Userdata              string
	}
	if err := json.Unmarshal(run(t, cmd), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "ovf-env.xml" || !got.Found {
		t.Errorf("found %v, file %q", got.Found, got.Name)
	}
	for from, properties := range map[string]map[string]string{"medium": got.Properties, "guestinfo": got.GuestInfo} {
		if len(properties) != len(values) {
			t.Errorf("%s: %d properties, want %d", from, len(properties), len(values))
		}
		for k, want := range values {
			if v, ok := properties[k]; !ok || v != want {
				t.Errorf("%s: %s is %.200q, want %.200q", from, k, v, want)
			}
		}
	}
	for k, want := range map[string]string{"instance-id": "iid-7", "local-hostname": "web.example.com", "public-keys": values["public-keys"]} {
		if got.Metadata[k] != want {
			t.Errorf("metadata %s is %v, want %q", k, got.Metadata[k], want)
		}
	}
	if got.Userdata != script || got.Config["password"] != values["password"] {
		t.Errorf("user data %q, configuration %v", got.Userdata, got.Config)
	}
}

// Linux and Windows see the document under exactly its name.
func TestISONames(t *testing.T) {
	isoinfo := need(t, "isoinfo")
	iso := filepath.Join(t.TempDir(), "env.iso")
	var b bytes.Buffer
	if err := environment.WriteISO(&b, []byte("<env/>")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(iso, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tree := range []string{"-R", "-J"} {
		if got := strings.TrimSpace(string(run(t, exec.Command(isoinfo, tree, "-f", "-i", iso)))); got != "/ovf-env.xml" {
			t.Errorf("isoinfo %s lists %q", tree, got)
		}
	}
	if z, err := exec.LookPath("7z"); err == nil {
		if out := run(t, exec.Command(z, "l", "-ba", iso)); !bytes.Contains(out, []byte(" ovf-env.xml")) {
			t.Errorf("7z lists\n%s", out)
		}
	}
}
