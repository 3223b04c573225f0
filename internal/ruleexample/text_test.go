package ruleexample_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/author"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/internal/ruleexample"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/sign"
	"github.com/ovfkit/ovf/xmltree"
)

// Every rule has one example of each kind, and no example is of a rule that is
// not there. A test that covers a rule is there.
func TestEveryRule(t *testing.T) {
	texts, err := ruleexample.Texts()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range append(ovf.Rules(), author.Rules()...) {
		if seen[r.Name] {
			t.Errorf("two rules have the name %s", r.Name)
		}
		seen[r.Name] = true
		_, bad := ruleexample.Bad(r.Name)
		_, good := ruleexample.Good(r.Name)
		text, ok := texts[r.Name]
		if ok == (bad == nil) || (bad == nil) != (good == nil) {
			t.Errorf("%s: it has a text: %t; it has files: %t, %t", r.Name, ok, bad == nil, good == nil)
		}
		if ok && (text.Bad == "" || text.Good == "" || (text.Run == "") == (text.Test == "")) {
			t.Errorf("%s: the example is not complete: %+v", r.Name, text)
		}
		if file, function, ok := strings.Cut(text.Test, " "); ok {
			source, err := os.ReadFile(filepath.Join("../..", file))
			if err != nil || !strings.Contains(string(source), "\nfunc "+function+"(") {
				t.Errorf("%s: no test %s: %v", r.Name, text.Test, err)
			}
		}
	}
	for name := range texts {
		if !seen[name] {
			t.Errorf("there is no rule %s", name)
		}
	}
}

// runners try a text as the files and flags that it is part of.
var runners = map[string]func(t *testing.T, text string) diag.List{
	"xml": func(t *testing.T, text string) diag.List {
		doc, err := xmltree.Parse("test.xml", []byte(bytesOf(text)), xmltree.Limits{})
		if err != nil {
			return list(err)
		}
		return doc.Problems()
	},
	"reader": func(t *testing.T, text string) diag.List {
		_, found, err := envelope.Decode([]byte(descriptor(t, text)), envelope.DecodeOptions{})
		return append(found, list(err)...)
	},
	"environment": func(t *testing.T, text string) diag.List {
		_, found, err := environment.Decode([]byte(text), environment.DecodeOptions{})
		return append(found, list(err)...)
	},
	"bundle": func(t *testing.T, text string) diag.List {
		_, found, err := envelope.DecodeStrings([]byte(text), envelope.DecodeOptions{})
		return append(found, list(err)...)
	},
	"manifest": func(t *testing.T, text string) diag.List {
		_, found := sign.ParseManifest("petstore.mf", []byte(bytesOf(text)), sign.Limits{})
		return found
	},
	"manifest package": func(t *testing.T, text string) diag.List {
		m, found := sign.ParseManifest("petstore.mf", []byte(bytesOf(text)), sign.Limits{})
		return append(found, sign.Check(m, []sign.Member{{Name: "petstore.ovf", Role: sign.RoleDescriptor}, {Name: "web.vmdk"}, {Name: "db.vmdk.000000000", Role: sign.RoleChunk}})...)
	},
	"certificate": func(t *testing.T, text string) diag.List {
		_, found := sign.ParseCertificate("petstore.cert", []byte(bytesOf(text)), sign.Limits{})
		return found
	},
	"settings values.yaml": func(t *testing.T, text string) diag.List {
		_, err := plan.ReadSettings(strings.NewReader(text), "values.yaml")
		return list(err)
	},
	"spec": func(t *testing.T, text string) diag.List {
		s, err := author.Decode("spec.yaml", []byte(text))
		if err != nil {
			return list(err)
		}
		return s.Check()
	},
	"plan": resolve,
}

// Where it can be tried, the bad example breaks its rule, and the good one neither
// that nor, as an error, another.
func TestTexts(t *testing.T) {
	texts, err := ruleexample.Texts()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range slices.Sorted(maps.Keys(texts)) {
		text := texts[rule]
		if text.Run == "" {
			continue
		}
		run, ok := runners[text.Run]
		if !ok {
			t.Errorf("%s: %q is no way to try it", rule, text.Run)
			continue
		}
		if found := run(t, text.Bad); !has(found, rule) {
			t.Errorf("%s: not found in the bad example, but %v", rule, found)
		}
		if found := run(t, text.Good); has(found, rule) || found.HasErrors() {
			t.Errorf("%s: in the good example: %v", rule, found)
		}
	}
}

func has(l diag.List, rule string) bool {
	return slices.ContainsFunc(l, func(d diag.Diagnostic) bool { return d.Rule == rule })
}

// list returns the diagnostics that an error is.
func list(err error) diag.List {
	var l diag.List
	var d *diag.Diagnostic
	if !errors.As(err, &l) && errors.As(err, &d) {
		l = diag.List{*d}
	}
	return l
}

var (
	escape = regexp.MustCompile(`\\x[0-9a-f]{2}|\\r`)
	hexEnd = regexp.MustCompile(`= ([0-9a-fA-F]+)…|^([0-9a-f]+)…`)
)

// certificate is one that can be read, of no one.
var certificate = sync.OnceValue(func() string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
})

// bytesOf replaces what stands for bytes, and what an ellipsis leaves out: digits up
// to the length of a SHA-256 digest, or a certificate.
func bytesOf(text string) string {
	text = strings.ReplaceAll(text, "-----BEGIN CERTIFICATE-----…\n", certificate())
	text = hexEnd.ReplaceAllStringFunc(text, func(s string) string {
		s = strings.TrimSuffix(s, "…")
		digits := strings.TrimPrefix(s, "= ")
		return s + strings.Repeat("0", 64-len(digits))
	})
	return escape.ReplaceAllStringFunc(text, func(s string) string {
		if s == `\r` {
			return "\r"
		}
		n, _ := strconv.ParseUint(s[2:], 16, 8)
		return string([]byte{byte(n)})
	})
}

// resolve makes the plan of a descriptor, with the flags of a line "ovf resolve".
func resolve(t *testing.T, text string) diag.List {
	t.Helper()
	var choices plan.Choices
	fragment, flags, _ := strings.Cut(text, "ovf resolve ")
	words := strings.Fields(flags)
	for i := 1; i+1 < len(words); i += 2 { // behind the name of the package
		key, value, _ := strings.Cut(words[i+1], "=")
		switch words[i] {
		case "--option":
			choices.Option = key
		case "--locale":
			choices.Locales = append(choices.Locales, key)
		case "--system-type":
			choices.SystemTypes = append(choices.SystemTypes, key)
		case "--ignore-extension":
			choices.Ignore = append(choices.Ignore, key)
		case "--network":
			choices.Networks = map[string]string{key: value}
		case "--instances":
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatal(err)
			}
			choices.Instances = map[string]int{key: n}
		case "--property":
			choices.Properties = append(choices.Properties, plan.Setting{Name: key, Value: value, From: "--property"})
		default:
			t.Fatalf("there is no flag %s", words[i])
		}
	}
	env, _, err := envelope.Decode([]byte(descriptor(t, fragment)), envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, choices)
	if err != nil {
		return list(err)
	}
	return p.Diagnostics
}

// descriptor puts the elements of a text where they belong in a descriptor. A text
// that is a document stays as it is.
func descriptor(t *testing.T, text string) string {
	t.Helper()
	parts := map[string]string{}
	d := xml.NewDecoder(strings.NewReader(text))
	depth, start := 0, int64(0)
	place := ""
	for {
		at := d.InputOffset()
		tok, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if depth++; depth == 1 {
				start = at
				if place = places[e.Name.Local]; place == "" {
					place = "machine"
				}
				if place == "document" {
					return text
				}
			}
		case xml.EndElement:
			if depth--; depth == 0 {
				parts[place] += text[start:d.InputOffset()] + "\n"
			}
		}
	}
	section := func(name, place string) string {
		if parts[place] == "" {
			return ""
		}
		return "<" + name + "><Info/>\n" + parts[place] + "</" + name + ">\n"
	}
	content := parts["content"]
	if content == "" {
		content = `<VirtualSystem ovf:id="web"><Info/>` + parts["machine"] + section("ProductSection", "product") + section("VirtualHardwareSection", "hardware") + "</VirtualSystem>\n"
	}
	namespace := "http://schemas.dmtf.org/ovf/envelope/1"
	if strings.Contains(content, "ScaleOutSection") {
		namespace = "http://schemas.dmtf.org/ovf/envelope/2"
	}
	const cim = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
	return `<Envelope xmlns="` + namespace + `" xmlns:ovf="` + namespace + `" xmlns:rasd="` + cim + `CIM_ResourceAllocationSettingData" xmlns:vssd="` + cim + `CIM_VirtualSystemSettingData" xml:lang="en">
<References>` + parts["references"] + "</References>\n" + section("DiskSection", "disks") + section("NetworkSection", "networks") + section("DeploymentOptionSection", "options") + content + parts["texts"] + "</Envelope>\n"
}

// places says where an element goes; others go into the machine.
var places = map[string]string{
	"Envelope": "document", "domain": "document",
	"File": "references", "Disk": "disks", "Network": "networks", "Configuration": "options", "Strings": "texts",
	"Item": "hardware", "Property": "product", "VirtualSystem": "content", "VirtualSystemCollection": "content",
}
