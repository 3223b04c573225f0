package descriptors

import "fmt"

func (p *plan) system(n int) {
	w := &p.w
	id := p.systemID(n)
	role := roles[n%len(roles)]
	w.open("VirtualSystem", "ovf:id", id)
	w.text("Info", "One machine of the "+role+" tier")
	p.msg("Name", id+".name", "Machine "+num(n+1)+" ("+role+")")
	p.product(n)
	if !p.collection {
		p.eula()
	}
	w.open("OperatingSystemSection", "ovf:id", ifElse(n%2 == 0, "96", "101"), "ovf:version", num(11+n%3))
	w.text("Info", "The guest operating system")
	w.text("Description", ifElse(n%2 == 0, "Debian GNU/Linux (64 bit)", "Linux (64 bit)"))
	w.close()
	p.hardware(n)
	w.close()
}

// properties are the kinds of property a product section repeats.
var properties = []struct{ key, typ, qualifiers, value, label string }{
	{"hostname", "string", "MinLen(1), MaxLen(63)", "measure", "Host name"},
	{"ip", "string", "", "", "IPv4 address"},
	{"netmask", "string", "", "255.255.255.0", "Network mask"},
	{"gateway", "string", "", "192.0.2.1", "Default gateway"},
	{"port", "uint16", "MinValue(1), MaxValue(65535)", "8443", "Service port"},
	{"loglevel", "string", `ValueMap{"error","warning","info","debug"}`, "info", "Log level"},
	{"ssh", "boolean", "", "true", "Remote login"},
	{"secret", "string", "MinLen(8)", "", "Administrator password"},
}

func (p *plan) product(n int) {
	w := &p.w
	id := p.systemID(n)
	w.open("ProductSection", "ovf:class", "org.example."+roles[n%len(roles)], "ovf:instance", num(n+1), "ovf:required", "false")
	w.text("Info", "The product that the machine runs")
	p.msg("Product", id+".product", "Measuring Appliance")
	p.msg("Vendor", id+".vendor", "Example & Sons")
	w.text("Version", fmt.Sprintf("1.%d", n%10))
	w.text("FullVersion", fmt.Sprintf("1.%d.0 (build %d)", n%10, 4100+n))
	w.text("ProductUrl", "https://www.example.org/products/measure?lang=en&edition=1")
	w.text("AppUrl", "https://${ip}/"+id)
	for i := range p.properties {
		k := properties[i%len(properties)]
		key := k.key
		if i >= len(properties) {
			key += num(i / len(properties))
		}
		if i%6 == 0 {
			p.msg("Category", fmt.Sprintf("%s.category.%d", id, i/6), "Settings, part "+num(i/6+1))
		}
		msgid := id + "." + key
		w.open("Property", "ovf:key", key, "ovf:type", k.typ, "ovf:qualifiers", k.qualifiers, "ovf:userConfigurable", "true",
			"ovf:value", k.value, "ovf:password", ifElse(k.key == "secret", "true", ""))
		p.msg("Label", msgid, k.label)
		p.msg("Description", msgid+".help", k.label+", as the "+roles[n%len(roles)]+" service uses it")
		if k.key == "port" {
			for o := range p.options {
				w.empty("Value", "ovf:value", num(8443+o), "ovf:configuration", optionIDs[o])
			}
		}
		w.close()
	}
	w.close()
}

// item is a hardware Item; its elements are written in the order of the schema,
// which is alphabetical (DSP0243 8.1).
type item struct {
	configuration   string
	bound           string
	address         string
	addressOnParent string
	units           string
	automatic       bool
	caption         string
	connection      string
	description     string
	name            string
	host            string
	id              int
	parent          int
	subType         string
	resourceType    int
	quantity        int
	weight          int
}

func (p *plan) item(i item) {
	w := &p.w
	optional := func(name, value string) {
		if value != "" {
			w.text("rasd:"+name, value)
		}
	}
	number := func(name string, value int) {
		if value != 0 {
			w.text("rasd:"+name, num(value))
		}
	}
	w.open("Item", "ovf:configuration", i.configuration, "ovf:bound", i.bound)
	optional("Address", i.address)
	optional("AddressOnParent", i.addressOnParent)
	optional("AllocationUnits", i.units)
	if i.automatic {
		w.text("rasd:AutomaticAllocation", "true")
	}
	optional("Caption", i.caption)
	optional("Connection", i.connection)
	optional("Description", i.description)
	w.text("rasd:ElementName", i.name)
	optional("HostResource", i.host)
	w.text("rasd:InstanceID", num(i.id))
	number("Parent", i.parent)
	optional("ResourceSubType", i.subType)
	w.text("rasd:ResourceType", num(i.resourceType))
	number("VirtualQuantity", i.quantity)
	number("Weight", i.weight)
	w.close()
}

// The CIM resource types in use.
const (
	typeProcessor = 3
	typeMemory    = 4
	typeIDE       = 5
	typeSCSI      = 6
	typeEthernet  = 10
	typeCDDrive   = 15
	typeDisk      = 17
	typeGraphics  = 24
)

func (p *plan) hardware(n int) {
	w := &p.w
	id := p.systemID(n)
	w.open("VirtualHardwareSection", "ovf:transport", "iso com.vmware.guestInfo")
	w.text("Info", "The hardware that the machine needs")
	w.open("System")
	w.text("vssd:ElementName", "Virtual Hardware Family")
	w.text("vssd:InstanceID", "0")
	w.text("vssd:VirtualSystemIdentifier", id)
	w.text("vssd:VirtualSystemType", "vmx-13 kvm-4")
	w.close()

	cpu := item{units: "hertz * 10^6", description: "Number of virtual CPUs", name: num(2+n%3) + " virtual CPUs", id: 1,
		resourceType: typeProcessor, quantity: 2 + n%3, weight: 1000}
	memory := item{units: "byte * 2^20", description: "Memory size", name: "Memory", id: 2, resourceType: typeMemory, quantity: 2048 + n%4*1024}
	p.item(cpu)
	p.item(memory)
	for o := range p.options {
		cpu.configuration, cpu.quantity, cpu.name = optionIDs[o], 1<<o, num(1<<o)+" virtual CPUs"
		p.item(cpu)
		memory.configuration, memory.quantity = optionIDs[o], 1024<<o
		p.item(memory)
	}
	if p.options > 0 {
		p.item(item{bound: "min", units: "byte * 2^20", name: "Least memory", id: 2, resourceType: typeMemory, quantity: 512})
	}
	w.comment("Controllers and what hangs on them")
	p.item(item{address: "0", description: "SCSI controller", name: "SCSI controller 0", id: 3, subType: "lsilogic", resourceType: typeSCSI})
	p.item(item{address: "1", description: "IDE controller", name: "IDE controller 1", id: 4, resourceType: typeIDE})
	for d := range p.disks {
		p.item(item{addressOnParent: num(d), caption: "Disk " + num(d), name: "Hard disk " + num(d+1), host: "ovf:/disk/" + p.diskName(n, d), id: 10 + d,
			parent: 3, resourceType: typeDisk})
	}
	p.item(item{addressOnParent: "1", automatic: true, name: "CD drive 1", id: 30, parent: 4, resourceType: typeCDDrive})
	for i := range p.ports {
		p.item(item{addressOnParent: num(7 + i), automatic: true, connection: networkName(i), description: "Port on " + networkName(i),
			name: "Ethernet " + num(i+1), id: 40 + i, subType: "VmxNet3", resourceType: typeEthernet})
	}
	p.item(item{automatic: true, name: "Graphics", id: 50, resourceType: typeGraphics})
	w.close()
}
