package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/cmd/ovf/internal/summary"
)

// The examples, as a person and as a program sees them.
func TestInspectGolden(t *testing.T) {
	for _, name := range []string{"petstore/petstore", "lamp-one/lamp-one", "lamp-two-tier/lamp", "extension/required"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(repo, "examples", name+".ovf")
			base := filepath.Base(name)
			r := execute(load(t, file), "inspect", "-")
			r.want(t, exitGood)
			golden(t, base+".txt", r.stdout)
			r = execute(load(t, file), "inspect", "--json", "-")
			r.want(t, exitGood)
			golden(t, base+".json", r.stdout)
		})
	}
}

// facts counts the OVF elements of a descriptor by local name and that of the
// parent, with another reader.
func facts(data []byte) (map[string]int, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	out := map[string]int{}
	path := []string{""}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if strings.Contains(tok.Name.Space, "ovf/") {
				out[path[len(path)-1]+"/"+tok.Name.Local]++
				out["*/"+tok.Name.Local]++
			}
			path = append(path, tok.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

// Every descriptor of the corpus that can be decoded can be inspected, with the
// numbers of systems, properties, files and disks that another reader counts.
func TestCorpusInspect(t *testing.T) {
	refused := map[string]bool{"engine-image-uploader/src/sample.ovf": true, "ovf_manifests/XEE.ovf": true, "Envelope/Neg/invalid_env.ovf": true}
	files, compared := 0, 0
	for _, name := range corpus(t, ".ovf", ".ova") {
		short := strings.TrimPrefix(name, corpusDir+"/")
		data := []byte(load(t, name))
		text := execute(string(data), "inspect", "-")
		all := execute("", "inspect", "--all", "--notes", name)
		js := execute("", "inspect", "--json", name)
		bad := false
		for suffix := range refused {
			bad = bad || strings.HasSuffix(name, suffix)
		}
		if bad {
			text.want(t, exitInput)
			js.want(t, exitInput)
			continue
		}
		files++
		for _, r := range []result{text, all, js} {
			if r.status != exitGood {
				t.Fatalf("%s: exit status %d: %s", short, r.status, r.stderr)
			}
		}
		checkLines(t, short, text.stdout)
		checkLines(t, short, strings.Join(strings.Split(all.stdout, "\n")[2:], "\n")) // the file name may be long
		var report summary.Report
		if err := json.Unmarshal([]byte(js.stdout), &report); err != nil || len(report.Files) != 1 {
			t.Fatalf("%s: %v in %s", short, err, js.stdout)
		}
		if strings.HasSuffix(name, ".ova") {
			continue
		}
		if compareFacts(t, short, data, report.Files[0]) {
			compared++
		}
	}
	t.Logf("%d inspected, %d compared", files, compared)
	if compared < 400 && !testing.Short() {
		t.Error("too few are compared: the check is broken")
	}
}

// checkLines checks that no line is too long or has a character that a terminal
// could obey.
func checkLines(t *testing.T, name, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if cells.Width(line) > 80 {
			t.Errorf("%s: line %q has %d columns", name, line, cells.Width(line))
		}
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			t.Errorf("%s: line %q has invisible characters", name, line)
		}
	}
}

func compareFacts(t *testing.T, name string, data []byte, s *summary.Summary) bool {
	t.Helper()
	want, err := facts(data)
	if err != nil || s.OVFVersion == "0.9" || s.Namespace == "" {
		return false // another encoding; elements are called otherwise; cannot be told apart
	}
	systems, properties := 0, 0
	var walk func(c *summary.Content)
	walk = func(c *summary.Content) {
		if c == nil {
			return
		}
		if c.Kind == summary.System {
			systems++
		}
		for i := range c.Content {
			walk(&c.Content[i])
		}
	}
	walk(s.Content)
	for _, p := range s.Products {
		properties += len(p.Properties)
	}
	if want["Envelope/VirtualSystem"] > 1 { // only the first can count
		return false
	}
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"systems", systems, want["Envelope/VirtualSystem"] + want["VirtualSystemCollection/VirtualSystem"]},
		{"files", len(s.Files), want["References/File"]},
		{"disks", len(s.Disks), want["DiskSection/Disk"] + want["SharedDiskSection/SharedDisk"]},
		{"networks", len(s.Networks), want["NetworkSection/Network"]},
		{"properties", properties, want["ProductSection/Property"]},
		{"locales", len(s.Locales), want["Envelope/Strings"]},
		{"licences", len(s.Eulas), want["*/EulaSection"]},
		{"options", len(s.Options), want["DeploymentOptionSection/Configuration"]},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d %s, want %d", name, c.got, c.what, c.want)
		}
	}
	return true
}

const small = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References/>
  <VirtualSystem ovf:id="vm">
    <Info>A machine</Info>
  </VirtualSystem>
</Envelope>
`

// tarFile makes an archive of pairs of name and content.
func tarFile(t *testing.T, members ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		err := w.WriteHeader(&tar.Header{Name: members[i], Mode: 0o644, Size: int64(len(members[i+1])), Format: tar.FormatUSTAR})
		if err == nil {
			_, err = io.WriteString(w, members[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestInspectArchive(t *testing.T) {
	data := tarFile(t, "a.mf", "x", "a.ovf", small, "a.vmdk", "disk")
	name := save(t, "a.ova", data)
	for _, r := range []result{execute("", "inspect", name), execute(data, "inspect", "-")} {
		r.want(t, exitGood)
		if !strings.Contains(r.stdout, "descriptor a.ovf, which is not the first member") {
			t.Errorf("got\n%s", r.stdout)
		}
	}
	execute("", "inspect", save(t, "b.ova", tarFile(t, "b.mf", "x"))).want(t, exitInput, "no member with the ending .ovf")
	execute("", "inspect", save(t, "c.ova", data[:1200])).want(t, exitInput, "c.ova", "unexpected EOF")
	execute("", "inspect", save(t, "d.ova", tarFile(t, "d.ovf", small[:150]))).want(t, exitInput, "d.ova/d.ovf:3:18:", "    3 |   <VirtualSystem")
	// a descriptor that goes by the wrong name
	execute("", "inspect", save(t, "e.ova", small)).want(t, exitGood)
}

// One bad file does not hide the others.
func TestInspectSeveral(t *testing.T) {
	good, bad := save(t, "good.ovf", small), save(t, "bad.ovf", "<Envelope")
	r := execute("", "inspect", good, bad, "missing.ovf", good)
	r.want(t, exitFile, "bad.ovf:1:1", "missing.ovf: no such file")
	if strings.Count(r.stdout, "good.ovf") != 2 {
		t.Errorf("got\n%s", r.stdout)
	}
	r = execute("", "inspect", "--json", bad, good)
	r.want(t, exitInput)
	var report summary.Report
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil {
		t.Fatal(err)
	}
	if report.Files[0].Error == "" || report.Files[0].Diagnostics[0].Location.Line != 1 || report.Files[1].Content.ID != "vm" {
		t.Errorf("got\n%s", r.stdout)
	}
}

// What a descriptor says cannot reach the terminal as a command.
func TestInspectHostileText(t *testing.T) {
	const evil = "\u009b31m\u202egpj.exe\u200b&#xD;&#x9;\u2028"
	text := strings.NewReplacer("A machine", evil, `"vm"`, `"`+evil+`"`, "<References/>",
		`<References><File ovf:id="x" ovf:href="`+evil+`"/></References>`).Replace(small)
	for _, args := range [][]string{{"inspect", "-"}, {"inspect", "--all", "-"}, {"inspect", "--json", "-"}} {
		r := execute(text, args...)
		r.want(t, exitGood)
		checkLines(t, "hostile", r.stdout)
	}
	r := execute(strings.Replace(text, "<References>", "<References\x1b[2J>", 1), "inspect", "-")
	r.want(t, exitInput)
	if strings.ContainsAny(r.stderr, "\x1b\u009b\u202e") {
		t.Errorf("got %q", r.stderr)
	}
}

func TestColor(t *testing.T) {
	const bold = "\x1b[1m"
	if r := execute(small, "inspect", "--color", "always", "-"); !strings.Contains(r.stdout, bold+"Systems") {
		t.Errorf("no colour in\n%s", r.stdout)
	}
	if r := execute("<x", "inspect", "--color=always", "-"); !strings.Contains(r.stderr, "\x1b[") {
		t.Errorf("no colour in\n%s", r.stderr)
	}
	for _, args := range [][]string{{"inspect", "-"}, {"inspect", "--color=never", "-"}} {
		if r := execute(small, args...); strings.Contains(r.stdout, "\x1b") {
			t.Errorf("%q: colour in\n%s", args, r.stdout)
		}
	}
	execute(small, "inspect", "--color=blue", "-").want(t, exitUsage, "use auto, always or never")
}

// The values of passwords are shown nowhere: not in text, JSON, notes, errors
// with source lines, or lists of changes.
func TestPasswordsHidden(t *testing.T) {
	const secret = "hunter2"
	property := func(attrs string) string {
		return `<Property ovf:key="pw" ovf:type="string" ` + attrs + `><Value ovf:configuration="a" ovf:value="` + secret + `"/></Property>`
	}
	for name, p := range map[string]string{
		"password":   property(`ovf:password="true" ovf:value="` + secret + `"`),
		"value":      property(`ovf:value = '` + secret + `' ovf:password="1"`),
		"vendor":     property(`v:password="true" ovf:value="` + secret + `"`),
		"type":       strings.Replace(property(`ovf:value="`+secret+`"`), "string", "password", 1),
		"misprinted": property(`ovf:password="true" ovf:value="` + secret + `" password="true"`),
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(small, "<Info>A machine</Info>", "<Info/><ProductSection><Info/>"+p+"</ProductSection>", 1)
			text = strings.Replace(text, "<Envelope", `<Envelope xmlns:v="urn:v"`, 1)
			broken := strings.Replace(text, "</ProductSection>", "</ProductSection", 1)
			cut, _, _ := strings.Cut(text, "</ProductSection>")
			for _, r := range []result{
				execute(text, "inspect", "-"), execute(text, "inspect", "--all", "--notes", "-"), execute(text, "inspect", "--json", "-"),
				execute(broken, "inspect", "-"), execute(broken, "inspect", "--json", "-"), execute(cut, "fmt", "-"), execute(broken, "fmt", "-"),
				execute(text, "set", "-", "-o", os.DevNull, "--property", "pw=new"+secret),
				execute(text, "set", "-", "-o", os.DevNull, "--remove-property", "pw"),
				execute(text, "set", "-", "-o", os.DevNull, "--add-property", "pw=x"),
			} {
				if strings.Contains(r.stdout+r.stderr, secret) {
					t.Errorf("shown in\n%s%s", r.stdout, r.stderr)
				}
			}
			if r := execute(broken, "inspect", "-"); !strings.Contains(r.stderr, "|") {
				t.Errorf("no source line in\n%s", r.stderr)
			}
		})
	}
}
