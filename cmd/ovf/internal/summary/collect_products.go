package summary

import (
	"strings"

	"github.com/ovfkit/ovf/envelope"
)

func products(env *envelope.Envelope) []Product {
	var out []Product
	at := map[*envelope.ProductSection]int{}
	add := func(of string, sections []envelope.Section) {
		for s := range envelope.All[*envelope.ProductSection](sections) {
			at[s] = len(out)
			out = append(out, Product{
				Of: of, Class: value(s.Class), Instance: value(s.Instance),
				Name: text(s.Product), Vendor: text(s.Vendor), Version: value(s.Version), FullVersion: value(s.FullVersion),
				ProductURL: value(s.ProductURL), VendorURL: value(s.VendorURL), AppURL: value(s.AppURL),
			})
		}
	}
	add("", env.Section)
	for c := range envelope.Walk(env.Content) {
		add(c.ContentID(), c.Sections())
	}
	for r := range env.Properties() {
		p := &out[at[r.Section]]
		p.Properties = append(p.Properties, newProperty(r))
	}
	return out
}

func newProperty(r envelope.PropertyRef) Property {
	src := r.Property
	p := Property{
		Name: r.FullName(), Label: text(src.Label), Description: text(src.Description),
		Type: src.Type, Qualifiers: value(src.Qualifiers), Accepts: src.Accepts(), UserConfigurable: value(src.UserConfigurable),
		Password: src.Secret(), HasDefault: src.Value != nil, Options: strings.Fields(value(src.Configuration)),
	}
	if r.Category != nil {
		p.Category = r.Category.Text
	}
	if p.Password {
		p.HasDefault = value(src.Value) != ""
		return p
	}
	p.Default = src.Value
	for i := range src.Values {
		v := &src.Values[i]
		p.OptionDefaults = append(p.OptionDefaults, OptionValue{Options: strings.Fields(value(v.Configuration)), Value: v.Value})
	}
	return p
}
