package plan

import (
	"context"
	"errors"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/i18n"
	"github.com/ovfkit/ovf/xmltree"
)

// maxBundles is the most bytes that the bundle files of a package may have
// together.
const maxBundles = 64 << 20

// texts finds the texts of a descriptor in the language of the operator
// (DSP0243 10):
//
//	t, found := newTexts(ctx, in, c)   // reads the bundles that c.Locales needs
//	plan.Locale = t.locale
//	name := t.msg(vs.Name)             // Info, Name, Label, Description, …; nil gives the zero Text
//	head := t.category(c)              // ProductSection/Category
//	name = t.cim(item.ElementName, &item.Ext, "ElementName") // ElementName, Caption, Description of CIM
//
// It is read-only once made.
type texts struct {
	locale  string // BCP 47 tag of the language that was chosen
	catalog *i18n.Catalog
}

// newTexts chooses the language and reads the bundles of its chain (see
// [i18n.Choose]). Its diagnostics are warnings but for locales of the operator that
// are no language tags, and for bundle files that are not well-formed.
func newTexts(ctx context.Context, in Input, c Choices) (*texts, diag.List) {
	env := in.Envelope
	files := bundleFiles(ctx, in.Files)
	var found diag.List
	bundles := make([]i18n.Bundle, len(env.Strings))
	have := make([]bool, len(env.Strings))
	read := func(i int) {
		if !have[i] {
			b, notes := env.Bundle(i, files)
			bundles[i], have[i] = b, true
			found = append(found, notes...)
		}
	}
	for i := range env.Strings {
		s := &env.Strings[i]
		bundles[i] = i18n.Bundle{Locale: value(s.Lang), Location: position(s, "")}
		if blank(s.Lang) && !blank(s.FileRef) {
			read(i) // only the file says the locale
		}
	}
	chain, notes := env.ChooseBundles(bundles, c.Locales)
	found = append(found, notes...)
	for _, i := range chain {
		if i != i18n.InLine {
			read(i)
		}
	}
	t := &texts{}
	t.catalog, notes = i18n.NewCatalog(env.Locale(), bundles, chain)
	found = append(found, notes...)
	complete(env, found)
	for _, i := range chain {
		if i == i18n.InLine {
			_, t.locale = t.catalog.Text("", "")
			break
		}
		if len(bundles[i].Messages) > 0 { // else it could not be read
			l, _ := i18n.ParseLocale(bundles[i].Locale) // unreadable ones are in no chain
			t.locale = l.String()
			break
		}
	}
	return t, found
}

// bundleFiles makes the reader of bundle files, which reads no more than
// maxBundles bytes.
func bundleFiles(ctx context.Context, files Files) func(string) ([]byte, error) {
	if files == nil {
		return nil
	}
	room := maxBundles
	return func(id string) ([]byte, error) {
		if room <= 0 {
			return nil, errors.New("the bundle files before it have more than 64 MiB together")
		}
		data, err := files(ctx, id)
		room -= len(data)
		return data, err
	}
}

// text finds the text of an id.
func (t *texts) text(id, inLine string) Text {
	if id == "" {
		return Text{Text: inLine}
	}
	s, locale := t.catalog.Text(id, inLine)
	if locale == t.locale {
		locale = ""
	}
	return Text{Text: s, MsgID: id, Locale: locale}
}

// msg returns a text of the descriptor; the zero Text for nil.
func (t *texts) msg(m *envelope.Msg) Text {
	if m == nil {
		return Text{}
	}
	return t.text(value(m.MsgID), m.Text)
}

// category returns the heading of a group of properties; the zero Text for nil.
func (t *texts) category(c *envelope.Category) Text {
	if c == nil {
		return Text{}
	}
	return t.text(value(c.MsgID), c.Text)
}

// cim returns the text of a child of CIM settings, whose msgid is in the open
// content of the settings: field is the name of the child, as ElementName.
func (t *texts) cim(text string, x *xmltree.Ext, field string) Text {
	return t.text(envelope.MessageID(x, field), text)
}
