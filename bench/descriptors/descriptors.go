package descriptors

import (
	"fmt"
	"strings"
)

// BigSystems is the number of virtual systems for which [Big] writes about
// 10 MB.
const BigSystems = 2000

// Single returns a descriptor of one machine, about 12 KB.
func Single() []byte {
	p := &plan{systems: 1, properties: 10, disks: 2, ports: 2, locales: 1, license: 1}
	return p.write()
}

// Multi returns a descriptor of three machines in a collection with three
// deployment options and texts in five locales, about 60 KB.
func Multi() []byte {
	p := &plan{systems: 3, collection: true, properties: 6, disks: 2, ports: 2, locales: 5, options: 3, license: 4}
	return p.write()
}

// Big returns a descriptor of the given number of machines in one collection,
// about 5 KB for each; see [BigSystems]. 20,000 make 100 MB.
func Big(systems int) []byte {
	p := &plan{systems: systems, collection: true, properties: 2, disks: 1, ports: 1, license: 1}
	return p.write()
}

// plan is the shape of a descriptor.
type plan struct {
	systems    int  // number of virtual systems
	collection bool // whether they stand in a VirtualSystemCollection
	properties int  // of each system
	disks      int  // of each system
	ports      int  // network ports of each system
	locales    int  // string bundles
	options    int  // deployment options
	license    int  // paragraphs of the license

	w        writer
	messages []message // met so far, for the string bundles
}

type message struct{ id, text string }

// The namespaces of OVF 1.x (DSP0243 7.1).
const (
	ovfNS  = "http://schemas.dmtf.org/ovf/envelope/1"
	rasdNS = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
	vssdNS = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
)

var roles = []string{"web", "app", "db"}

var optionIDs = []string{"minimal", "standard", "large"}

// locales are the languages of the string bundles, each with its words for the
// texts of this package: label, help, license.
var locales = []struct{ tag, label, help, license string }{
	{"de", "Einstellung für „%s“", "Wird beim ersten Start übernommen: %s", "Nutzungsbedingungen"},
	{"fr", "Réglage de « %s »", "Appliqué au premier démarrage : %s", "Conditions d’utilisation"},
	{"da", "Indstilling for »%s«", "Anvendes ved første opstart: %s", "Vilkår for brug"},
	{"ja", "「%s」の設定", "初回起動時に適用されます: %s", "利用条件"},
	{"pt-BR", "Configuração de “%s”", "Aplicada na primeira inicialização: %s", "Condições de uso"},
}

func (p *plan) write() []byte {
	w := &p.w
	w.buf.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	w.comment("Written by a program, to measure programs.")
	w.open("Envelope", "xmlns", ovfNS, "xmlns:ovf", ovfNS, "xmlns:rasd", rasdNS, "xmlns:vssd", vssdNS, "xml:lang", "en-US")
	p.references()
	p.packageSections()
	if p.collection {
		w.open("VirtualSystemCollection", "ovf:id", "suite")
		w.text("Info", "The machines of the suite, started in their order")
		p.msg("Name", "suite.name", "Measuring Suite")
		p.startup()
		p.eula()
		for n := range p.systems {
			p.system(n)
		}
		w.close()
	} else {
		p.system(0)
	}
	p.strings()
	w.close()
	return w.buf.Bytes()
}

func (p *plan) systemID(n int) string {
	return fmt.Sprintf("%s-%d", roles[n%len(roles)], n+1)
}

func (p *plan) references() {
	w := &p.w
	w.open("References")
	for n := range p.systems {
		for d := range p.disks {
			w.empty("File", "ovf:id", p.diskName(n, d)+"-file", "ovf:href", p.diskName(n, d)+".vmdk", "ovf:size", num(180355072+n*512+d*1024))
		}
	}
	w.close()
}

func (p *plan) diskName(n, d int) string {
	return fmt.Sprintf("%s-disk%d", p.systemID(n), d)
}

func (p *plan) packageSections() {
	w := &p.w
	w.open("DiskSection")
	w.text("Info", "Virtual disks that the machines use")
	for n := range p.systems {
		for d := range p.disks {
			w.empty("Disk", "ovf:diskId", p.diskName(n, d), "ovf:fileRef", p.diskName(n, d)+"-file", "ovf:capacity", num(8+d*24),
				"ovf:capacityAllocationUnits", "byte * 2^30", "ovf:populatedSize", num(534773760+n*65536),
				"ovf:format", "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized")
		}
	}
	w.close()

	w.open("NetworkSection")
	w.text("Info", "Logical networks that the machines use")
	for n := range max(p.ports, 1) {
		w.open("Network", "ovf:name", networkName(n))
		p.msg("Description", "net."+num(n), "Carries the traffic of "+networkName(n)+" only")
		w.close()
	}
	w.close()

	if p.options > 0 {
		w.open("DeploymentOptionSection")
		w.text("Info", "Sizes in which the package can be deployed")
		for i := range p.options {
			id := optionIDs[i%len(optionIDs)]
			w.open("Configuration", "ovf:id", id, "ovf:default", ifElse(i == 1, "true", ""))
			p.msg("Label", "option."+id, strings.ToUpper(id[:1])+id[1:])
			p.msg("Description", "option."+id+".help", "Resources for a "+id+" load")
			w.close()
		}
		w.close()
	}
}

func networkName(n int) string {
	return [...]string{"Front network", "Storage network"}[n%2]
}

func (p *plan) startup() {
	w := &p.w
	w.open("StartupSection")
	w.text("Info", "The order in which the machines start")
	for n := range p.systems {
		w.empty("Item", "ovf:id", p.systemID(n), "ovf:order", num(1+n%100), "ovf:startDelay", num(30+n%3*15),
			"ovf:startAction", "powerOn", "ovf:waitingForGuest", "true", "ovf:stopAction", "guestShutdown", "ovf:stopDelay", "60")
	}
	w.close()
}

func (p *plan) eula() {
	w := &p.w
	w.open("EulaSection")
	w.text("Info", "Terms that the user accepts before deployment")
	var b strings.Builder
	for i := range p.license {
		fmt.Fprintf(&b, "%d. These machines exist to be read, written & compared; they hold no software. Whoever deploys them "+
			"gets empty disks, and agrees that numbers below 1 are good news and numbers above 1 are work to do.\n", i+1)
	}
	p.msg("License", "eula", b.String())
	w.close()
}

// strings writes a bundle for each locale with the texts of all messages
// (DSP0243 10).
func (p *plan) strings() {
	w := &p.w
	for _, l := range locales[:min(p.locales, len(locales))] {
		w.open("Strings", "xml:lang", l.tag)
		for _, m := range p.messages {
			text := fmt.Sprintf(l.label, m.text)
			switch {
			case m.id == "eula":
				text = l.license
			case strings.HasSuffix(m.id, ".help"):
				text = fmt.Sprintf(l.help, m.text)
			}
			w.text("Msg", text, "ovf:msgid", m.id)
		}
		w.close()
	}
}

// msg writes an element with a text that can be localized.
func (p *plan) msg(name, id, text string) {
	if p.locales == 0 {
		p.w.text(name, text)
		return
	}
	p.w.text(name, text, "ovf:msgid", id)
	p.messages = append(p.messages, message{id, text})
}

func ifElse(c bool, a, b string) string {
	if c {
		return a
	}
	return b
}
