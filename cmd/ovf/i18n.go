package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/i18n"
)

func (c *cli) i18nCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "i18n",
		Short: "Translate the texts of a package",
		Long: `I18n works on the texts of a package and their translations. A text of the
descriptor that has a msgid is translated by the bundles: Strings elements at the
end of the descriptor, or files that these refer to, each for one locale (DSP0243 10).

A translation goes round like this: extract writes a bundle file with all texts, a
translator fills in what is empty, merge puts it back, status says what is missing.`,
		Example: `  ovf i18n extract petstore.ovf --locale fr -o petstore-fr.xml
  # … a translator works on petstore-fr.xml …
  ovf i18n merge petstore.ovf petstore-fr.xml --in-place
  ovf i18n status petstore.ovf`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.i18nStatusCommand(), c.i18nExtractCommand(), c.i18nMergeCommand())
	return cmd
}

// localized is a descriptor with its bundles.
type localized struct {
	env     *envelope.Envelope
	bundles []i18n.Bundle
	found   diag.List
}

// localized reads a package, or a descriptor from standard input, whose bundle
// files are out of reach.
func (c *cli) localized(ctx context.Context, name string) (*localized, error) {
	var l localized
	if name == stdinName {
		in, err := c.read(name)
		if err != nil {
			return nil, err
		}
		if l.env, _, err = c.decode(in); err != nil {
			return nil, err
		}
		l.bundles, l.found = l.env.Bundles(nil)
		return &l, nil
	}
	p, err := openForTexts(ctx, name)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	l.env = p.Envelope
	if doc := p.Envelope.Document(); doc != nil {
		c.sources[p.Envelope.Location("").File] = []byte(doc.Source())
	}
	l.bundles, l.found = l.env.Bundles(c.bundleFiles(ctx, p))
	return &l, nil
}

// openForTexts opens a package; errors of the system name the file once.
func openForTexts(ctx context.Context, name string) (*ovf.Package, error) {
	p, err := ovf.Open(ctx, name, ovf.Options{})
	var path *fs.PathError
	if errors.As(err, &path) {
		return nil, &fileError{plainPath(name, err)}
	}
	return p, err
}

// bundleFiles reads files of a package and remembers them for messages.
func (c *cli) bundleFiles(ctx context.Context, p *ovf.Package) func(string) ([]byte, error) {
	files := p.Input().Files
	return func(id string) ([]byte, error) {
		data, err := files(ctx, id)
		if f, ok := p.File(id); ok && err == nil {
			c.keep(f.Href, data)
		}
		return data, err
	}
}

func (c *cli) i18nExtractCommand() *cobra.Command {
	var locale, output string
	cmd := &cobra.Command{
		Use:   "extract PKG --locale TAG",
		Short: "Write a bundle file for translators",
		Long: `Extract writes a bundle file for one locale: a Msg for every text of the package
that has a msgid, in the order of the descriptor. The text to translate stands in a
comment above it. What the package already has in exactly that locale is filled in;
a Msg without text is still to be translated.

PKG is a descriptor (.ovf), the folder it is in, an archive (.ova), or - for a
descriptor on standard input, whose bundle files are then out of reach.`,
		Example: `  ovf i18n extract petstore.ovf --locale fr -o petstore-fr.xml
  ovf i18n extract petstore.ova --locale da-DK | grep -B1 '></Msg>'   # what is left to do`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
		RunE: work(func(ctx context.Context, args []string) error {
			l, err := c.localized(ctx, args[0])
			if err != nil {
				return err
			}
			c.diagnostics(l.found)
			if _, err := i18n.ParseLocale(locale); err != nil {
				return usagef("--locale: %w; write a tag such as fr, pt-BR or zh-Hant", err)
			}
			out, err := l.env.ExtractBundle(locale, l.bundles)
			if err != nil {
				return err
			}
			if output == stdinName {
				return c.print(out)
			}
			return writeFile(output, out)
		}),
	}
	cmd.Flags().StringVar(&locale, "locale", "", "language to translate into, as `TAG`: fr, pt-BR, zh-Hant")
	cmd.Flags().StringVarP(&output, "output", "o", stdinName, "write to this `file`; - for standard output")
	_ = cmd.MarkFlagRequired("locale")
	_ = cmd.RegisterFlagCompletionFunc("locale", completeFrom(localeTags))
	return cmd
}

// localeTags are the locales of the bundles, for the shell.
func localeTags(e *envelope.Envelope) (out []string) {
	for i := range e.Strings {
		if l := e.Strings[i].Lang; l != nil {
			out = append(out, *l)
		}
	}
	return out
}

// readBundle reads a bundle file by its name, or standard input.
func (c *cli) readBundle(name string) (*envelope.Strings, error) {
	var data []byte
	if name == stdinName {
		var err error
		if data, err = io.ReadAll(io.LimitReader(c.stdin, maxBundleFile+1)); err != nil {
			return nil, &fileError{plainPath("standard input", err)}
		}
	} else {
		f, err := open(name)
		if err != nil {
			return nil, &fileError{err}
		}
		defer f.Close()
		if data, err = io.ReadAll(io.LimitReader(f, maxBundleFile+1)); err != nil {
			return nil, &fileError{plainPath(name, err)}
		}
	}
	if len(data) > maxBundleFile {
		return nil, usagef("%s: has more than the %d bytes that a bundle may have", name, maxBundleFile)
	}
	c.keep(name, data)
	s, notes, err := envelope.DecodeStrings(data, envelope.DecodeOptions{Name: name})
	if err != nil {
		return nil, err
	}
	c.diagnostics(notes)
	return s, nil
}

// maxBundleFile is the most bytes of a bundle file.
const maxBundleFile = 64 << 20

// beside returns the name of a file of the package in the folder of its
// descriptor.
func beside(descriptor, name string) string {
	return filepath.Join(filepath.Dir(descriptor), filepath.FromSlash(name))
}
