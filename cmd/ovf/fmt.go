package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/atomicfile"
	"github.com/ovfkit/ovf/xmltree"
)

func (c *cli) fmtCommand() *cobra.Command {
	v := formatVerb{cli: c}
	cmd := &cobra.Command{
		Use:   "fmt FILE...",
		Short: "Parse a descriptor and write it again",
		Long: `Fmt parses a descriptor and writes it to standard output, byte for byte as it
was: comments, prefixes, vendor sections, order and layout, in UTF-8, UTF-16,
ISO-8859-1 and windows-1252. XML that is no descriptor is written back too, with
a warning. FILE may be an .ova, whose descriptor is written, or -.

With --canonical the descriptor is written in house style: UTF-8, attributes and
elements in the order of the schema, two spaces of indentation, one attribute a
line in start tags beyond 120 characters. What it says is all kept, and so are
comments, processing instructions, the prefixes of namespaces, one blank line
between elements, and the layout of text and of xml:space="preserve". A comment
moves with the element that it stands before, or behind on one line; inside of a
text it moves to the end of that. Not kept are the spelling of characters
(&#233; or é, CDATA), the quotes, and other white space between elements.`,
		Example: `  ovf fmt petstore.ovf | cmp - petstore.ovf
  ovf fmt --canonical petstore.ovf
  ovf fmt --canonical -w *.ovf
  ovf fmt --canonical --check *.ovf`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              action(v.run),
	}
	cmd.Flags().BoolVarP(&v.write, "write", "w", false, "write to the file itself, if that changes it, and not to standard output")
	cmd.Flags().BoolVar(&v.check, "check", false, "write nothing; name the files that would change, with exit status 1")
	cmd.Flags().BoolVar(&v.canonical, "canonical", false, "write in house style")
	cmd.MarkFlagsMutuallyExclusive("write", "check")
	return cmd
}

// formatVerb is the verb.
type formatVerb struct {
	*cli
	write, check, canonical bool
}

func (v *formatVerb) run(args []string) error {
	status := exitGood
	for _, name := range args {
		if err := v.file(name); err != nil {
			status = max(status, v.show("ovf fmt", err))
		}
	}
	if status != exitGood {
		return errReported{status}
	}
	return nil
}

func (v *formatVerb) file(name string) error {
	in, err := v.read(name)
	if err != nil {
		return err
	}
	if v.write && (in.archive != nil || name == stdinName) {
		return usagef("%s: cannot be written to: -w is for .ovf files", name)
	}
	out, err := v.format(in)
	if err != nil {
		return err
	}
	same := bytes.Equal(out, in.data)
	switch {
	case v.check && same, v.write && same:
		return nil
	case v.check:
		if err := v.print([]byte(name + "\n")); err != nil {
			return err
		}
		return errReported{exitInput}
	case v.write:
		if err := atomicfile.WriteFile(name, out); err != nil {
			return &fileError{err}
		}
		return nil
	}
	return v.print(out)
}

// format returns the new text of a document.
func (v *formatVerb) format(in *input) ([]byte, error) {
	doc, err := xmltree.Parse(in.name, in.data, xmltree.Limits{})
	if err != nil {
		return nil, err
	}
	env, _, err := envelope.FromDocument(doc, envelope.DecodeOptions{Name: in.name})
	switch {
	case err == nil && v.canonical:
		return envelope.Format(env)
	case err == nil:
		return envelope.Encode(env)
	case v.canonical || !errors.Is(err, envelope.ErrNotEnvelope):
		return nil, err
	}
	v.diagnostics(diag.List{{Severity: diag.Warning, Layer: diag.Schema, Rule: envelope.RuleRoot, Location: doc.Root().Location(),
		Message: fmt.Sprintf("the root element is %s, not Envelope: the document is written back as XML", diag.Quote(doc.Root().Name().String()))}})
	return doc.Encode(doc.Source()), nil
}
