package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/i18n"
	"github.com/ovfkit/ovf/internal/atomicfile"
)

// i18nMerge is the verb.
type i18nMerge struct {
	*cli
	locale, output, file string
	inPlace, quiet       bool

	in      *input
	env     *envelope.Envelope
	changes []envelope.Change
	// bundle is the bundle file that is to be written, if there is one, and
	// bundleName its path below the folder of the descriptor.
	bundle     []byte
	bundleName string
}

func (c *cli) i18nMergeCommand() *cobra.Command {
	v := i18nMerge{cli: c}
	cmd := &cobra.Command{
		Use:   "merge DESCRIPTOR BUNDLE (-o OUT | --in-place)",
		Short: "Put a translated bundle file back into the package",
		Long: `Merge takes the translations of a bundle file, such as extract writes. If the
package has a bundle for the locale, in the descriptor or in a file, texts that
differ are changed there and new ones added; else a new bundle is added to the
descriptor, or with --file as a file of the package. Messages without text are
passed over. Every byte that has nothing to do with it stays as it is.

A bundle file is written to the folder of the new descriptor, before that.
DESCRIPTOR is an .ovf file; unpack an archive first. BUNDLE may be - for standard
input.`,
		Example: `  ovf i18n merge petstore.ovf petstore-fr.xml --in-place
  ovf i18n merge petstore.ovf fr.xml -o new/petstore.ovf --file petstore-fr.xml`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: completeMerge,
		RunE:              work(v.run),
	}
	f := cmd.Flags()
	f.StringVar(&v.locale, "locale", "", "language of BUNDLE as `TAG`, if it does not say it")
	f.StringVarP(&v.output, "output", "o", "", "write the descriptor to this `file`; - for standard output")
	f.BoolVar(&v.inPlace, "in-place", false, "write to DESCRIPTOR itself")
	f.StringVar(&v.file, "file", "", "add the bundle as a file of the package with this `name`")
	f.BoolVarP(&v.quiet, "quiet", "q", false, "do not list what was changed")
	cmd.MarkFlagsMutuallyExclusive("output", "in-place")
	cmd.MarkFlagsOneRequired("output", "in-place")
	return cmd
}

// completeMerge offers descriptors first, then bundle files.
func completeMerge(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return []string{"ovf"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return []string{"xml"}, cobra.ShellCompDirectiveFilterFileExt
}

func (v *i18nMerge) run(ctx context.Context, args []string) error {
	if err := v.load(args[0], args[1]); err != nil {
		return err
	}
	from, err := v.readBundle(args[1])
	if err != nil {
		return err
	}
	if err := v.language(args[1], from); err != nil {
		return err
	}
	v.dropUnknown(from)
	if err := v.merge(ctx, args[0], from); err != nil {
		return err
	}
	out, err := envelope.Encode(v.env)
	if err != nil {
		return err
	}
	if err := v.save(out); err != nil {
		return err
	}
	v.tell(from)
	return nil
}

// load reads the descriptor.
func (v *i18nMerge) load(name, bundle string) error {
	var err error
	switch {
	case name == stdinName && bundle == stdinName:
		return usagef("only one of DESCRIPTOR and BUNDLE can be standard input")
	case name == stdinName && v.inPlace:
		return usagef("--in-place needs a file; give -o - to write to standard output")
	case !v.inPlace && v.output != stdinName && sameFile(name, v.output):
		return usagef("%s: is the input; give --in-place to write to it", v.output)
	case v.inPlace:
		v.output = name
	}
	if v.file != "" && (path.Clean(v.file) != v.file || !fs.ValidPath(v.file) || strings.ContainsAny(v.file, "\\%?#:")) {
		return usagef("--file is %s: give a plain name, or a path in the package with /", diag.Quote(v.file))
	}
	if v.in, err = v.read(name); err != nil {
		return err
	}
	if v.in.archive != nil {
		return usagef("%s: is an archive, which merge cannot rewrite: unpack it, merge into the descriptor %s, and pack it anew", name, diag.Quote(v.in.archive.Name))
	}
	v.env, _, err = v.decode(v.in)
	return err
}

// language makes sure that the locale of the bundle is known.
func (v *i18nMerge) language(name string, from *envelope.Strings) error {
	said := ""
	if from.Lang != nil {
		said = strings.TrimSpace(*from.Lang)
	}
	switch {
	case v.locale == "" && said == "":
		return usagef("%s: does not say its language: give --locale, or write xml:lang into it", name)
	case v.locale == "":
		v.locale = said
	}
	want, err := i18n.ParseLocale(v.locale)
	if err != nil {
		return usagef("the locale %w; give --locale with a tag such as fr, pt-BR or zh-Hant", err)
	}
	if l, err := i18n.ParseLocale(said); said != "" && (err != nil || l != want) {
		return usagef("%s: says that it is in %s, but --locale is %s", name, diag.Quote(said), diag.Quote(v.locale))
	}
	v.locale = want.String()
	return nil
}

// dropUnknown leaves out the messages that belong to no text, with a warning.
func (v *i18nMerge) dropUnknown(from *envelope.Strings) {
	known := map[string]bool{}
	for _, m := range v.env.Messages() {
		known[m.ID] = true
	}
	var found diag.Collector
	kept := from.Msg[:0]
	for i := range from.Msg {
		m := &from.Msg[i]
		if known[m.MsgID] {
			kept = append(kept, *m)
			continue
		}
		found.Add(diag.Diagnostic{Severity: diag.Warning, Layer: diag.Usage, Location: m.Location("@msgid"),
			Message: "no text of the descriptor has the id " + diag.Quote(m.MsgID) + "; the message is left out",
			Hint:    "correct the id; extract writes all of them"})
	}
	from.Msg = kept
	v.diagnostics(found.List())
}

// merge puts the messages into the bundle of their locale, or a new one.
func (v *i18nMerge) merge(ctx context.Context, name string, from *envelope.Strings) error {
	want, _ := i18n.ParseLocale(v.locale)
	for i := range v.env.Strings {
		s := &v.env.Strings[i]
		if s.Lang == nil {
			continue
		}
		if l, err := i18n.ParseLocale(*s.Lang); err != nil || l != want {
			continue
		}
		if v.file != "" {
			return usagef("the descriptor has a bundle for %s: leave out --file to merge into it", diag.Quote(*s.Lang))
		}
		if s.FileRef != nil && *s.FileRef != "" {
			return v.mergeFile(ctx, name, *s.FileRef, from)
		}
		v.changes = s.Merge(from)
		return nil
	}
	if v.file == "" {
		v.changes = v.env.AddBundle(v.locale).Merge(from)
		return nil
	}
	s := v.env.NewBundle(v.locale)
	v.changes = s.Merge(from)
	if _, err := v.env.AddBundleFile(v.locale, v.file); err != nil {
		return &usageError{err}
	}
	return v.setBundle(v.file, s)
}

// setBundle says what bundle file is to be written.
func (v *i18nMerge) setBundle(name string, s *envelope.Strings) error {
	if v.output == stdinName {
		return usagef("the bundle is a file of the package, which goes beside the descriptor: give -o with the name of a file, or --in-place")
	}
	var err error
	v.bundleName = name
	v.bundle, err = envelope.EncodeStrings(s)
	return err
}

// mergeFile puts the messages into a bundle file of the package.
func (v *i18nMerge) mergeFile(ctx context.Context, name, id string, from *envelope.Strings) error {
	if name == stdinName {
		return usagef("the bundle for %s is in a file of the package: give the descriptor as a file", diag.Quote(v.locale))
	}
	p, err := openForTexts(ctx, name)
	if err != nil {
		return err
	}
	defer p.Close()
	f, ok := p.File(id)
	if !ok || f.Name == "" || f.Compression != "" || f.Chunks > 0 {
		return usagef("the bundle for %s is the file %s, which cannot be rewritten: it is missing, compressed, in chunks or on the network", diag.Quote(v.locale), diag.Quote(id))
	}
	data, err := v.bundleFiles(ctx, p)(id)
	if err != nil {
		return &fileError{err}
	}
	s, _, err := envelope.DecodeStrings(data, envelope.DecodeOptions{Name: f.Name})
	if err != nil {
		return err
	}
	v.keep(f.Name, data)
	if v.changes = s.Merge(from); len(v.changes) == 0 && v.inPlace {
		return nil
	}
	if err := v.setBundle(f.Name, s); err != nil {
		return err
	}
	for i := range v.env.References.File {
		if f := &v.env.References.File[i]; f.ID == id && f.Size != nil {
			*f.Size = uint64(len(v.bundle))
		}
	}
	return nil
}

// save writes the bundle file, then the descriptor that refers to it.
func (v *i18nMerge) save(out []byte) error {
	if v.output == stdinName {
		return v.print(out)
	}
	if v.bundle != nil {
		if err := writeFile(beside(v.output, v.bundleName), v.bundle); err != nil {
			return err
		}
	}
	if v.inPlace && bytes.Equal(out, v.in.data) {
		return nil
	}
	return writeFile(v.output, out)
}

// writeFile writes a file as a whole.
func writeFile(name string, data []byte) error {
	if err := atomicfile.WriteFile(name, data); err != nil {
		return &fileError{err}
	}
	return nil
}

// tell lists what was changed, and what is still to be done.
func (v *i18nMerge) tell(from *envelope.Strings) {
	if v.quiet {
		return
	}
	for _, c := range v.changes {
		at := c.Location.String()
		if at == "" {
			at = v.in.name
		}
		fmt.Fprintf(v.stderr, "%s: %s\n", cells.Clean(at), cells.Clean(c.String()))
	}
	empty := 0
	for i := range from.Msg {
		if strings.TrimSpace(from.Msg[i].Text) == "" {
			empty++
		}
	}
	fmt.Fprintf(v.stderr, "%s: %s changed in %s", cells.Clean(v.output), count(len(v.changes), "message"), v.locale)
	if empty > 0 {
		fmt.Fprintf(v.stderr, ", %d still empty", empty)
	}
	fmt.Fprintln(v.stderr)
	if v.output != stdinName && len(v.changes) > 0 {
		v.staleManifest(v.output)
	}
}
