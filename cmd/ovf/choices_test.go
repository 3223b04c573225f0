package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Values come from flags, files and variables, in this order of rank.
func TestChoices(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	yaml := write("v.yaml", "adminEmail: file@example.com\nappIp: 10.0.0.1\nlogLevel: debug\n")
	json := write("v.json", `{"dbIp": "10.0.0.2"}`)
	properties := write("v.properties", "db2Ip = 10.0.0.3\n")
	t.Setenv("OVF_PROPERTY_APPIP", "192.0.2.1")
	t.Setenv("OVF_PROPERTY_LOGLEVEL", "quiet")
	t.Setenv("OVF_PROPERTY_NOTHING", "hunter2")
	r := execute("", "env", "build", petstore, "--machine", "WebTier", "--properties", yaml, "--properties", json, "--properties", properties,
		"--property", "adminEmail=flag@example.com", "--platform-kind", "KVM", "--platform-timezone", "-60")
	r.want(t, exitGood, `the variable "OVF_PROPERTY_NOTHING" stands for no property`)
	for _, want := range []string{`"adminEmail" oe:value="flag@example.com"`, `"appIp" oe:value="10.0.0.1"`, `"dbIp" oe:value="10.0.0.2"`, `"db2Ip" oe:value="10.0.0.3"`,
		`"logLevel" oe:value="debug"`, `<Kind>KVM</Kind>`, `<Timezone>-60</Timezone>`} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("the environment has no %s:\n%s", want, r.stdout)
		}
	}
	if strings.Contains(r.stderr, "hunter2") {
		t.Errorf("a value is shown: %s", r.stderr)
	}
}

// Mistakes in choices: wrong form is wrong usage; what does not fit the package
// is wrong input, all of it at once and with its place.
func TestChoicesRefused(t *testing.T) {
	yaml := save(t, "v.yaml", "adminEmail: a@b.c\nhost: x\nlogLevel: loud\n")
	broken := save(t, "w.yaml", "secret: hunter2\nsecret: hunter2\nlist: [hunter2]\n")
	for _, c := range []struct {
		args   []string
		status int
		want   []string
	}{
		{[]string{"--property", "appIp"}, exitUsage, []string{`--property "appIp": write it as NAME=VALUE`}},
		{[]string{"--network", "a"}, exitUsage, []string{"NAME=TARGET"}},
		{[]string{"--network", "a=b", "--network", "a=c"}, exitUsage, []string{`mapped to "b" already`}},
		{[]string{"--instances", "a=x"}, exitUsage, []string{"ID=N"}},
		{[]string{"--instances", "a=1", "--instances", "a=2"}, exitUsage, []string{"set to 1 already"}},
		{[]string{"--platform-timezone", "CET"}, exitUsage, []string{"minutes east of UTC"}},
		{[]string{"--interactive"}, exitUsage, []string{"needs a terminal"}},
		{[]string{"--properties", "no-such.yaml"}, exitFile, []string{"no-such.yaml"}},
		{[]string{"--properties", broken}, exitInput, []string{"w.yaml:2:1: error", "w.yaml:3:7: error", "settings-repeated", "settings-structure"}},
		{[]string{"--properties", yaml, "--option", "huge", "--network", "lan=br0", "--property", "appIp=1"}, exitInput, []string{
			`no deployment option "huge"`, `no network "lan"`, `v.yaml:2:1: error: the package has no property "host"`, "v.yaml:3:1: error: the property \"logLevel\"", `accepted: "debug", "normal" or "quiet"`,
			`"appIp" of "PetStore" does not take the value`, `the property "dbIp" of "PetStore" needs a value`, `the property "db2Ip" of "PetStore" needs a value`}},
	} {
		out := filepath.Join(t.TempDir(), "env.xml")
		r := execute("", append([]string{"env", "build", petstore, "--machine", "WebTier", "-o", out}, c.args...)...)
		r.want(t, c.status, c.want...)
		if _, err := os.Stat(out); err == nil || r.stdout != "" {
			t.Errorf("%q: something was written", c.args)
		}
		if strings.Contains(r.stderr, "hunter2") {
			t.Errorf("a line of the file of values is shown: %s", r.stderr)
		}
	}
}
