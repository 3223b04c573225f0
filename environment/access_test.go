package environment_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/ovfkit/ovf/environment"
)

// Documents as other programs write them: what a guest asks for is found.
func TestAccessCorpus(t *testing.T) {
	const corpus = "../../shared/corpus"
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("../shared/corpus is not beside the repository")
	}
	for _, c := range []struct {
		file, id, kind string
		own            int
		key, value     string
		sibling        string
		siblings       int
	}{
		{"mkhafeez__provisioning/ovf-env.xml", "", "VMware ESXi", 4, "app_role", "web", "", 0},
		{"Awingu__open-ovf/examples/sample/ovf-env.xml", "example-jeos", "QEMU", 10, "config.net.dns1", "10.0.2.2", "", 0},
		{"gaetanoan__ovf-toolkit/ovf-parser/src/test/resources/myservice-dbvm1-env.xml", "DB1", "ESX Server", 6, "com.mydb.db.ip", "10.20.132.102", "DB2", 1},
		{"canonical__cloud-init/doc/sources/ovf/example/ovf-env.xml", "WebTier", "ESX Server", 7, "hostname", "ubuntuhost", "", 0},
		{"Azure__WALinuxAgent/tests/data/ovf-env-3.xml", "", "", 0, "", "", "", 0},
	} {
		data, err := os.ReadFile(filepath.Join(corpus, c.file))
		if err != nil {
			t.Error(err)
			continue
		}
		env, _, err := environment.Decode(data, environment.DecodeOptions{Name: c.file})
		if err != nil {
			t.Error(err)
			continue
		}
		if env.ID != nil && *env.ID != c.id || env.ID == nil && c.id != "" {
			t.Errorf("%s: id %v, want %q", c.file, env.ID, c.id)
		}
		if p := env.Platform(); c.kind == "" && p != nil || c.kind != "" && (p == nil || p.Kind == nil || *p.Kind != c.kind) {
			t.Errorf("%s: platform %+v, want %q", c.file, p, c.kind)
		}
		if all := maps.Collect(env.Properties()); len(all) != c.own || all[c.key] != c.value {
			t.Errorf("%s: %d properties, %s is %q", c.file, len(all), c.key, all[c.key])
		}
		if v, ok := env.Lookup(c.key); ok != (c.key != "") || v != c.value {
			t.Errorf("%s: Lookup(%q) = %q, %v", c.file, c.key, v, ok)
		}
		if _, ok := env.Lookup("no such key"); ok {
			t.Errorf("%s: a key that is not there is found", c.file)
		}
		if len(env.Entity) != c.siblings || (env.Sibling(c.sibling) != nil) != (c.siblings > 0) {
			t.Errorf("%s: %d siblings", c.file, len(env.Entity))
		}
	}
}

// Attributes without prefix, as guests and hand-written documents have them, and
// sections of vendors do not hide what is there.
func TestAccessLenient(t *testing.T) {
	for name, text := range map[string]string{
		"plain attributes": `<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" id="vm">
			<PropertySection><Property key="ip" value="10.0.0.7"/></PropertySection>
			<Entity id="db"><PropertySection><Property key="ip" value="10.0.0.8"/></PropertySection></Entity></Environment>`,
		"prefixed elements": `<e:Environment xmlns:e="http://schemas.dmtf.org/ovf/environment/1" e:id="vm">
			<e:PropertySection><e:Property e:key="ip" e:value="10.0.0.7"/></e:PropertySection>
			<e:Entity e:id="db"><e:PropertySection><e:Property e:key="ip" e:value="10.0.0.8"/></e:PropertySection></e:Entity></e:Environment>`,
		"vendor sections": `<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1"
			xmlns:ve="http://www.vmware.com/schema/ovfenv" oe:id="vm" ve:vCenterId="vm-1">
			<ve:EthernetAdapterSection><ve:Adapter ve:mac="00:50:56:00:00:01"/></ve:EthernetAdapterSection>
			<PropertySection><Property oe:key="ip" oe:value="10.0.0.7"/></PropertySection>
			<Entity oe:id="db"><ve:X/><PropertySection><Property oe:key="ip" oe:value="10.0.0.8"/></PropertySection></Entity></Environment>`,
		"two sections": `<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="vm">
			<PropertySection/><PropertySection><Property oe:key="ip" oe:value="10.0.0.7"/></PropertySection>
			<Entity oe:id="db"><PropertySection><Property oe:key="ip" oe:value="10.0.0.8"/><Property oe:key="ip" oe:value="2"/></PropertySection></Entity></Environment>`,
	} {
		env, _, err := environment.Decode([]byte(text), environment.DecodeOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if env.ID == nil || *env.ID != "vm" {
			t.Errorf("%s: id %v", name, env.ID)
		}
		if v, _ := env.Lookup("ip"); v != "10.0.0.7" {
			t.Errorf("%s: ip is %q", name, v)
		}
		db := env.Sibling("db")
		if db == nil {
			t.Errorf("%s: no sibling", name)
			continue
		}
		if v, _ := db.Lookup("ip"); v != "10.0.0.8" {
			t.Errorf("%s: ip of the sibling is %q", name, v)
		}
		for range db.Properties() {
			break // a loop may end early
		}
		for k := range env.Sibling("none").Properties() {
			t.Errorf("%s: a sibling that is not there has %q", name, k)
		}
		if _, ok := env.Sibling("none").Lookup("ip"); ok {
			t.Errorf("%s: a sibling that is not there has a property", name)
		}
	}
}
