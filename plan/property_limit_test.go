package plan_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/plan"
)

// doubling is a chain of collections, each with a value that is twice the value of
// the one around it.
func doubling(n int) string {
	var b strings.Builder
	for i := range n {
		v := "${p}${p}"
		if i == 0 {
			v = "x"
		}
		fmt.Fprintf(&b, `<VirtualSystemCollection ovf:id="c%d"><Info>C</Info>%s`, i, product("", prop("p", `ovf:value="`+v+`"`)))
	}
	b.WriteString(system("m"))
	for range n {
		b.WriteString("</VirtualSystemCollection>")
	}
	return descriptor("1", "", b.String())
}

// A chain of 60 doublings would give 2^60 bytes. It is refused where the first
// value is too long; a value is never written before its length is known.
func TestDoubling(t *testing.T) {
	p, err := resolveText(t, doubling(21), plan.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(p.Machines[0].Properties[0].Value); got != 1<<20 {
		t.Errorf("2^20 is in the limit, got %d bytes", got)
	}
	env := decodeText(t, doubling(61))
	bytes := testing.AllocsPerRun(1, func() { _, err = plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{}) })
	var list diag.List
	if !errors.As(err, &list) || rulesOf(list) != "error value-limit" || !strings.Contains(list[0].Message, "of \"c21\"") {
		t.Errorf("got %v", err)
	}
	if bytes > 20000 {
		t.Errorf("%v allocations", bytes)
	}
	_, err = resolveText(t, doubling(6), plan.Choices{Limits: plan.Limits{Depth: 4}})
	if !errors.As(err, &list) || rulesOf(list) != "error value-limit" {
		t.Errorf("depth: %v", err)
	}
	_, err = resolveText(t, doubling(6), plan.Choices{Limits: plan.Limits{Values: 40}})
	if !errors.As(err, &list) || rulesOf(list) != "error value-limit" {
		t.Errorf("all values: %v", err)
	}
	_, err = resolveText(t, descriptor("1", "", collection("c", product("", prop("a", ""), prop("b", "")), system("m"), system("n"))), plan.Choices{Limits: plan.Limits{Properties: 5}})
	if !errors.As(err, &list) || rulesOf(list) != "error value-limit" {
		t.Errorf("properties: %v", err)
	}
	_, err = resolveText(t, descriptor("1", "", system("m", product("", prop("a", free)))), plan.Choices{Limits: plan.Limits{Value: 5}, Properties: set("a=123456")})
	if !errors.As(err, &list) || rulesOf(list) != "error value-limit" {
		t.Errorf("operator: %v", err)
	}
}

// graph is a collection with n properties, and one around it with as many: each
// refers to one of the next further out and to its neighbour's.
func graph(n int) string {
	var outer, inner, own []string
	for i := range n {
		outer = append(outer, prop(fmt.Sprintf("o%d", i), fmt.Sprintf(`ovf:value="%d"`, i)))
		inner = append(inner, prop(fmt.Sprintf("i%d", i), fmt.Sprintf(`ovf:value="${o%d}-${o%d}"`, i, (i+1)%n)))
		own = append(own, prop(fmt.Sprintf("p%d", i), fmt.Sprintf(`ovf:value="${i%d}/${i%d}"`, i, (i+7)%n)))
	}
	return descriptor("1", "", collection("a", product("", outer...), collection("b", product("", inner...), system("m", product("", own...)))))
}

// The work on a graph of references grows as the graph does: allocations are
// counted, since they do not depend on how busy the machine is.
func TestGraphIsLinear(t *testing.T) {
	allocations := func(n int) float64 {
		env := decodeText(t, graph(n))
		var p *plan.Plan
		a := testing.AllocsPerRun(1, func() {
			var err error
			if p, err = plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{}); err != nil {
				t.Fatal(err)
			}
		})
		got := p.Machines[0].Properties
		for _, i := range []int{0, 1, n / 2, n - 1} {
			want := fmt.Sprintf("%d-%d/%d-%d", i, (i+1)%n, (i+7)%n, ((i+7)%n+1)%n)
			if got[i].Value != want {
				t.Errorf("property %d is %q, want %q", i, got[i].Value, want)
			}
		}
		return a
	}
	small, large := allocations(1000), allocations(10000)
	if large > 12*small {
		t.Errorf("%v allocations for 1000 properties a scope, %v for 10000", small, large)
	}
}

// The plan does not depend on the order of a map.
func TestResolveIsDeterministic(t *testing.T) {
	env := decodeText(t, graph(50))
	bad := decodeText(t, strings.ReplaceAll(graph(50), "${o", "${x"))
	choices := plan.Choices{Networks: map[string]string{"a": "1", "b": "2", "c": "3", "d": "4"}, Properties: set("x=1", "y=2", "z=3")}
	var first, firstError string
	for range 20 {
		p, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		_, err = plan.Resolve(context.Background(), plan.Input{Envelope: bad}, choices)
		if first == "" {
			first, firstError = string(b), err.Error()
		}
		if first != string(b) || firstError != err.Error() {
			t.Fatal("two runs differ")
		}
	}
}

func BenchmarkGraph(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		env := decodeText(b, graph(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	env := decodeText(b, doubling(61))
	b.Run("doubling60", func(b *testing.B) {
		for b.Loop() {
			if _, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{}); err == nil {
				b.Fatal("resolved")
			}
		}
	})
}
