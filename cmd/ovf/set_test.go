package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var petstore = filepath.Join(repo, "examples", "petstore", "petstore.ovf")

const shop = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:v="urn:v">
  <References/>
  <DiskSection>
    <Info/>
    <Disk ovf:diskId="data" ovf:capacity="${size}" ovf:capacityAllocationUnits="byte * 2^30"/>
  </DiskSection>
  <NetworkSection>
    <Info/>
    <Network ovf:name="a"/>
    <Network ovf:name="b=c"/>
  </NetworkSection>
  <DeploymentOptionSection>
    <Info/>
    <Configuration ovf:id="small"><Label>Small</Label><Description/></Configuration>
    <Configuration ovf:id="big"><Label>Big</Label><Description/></Configuration>
  </DeploymentOptionSection>
  <v:NetSection ovf:required="false">
    <v:Net name="a"/>
  </v:NetSection>
  <VirtualSystem ovf:id="vm">
    <Info/>
    <Name ovf:msgid="name">Machine</Name>
    <ProductSection ovf:class="com.example">
      <Info/>
      <Product>Shop</Product>
      <Version>1.0</Version>
      <FullVersion>1.0</FullVersion>
      <Category>Disk</Category>
      <Property ovf:key="size" ovf:type="uint32" ovf:value="20"/>
      <Property ovf:key="mode" ovf:type="string" ovf:qualifiers='ValueMap{"fast","safe"}' ovf:value='safe'>
        <Value ovf:value="fast" ovf:configuration="small big"/>
      </Property>
      <Category>Net</Category>
      <Property ovf:key="ip" ovf:type="ip:a" ovf:value="${ip:a}"/>
      <Property ovf:key="on" ovf:type="boolean"/>
    </ProductSection>
    <VirtualHardwareSection>
      <Info/>
      <Item>
        <rasd:ElementName>1 CPU</rasd:ElementName>
        <rasd:InstanceID>1</rasd:InstanceID>
        <rasd:ResourceType>3</rasd:ResourceType>
        <rasd:VirtualQuantity>1</rasd:VirtualQuantity>
      </Item>
      <Item ovf:configuration="small big">
        <rasd:AllocationUnits>byte * 2^30</rasd:AllocationUnits>
        <rasd:ElementName>memory</rasd:ElementName>
        <rasd:InstanceID>2</rasd:InstanceID>
        <rasd:Limit>8</rasd:Limit>
        <rasd:Reservation>1</rasd:Reservation>
        <rasd:ResourceType>4</rasd:ResourceType>
        <rasd:VirtualQuantity>2</rasd:VirtualQuantity>
      </Item>
      <Item>
        <rasd:Connection>a</rasd:Connection>
        <rasd:ElementName>NIC</rasd:ElementName>
        <rasd:InstanceID>3</rasd:InstanceID>
        <rasd:ResourceType>10</rasd:ResourceType>
      </Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`

// Each edit, and the lines that differ: line number and trimmed text.
func TestSet(t *testing.T) {
	for _, c := range []struct {
		name string
		args string // separated by |
		diff string
	}{
		{"nothing", "--cpus|1", ""},
		{"property by key", "--property|size=40", `
-29 <Property ovf:key="size" ovf:type="uint32" ovf:value="20"/>
+29 <Property ovf:key="size" ovf:type="uint32" ovf:value="40"/>`},
		{"property by full name", "--property|com.example.mode=fast", `
-30 <Property ovf:key="mode" ovf:type="string" ovf:qualifiers='ValueMap{"fast","safe"}' ovf:value='safe'>
+30 <Property ovf:key="mode" ovf:type="string" ovf:qualifiers='ValueMap{"fast","safe"}' ovf:value='fast'>`},
		{"property without value", "--property|on=true", `
-35 <Property ovf:key="on" ovf:type="boolean"/>
+35 <Property ovf:key="on" ovf:type="boolean" ovf:value="true"/>`},
		{"property with =, quotes and brackets", `--property|ip=${x}<"'&=`, `
-34 <Property ovf:key="ip" ovf:type="ip:a" ovf:value="${ip:a}"/>
+34 <Property ovf:key="ip" ovf:type="ip:a" ovf:value="${x}&lt;&quot;'&amp;="/>`},
		{"property of an option", "--option|big|--property|mode=safe", `
-31 <Value ovf:value="fast" ovf:configuration="small big"/>
+31 <Value ovf:value="fast" ovf:configuration="small"/>
+32 <Value ovf:value="safe" ovf:configuration="big"/>`},
		{"two properties", "--property|size=1|--property|on=false", `
-29 <Property ovf:key="size" ovf:type="uint32" ovf:value="20"/>
+29 <Property ovf:key="size" ovf:type="uint32" ovf:value="1"/>
-35 <Property ovf:key="on" ovf:type="boolean"/>
+35 <Property ovf:key="on" ovf:type="boolean" ovf:value="false"/>`},
		{"add to a category", "--add-property|com.example.swap:uint16=4|--category|Disk|--user-configurable|--label|Swap", `
+33 <Property ovf:key="swap" ovf:type="uint16" ovf:userConfigurable="true" ovf:value="4">
+34 <Label>Swap</Label>
+35 </Property>`},
		{"add without category", "--add-property|note", `
+28 <Property ovf:key="note" ovf:type="string"/>`},
		{"add with a new category", "--add-property|gw:ip:a=10.0.0.1|--category|New|--password", `
+36 <Category>New</Category>
+37 <Property ovf:key="gw" ovf:type="ip:a" ovf:value="10.0.0.1" ovf:password="true"/>`},
		{"add and set", "--add-property|note|--property|note=x", `
+28 <Property ovf:key="note" ovf:type="string" ovf:value="x"/>`},
		{"remove", "--remove-property|on", `
-35 <Property ovf:key="on" ovf:type="boolean"/>`},
		{"name", "--name|Maschine & Söhne", `
-22 <Name ovf:msgid="name">Machine</Name>
+22 <Name ovf:msgid="name">Maschine &amp; Söhne</Name>`},
		{"version and full version", "--product-version|2.0", `
-26 <Version>1.0</Version>
-27 <FullVersion>1.0</FullVersion>
+26 <Version>2.0</Version>
+27 <FullVersion>2.0</FullVersion>`},
		{"vendor that is new", "--vendor|Example", `
+26 <Vendor>Example</Vendor>`},
		{"product and full version", "--product|Store|--product-full-version|1.0.1", `
-25 <Product>Shop</Product>
+25 <Product>Store</Product>
-27 <FullVersion>1.0</FullVersion>
+27 <FullVersion>1.0.1</FullVersion>`},
		{"processors", "--cpus|4", `
-43 <rasd:VirtualQuantity>1</rasd:VirtualQuantity>
+43 <rasd:VirtualQuantity>4</rasd:VirtualQuantity>`},
		{"memory", "--memory|4GiB", `
-52 <rasd:VirtualQuantity>2</rasd:VirtualQuantity>
+52 <rasd:VirtualQuantity>4</rasd:VirtualQuantity>`},
		{"memory in another unit", "--memory|1.5GiB", `
-46 <rasd:AllocationUnits>byte * 2^30</rasd:AllocationUnits>
+46 <rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits>
-49 <rasd:Limit>8</rasd:Limit>
-50 <rasd:Reservation>1</rasd:Reservation>
+49 <rasd:Limit>8192</rasd:Limit>
+50 <rasd:Reservation>1024</rasd:Reservation>
-52 <rasd:VirtualQuantity>2</rasd:VirtualQuantity>
+52 <rasd:VirtualQuantity>1536</rasd:VirtualQuantity>`},
		{"memory of one option", "--memory|4 byte * 2^30|--option|small", `
-45 <Item ovf:configuration="small big">
+45 <Item ovf:configuration="big">
+53 </Item>
+54 <Item ovf:configuration="small">
+55 <rasd:AllocationUnits>byte * 2^30</rasd:AllocationUnits>
+56 <rasd:ElementName>memory</rasd:ElementName>
+57 <rasd:InstanceID>2</rasd:InstanceID>
+58 <rasd:Limit>8</rasd:Limit>
+59 <rasd:Reservation>1</rasd:Reservation>
+60 <rasd:ResourceType>4</rasd:ResourceType>
+61 <rasd:VirtualQuantity>4</rasd:VirtualQuantity>`},
		{"processors of one option", "--cpus|2|--option|big", `
+45 <Item ovf:configuration="big">
+46 <rasd:ElementName>1 CPU</rasd:ElementName>
+47 <rasd:InstanceID>1</rasd:InstanceID>
+48 <rasd:ResourceType>3</rasd:ResourceType>
+49 <rasd:VirtualQuantity>2</rasd:VirtualQuantity>
+50 </Item>`},
		{"network", "--network|a=DMZ", `
-9 <Network ovf:name="a"/>
+9 <Network ovf:name="DMZ"/>
-34 <Property ovf:key="ip" ovf:type="ip:a" ovf:value="${ip:a}"/>
+34 <Property ovf:key="ip" ovf:type="ip:DMZ" ovf:value="${ip:DMZ}"/>
-55 <rasd:Connection>a</rasd:Connection>
+55 <rasd:Connection>DMZ</rasd:Connection>`},
		{"network with = in its name", "--network|b=c=d", `
-10 <Network ovf:name="b=c"/>
+10 <Network ovf:name="d"/>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := execute(shop, append([]string{"set", "-", "-o", "-"}, strings.Split(c.args, "|")...)...)
			r.want(t, exitGood)
			var got strings.Builder
			for _, d := range diffLines(shop, r.stdout) {
				d.text = strings.TrimSpace(d.text)
				got.WriteString("\n" + d.String())
			}
			if got.String() != c.diff {
				t.Errorf("got%s\nwant%s", got.String(), c.diff)
			}
		})
	}
}

// An edit that does not fit is refused with what would.
func TestSetRefused(t *testing.T) {
	for _, c := range []struct {
		file, args string
		stderr     []string
	}{
		{shop, "--property|sizes=1", []string{`no property "sizes"`, `has "com.example.size"`}},
		{shop, "--property|size", []string{"give KEY=VALUE"}},
		{shop, "--property|size=-1", []string{"out of range", "a whole number from 0 to 4294967295"}},
		{shop, "--property|mode=slow", []string{`accepted: "fast" or "safe"`}},
		{shop, "--property|on=yes", []string{"neither true nor false"}},
		{shop, "--property|size=1|--option|huge", []string{`no deployment option "huge"`, `has "big", "small"`}},
		{shop, "--property|size=1|--vm|web", []string{`no virtual system or collection "web"`, `has "vm"`}},
		{shop, "--add-property|size", []string{"of that key already", "standard input:29:17", "   29 |"}},
		{shop, "--add-property|a:float=1", []string{"is not a property type"}},
		{shop, "--add-property|a:uint8=256", []string{"out of range"}},
		{shop, "--add-property|=x", []string{"needs a key"}},
		{shop, "--remove-property|size", []string{"a value refers to it", "standard input:5:29"}},
		{shop, "--remove-property|none", []string{`no property "none"`}},
		{shop, "--cpus|0", []string{"cannot be 0"}},
		{shop, "--memory|0MiB", []string{"cannot be 0"}},
		{shop, "--memory|4GB", []string{"means different sizes to different people", "4GiB"}},
		{shop, "--memory|4", []string{"has no unit"}},
		{shop, "--memory|GiB", []string{"does not begin with a number"}},
		{shop, "--memory|4 hertz", []string{"does not measure bytes"}},
		{shop, "--memory|0.1B", []string{"no whole number of bytes"}},
		{shop, "--memory|99999999999999999999GiB", []string{"too large"}},
		{shop, "--memory|" + strings.Repeat("9", 100) + "B", []string{"does not begin with a number"}},
		{shop, "--network|x=y", []string{`no network "x"`, `has "a", "b=c"`}},
		{shop, "--network|a=b=c", []string{`another network has the name "b=c"`}},
		{shop, "--network|a", []string{"give OLD=NEW"}},
		{shop, "--network|a=x|--network|a=y", []string{"renames \"a\" twice"}},
		{small, "--cpus|1", []string{"no VirtualHardwareSection"}},
		{small, "--property|a=b", []string{"the descriptor has no property"}},
		{load(t, petstore), "--cpus|2", []string{`more than one virtual system: "PetStore/WebTier", "PetStore/DBTier/DB1"`}},
		{load(t, petstore), "--cpus|2|--vm|DBTier", []string{`no virtual system "DBTier"`}},
		{load(t, petstore), "--property|log=x", []string{"stands for more than one", "com.example.db.log of DBTier"}},
		{load(t, petstore), "--memory|8GiB|--vm|WebTier", []string{"above the maximum", "4 × byte * 2^30", "standard input:"}},
		{load(t, petstore), "--memory|1000KiB|--vm|WebTier", []string{"below the minimum"}},
		{strings.Replace(shop, "Quantity>1<", "Quantity>1</rasd:VirtualQuantity></Item><Item><rasd:InstanceID>9</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1<", 1), "--cpus|2",
			[]string{`the Items`, "are both for it"}},
	} {
		r := execute(c.file, append([]string{"set", "-", "-o", "-"}, strings.Split(c.args, "|")...)...)
		r.want(t, exitUsage, c.stderr...)
		if r.stdout != "" {
			t.Errorf("%s: printed all the same", c.args)
		}
	}
	archive := save(t, "a.ova", tarFile(t, "a.ovf", shop))
	execute("", "set", archive, "-o", "-", "--cpus", "2").want(t, exitUsage, "cannot rewrite", `"a.ovf"`)
}

// What was changed is listed, and so is what the user should know.
func TestSetTells(t *testing.T) {
	set := func(args ...string) result { return execute(shop, append([]string{"set", "-", "-o", "-"}, args...)...) }
	set("--cpus", "2").want(t, exitGood, `standard input:43:31: vm: Item 1 VirtualQuantity: "1" -> "2"`)
	set("--name", "x").want(t, exitGood, `"Machine" -> "x"`, `warning: vm: Name has translations under the msgid "name"`)
	set("--network", "a=z").want(t, exitGood, `standard input:18:12: warning: an extension still has the name "a"`)
	set("--add-property", "k").want(t, exitGood, "property com.example.k added")
	set("--remove-property", "on").want(t, exitGood, "35:7: property com.example.on removed")
	full := strings.Replace(shop, "<FullVersion>1.0", "<FullVersion>1.0.7", 1)
	execute(full, "set", "-", "-o", "-", "--product-version", "2").want(t, exitGood, `warning: FullVersion is still "1.0.7"`, "--product-full-version")
	if r := set("-q", "--cpus", "2"); r.stderr != "" {
		t.Errorf("-q: %s", r.stderr)
	}
}

func TestSetFiles(t *testing.T) {
	name := save(t, "a.ovf", shop)
	dir := filepath.Dir(name)
	out := filepath.Join(dir, "b.ovf")
	if err := os.WriteFile(filepath.Join(dir, "b.mf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	execute("", "set", name, "-o", out, "--cpus", "2").want(t, exitGood, "b.mf: the manifest has the digest of a descriptor from before")
	want := strings.Replace(shop, "Quantity>1<", "Quantity>2<", 1)
	if load(t, out) != want || load(t, name) != shop {
		t.Error("not the files they should be")
	}
	link := filepath.Join(dir, "link.ovf")
	if err := os.Symlink("a.ovf", link); err != nil {
		t.Skip(err)
	}
	execute("", "set", link, "-o", name, "--cpus", "2").want(t, exitUsage, "is the input")
	execute("", "set", link, "--in-place", "--cpus", "2").want(t, exitGood)
	if i, err := os.Lstat(link); err != nil || i.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	if load(t, name) != want {
		t.Error("--in-place did not write")
	}
	before, _ := os.Stat(name)
	execute("", "set", name, "--in-place", "--cpus", "2").want(t, exitGood)
	if after, _ := os.Stat(name); !os.SameFile(before, after) {
		t.Error("an unchanged file was written again")
	}
	execute("", "set", name, "-o", os.DevNull, "--cpus", "3").want(t, exitGood)
	if i, err := os.Stat(os.DevNull); err != nil || i.Mode().IsRegular() {
		t.Fatal("the device was replaced by a file")
	}
}
