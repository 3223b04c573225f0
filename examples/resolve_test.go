package examples_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/plan"
)

// What does each machine get?
func Example_whatEachMachineGets() {
	pkg := open("petstore/petstore.ovf")
	defer pkg.Close()
	p, err := pkg.Resolve(context.Background(), plan.Choices{Properties: answers()})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range p.Machines {
		h := m.Hardware
		fmt.Printf("%s: %d CPU, %d MiB", m.ID, h.CPUs.Value, h.Memory.Value>>20)
		for _, d := range h.Disks {
			fmt.Printf(", disk %s on %s %d", d.Disk, d.Bus, d.Unit)
		}
		for _, n := range h.NICs {
			fmt.Printf(", network %s", strings.Join(n.Networks, " "))
		}
		fmt.Println()
	}
	// Output:
	// WebTier: 1 CPU, 512 MiB, disk web on scsi 0, network public, network backend
	// DB1: 1 CPU, 384 MiB, disk db on scsi 0, network backend
	// DB2: 1 CPU, 384 MiB, disk db on scsi 0, network backend
}

// Which deployment options are there, and what does one change?
func Example_whatAnOptionChanges() {
	pkg := open("petstore/petstore.ovf")
	defer pkg.Close()
	standard, err := pkg.Resolve(context.Background(), plan.Choices{Properties: answers()})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range standard.Options {
		fmt.Printf("%s: %s (default: %t)\n", o.ID, o.Description.Text, o.Default)
	}
	minimal, err := pkg.Resolve(context.Background(), plan.Choices{Option: "minimal", Properties: answers()})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, m := range standard.Machines {
		fmt.Printf("%s: %d MiB, then %d MiB\n", m.ID, m.Hardware.Memory.Value>>20, minimal.Machines[i].Hardware.Memory.Value>>20)
	}
	fmt.Println("is anything else different?", len(plan.Diff(standard.Plan, minimal.Plan)) > 3)
	// Output:
	// minimal: For a trial: little memory and a quiet log (default: false)
	// standard: For a shop with customers (default: true)
	// WebTier: 512 MiB, then 256 MiB
	// DB1: 384 MiB, then 192 MiB
	// DB2: 384 MiB, then 192 MiB
	// is anything else different? true
}

// Within which bounds may a platform choose?
func Example_bounds() {
	web := resolve("petstore/petstore.ovf", plan.Choices{Properties: answers()}).Machines[0]
	memory := web.Hardware.Memory
	fmt.Printf("%d MiB, from %d to %d\n", memory.Value>>20, *memory.Min>>20, *memory.Max>>20)
	// Output:
	// 512 MiB, from 192 to 4096
}

// What must the operator be asked?
func Example_whatToAsk() {
	pkg := open("petstore/petstore.ovf")
	defer pkg.Close()
	form, err := plan.NewForm(context.Background(), pkg.Input(), plan.Choices{Option: "minimal"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range form.Questions {
		p := q.Property
		fmt.Printf("%s / %s [%s]: %s\n", p.Category.Text, p.Label.Text, p.Value, q.Accepts)
	}
	mail := form.Questions[0]
	fmt.Println(first(mail.Check("")))
	// Output:
	// People / Operator's mail address []: text of 3 to 254 characters
	// Network / Address of the shop []: text of 7 to 39 characters
	// Network / First database []: text of 7 to 39 characters
	// Network / Second database []: text of 7 to 39 characters
	// Logging / Log [quiet]: "debug", "normal" or "quiet"
	// "" has 0 characters; accepted: text of 3 to 254 characters
}

// What happens without the values that are needed, or with wrong ones? All of it
// is reported at once.
func Example_wrongChoices() {
	pkg := open("petstore/petstore.ovf")
	defer pkg.Close()
	_, err := pkg.Resolve(context.Background(), plan.Choices{Properties: []plan.Setting{
		{Name: "adminEmail", Value: "ops@example.com"},
		{Name: "logLevel", Value: "loud"},
		{Name: "AppIP", Value: "10.20.132.101"},
	}})
	var found diag.List
	if errors.As(err, &found) {
		for _, d := range found {
			fmt.Printf("%s\n  %s\n", d.Message, d.Hint)
		}
	}
	// Output:
	// the package has no property "AppIP"
	//   there is a property "appIp"
	// the property "logLevel" of "PetStore" does not take the value: "loud" is not one of the allowed values; accepted: "debug", "normal" or "quiet"
	//   give "debug", "normal" or "quiet"
	// the property "appIp" of "PetStore" needs a value: text of 7 to 39 characters
	//   set "PetStore/appIp"
	// the property "dbIp" of "PetStore" needs a value: text of 7 to 39 characters
	//   set "PetStore/dbIp"
	// the property "db2Ip" of "PetStore" needs a value: text of 7 to 39 characters
	//   set "PetStore/db2Ip"
}

// Where does a value come from?
func Example_whereAValueComesFrom() {
	explain := func(list []plan.Property) {
		for _, x := range list {
			fmt.Print("  ", x, " ", x.Origin.Kind)
			if x.Origin.From != "" {
				fmt.Print(" from ", x.Origin.From)
			}
			if at := x.Origin.Location.String(); at != "" {
				fmt.Print(" ", at)
			}
			for i, ref := range x.References {
				if i == 0 {
					fmt.Print(" made of")
				}
				fmt.Print(" ", ref.Property)
			}
			fmt.Println()
		}
	}
	p := resolve("petstore/petstore.ovf", plan.Choices{Option: "minimal", Properties: answers()})
	fmt.Println("WebTier:")
	explain(p.Machines[0].Properties)
	fmt.Println("PetStore:")
	explain(p.Collections[0].Properties)
	// Output:
	// WebTier:
	//   com.example.petstore.web.listen=10.20.132.101:80 descriptor petstore/petstore.ovf:142:54 made of appIp
	//   com.example.petstore.web.database=postgresql://10.20.132.102:5432,10.20.132.103:5432/shop descriptor petstore/petstore.ovf:143:56 made of dbIp db2Ip
	//   com.example.petstore.web.log=quiet descriptor petstore/petstore.ovf:144:51 made of logLevel
	//   adminEmail=ops@example.com inherited from PetStore
	//   appIp=10.20.132.101 inherited from PetStore
	//   dbIp=10.20.132.102 inherited from PetStore
	//   db2Ip=10.20.132.103 inherited from PetStore
	//   logLevel=quiet inherited from PetStore petstore/petstore.ovf:82:16
	// PetStore:
	//   adminEmail=ops@example.com operator from --property
	//   appIp=10.20.132.101 operator from --property
	//   dbIp=10.20.132.102 operator from --property
	//   db2Ip=10.20.132.103 operator from --property
	//   logLevel=quiet option from minimal petstore/petstore.ovf:82:16
}

// How are values read from a file?
func Example_valuesFromAFile() {
	file := strings.NewReader("# for the shop in Hamburg\nadminEmail: ops@example.com\nappIp: 10.20.132.101\ndbIp: 10.20.132.102\ndb2Ip: 10.20.132.103\n")
	settings, err := plan.ReadSettings(file, "hamburg.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	p := resolve("petstore/petstore.ovf", plan.Choices{Properties: settings})
	x := p.Collections[0].Properties[1]
	fmt.Println(x.Name, x.Value, x.Origin.Location)

	_, err = plan.ReadSettings(strings.NewReader("appIp: [10.0.0.1]\nappIp: 10.0.0.1\n"), "hamburg.yaml")
	fmt.Println(err)
	// Output:
	// appIp 10.20.132.101 hamburg.yaml:3:1
	// hamburg.yaml:1:8: the value of "appIp" is a group or a list [settings-structure]
}

// How large is a disk whose size the operator chooses?
func Example_diskSize() {
	choices := plan.Choices{Properties: []plan.Setting{{Name: "ip", Value: "10.0.0.7"}, {Name: "gateway", Value: "10.0.0.1"}, {Name: "dns", Value: "10.0.0.1"}, {Name: "dataGB", Value: "40"}}}
	for _, d := range resolve("lamp-one/lamp-one.ovf", choices).Disks {
		fmt.Println(d.ID, d.Capacity, d.CapacityOrigin.Kind)
	}
	// Output:
	// system 67108864 descriptor
	// data 42949672960 operator
}

// What does a guest read? The document has its own values, and those of the
// machines beside it.
func Example_environment() {
	p := resolve("petstore/petstore.ovf", plan.Choices{Properties: answers(), Platform: plan.Platform{Kind: "KVM", Version: "10.1"}})
	document, err := p.Machines[2].EnvironmentDocument()
	if err != nil {
		fmt.Println(err)
		return
	}
	os.Stdout.Write(document)
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="DB2">
	//   <PlatformSection>
	//     <Kind>KVM</Kind>
	//     <Version>10.1</Version>
	//   </PlatformSection>
	//   <PropertySection>
	//     <Property oe:key="com.example.db.ip" oe:value="10.20.132.103"/>
	//     <Property oe:key="com.example.db.peerIp" oe:value="10.20.132.102"/>
	//     <Property oe:key="com.example.db.role" oe:value="standby"/>
	//     <Property oe:key="com.example.db.primaryIp" oe:value="10.20.132.102"/>
	//     <Property oe:key="com.example.db.standbyIp" oe:value="10.20.132.103"/>
	//     <Property oe:key="com.example.db.log" oe:value="normal"/>
	//   </PropertySection>
	//   <Entity oe:id="DB1">
	//     <PropertySection>
	//       <Property oe:key="com.example.db.ip" oe:value="10.20.132.102"/>
	//       <Property oe:key="com.example.db.peerIp" oe:value="10.20.132.103"/>
	//       <Property oe:key="com.example.db.role" oe:value="primary"/>
	//       <Property oe:key="com.example.db.primaryIp" oe:value="10.20.132.102"/>
	//       <Property oe:key="com.example.db.standbyIp" oe:value="10.20.132.103"/>
	//       <Property oe:key="com.example.db.log" oe:value="normal"/>
	//     </PropertySection>
	//   </Entity>
	// </Environment>
}

// In which order are the machines started?
func Example_startOrder() {
	for i, stage := range resolve("petstore/petstore.ovf", plan.Choices{Properties: answers()}).Startup {
		for _, s := range stage.Steps {
			fmt.Printf("%d. %s, then wait %d s (or until the guest is ready: %t)\n", i+1, s.Machine, s.Delay, s.WaitForGuest)
		}
	}
	// Output:
	// 1. DB1, then wait 20 s (or until the guest is ready: true)
	// 2. DB2, then wait 20 s (or until the guest is ready: true)
	// 3. WebTier, then wait 30 s (or until the guest is ready: true)
}

// In which language are the texts?
func Example_language() {
	for _, locale := range []string{"da", "de-CH", "fr"} {
		p := resolve("petstore/petstore.ovf", plan.Choices{Properties: answers(), Locales: []string{locale}})
		fmt.Println(locale, p.Locale, p.Machines[0].Name.Text)
	}
	// Output:
	// da da-DK Webserver
	// de-CH de-DE Webserver
	// fr en-US Web server
}

// How are the networks of a package mapped to those of a platform?
func Example_networks() {
	p := resolve("petstore/petstore.ovf", plan.Choices{Properties: answers(), Networks: map[string]string{"public": "br0", "backend": "br1"}})
	for _, n := range p.Networks {
		fmt.Println(n.Name, n.Target, n.Description.Text)
	}
	// Output:
	// public br0 Customers reach the shop here
	// backend br1 The web server reaches the databases here
}

// What of a vendor's section that must be understood?
func Example_requiredExtension() {
	const section = "{http://www.example.com/schemas/ovf/backup/1}BackupSection"
	pkg := open("extension/required.ovf")
	defer pkg.Close()
	_, err := pkg.Resolve(context.Background(), plan.Choices{})
	var found diag.List
	if errors.As(err, &found) {
		for _, d := range found {
			if d.Severity == diag.Error {
				fmt.Println(d.Message)
			}
		}
	}
	p, err := pkg.Resolve(context.Background(), plan.Choices{Ignore: []string{section}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("level", p.ConformanceLevel)
	_, err = pkg.Resolve(context.Background(), plan.Choices{Handle: func(x plan.Extension) bool {
		fmt.Println("asked about", x.Info)
		return true
	}})
	fmt.Println(first(err))
	// Output:
	// the section "bak:BackupSection" must be understood by whoever deploys the package: "How the disks of this package are to be backed up"
	// level 3
	// asked about How the disks of this package are to be backed up
	// no error
}
