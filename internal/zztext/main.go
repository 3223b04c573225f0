package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"; "strings"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/plan"
)

func main() {
	var ps []*plan.Plan
	for _, o := range os.Args[2:] {
		b, _ := os.ReadFile(os.Args[1])
		env, _, err := envelope.Decode(b, envelope.DecodeOptions{Name: os.Args[1]})
		if err != nil { panic(err) }
		c := plan.Choices{}
		for _, n := range []string{"adminEmail","appIp","dbIp","db2Ip","hi.dns.1","hi.domainName.1","hi.dnsSearchPath.1","hi.gateway.1","hi.netmask.1","hi.hostPrefix.1","hi.webIp.1","hi.dbIp.1"} {
			if strings.Contains(string(b), `key="`+strings.TrimSuffix(strings.TrimPrefix(n, "hi."), ".1")+`"`) && strings.HasPrefix(n,"hi.") == strings.Contains(string(b), `class="hi"`) {
			c.Properties = append(c.Properties, plan.Setting{Name:n, Value:"a@b.example", From: "--property"}) }
		}
		if strings.Contains(string(b), "RipCurl") { c.Properties = append(c.Properties, plan.Setting{Name:"theme", Value:"Love"}) }
		if o == "json" { 
			p, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, c)
			if err != nil { fmt.Println(err); return }
			e := json.NewEncoder(os.Stdout); e.SetIndent("", " "); e.Encode(p); return }
		if o != "-" { c.Option = o }
		p, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, c)
		if err != nil { fmt.Println(err); return }
		ps = append(ps, p)
	}
	plan.WriteText(os.Stdout, ps[0])
	if len(ps) > 1 { plan.WriteDiff(os.Stdout, plan.Diff(ps[0], ps[1])) }
}
