package xsdgen

import (
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/internal/sym"
)

const (
	xsdSpace = "http://www.w3.org/2001/XMLSchema"
	cimSpace = "http://schemas.dmtf.org/wbem/wscim/1/common"
)

// simpleType maps a simple type of XSD or WS-CIM to Go.
func simpleType(q qname) (kind, string, error) {
	switch q {
	case qname{xsdSpace, "string"}, qname{xsdSpace, "anyURI"}, qname{xsdSpace, "language"}, qname{cimSpace, "cimString"}, qname{"http://www.w3.org/XML/1998/namespace", "lang"}:
		return kindText, "string", nil
	case qname{xsdSpace, "boolean"}, qname{cimSpace, "cimBoolean"}:
		return kindBool, "bool", nil
	case qname{xsdSpace, "unsignedByte"}, qname{cimSpace, "cimUnsignedByte"}:
		return kindUint, "uint8", nil
	case qname{xsdSpace, "unsignedShort"}, qname{cimSpace, "cimUnsignedShort"}:
		return kindUint, "uint16", nil
	case qname{xsdSpace, "unsignedInt"}, qname{cimSpace, "cimUnsignedInt"}:
		return kindUint, "uint32", nil
	case qname{xsdSpace, "unsignedLong"}, qname{cimSpace, "cimUnsignedLong"}:
		return kindUint, "uint64", nil
	case qname{xsdSpace, "int"}:
		return kindInt, "int32", nil
	case qname{xsdSpace, "long"}:
		return kindInt, "int64", nil
	case qname{xsdSpace, "anyType"}, qname{cimSpace, "cimDateTime"}:
		return kindElements, "*xmltree.Element", nil
	}
	return 0, "", fmt.Errorf("no simple type %s", q.local)
}

// goType returns package and name of the struct for a schema type.
func goType(k string, class sym.Class, local string) (pkg, name string) {
	if t, ok := typeNames[k]; ok {
		pkg, name, _ = strings.Cut(t, ".")
		return pkg, name
	}
	local = strings.TrimSuffix(local, "_Type")
	switch class {
	case sym.RASD, sym.EPASD, sym.SASD:
		pkg = "rasd"
	case sym.VSSD, sym.BootConfig, sym.BootSource:
		pkg = "vssd"
	case sym.OVFEnv:
		pkg = "environment"
	default:
		pkg = "envelope"
	}
	return pkg, local
}

// typeNames gives the Go name of types whose schema name is not used as it is.
var typeNames = map[string]string{
	"ovf:EnvelopeType":                                 "envelope.Envelope",
	"ovf:RASD_Type":                                    "rasd.Item",
	"ovf:EPASD_Type":                                   "rasd.EthernetPortItem",
	"ovf:SASD_Type":                                    "rasd.StorageItem",
	"ovf:VSSD_Type":                                    "vssd.System",
	"ovf:VirtualDiskDesc_Type":                         "envelope.Disk",
	"ovf:SharedVirtualDiskDesc_Type":                   "envelope.SharedDisk",
	"ovf:PropertyConfigurationValue_Type":              "envelope.PropertyValue",
	"ovf:Strings_Type/Msg":                             "envelope.StringsMsg",
	"ovf:StartupSection_Type/Item":                     "envelope.StartupItem",
	"rasd:CIM_ResourceAllocationSettingData_Type":      "rasd.SettingData",
	"epasd:CIM_EthernetPortAllocationSettingData_Type": "rasd.EthernetPortSettingData",
	"sasd:CIM_StorageAllocationSettingData_Type":       "rasd.StorageSettingData",
	"vssd:CIM_VirtualSystemSettingData_Type":           "vssd.SettingData",
	"bootc:CIM_BootConfigSetting_Type":                 "vssd.BootConfigSetting",
	"boots:CIM_BootSourceSetting_Type":                 "vssd.BootSourceSetting",
	"oe:PropertySection_Type/Property":                 "environment.Property",
}

// goField returns the Go name of a field: the schema's, with Go's spelling of
// initialisms.
func goField(typ, schema string) string {
	if n, ok := fieldNames[typ+"/"+schema]; ok {
		return n
	}
	n := strings.TrimPrefix(schema, "@")
	n = strings.ToUpper(n[:1]) + n[1:]
	switch n {
	case "Id":
		return "ID"
	case "Msgid":
		return "MsgID"
	}
	for _, s := range [][2]string{{"Id", "ID"}, {"Url", "URL"}} {
		if head, ok := strings.CutSuffix(n, s[0]); ok {
			n = head + s[1]
		}
	}
	return n
}

// fieldNames resolves clashes.
var fieldNames = map[string]string{
	"ovf:ProductSection_Type/Property/Value": "Values",
}

// goEnum returns the typed enumeration of a field, or "".
func goEnum(pkg, typ, schema string) string {
	if schema == "ChangeableType" && pkg != "rasd" {
		return "" // vssd does not import rasd
	}
	if t, ok := enums[typ+"/"+schema]; ok {
		return t
	}
	return enums[schema]
}

var enums = map[string]string{
	"@bound":                              "rasd.Bound",
	"ResourceType":                        "rasd.ResourceType",
	"ConsumerVisibility":                  "rasd.ConsumerVisibility",
	"MappingBehavior":                     "rasd.MappingBehavior",
	"ChangeableType":                      "rasd.ChangeableType",
	"ovf:OperatingSystemSection_Type/@id": "envelope.OSType",
	"@startAction":                        "envelope.StartAction",
	"@stopAction":                         "envelope.StopAction",
	"@compression":                        "envelope.Compression",
}

// union is a substitution group or choice: an ordered list of members.
type union struct {
	pkg, name string
	head      sym.Name // the element that stands for all of them; zero for a choice
	open      bool     // others may add members
	field     string   // of a choice
	doc       string
	members   []unionMember // of a choice; those of a group follow from the schema
}

type unionMember struct{ element, name string }

// list returns the name of the list type.
func (u *union) list() string {
	if head, ok := strings.CutSuffix(u.name, "y"); ok {
		return head + "ies"
	}
	return u.name + "s"
}

func (u *union) member(element string) *unionMember {
	for i := range u.members {
		if u.members[i].element == element {
			return &u.members[i]
		}
	}
	return nil
}

// unions lists the substitution groups and choices of the model.
var unions = []*union{
	{pkg: "envelope", name: "Section", head: sym.Name{Class: sym.OVF, Local: "Section"}, open: true},
	{pkg: "envelope", name: "Content", head: sym.Name{Class: sym.OVF, Local: "Content"}},
	{pkg: "environment", name: "Section", head: sym.Name{Class: sym.OVFEnv, Local: "Section"}},
	{pkg: "envelope", name: "ProductEntry", field: "Entry", doc: "lists categories and properties in order; a Category stands before the properties it groups (DSP0243 9.5).",
		members: []unionMember{{"Category", "Category"}, {"Property", "Property"}}},
	{pkg: "envelope", name: "NetworkProfile", field: "Profile", doc: "lists port profiles, in line or by URI, in order.",
		members: []unionMember{{"NetworkPortProfile", "NetworkPortProfile"}, {"NetworkPortProfileURI", "NetworkPortProfileURI"}}},
}

func headUnion(c sym.Class, local string) *union {
	for _, u := range unions {
		if u.head == (sym.Name{Class: c, Local: local}) {
			return u
		}
	}
	return nil
}

// choiceUnion returns the union for the choice in a type.
func choiceUnion(typ string) *union {
	switch typ {
	case "ovf:ProductSection_Type":
		return unions[3]
	case "ovf:NetworkSection_Type/Network":
		return unions[4]
	}
	return nil
}
