package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The edits of this file are made to every descriptor of the corpus in which
// encoding/xml, too, finds what they change. The lines that may differ are those
// where it found it.

// edit is one use of the command and what must come of it.
type edit struct {
	args    []string
	lines   map[int]bool // of the old text: where the values are; all of them differ
	may     map[int]bool // lines that may differ too
	only    byte         // '+' if lines are only added
	grows   bool         // one line may become two
	refused string       // if it may be refused, with what in the message
	check   func(root *element) error
}

// ordinary reports whether the envelope has one content, in a namespace of OVF.
func ordinary(root *element) bool {
	n := 0
	for _, k := range root.kids[0].kids {
		if strings.Contains(k.space, "ovf/") && (k.name == "VirtualSystem" || k.name == "VirtualSystemCollection" || k.name == "Content") {
			n++
		}
	}
	return n == 1
}

type edited struct{ before, after string }

func corpusEdit(t *testing.T, plan func(text string, root *element) *edit) {
	var pairs []edited
	refused := 0
	for _, name := range corpus(t, ".ovf") {
		short := strings.TrimPrefix(name, corpusDir+"/")
		text := load(t, name)
		root, err := parseTree(text)
		if err != nil || !ordinary(root) {
			continue
		}
		e := plan(text, root)
		if e == nil {
			continue
		}
		r := execute("", append([]string{"set", name, "-o", "-"}, e.args...)...)
		if e.refused != "" && r.status == exitUsage && strings.Contains(r.stderr, e.refused) {
			refused++
			continue
		}
		if r.status != exitGood {
			t.Errorf("%s: %q: status %d: %s", short, e.args, r.status, r.stderr)
			continue
		}
		pairs = append(pairs, edited{text, r.stdout})
		if err := e.compare(text, r.stdout); err != nil {
			t.Errorf("%s: %q: %v\n%s", short, e.args, err, lineDiff(text, r.stdout))
		}
		again, err := parseTree(r.stdout)
		if err == nil {
			err = e.check(again)
		}
		if err != nil {
			t.Errorf("%s: %q: %v", short, e.args, err)
		}
	}
	t.Logf("%d edited, %d refused", len(pairs), refused)
	if len(pairs) < 10 && !testing.Short() {
		t.Error("too few are edited: the check is broken")
	}
	stillValid(t, pairs)
}

// compare checks that exactly the lines differ that should.
func (e *edit) compare(before, after string) error {
	touched := map[int]bool{}
	minus, plus := 0, 0
	for _, d := range diffLines(before, after) {
		if d.sign == '+' {
			plus++
			continue
		}
		minus++
		touched[d.line] = true
		if !e.lines[d.line] && !e.may[d.line] {
			return fmt.Errorf("line %d differs", d.line)
		}
	}
	if e.only == '+' {
		if minus > 0 || plus == 0 {
			return fmt.Errorf("%d lines removed, %d added", minus, plus)
		}
		return nil
	}
	if minus != plus && !(e.grows && plus == minus+1) {
		return fmt.Errorf("%d lines became %d", minus, plus)
	}
	for n := range e.lines {
		if !touched[n] {
			return fmt.Errorf("line %d does not differ", n)
		}
	}
	return nil
}

// stillValid checks with xmllint and DMTF's schemas that what was valid is valid.
func stillValid(t *testing.T, pairs []edited) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Log("not validated: xmllint is not installed")
		return
	}
	if _, err := os.Stat(schemasDir); err != nil {
		t.Log("not validated: ../shared/schemas is not beside the repository")
		return
	}
	valid := 0
	for _, v := range []string{"1.1.0", "2.0.1"} {
		was, is := validFiles(t, v, pairs, func(e edited) string { return e.before }), validFiles(t, v, pairs, func(e edited) string { return e.after })
		for i := range pairs {
			if was[i] {
				valid++
				if !is[i] {
					t.Errorf("no longer valid by %s:\n%s", v, lineDiff(pairs[i].before, pairs[i].after))
				}
			}
		}
	}
	t.Logf("%d still valid", valid)
}

func validFiles(t *testing.T, version string, pairs []edited, text func(edited) string) map[int]bool {
	t.Helper()
	dir := t.TempDir()
	args := []string{"--nonet", "--noout", "--schema", filepath.Join(schemasDir, version, "dsp8023_"+version+".xsd")}
	for i, p := range pairs {
		name := filepath.Join(dir, fmt.Sprintf("%04d.ovf", i))
		if err := os.WriteFile(name, []byte(text(p)), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	out, _ := exec.Command("xmllint", args...).CombinedOutput() // the status tells of any file
	ok := map[int]bool{}
	for line := range strings.Lines(string(out)) {
		var i int
		if base := filepath.Base(strings.TrimSpace(line)); strings.HasSuffix(base, " validates") {
			if _, err := fmt.Sscanf(base, "%04d.ovf validates", &i); err == nil {
				ok[i] = true
			}
		}
	}
	return ok
}

// machine returns the only virtual system, or nil.
func machine(root *element) *element {
	if all := root.all("VirtualSystem"); len(all) == 1 {
		return all[0]
	}
	return nil
}

func fullName(p *element) string {
	s := p.within("ProductSection")
	name := p.attrs["key"]
	if c := s.attrs["class"]; c != "" {
		name = c + "." + name
	}
	if i := s.attrs["instance"]; i != "" {
		name += "." + i
	}
	return name
}

// properties returns those in product sections, by full name.
func properties(root *element) map[string][]*element {
	out := map[string][]*element{}
	for _, p := range root.all("Property") {
		if p.parent.name == "ProductSection" {
			out[fullName(p)] = append(out[fullName(p)], p)
		}
	}
	return out
}

func TestCorpusSetProperty(t *testing.T) {
	corpusEdit(t, func(text string, root *element) *edit {
		byName := properties(root)
		for _, p := range root.all("Property") {
			if p.parent.name != "ProductSection" || len(byName[fullName(p)]) > 1 {
				continue
			}
			name := fullName(p)
			e := &edit{args: []string{"--property", name + "=${test}"}, lines: map[int]bool{}, may: map[int]bool{}}
			lines(e.may, text, p.tag, p.content)
			if _, ok := p.attrs["value"]; !ok {
				e.grows = strings.Contains(text[p.tag:p.content], "\n") // a line for each attribute
			}
			e.check = func(root *element) error {
				if got := properties(root)[name][0].attrs["value"]; got != "${test}" {
					return fmt.Errorf("the value is %q", got)
				}
				return nil
			}
			return e
		}
		return nil
	})
}

func TestCorpusAddProperty(t *testing.T) {
	corpusEdit(t, func(text string, root *element) *edit {
		vs := machine(root)
		if vs == nil || vs.parent.name != "Envelope" {
			return nil
		}
		for _, p := range vs.all("Property") {
			s := p.parent
			if s.name != "ProductSection" || s.parent != vs || s.kids[len(s.kids)-1] != p || len(vs.all("Category")) > 0 {
				continue // to be the neighbour of the new one
			}
			probe := &element{attrs: map[string]string{"key": "addedByTest"}, parent: s}
			return &edit{args: []string{"--add-property", fullName(probe) + ":uint16=7"}, only: '+', check: func(root *element) error {
				for name, list := range properties(root) {
					if strings.Contains(name, "addedByTest") && list[0].attrs["value"] == "7" && list[0].attrs["type"] == "uint16" {
						return nil
					}
				}
				return fmt.Errorf("no such property")
			}}
		}
		return nil
	})
}

// quantities returns the VirtualQuantity elements of the Items of a type that
// are no range markers.
func quantities(vs *element, resourceType string) []*element {
	var out []*element
	for _, it := range vs.all("Item") {
		rt, _ := it.child("ResourceType")
		if b := it.attrs["bound"]; rt != resourceType || it.parent.name != "VirtualHardwareSection" && it.parent.name != "Section" || b == "min" || b == "max" {
			continue
		}
		for _, k := range it.kids {
			if k.name == "VirtualQuantity" {
				out = append(out, k)
			}
		}
	}
	return out
}

func TestCorpusSetCPUs(t *testing.T) {
	corpusEdit(t, func(text string, root *element) *edit {
		vs := machine(root)
		if vs == nil || len(quantities(vs, "3")) == 0 {
			return nil
		}
		e := &edit{args: []string{"--cpus", "3"}, lines: map[int]bool{}, refused: "are both for it"}
		for _, q := range quantities(vs, "3") {
			if strings.TrimSpace(q.text) != "3" {
				lines(e.lines, text, q.content, q.content)
			}
		}
		e.check = func(root *element) error {
			for _, q := range quantities(machine(root), "3") {
				if q.text != "3" {
					return fmt.Errorf("%s processors", q.text)
				}
			}
			return nil
		}
		return e
	})
}

// The units of the corpus, and how many of each 3 GiB are.
var threeGiB = map[string]string{
	"byte * 2^20": "3072", "byte * 2 ^ 20": "3072", "MegaBytes": "3072", "byte*2^30": "3", "byte * 2^30": "3", "byte * 2 ^ 30": "3", "byte * 2^10": "3145728",
}

func TestCorpusSetMemory(t *testing.T) {
	corpusEdit(t, func(text string, root *element) *edit {
		vs := machine(root)
		if vs == nil {
			return nil
		}
		e := &edit{args: []string{"--memory", "3GiB"}, lines: map[int]bool{}, refused: "are both for it"}
		for _, q := range quantities(vs, "4") {
			unit, _ := q.parent.child("AllocationUnits")
			want := threeGiB[unit]
			if want == "" {
				return nil
			}
			if q.text != want {
				lines(e.lines, text, q.content, q.content)
			}
		}
		e.check = func(root *element) error {
			for _, q := range quantities(machine(root), "4") {
				unit, _ := q.parent.child("AllocationUnits")
				if q.text != threeGiB[unit] {
					return fmt.Errorf("%s × %s", q.text, unit)
				}
			}
			return nil
		}
		if len(quantities(vs, "4")) == 0 {
			return nil
		}
		return e
	})
}

func TestCorpusRenameNetwork(t *testing.T) {
	const name = "Renamed & moved"
	corpusEdit(t, func(text string, root *element) *edit {
		nets := root.all("Network")
		if len(nets) == 0 || nets[0].parent.name != "NetworkSection" {
			return nil
		}
		old := nets[0].attrs["name"]
		e := &edit{args: []string{"--network", old + "=" + name}, lines: map[int]bool{}, may: map[int]bool{}}
		for _, n := range nets {
			if n.attrs["name"] == old && n.parent.name == "NetworkSection" {
				lines(e.may, text, n.tag, n.content)
			}
		}
		for _, c := range root.all("Connection") {
			if c.text == old && strings.Contains(c.space, "cim-schema/2/CIM_") && strings.HasSuffix(c.parent.name, "Item") {
				lines(e.lines, text, c.content, c.content)
			}
		}
		for _, p := range root.all("Property") {
			if strings.Contains(p.attrs["type"]+p.attrs["value"], ":"+old) {
				lines(e.may, text, p.tag, p.content)
			}
		}
		e.check = func(root *element) error {
			if root.all("Network")[0].attrs["name"] != name {
				return fmt.Errorf("the network keeps its name")
			}
			for _, c := range root.all("Connection") {
				if c.text == old && strings.Contains(c.space, "cim-schema/2/CIM_") {
					return fmt.Errorf("a Connection keeps the name")
				}
			}
			return nil
		}
		return e
	})
}

func TestCorpusSetName(t *testing.T) {
	corpusEdit(t, func(text string, root *element) *edit {
		vs := machine(root)
		if vs == nil || vs.parent.name != "Envelope" {
			return nil
		}
		e := &edit{args: []string{"--name", "named by test"}, only: '+', lines: map[int]bool{}, may: map[int]bool{}}
		for _, k := range vs.kids {
			if k.name == "Name" {
				e.only = 0
				lines(e.lines, text, k.content, k.end)
			}
		}
		e.check = func(root *element) error {
			if got, _ := machine(root).child("Name"); got != "named by test" {
				return fmt.Errorf("the name is %q", got)
			}
			return nil
		}
		return e
	})
}

func TestCorpusSetVersion(t *testing.T) {
	corpusEdit(t, func(text string, root *element) *edit {
		sections := root.all("ProductSection")
		if len(sections) != 1 {
			return nil
		}
		e := &edit{args: []string{"--product-version", "9.8.7"}, lines: map[int]bool{}, may: map[int]bool{}}
		old, ok := sections[0].child("Version")
		if !ok {
			return nil
		}
		for _, k := range sections[0].kids {
			if k.name == "Version" || k.name == "FullVersion" && strings.TrimSpace(k.text) == old {
				lines(e.lines, text, k.content, max(k.content, k.end))
			}
		}
		e.check = func(root *element) error {
			if got, _ := root.all("ProductSection")[0].child("Version"); got != "9.8.7" {
				return fmt.Errorf("the version is %q", got)
			}
			return nil
		}
		return e
	})
}
