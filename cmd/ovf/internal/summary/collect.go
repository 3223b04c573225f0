package summary

import (
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// defaultLocale is that of texts where the descriptor does not say (DSP0243 10).
const defaultLocale = "en-US"

// Of summarizes an envelope that was read, with the diagnostics of reading it.
func Of(env *envelope.Envelope, notes diag.List) *Summary {
	s := &Summary{
		OVFVersion:  env.Version().String(),
		Namespace:   env.Namespace,
		Locale:      value(env.Lang),
		Diagnostics: notes,
	}
	if s.Locale == "" {
		s.Locale = defaultLocale
	}
	hrefs := map[string]string{}
	for i := range env.References.File {
		f := &env.References.File[i]
		hrefs[f.ID] = f.Href
		s.Files = append(s.Files, File{ID: f.ID, Href: f.Href, Size: f.Size, Compression: string(value(f.Compression)), ChunkSize: f.ChunkSize})
	}
	if doc := env.Document(); doc != nil {
		s.Encoding = doc.Encoding().String()
		s.Size = int64(len(doc.Raw()))
		s.Extensions, s.ConformanceLevel = extensions(doc)
	}
	s.Products = products(env)
	s.Disks = disks(env, hrefs)
	s.Networks = networks(env)
	s.Options = options(env)
	s.Eulas = eulas(env)
	if env.Content != nil {
		c := content(env.Content)
		s.Content = &c
	}
	for i := range env.Strings {
		b := &env.Strings[i]
		s.Locales = append(s.Locales, Locale{Locale: value(b.Lang), Messages: len(b.Msg), File: hrefs[value(b.FileRef)]})
	}
	return s
}

// value returns what p points at, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// text returns the text of an optional message.
func text(m *envelope.Msg) string {
	if m == nil {
		return ""
	}
	return m.Text
}

// everywhere yields the sections of one type of the envelope and of all content,
// also where the standard does not allow them.
func everywhere[S envelope.Section](env *envelope.Envelope) iter.Seq[S] {
	return func(yield func(S) bool) {
		for s := range envelope.All[S](env.Section) {
			if !yield(s) {
				return
			}
		}
		for c := range envelope.Walk(env.Content) {
			for s := range envelope.All[S](c.Sections()) {
				if !yield(s) {
					return
				}
			}
		}
	}
}

func networks(env *envelope.Envelope) []Network {
	used := map[string]int{}
	for vs := range env.Systems() {
		for hw := range envelope.All[*envelope.VirtualHardwareSection](vs.Section) {
			for _, it := range items(hw) {
				if !it.marker() {
					for _, n := range it.connection {
						used[n]++
					}
				}
			}
		}
	}
	var out []Network
	for s := range everywhere[*envelope.NetworkSection](env) {
		for i := range s.Network {
			n := &s.Network[i]
			out = append(out, Network{Name: n.Name, Description: text(n.Description), Adapters: used[n.Name]})
		}
	}
	return out
}

func options(env *envelope.Envelope) []Option {
	var out []Option
	marked := false
	for s := range everywhere[*envelope.DeploymentOptionSection](env) {
		for i := range s.Configuration {
			c := &s.Configuration[i]
			marked = marked || value(c.Default)
			out = append(out, Option{ID: c.ID, Label: c.Label.Text, Description: c.Description.Text, Default: value(c.Default)})
		}
	}
	if len(out) > 0 && !marked {
		out[0].Default = true // DSP0243 9.8
	}
	return out
}

func eulas(env *envelope.Envelope) []Eula {
	var out []Eula
	add := func(of string, sections []envelope.Section) {
		for s := range envelope.All[*envelope.EulaSection](sections) {
			licence := strings.TrimSpace(s.License.Text)
			first, _, _ := strings.Cut(licence, "\n")
			e := Eula{Of: of, FirstLine: strings.TrimSpace(first), Characters: utf8.RuneCountInString(licence)}
			if licence != "" {
				e.Lines = 1 + strings.Count(licence, "\n")
			}
			out = append(out, e)
		}
	}
	add("", env.Section)
	for c := range envelope.Walk(env.Content) {
		add(c.ContentID(), c.Sections())
	}
	return out
}

func content(c envelope.Content) Content {
	out := Content{ID: c.ContentID(), Kind: System, Name: text(c.ContentName()), Info: text(c.ContentInfo())}
	if os, ok := envelope.First[*envelope.OperatingSystemSection](c.Sections()); ok {
		out.OS = &OperatingSystem{ID: uint16(os.ID), Name: os.ID.String(), Version: value(os.Version), Description: text(os.Description)}
	}
	if _, ok := envelope.First[*envelope.InstallSection](c.Sections()); ok {
		out.Install = true
	}
	for hw := range envelope.All[*envelope.VirtualHardwareSection](c.Sections()) {
		out.Hardware = append(out.Hardware, hardware(hw))
	}
	col, ok := c.(*envelope.VirtualSystemCollection)
	if !ok {
		return out
	}
	out.Kind = Collection
	order := map[string]*uint16{}
	for s := range envelope.All[*envelope.StartupSection](col.Section) {
		for i := range s.Item {
			order[s.Item[i].ID] = &s.Item[i].Order
		}
	}
	for _, k := range col.Content {
		member := content(k)
		member.StartOrder = order[member.ID]
		out.Content = append(out.Content, member)
	}
	return out
}
