package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/ovfkit/ovf/bench/descriptors"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/plan"
)

func TestScratch(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	data := descriptors.Big(n)
	env, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "x.ovf"})
	if err != nil { t.Fatal(err) }
	p, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{})
	if err != nil { t.Fatal(err) }
	fmt.Println(len(p.Machines), len(p.Diagnostics))
	for i, d := range p.Diagnostics { if i < 4 { fmt.Println(d) } }
	data = descriptors.Multi()
	env, _, err = envelope.Decode(data, envelope.DecodeOptions{Name: "x.ovf"})
	if err != nil { t.Fatal(err) }
	p, err = plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{})
	if err != nil { t.Fatal(err) }
	fmt.Println(len(p.Machines), len(p.Diagnostics))
	for i, d := range p.Diagnostics { if i < 4 { fmt.Println(d) } }
}
