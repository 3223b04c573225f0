package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/i18n"
)

// i18nStatus is the verb.
type i18nStatus struct {
	*cli
	json, check bool
}

func (c *cli) i18nStatusCommand() *cobra.Command {
	v := i18nStatus{cli: c}
	cmd := &cobra.Command{
		Use:   "status PKG",
		Short: "Say for each locale what is translated",
		Long: `Status compares the texts of a package that have a msgid with the bundles of each
locale:

  translated    messages with a text of their own
  inherited     taken from a near locale: de-AT has the texts of de
  untranslated  messages that still say the same as the descriptor (as names may)
  missing       texts without a message: readers get the language of the descriptor
  unused        messages whose msgid no text has

With --check the exit status is 1 if something is missing or unused in a locale.`,
		Example: `  ovf i18n status petstore.ova
  ovf i18n status --json petstore.ovf | jq '.locales[] | {locale, missing: [.missing[]?.msgid]}'
  ovf i18n status --check petstore.ovf   # in CI`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              work(v.run),
	}
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&v.check, "check", false, "exit status 1 if something is missing or unused")
	return cmd
}

// localeJSON is the JSON form of [i18n.Status].
type localeJSON struct {
	Locale       string        `json:"locale"`
	Bundles      []string      `json:"bundles"` // ids of files; empty for the descriptor
	Total        int           `json:"total"`
	Translated   int           `json:"translated"`
	Inherited    []messageJSON `json:"inherited,omitempty"`
	Untranslated []messageJSON `json:"untranslated,omitempty"`
	Missing      []messageJSON `json:"missing,omitempty"`
	Unused       []messageJSON `json:"unused,omitempty"`
}

type messageJSON struct {
	MsgID    string        `json:"msgid"`
	Text     string        `json:"text"`
	Location diag.Location `json:"location,omitzero"`
}

func messagesJSON(list []i18n.Message) []messageJSON {
	var out []messageJSON
	for i := range list {
		out = append(out, messageJSON{list[i].ID, list[i].Text, list[i].Location()})
	}
	return out
}

func (v *i18nStatus) run(ctx context.Context, args []string) error {
	l, err := v.localized(ctx, args[0])
	if err != nil {
		return err
	}
	report := i18n.Report(l.env.Locale(), l.env.Messages(), l.bundles)
	v.diagnostics(append(l.found, l.check(report)...))
	var b bytes.Buffer
	if v.json {
		err = writeStatusJSON(&b, args[0], l, report)
	} else {
		writeStatus(&b, args[0], l, report)
	}
	if err != nil {
		return err
	}
	if err := v.print(b.Bytes()); err != nil {
		return err
	}
	for i := range report {
		if v.check && !report[i].Complete() {
			return errReported{exitInput}
		}
	}
	return nil
}

// check reports what is wrong with the locales of the bundles, and messages that
// stand twice in one.
func (l *localized) check(report []i18n.Status) diag.List {
	_, found := l.env.ChooseBundles(l.bundles, nil)
	for i := range report {
		_, repeated := i18n.NewCatalog(l.env.Locale(), l.bundles, report[i].Bundles)
		found = append(found, repeated...)
	}
	return found
}

// places are where the bundles of a locale are.
func (l *localized) places(s *i18n.Status) []string {
	places := []string{}
	for _, i := range s.Bundles {
		place := ""
		if ref := l.env.Strings[i].FileRef; ref != nil {
			place = *ref
		}
		places = append(places, place)
	}
	return places
}

func writeStatusJSON(b *bytes.Buffer, name string, l *localized, report []i18n.Status) error {
	locales := []localeJSON{}
	for i := range report {
		s := &report[i]
		locales = append(locales, localeJSON{s.Locale, l.places(s), s.Total, s.Translated, messagesJSON(s.Inherited),
			messagesJSON(s.Untranslated), messagesJSON(s.Missing), messagesJSON(s.Unused)})
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"file": name, "locale": l.env.Locale(), "texts": texts(l.env.Messages()), "locales": locales})
}

// texts counts the different ids.
func texts(list []i18n.Message) int {
	ids := map[string]bool{}
	for _, m := range list {
		ids[m.ID] = true
	}
	return len(ids)
}

// maxShown is how many messages of each kind are listed as text.
const maxShown = 20

func writeStatus(b *bytes.Buffer, name string, l *localized, report []i18n.Status) {
	fmt.Fprintf(b, "%s: %s in %s can be translated\n", cells.Clean(name), count(texts(l.env.Messages()), "text"), cells.Clean(l.env.Locale()))
	for i := range report {
		s := &report[i]
		var in []string
		for _, p := range l.places(s) {
			if p == "" {
				in = append(in, "in the descriptor")
			} else {
				in = append(in, "in the file "+cells.Clean(p))
			}
		}
		fmt.Fprintf(b, "\n%s (%s): %d of %d translated", s.Locale, strings.Join(in, ", "), s.Translated, s.Total)
		for _, k := range []struct {
			list []i18n.Message
			what string
		}{{s.Inherited, "inherited"}, {s.Untranslated, "untranslated"}, {s.Missing, "missing"}, {s.Unused, "unused"}} {
			if len(k.list) > 0 {
				fmt.Fprintf(b, ", %d %s", len(k.list), k.what)
			}
		}
		b.WriteByte('\n')
		writeMessages(b, "untranslated", s.Untranslated)
		writeMessages(b, "missing", s.Missing)
		writeMessages(b, "unused", s.Unused)
	}
}

func writeMessages(b *bytes.Buffer, what string, list []i18n.Message) {
	for i, m := range list {
		if i == maxShown {
			fmt.Fprintf(b, "  … and %d more; --json lists all\n", len(list)-maxShown)
			return
		}
		fmt.Fprintf(b, "  %s %s: %s\n", cells.Pad(what, len("untranslated")), cells.Clean(m.ID), cells.Cut(cells.Clean(m.Text), 60))
	}
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
