package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

func scaleOut(id string, counts ...string) string {
	s := `<ScaleOutSection ovf:id="` + id + `"><Info>S</Info><Description>Web tier</Description>` + "\n"
	for _, c := range counts {
		s += "<InstanceCount"
		for _, a := range strings.Split(c, ";") {
			k, v, _ := strings.Cut(a, "=")
			s += " ovf:" + k + `="` + v + `"`
		}
		s += "/>\n"
	}
	return s + "</ScaleOutSection>\n"
}

func ids(p *Plan) string {
	var out []string
	for _, m := range p.Machines {
		out = append(out, strings.Join(append(m.Path[:len(m.Path):len(m.Path)], m.ID), "/"))
	}
	return strings.Join(out, " ")
}

var web = machine("web", hardware("x", itemXML("1", 3, "VirtualQuantity=2")))

// replicating has a row per rule about replicas.
var replicating = []struct {
	name    string
	text    string
	choices Choices
	want    string
	errors  string
}{
	{name: "the default", text: collection("c", scaleOut("web", "default=3"), web, machine("db", hardware("x"))), want: "c/web-1 c/web-2 c/web-3 c/db"},
	{name: "one", text: collection("c", scaleOut("web", "default=1"), web), want: "c/web-1"},
	{name: "no count", text: collection("c", scaleOut("web"), web), want: "c/web-1"},
	{name: "by option", choices: Choices{Option: "b"}, text: options("a", "b") + collection("c", scaleOut("web", "default=1", "configuration=a b;default=2"), web), want: "c/web-1 c/web-2"},
	{name: "for another option", choices: Choices{Option: "a"}, text: options("a", "b") + collection("c", scaleOut("web", "configuration=b;default=2"), web), want: "c/web-1"},
	{name: "chosen", choices: Choices{Instances: map[string]int{"web": 2}}, text: collection("c", scaleOut("web", "minimum=2;default=4;maximum=8"), web), want: "c/web-1 c/web-2"},
	{name: "none, if that is allowed", choices: Choices{Instances: map[string]int{"web": 0}}, text: collection("c", scaleOut("web", "minimum=0;default=4"), web), want: ""},
	{name: "too few", choices: Choices{Instances: map[string]int{"web": 1}}, text: collection("c", scaleOut("web", "minimum=2;default=4;maximum=8"), web), errors: "choice-instances"},
	{name: "too many", choices: Choices{Instances: map[string]int{"web": 9}}, text: collection("c", scaleOut("web", "minimum=2;default=4;maximum=8"), web), errors: "choice-instances"},
	{name: "fewer than nothing", choices: Choices{Instances: map[string]int{"web": -1}}, text: collection("c", scaleOut("web", "default=4"), web), errors: "choice-instances"},
	{name: "not replicated", choices: Choices{Instances: map[string]int{"db": 2}}, text: collection("c", scaleOut("web", "default=1"), web), errors: "choice-instances"},
	{name: "default outside", text: collection("c", scaleOut("web", "minimum=2;default=1"), web), errors: "scale-out-range"},
	{name: "no such member", text: collection("c", scaleOut("Web", "default=1"), web), errors: "scale-out-prototype"},
	{name: "two sections", text: collection("c", scaleOut("web", "default=1"), scaleOut("web", "default=2"), web), errors: "scale-out-repeated"},
	{name: "two counts", text: collection("c", scaleOut("web", "default=1", "default=2"), web), errors: "scale-out-repeated"},
	{name: "a million", text: collection("c", scaleOut("web", "default=1000000"), web), errors: "scale-out-limit"},
	{name: "the id of another machine", text: collection("c", scaleOut("web", "default=2"), web, machine("web-2", hardware("x"))), errors: "content-repeated"},
	{name: "a collection", text: collection("c", scaleOut("tier", "default=2"), collection("tier", web)), want: "c/tier-1/web-1 c/tier-2/web-2"},
	{name: "replicas in replicas", text: collection("c", scaleOut("tier", "default=2"), collection("tier", scaleOut("web", "default=2"), web)),
		want: "c/tier-1/web-1-1 c/tier-1/web-1-2 c/tier-2/web-2-1 c/tier-2/web-2-2"},
}

// Machines and collections are replicated as often as the operator, the chosen
// option or the default says, and numbered from 1.
func TestScaleOut(t *testing.T) {
	for _, tt := range replicating {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			r := resolveText(t, head2+"<References/>"+tt.text+"</Envelope>", tt.choices)
			if got := r.rules(diag.Error); got != tt.errors {
				t.Fatalf("errors %q, want %q\n%v", got, tt.errors, r.diags)
			}
			if r.plan != nil && ids(r.plan) != tt.want {
				t.Errorf("got %q, want %q", ids(r.plan), tt.want)
			}
		})
	}
}

// Replicas have the hardware of their prototype, its place in the start order,
// and what is wrong with it is said once.
func TestReplicas(t *testing.T) {
	r := resolveText(t, head2+"<References/>"+collection("c", scaleOut("web", "minimum=1;default=3;maximum=4"),
		`<StartupSection><Info>S</Info><Item ovf:id="db" ovf:order="1"/><Item ovf:id="web" ovf:order="2"/></StartupSection>`,
		machine("web", hardware("x", itemXML("1", 3, "VirtualQuantity=2"), itemXML("2", 4, "AllocationUnits=MegaBytes", "VirtualQuantity=5"),
			itemXML("1", 3, "VirtualQuantity=3"))), machine("db", hardware("x")))+"</Envelope>", Choices{})
	if r.plan == nil {
		t.Fatal(r.diags)
	}
	if got, want := r.plan.brief(), "web-1: cpu=3 mem=5242880\nweb-2: cpu=3 mem=5242880\nweb-3: cpu=3 mem=5242880\ndb:"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	seen := map[string]int{}
	for _, d := range r.diags {
		seen[d.Rule]++
	}
	if seen["item-repeated"] != 1 || seen["quantity-unit-word"] != 1 {
		t.Error(r.diags)
	}
	s := r.plan.ScaleOuts[0]
	if s.Prototype != "web" || s.Collection != "c" || s.Count.Value != 3 || *s.Count.Min != 1 || *s.Count.Max != 4 || fmt.Sprint(s.Replicas) != "[web-1 web-2 web-3]" || s.Description.Text != "Web tier" {
		t.Errorf("%+v", s)
	}
	var start []string
	for _, st := range r.plan.Startup {
		for _, step := range st.Steps {
			start = append(start, step.Machine)
		}
		start = append(start, "|")
	}
	if got, want := strings.Join(start, " "), "db | web-1 web-2 web-3 |"; got != want {
		t.Errorf("start %q, want %q", got, want)
	}
}
