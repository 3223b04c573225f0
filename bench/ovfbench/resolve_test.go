package main

import (
	"strings"
	"testing"

	"github.com/ovfkit/ovf/bench/descriptors"
)

// The lines about resolving are there, and their figures are of real plans.
func TestResolve(t *testing.T) {
	data := descriptors.Multi()
	env, err := decodeForPlan(data)
	if err != nil {
		t.Fatal(err)
	}
	p, err := resolvePlan(env)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Machines) != 3 {
		t.Errorf("%d machines, want 3", len(p.Machines))
	}
	for _, m := range p.Machines {
		if document, err := m.EnvironmentDocument(); err != nil || len(document) == 0 {
			t.Errorf("%s has no environment: %v", m.ID, err)
		}
	}
	decode, resolve, err := measureResolve(data, 2)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := resolveTable(&b, "multi", len(data), decode, resolve); err != nil {
		t.Fatal(err)
	}
	if err := linear(&b, 1, 2, 20); err != nil {
		t.Fatal(err)
	}
	if out := b.String(); !strings.Contains(out, decode.name+"\n") || !strings.Contains(out, resolve.name+"\n") || strings.Count(out, "goal at most") != 3 {
		t.Error(out)
	}
	if len(decode.times) != 2 || len(resolve.times) != 2 || resolve.allocs == 0 || decode.live < uint64(len(data)) {
		t.Errorf("%+v, %+v", decode, resolve)
	}
}
