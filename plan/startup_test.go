package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// startupEnvelope makes a descriptor with the given content.
func startupEnvelope(content string) string {
	return `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References/>` + content + `</Envelope>`
}

// vs is a machine, col a collection, order a StartupSection.
func vs(id string) string {
	return `<VirtualSystem ovf:id="` + id + `"><Info/></VirtualSystem>`
}

func installed(id string) string {
	return `<VirtualSystem ovf:id="` + id + `"><Info/><InstallSection ovf:initialBootStopDelay="300"><Info/></InstallSection></VirtualSystem>`
}

func col(id string, parts ...string) string {
	return `<VirtualSystemCollection ovf:id="` + id + `"><Info/>` + strings.Join(parts, "") + `</VirtualSystemCollection>`
}

// order makes a StartupSection of entries such as "web 1 startDelay=20".
func order(items ...string) string {
	var b strings.Builder
	b.WriteString(`<StartupSection><Info/>`)
	for _, it := range items {
		f := strings.Fields(it)
		fmt.Fprintf(&b, `<Item ovf:id="%s" ovf:order="%s"`, f[0], f[1])
		for _, a := range f[2:] {
			k, v, _ := strings.Cut(a, "=")
			fmt.Fprintf(&b, ` ovf:%s="%s"`, k, v)
		}
		b.WriteString(`/>`)
	}
	b.WriteString(`</StartupSection>`)
	return b.String()
}

// stagesText writes stages as "a b | c+20w": "+" is the delay, "w" waits for the
// guest, "i" is an installation boot, and actions other than powerOn and powerOff
// come in parentheses.
func stagesText(stages []Stage) string {
	var all []string
	for _, st := range stages {
		var steps []string
		for _, s := range st.Steps {
			text := s.Machine
			if s.Action != "powerOn" && s.Action != "powerOff" {
				text += "(" + s.Action + ")"
			}
			if s.Delay > 0 {
				text += fmt.Sprintf("+%d", s.Delay)
			}
			if s.WaitForGuest {
				text += "w"
			}
			if s.Install {
				text += "i"
			}
			steps = append(steps, text)
		}
		all = append(all, strings.Join(steps, " "))
	}
	return strings.Join(all, " | ")
}

// The orders are worked out by hand.
func TestStartup(t *testing.T) {
	for _, c := range []struct {
		name, content, start, stop, rules string
	}{
		{"one machine", vs("a"), "a", "a", ""},
		{"one machine that installs itself", installed("a"), "ai", "a", ""},
		{"nothing", "", "", "", ""},
		{"empty collection", col("c"), "", "", ""},
		{"no section", col("c", vs("a"), vs("b")), "a b", "a b", ""},
		{"two orders", col("c", order("a 2", "b 1"), vs("a"), vs("b")), "b | a", "a | b", ""},
		{"orders need not follow each other", col("c", order("a 65535", "b 7"), vs("a"), vs("b")), "b | a", "a | b", ""},
		{"one order", col("c", order("a 1", "b 1"), vs("a"), vs("b")), "a b", "a b", ""},
		{"unlisted come first", col("c", order("a 1"), vs("a"), vs("b"), vs("d")), "b d | a", "a | b d", ""},
		{"unlisted beside order 0", col("c", order("a 0 startDelay=5", "b 1"), vs("a"), vs("b"), vs("d")), "a+5 d | b", "b | a d", ""},
		{"delays and waiting", col("c", order("a 0 startDelay=20 waitingForGuest=true stopDelay=30", "b 1 stopDelay=7"), vs("a"), vs("b")),
			"a+20w | b", "b+7 | a+30", ""},
		{"actions", col("c", order("a 0 stopAction=guestShutdown", "b 1 startAction=none startDelay=9 waitingForGuest=true", "d 2 stopAction=none stopDelay=9"), vs("a"), installed("b"), vs("d")),
			"a | b(none) | d", "d(none) | b | a(guestShutdown)", ""},
		{"default actions in words", col("c", order("a 0 startAction=powerOn stopAction=powerOff"), vs("a")), "a", "a", ""},
		{"installation boots", col("c", order("a 0 startDelay=9"), installed("a"), installed("b")), "a+9i bi", "a b", ""},
		{"a collection inside", col("c", order("web 2", "tier 1"), vs("web"), col("tier", order("db1 1 startDelay=20", "db2 2"), vs("db1"), vs("db2"))),
			"db1+20 | db2 | web", "web | db2 | db1", ""},
		{"a collection without section inside", col("c", order("web 1"), vs("web"), col("tier", vs("db1"), vs("db2"))), "db1 db2 | web", "web | db1 db2", ""},
		{"a collection beside a machine", col("c", order("a 0", "tier 0", "z 1"), vs("a"), col("tier", order("b 1", "d 2"), vs("b"), vs("d")), vs("z")),
			"a b | d | z", "z | d | a b", ""},
		{"two collections side by side", col("c", col("x", order("x1 1", "x2 2", "x3 3"), vs("x1"), vs("x2"), vs("x3")), col("y", order("y1 1", "y2 2"), vs("y1"), vs("y2"))),
			"x1 y1 | x2 y2 | x3", "x3 | x2 y2 | x1 y1", ""},
		{"order of a collection inside a collection", col("c", order("m 1", "n 2"), col("n", vs("n1")), col("m", order("m1 5", "k 3"), vs("m1"), col("k", order("k2 1"), vs("k1"), vs("k2")))),
			"k1 | k2 | m1 | n1", "n1 | m1 | k2 | k1", ""},
		{"an empty collection takes no stage", col("c", order("e 1", "a 2", "b 0"), col("e"), vs("a"), vs("b")), "b | a", "a | b", ""},
		{"two sections", col("c", order("a 2"), order("b 1"), vs("a"), vs("b")), "b | a", "a | b", ""},
		{"the order of a collection has no delays", col("c", order("tier 0 startDelay=5 stopAction=none", "a 1"), vs("a"), col("tier", vs("b"))),
			"b | a", "a | b", "startup-collection-attribute"},
		{"an entry twice", col("c", order("a 1", "b 0", "a 0"), vs("a"), vs("b")), "b | a", "a | b", "startup-id-repeated"},
		{"a dangling entry", col("c", order("A 1", "ghost 2"), vs("a")), "a", "a", "startup-id startup-id"},
		{"a grandchild", col("c", order("b 1"), vs("a"), col("tier", vs("b"))), "a b", "a b", "startup-id"},
		{"no such action", col("c", order("a 0 startAction=go stopAction=halt"), vs("a")), "a(go)", "a(halt)", "startup-action startup-action"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start, stop, found := startup(readEnvelope(t, startupEnvelope(c.content)))
			if got := stagesText(start); got != c.start {
				t.Errorf("start %q, want %q", got, c.start)
			}
			if got := stagesText(stop); got != c.stop {
				t.Errorf("stop %q, want %q", got, c.stop)
			}
			var rules []string
			for _, d := range found {
				rules = append(rules, d.Rule)
				if d.Location.Line == 0 || d.Hint == "" {
					t.Errorf("no position or hint: %v", d.Error())
				}
			}
			if got := strings.Join(rules, " "); got != c.rules {
				t.Errorf("rules %q, want %q", got, c.rules)
			}
		})
	}
}

// The pet store: the databases in their order, then the web server.
func TestStartupPetstore(t *testing.T) {
	start, stop, found := startup(petstoreInput(t).Envelope)
	if got, want := stagesText(start), "DB1+20w | DB2+20w | WebTier+30w"; got != want || len(found) > 0 {
		t.Errorf("start %s, want %s; %v", got, want, found)
	}
	if got, want := stagesText(stop), "WebTier(guestShutdown)+20 | DB2(guestShutdown)+30 | DB1(guestShutdown)+30"; got != want {
		t.Errorf("stop %s, want %s", got, want)
	}
}

// Every machine is in one stage of each direction, and the second is the first
// backwards.
func TestStartupHuge(t *testing.T) {
	n := many()
	all, section := &envelope.VirtualSystemCollection{ID: "c"}, &envelope.StartupSection{}
	for i := range n {
		id := fmt.Sprintf("m%d", i)
		all.Content = append(all.Content, &envelope.VirtualSystem{ID: id})
		section.Item = append(section.Item, envelope.StartupItem{ID: id, Order: uint16(i % 1000)})
		if i < 2*diag.DefaultMax {
			section.Item = append(section.Item, envelope.StartupItem{ID: "ghost" + id})
		}
	}
	all.Section = envelope.Sections{section}
	env := &envelope.Envelope{Content: all}
	start, stop, found := startup(env)
	if len(start) != 1000 || len(stop) != 1000 {
		t.Fatalf("%d and %d stages", len(start), len(stop))
	}
	seen := map[string]bool{}
	for i, st := range start {
		if len(st.Steps) != n/1000 {
			t.Fatalf("stage %d has %d steps", i, len(st.Steps))
		}
		for j, s := range st.Steps {
			seen[s.Machine] = true
			if stop[999-i].Steps[j].Machine != s.Machine {
				t.Fatalf("stage %d is not the reverse", i)
			}
		}
	}
	if len(seen) != n {
		t.Errorf("%d machines", len(seen))
	}
	if got := found.Count(diag.Error); got != diag.DefaultMax {
		t.Errorf("%d errors", got)
	}
}

// A hundred collections in each other, each with a machine that starts after what
// is inside.
func TestStartupDeep(t *testing.T) {
	const depth = 100
	content := vs("m0")
	want := []string{"m0"}
	for i := range depth {
		m, inner := fmt.Sprintf("m%d", i+1), fmt.Sprintf("c%d", i)
		items := order(m+" 1", inner+" 0")
		if i == 0 {
			items = order(m + " 1")
		}
		content = col(fmt.Sprintf("c%d", i+1), items, vs(m), content)
		want = append(want, m)
	}
	start, _, found := startup(readEnvelope(t, startupEnvelope(content)))
	if got := stagesText(start); got != strings.Join(want, " | ") || len(found) > 0 {
		t.Errorf("start %s, %v", got, found)
	}
}

func BenchmarkStartup(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var machines, items strings.Builder
			for i := range n {
				machines.WriteString(vs(fmt.Sprintf("m%d", i)))
				fmt.Fprintf(&items, `<Item ovf:id="m%d" ovf:order="%d"/>`, i, i%1000)
			}
			env := readEnvelope(b, startupEnvelope(col("c", `<StartupSection><Info/>`+items.String()+`</StartupSection>`, machines.String())))
			for b.Loop() {
				startup(env)
			}
		})
	}
}
