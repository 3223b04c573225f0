package envelope_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
)

// startupXML is a collection with two machines and a nested collection, and a start
// order.
func startupXML(items string) string {
	vm := func(id string) string {
		return `<VirtualSystem ovf:id="` + id + `"><Info>M</Info></VirtualSystem>`
	}
	return `<VirtualSystemCollection ovf:id="app"><Info>A</Info><StartupSection><Info>Order</Info>` + items + `</StartupSection>` +
		vm("web") + vm("DB Server") + `<VirtualSystemCollection ovf:id="tier"><Info>T</Info>` + vm("inner") + `</VirtualSystemCollection></VirtualSystemCollection>`
}

// The start order of a collection (DSP0243 9.7).
func TestStartup(t *testing.T) {
	const all = `<Item ovf:id="web" ovf:order="1"/><Item ovf:id="DB Server" ovf:order="0"/>`
	const tier = `<Item ovf:id="tier" ovf:order="2"/>`
	runCases(t, []string{"startup-"}, []ruleCase{
		{name: "all", content: startupXML(all + tier)},
		{name: "one missing", content: startupXML(all), want: "info startup-unlisted"},
		{name: "no section", content: collectionXML("", "")},
		{name: "unknown", content: startupXML(all + tier + `<Item ovf:id="mail" ovf:order="3"/>`), want: "error startup-id"},
		{name: "letter case", content: startupXML(`<Item ovf:id="web" ovf:order="1"/><Item ovf:id="db server" ovf:order="0"/>` + tier), want: "error startup-id"},
		{name: "further down", content: startupXML(all + tier + `<Item ovf:id="inner" ovf:order="3"/>`), want: "error startup-id"},
		{name: "the collection itself", content: startupXML(all + tier + `<Item ovf:id="app" ovf:order="3"/>`), want: "error startup-id"},
		{name: "twice", content: startupXML(all + tier + `<Item ovf:id="web" ovf:order="3"/>`), want: "warning startup-id-repeated"},
		{name: "actions", content: startupXML(all + tier[:len(tier)-2] + `/>`)},
		{name: "wrong actions", content: startupXML(`<Item ovf:id="web" ovf:order="1" ovf:startAction="on" ovf:stopAction="poweroff"/><Item ovf:id="DB Server" ovf:order="0" ovf:startAction="none" ovf:stopAction="guestShutdown"/>` + tier), want: "error startup-action, error startup-action"},
		{name: "delay of a collection", content: startupXML(all + `<Item ovf:id="tier" ovf:order="2" ovf:startDelay="0"/>`), want: "warning startup-collection-attribute"},
	})
}

// Install, operating system and licence (DSP0243 9.6, 9.10; CIM_OperatingSystem).
func TestSystemSections(t *testing.T) {
	os := func(id, description string) string {
		return `<OperatingSystemSection ovf:id="` + id + `"><Info>OS</Info><Description>` + description + `</Description></OperatingSystemSection>`
	}
	eula := func(license string) string {
		return `<EulaSection><Info>L</Info>` + license + `</EulaSection>`
	}
	runCases(t, []string{"install-", "os-", "eula-"}, []ruleCase{
		{name: "delay", content: `<InstallSection ovf:initialBootStopDelay="300"><Info>I</Info></InstallSection>`},
		{name: "no delay", content: `<InstallSection><Info>I</Info></InstallSection>`, want: "info install-delay"},
		{name: "known system", content: os("94", "Ubuntu 64-bit")},
		{name: "free description", content: os("94", "Ubuntu 26.04")},
		{name: "unknown number", content: os("112", "Windows"), want: "warning os-id"},
		{name: "number beyond CIM", content: os("60000", "Windows"), want: "warning os-id"},
		{name: "name of another number", content: os("36", " Linux 2.6.x "), want: "info os-description"},
		{name: "licence", content: eula(`<License>Free</License>`)},
		{name: "licence in a bundle", content: eula(`<License ovf:msgid="l"/>`)},
		{name: "empty licence", content: eula(`<License> </License>`), want: "warning eula-empty"},
		{name: "no licence", content: eula(``), want: "warning eula-empty"},
	})
}

// Sections of OVF 2.x.
func TestVersion2(t *testing.T) {
	shared := func(ref string) string {
		return `<SharedDiskSection><Info>S</Info><SharedDisk ovf:diskId="d" ovf:capacity="1"` + ref + `/></SharedDiskSection>`
	}
	scale := func(attrs string) string {
		return `<ScaleOutSection ovf:id="s"><Info>S</Info><InstanceCount ` + attrs + `/></ScaleOutSection>`
	}
	group := func(id, policy string) string {
		return `<PlacementGroupSection ovf:id="` + id + `" ovf:policy="` + policy + `"><Info>G</Info></PlacementGroupSection>`
	}
	place := func(id string) string {
		return `<PlacementSection ovf:group="` + id + `"><Info>P</Info></PlacementSection>`
	}
	files := func(list string) string {
		return `<EnvironmentFilesSection><Info>E</Info>` + list + `</EnvironmentFilesSection>`
	}
	file := func(path string) string { return `<File ovf:fileRef="f" ovf:path="` + path + `"/>` }
	boot := func(source string) string {
		return `<VirtualHardwareSection><Info>H</Info><Item><rasd:ElementName>d</rasd:ElementName><rasd:InstanceID>7</rasd:InstanceID><rasd:ResourceType>17</rasd:ResourceType></Item></VirtualHardwareSection>
<BootDeviceSection><Info>B</Info><bootc:CIM_BootConfigSetting><bootc:ElementName>e</bootc:ElementName><bootc:InstanceID>1</bootc:InstanceID><boots:CIM_BootSourceSetting>` + source + `</boots:CIM_BootSourceSetting></bootc:CIM_BootConfigSetting></BootDeviceSection>`
	}
	network := func(uri string) string {
		return `<NetworkSection><Info>N</Info><Network ovf:name="n"><NetworkPortProfileURI>` + uri + `</NetworkPortProfileURI></Network></NetworkSection>`
	}
	const f = `<File ovf:id="f" ovf:href="f.txt"/>`
	prefixes := []string{"shared-disk-ref", "scale-out-", "placement-", "environment-file-", "msg-file-ref", "boot-source", "network-profile-uri"}
	cases := []ruleCase{
		{name: "blank shared disk", top: shared("")},
		{name: "shared disk", refs: f, top: shared(` ovf:fileRef="f"`)},
		{name: "dangling shared disk", top: shared(` ovf:fileRef="f"`), want: "warning shared-disk-ref"},
		{name: "count", content: scale(`ovf:default="1"`)},
		{name: "counts", content: scale(`ovf:minimum="2" ovf:default="2" ovf:maximum="2"`)},
		{name: "below", content: scale(`ovf:minimum="3" ovf:default="2"`), want: "error scale-out-count"},
		{name: "below the default minimum", content: scale(`ovf:default="0"`), want: "error scale-out-count"},
		{name: "above", content: scale(`ovf:default="2" ovf:maximum="1"`), want: "error scale-out-count"},
		{name: "none at least", content: scale(`ovf:minimum="0" ovf:default="1"`), want: "warning scale-out-count"},
		{name: "option", top: options, content: scale(`ovf:default="1" ovf:configuration="s m"`)},
		{name: "no option", top: options, content: scale(`ovf:default="1" ovf:configuration="s,m"`), want: "error scale-out-configuration"},
		{name: "group", top: group("g", "affinity"), content: place("g")},
		{name: "no group", content: place("g"), want: "warning placement-group-ref"},
		{name: "group twice", top: group("g", "affinity") + group("g", "availability"), want: "warning placement-group-id"},
		{name: "policy", top: group("g", "Affinity"), want: "warning placement-policy"},
		{name: "environment file", refs: f, content: files(file("a/b.conf") + file("a/c.conf"))},
		{name: "dangling environment file", content: files(file("a")), want: "error environment-file-ref"},
		{name: "absolute", refs: f, content: files(file("/etc/a")), want: "warning environment-file-path"},
		{name: "out of the medium", refs: f, content: files(file("a/../../b")), want: "warning environment-file-path"},
		{name: "one path twice", refs: f, content: files(file("a/b") + file("a//./b")), want: "warning environment-file-path"},
		{name: "empty path", refs: f, content: files(file("")), want: "warning environment-file-path"},
		{name: "text in a file", refs: f, strings: `<Strings xml:lang="de"><Msg ovf:msgid="a" ovf:fileRef="f"/></Strings>`},
		{name: "text in no file", strings: `<Strings xml:lang="de"><Msg ovf:msgid="a" ovf:fileRef="f"/></Strings>`, want: "error msg-file-ref"},
		{name: "boot from an item", content: boot(`<boots:InstanceID>7</boots:InstanceID>`)},
		{name: "boot from a kind of device", content: boot(`<boots:InstanceID>x</boots:InstanceID><boots:StructuredBootString>CIM:Network:1</boots:StructuredBootString>`)},
		{name: "boot from nothing", content: boot(`<boots:InstanceID>8</boots:InstanceID>`), want: "warning boot-source"},
		{name: "URI", top: network("https://example.com/p?a=b")},
		{name: "URN", top: network("urn:uuid:1")},
		{name: "no URI", top: network("profiles/p.xml"), want: "warning network-profile-uri"},
	}
	for i := range cases {
		cases[i].v2 = true
	}
	runCases(t, prefixes, cases)
}

// A thousand machines whose start order, bundles and options name nothing.
func TestManySystems(t *testing.T) {
	const n = 1000
	var systems, items, msgs strings.Builder
	for i := range n {
		fmt.Fprintf(&systems, `<VirtualSystem ovf:id="vm%d"><Info ovf:msgid="i%d">M</Info></VirtualSystem>`, i, i)
		fmt.Fprintf(&items, `<Item ovf:id="VM%d" ovf:order="1"/><Item ovf:id="no%d" ovf:order="1"/>`, i, i)
		fmt.Fprintf(&msgs, `<Msg ovf:msgid="I%d">x</Msg>`, i)
	}
	bundle := `<Strings xml:lang="de">` + msgs.String() + `</Strings>`
	c := ruleCase{content: `<VirtualSystemCollection ovf:id="app"><Info>A</Info><StartupSection><Info>O</Info>` + items.String() + `</StartupSection>` + systems.String() + `</VirtualSystemCollection>`,
		strings: bundle + strings.Repeat(`<Strings xml:lang="fr"/>`, n)}
	env, _, err := envelope.Decode([]byte(c.document()), envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, d := range envelope.Validate(env, envelope.ValidateOptions{Max: -1}) {
		count[d.Rule]++
	}
	for rule, want := range map[string]int{"startup-id": 2 * n, "startup-unlisted": 0, "msgid-unknown": n, "msgid-untranslated": n + 1, "strings-lang-repeated": n - 1} {
		if count[rule] != want {
			t.Errorf("%s: %d findings, want %d", rule, count[rule], want)
		}
	}
}

// Several goroutines check one envelope and find the same.
func TestValidateConcurrent(t *testing.T) {
	c := ruleCase{content: collectionXML(productXML(`<Property ovf:key="a.b" ovf:type="text"/>`), productXML(`<Property ovf:key="c" ovf:type="string" ovf:value="${d}"/>`)),
		strings: `<Strings xml:lang="da-DA"><Msg ovf:msgid="m">x</Msg></Strings>`}
	env, _, err := envelope.Decode([]byte(c.document()), envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan string)
	for range 8 {
		go func() {
			results <- envelope.Validate(env, envelope.ValidateOptions{Targets: envelope.Targets()}).Error()
		}()
	}
	first := <-results
	for range 7 {
		if r := <-results; r != first || r == "" {
			t.Errorf("found %q and %q", first, r)
		}
	}
}
