package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const guestDocument = `<?xml version="1.0" encoding="UTF-8"?>
<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="web">
  <PlatformSection><Kind>KVM</Kind><Version>9</Version><Timezone>-90</Timezone></PlatformSection>
  <PropertySection>
    <Property oe:key="ip" oe:value="10.0.0.7"/>
    <Property oe:key="motd" oe:value="one&#10;two &lt;three&gt;"/>
    <Property oe:key="pw" oe:value="hunter2"/>
  </PropertySection>
  <Entity oe:id="db"><PropertySection><Property oe:key="ip" oe:value="10.0.0.8"/></PropertySection></Entity>
</Environment>
`

func TestEnvGet(t *testing.T) {
	file := save(t, "ovf-env.xml", guestDocument)
	for _, c := range []struct {
		stdin, args, want string
		status            int
		stderr            string
	}{
		{"", "get " + file + " ip", "10.0.0.7\n", exitGood, ""},
		{guestDocument, "get - ip", "10.0.0.7\n", exitGood, ""},
		{guestDocument, "get motd", "one\ntwo <three>\n", exitGood, ""},
		{"", "get --sibling db " + file + " ip", "10.0.0.8\n", exitGood, ""},
		{"", "get " + file + " IP", "", exitInput, `the guest has no property "IP"; there is "ip", "motd", "pw"`},
		{"", "get --sibling db " + file + " motd", "", exitInput, `sibling "db" has no property "motd"; there is "ip"`},
		{"", "get --sibling x " + file + " ip", "", exitInput, `has no sibling "x"; there is "db"`},
		{"", "get " + file + ".none ip", "", exitFile, "no such file"},
		{"<a/>", "get ip", "", exitInput, "environment-root"},
		{"", "get ip", "", exitInput, "xml-syntax"},
		{guestDocument, "get --encoding rot13 ip", "", exitInput, `guestinfo.ovfEnv.encoding is "rot13"`},
		{guestDocument, "get --encoding gzip+base64 ip", "", exitInput, "guestinfo.ovfEnv: "},
		{strings.Repeat("\x00", 16*2048) + "\x01CD001\x01\x00", "get ip", "", exitInput, "is an ISO image; mount it"},
		{"", "get", "", exitUsage, "accepts between 1 and 2 arg"},
	} {
		r := execute(c.stdin, append([]string{"env"}, strings.Fields(c.args)...)...)
		r.want(t, c.status, c.stderr)
		if r.stdout != c.want {
			t.Errorf("env %s prints %q, want %q", c.args, r.stdout, c.want)
		}
	}
}

// A document that cannot be read is shown in no part: any value may be a password.
func TestEnvBrokenHidesValues(t *testing.T) {
	r := execute(strings.Replace(guestDocument, `"hunter2"/>`, `"hunter2"//>`, 1), "env", "show")
	r.want(t, exitInput, "standard input:7:", "xml-syntax")
	if strings.Contains(r.stderr, "hunter2") {
		t.Errorf("the message has a value:\n%s", r.stderr)
	}
}

func TestEnvShow(t *testing.T) {
	r := execute(guestDocument, "env", "show")
	r.want(t, exitGood)
	want := `Guest "web"
Platform: KVM, 9, -90 minutes from UTC
  ip    10.0.0.7
  motd  one two <three>
  pw    hunter2
Sibling "db"
  ip  10.0.0.8
`
	if r.stdout != want {
		t.Errorf("it prints\n%s\nwant\n%s", r.stdout, want)
	}
	r = execute("", "env", "show", "--json", save(t, "ovf-env.xml", guestDocument))
	r.want(t, exitGood)
	type pair struct{ Key, Value string }
	var got struct {
		ID       string
		Platform struct {
			Kind, Version string
			Timezone      int
		}
		Properties []pair
		Siblings   []struct {
			ID         string
			Properties []pair
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != "web" || got.Platform.Kind != "KVM" || got.Platform.Timezone != -90 || len(got.Siblings) != 1 || got.Siblings[0].ID != "db" ||
		!slices.Equal(got.Properties, []pair{{"ip", "10.0.0.7"}, {"motd", "one\ntwo <three>"}, {"pw", "hunter2"}}) ||
		!slices.Equal(got.Siblings[0].Properties, []pair{{"ip", "10.0.0.8"}}) {
		t.Errorf("JSON says %+v", got)
	}
}

// kiosk is a package with a machine that asks for a file beside its environment.
const kiosk = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/2" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/2">
  <References><File ovf:id="answers" ovf:href="answers.txt" ovf:size="3"/></References>
  <VirtualSystemCollection ovf:id="shop">
    <Info>A shop</Info>
    <ProductSection><Info>Settings</Info>
      <Property ovf:key="zone" ovf:type="string" ovf:value="eu"/>
      <Property ovf:key="admin" ovf:type="string" ovf:qualifiers="MinLen(3)" ovf:userConfigurable="true"/>
    </ProductSection>
    <VirtualSystem ovf:id="web"><Info>Web</Info>
      <EnvironmentFilesSection><Info>Answers</Info><File ovf:fileRef="answers" ovf:path="conf/answers.txt"/></EnvironmentFilesSection>
      <ProductSection ovf:class="com.example"><Info>Web</Info>
        <Property ovf:key="who" ovf:type="string" ovf:value="${admin} in ${zone}"/>
      </ProductSection>
    </VirtualSystem>
    <VirtualSystem ovf:id="db"><Info>Database</Info>
      <ProductSection><Info>Database</Info><Property ovf:key="zone" ovf:type="string" ovf:value="us"/></ProductSection>
    </VirtualSystem>
  </VirtualSystemCollection>
</Envelope>
`

const kioskWeb = `<?xml version="1.0" encoding="UTF-8"?>
<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="web">
  <PlatformSection>
    <Kind>KVM</Kind>
    <Version>9.1</Version>
    <Vendor>Example &amp; Co</Vendor>
    <Locale>da-DK</Locale>
  </PlatformSection>
  <PropertySection>
    <Property oe:key="com.example.who" oe:value="&lt;ops> in eu"/>
    <Property oe:key="zone" oe:value="eu"/>
    <Property oe:key="admin" oe:value="&lt;ops>"/>
  </PropertySection>
  <Entity oe:id="db">
    <PropertySection>
      <Property oe:key="zone" oe:value="us"/>
      <Property oe:key="admin" oe:value="&lt;ops>"/>
    </PropertySection>
  </Entity>
</Environment>
`

// saveKiosk writes the package into a new folder.
func saveKiosk(t *testing.T) string {
	t.Helper()
	name := save(t, "kiosk.ovf", kiosk)
	if err := os.WriteFile(filepath.Join(filepath.Dir(name), "answers.txt"), []byte("yes"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

var kioskChoices = []string{"--property", "admin=<ops>", "--platform-kind", "KVM", "--platform-version", "9.1", "--platform-vendor", "Example & Co", "--platform-locale", "da-DK"}

func TestEnvBuild(t *testing.T) {
	name := saveKiosk(t)
	build := append([]string{"env", "build", name, "--machine", "web"}, kioskChoices...)
	r := execute("", build...)
	r.want(t, exitGood)
	if r.stdout != kioskWeb {
		t.Errorf("it prints\n%s\nwant\n%s", r.stdout, kioskWeb)
	}
	out := filepath.Join(t.TempDir(), "out.xml")
	execute("", append(build, "-o", out)...).want(t, exitGood)
	if got := load(t, out); got != kioskWeb {
		t.Errorf("the file has\n%s", got)
	}

	r = execute("", append(build, "--guestinfo")...)
	r.want(t, exitGood)
	value, ok := strings.CutPrefix(r.stdout, "guestinfo.ovfEnv = \"")
	value, ok2 := strings.CutSuffix(value, "\"\nguestinfo.ovfEnv.encoding = \"gzip+base64\"\n")
	if !ok || !ok2 {
		t.Fatalf("it prints %s", r.stdout)
	}
	r = execute(value, "env", "get", "--encoding", "gzip+base64", "com.example.who")
	r.want(t, exitGood)
	if r.stdout != "<ops> in eu\n" {
		t.Errorf("through guestinfo: %q", r.stdout)
	}

	iso := filepath.Join(t.TempDir(), "web.iso")
	execute("", append(build, "--iso", iso)...).want(t, exitGood)
	if r := execute("", append(build, "--iso", "-")...); r.stdout != load(t, iso) {
		t.Error("on standard output the image differs")
	}
	if _, err := exec.LookPath("isoinfo"); err != nil {
		t.Skip("isoinfo is not installed")
	}
	for file, want := range map[string]string{"/ovf-env.xml": kioskWeb, "/conf/answers.txt": "yes"} {
		for _, tree := range []string{"-R", "-J"} {
			if got, err := exec.Command("isoinfo", tree, "-x", file, "-i", iso).Output(); err != nil || string(got) != want {
				t.Errorf("isoinfo %s %s: %v\n%s", tree, file, err, got)
			}
		}
	}
}

// What is wrong is said, and nothing is written.
func TestEnvBuildRefused(t *testing.T) {
	name := saveKiosk(t)
	if err := os.Remove(filepath.Join(filepath.Dir(name), "answers.txt")); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	good := append([]string{name, "--machine", "web"}, kioskChoices...)
	for what, c := range map[string]struct {
		args   []string
		status int
		stderr string
	}{
		"no machine":      {[]string{name, "--property", "admin=ops", "-o", out}, exitUsage, `the package has 2 machines: choose one by --machine; there is "web", "db"`},
		"unknown machine": {[]string{name, "--property", "admin=ops", "--machine", "mail", "-o", out}, exitUsage, `the package has no machine "mail"`},
		"missing value":   {[]string{name, "--machine", "web", "-o", out}, exitInput, `"admin"`},
		"control":         {append(slices.Clone(good), "--property", "admin=hunter\x012", "-o", out), exitInput, "choice-property-repeated"},
		"character":       {[]string{name, "--machine", "web", "--property", "admin=hunter2\x01", "-o", out}, exitInput, "environment-character"},
		"platform":        {[]string{name, "--machine", "web", "--property", "admin=ops", "--platform-kind", "\x02", "-o", out}, exitInput, "the Kind of the platform has the character U+0002"},
		"time zone":       {[]string{name, "--machine", "web", "--property", "admin=ops", "--platform-timezone", "7200", "-o", out}, exitInput, "environment-timezone"},
		"missing file":    {append(slices.Clone(good), "--iso", out), exitInput, "answers"},
		"the package":     {append(slices.Clone(good), "-o", name), exitUsage, "is the package"},
		"two outputs":     {append(slices.Clone(good), "-o", out, "--iso", out), exitUsage, "none of the others can be"},
		"no folder":       {append(slices.Clone(good), "-o", filepath.Join(out, "none", "x")), exitFile, "no such file"},
		"no package":      {[]string{name + ".none", "--machine", "web"}, exitFile, "no such file"},
	} {
		r := execute("", append([]string{"env", "build"}, c.args...)...)
		if r.status != c.status || !strings.Contains(r.stderr, c.stderr) || r.stdout != "" {
			t.Errorf("%s: status %d, want %d; it prints %q and says\n%s", what, r.status, c.status, r.stdout, r.stderr)
		}
		if strings.Contains(r.stderr, "hunter") {
			t.Errorf("%s: the message has the value:\n%s", what, r.stderr)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: something was written", what)
			os.Remove(out)
		}
	}
	if got := load(t, name); got != kiosk {
		t.Error("the package was changed")
	}
}
