package plan

import "github.com/ovfkit/ovf/envelope"

// eulas returns the licences, those of the whole package first (DSP0243 9.6).
func eulas(env *envelope.Envelope, t *texts) []Eula {
	var out []Eula
	add := func(content string, sections []envelope.Section) {
		for s := range envelope.All[*envelope.EulaSection](sections) {
			out = append(out, Eula{Content: content, Info: t.msg(&s.Info), License: t.msg(&s.License), Location: position(s, "")})
		}
	}
	add("", env.Section)
	for c := range envelope.Walk(env.Content) {
		add(c.ContentID(), c.Sections())
	}
	return out
}

// annotations returns the notes of the author, in the same order (DSP0243 9.4).
func annotations(env *envelope.Envelope, t *texts) []Annotation {
	var out []Annotation
	add := func(content string, sections []envelope.Section) {
		for s := range envelope.All[*envelope.AnnotationSection](sections) {
			out = append(out, Annotation{Content: content, Info: t.msg(&s.Info), Text: t.msg(&s.Annotation), Location: position(s, "")})
		}
	}
	add("", env.Section)
	for c := range envelope.Walk(env.Content) {
		add(c.ContentID(), c.Sections())
	}
	return out
}
