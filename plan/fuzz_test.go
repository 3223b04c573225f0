package plan_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/xmltree"
)

// Whatever the descriptor and the choices: there is a plan or a list of errors,
// the same each time, within the limits; and the document of each machine has
// the values of the plan.
func FuzzResolve(f *testing.F) {
	for _, name := range []string{"petstore/petstore.ovf", "lamp-one/lamp-one.ovf", "lamp-two-tier/lamp.ovf", "extension/extension.ovf", "extension/required.ovf"} {
		data, err := os.ReadFile("../examples/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data), "minimal", "appIp", "10.0.0.1")
	}
	for _, name := range []string{"fuzz-2.x.ovf", "fuzz-0.9.ovf", "fuzz-odd.ovf"} {
		data, err := os.ReadFile("../envelope/testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data), "", "", "")
	}
	f.Add(doubling(8), "", "c0/p", "x")
	f.Add(graph(5), "s", "m/p0", "${o1}")
	f.Add(descriptor("2", optionsXML, system("a", product(`ovf:class="c"`, prop("k", free+` ovf:value="${x"`, `<Value ovf:value="1" ovf:configuration="m"/>`)))), "m", "c.k", "\x00\r")
	limits := plan.Limits{Value: 1 << 10, Values: 1 << 14, Properties: 1 << 10}
	f.Fuzz(func(t *testing.T, text, option, name, value string) {
		env, _, err := envelope.Decode([]byte(text), envelope.DecodeOptions{Name: "fuzz.ovf", Limits: xmltree.Limits{Bytes: 1 << 17}})
		if err != nil {
			return
		}
		choices := plan.Choices{Option: option, Limits: limits, Locales: []string{"de"}}
		if name != "" {
			choices.Properties = []plan.Setting{{Name: name, Value: value}}
		}
		run := func() (*plan.Plan, string) {
			p, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, choices)
			if err != nil {
				var list diag.List
				if p != nil || !errors.As(err, &list) || !list.HasErrors() {
					t.Fatalf("plan %v, error %v", p, err)
				}
				return nil, err.Error()
			}
			b, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			return p, string(b)
		}
		p, first := run()
		if _, second := run(); first != second {
			t.Fatalf("two runs differ:\n%s\n%s", first, second)
		}
		if _, err := plan.NewForm(context.Background(), plan.Input{Envelope: env}, choices); err != nil && p != nil {
			t.Fatalf("there is a plan but no form: %v", err)
		}
		if p == nil {
			return
		}
		count, bytes := 0, 0
		for _, m := range p.Machines {
			count += len(m.Properties)
			b, err := m.EnvironmentDocument()
			if err != nil {
				t.Fatal(err)
			}
			doc, _, err := environment.Decode(b, environment.DecodeOptions{})
			if err != nil {
				t.Fatalf("%v in\n%s", err, b)
			}
			got := map[string]string{}
			for _, s := range doc.Section {
				if s, ok := s.(*environment.PropertySection); ok {
					for _, x := range s.Property {
						got[x.Key] = x.Value
					}
				}
			}
			for _, x := range m.Properties {
				if x.Origin.Kind != plan.FromParent {
					bytes += len(x.Value)
				}
				if v, ok := got[x.Name]; !ok || v != x.Value {
					t.Fatalf("%s of %s is %q, in the document %q", x.Name, m.ID, x.Value, v)
				}
			}
			if len(got) != len(m.Properties) {
				t.Fatalf("%d properties in the document, %d in the plan", len(got), len(m.Properties))
			}
		}
		if count > limits.Properties || bytes > limits.Values {
			t.Fatalf("%d properties of %d bytes are beyond the limits", count, bytes)
		}
	})
}
