package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/author"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/ruleexample"
)

// explain is the verb.
type explain struct {
	*cli
	json bool
}

func (c *cli) explainCommand() *cobra.Command {
	v := explain{cli: c}
	cmd := &cobra.Command{
		Use:   "explain RULE...",
		Short: "Explain a rule, with a bad and a good example",
		Long: `Explain tells what a rule refuses, where the standard says so, and what goes
wrong if it is ignored. For a rule about descriptors it shows one that breaks the
rule, with what ovf validate says about it, and one that keeps it. For the others
it shows a few lines of each kind: part of a file, a command, or a description.

ovf validate --list-rules lists the rules.`,
		Example: `  ovf explain disk-file-ref
  ovf explain --json disk-file-ref`,
		Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			return completeRules(cmd, args, word)
		},
		RunE: action(v.run),
	}
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON")
	return cmd
}

// explanation is a rule with its examples.
type explanation struct {
	diag.Rule
	Bad   string    `json:"bad,omitempty"`
	Found diag.List `json:"found"` // in Bad, if that is a descriptor
	Good  string    `json:"good,omitempty"`
}

// allRules lists the rules of all packages, those of specs included.
func allRules() []diag.Rule { return append(ovf.Rules(), author.Rules()...) }

func (v *explain) run(args []string) error {
	rules := allRules()
	all := []explanation{}
	for _, name := range args {
		i := slices.IndexFunc(rules, func(r diag.Rule) bool { return r.Name == name })
		if i < 0 {
			return usagef("there is no rule %s%s", diag.Quote(name), similar(name, rules))
		}
		x, err := v.explain(rules[i])
		if err != nil {
			return err
		}
		all = append(all, x)
	}
	if v.json {
		b, err := jsonText(map[string]any{"rules": all})
		if err != nil {
			return err
		}
		return v.print(b)
	}
	var b bytes.Buffer
	for i, x := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		if err := v.text(&b, x); err != nil {
			return err
		}
	}
	return v.print(b.Bytes())
}

// similar lists rules whose names share a word with one that is not there.
func similar(name string, rules []diag.Rule) string {
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(s))
	}
	var near []string
	for _, r := range rules {
		if plain(r.Name) == plain(name) {
			return "; do you mean " + r.Name + "?"
		}
		for word := range strings.SplitSeq(name, "-") {
			if len(word) > 2 && slices.Contains(strings.Split(r.Name, "-"), word) {
				near = append(near, r.Name)
				break
			}
		}
	}
	if len(near) == 0 || len(near) > 12 {
		return "; ovf validate --list-rules lists them"
	}
	return "; do you mean one of " + strings.Join(near, ", ") + "?"
}

func (v *explain) explain(r diag.Rule) (explanation, error) {
	x := explanation{Rule: r, Found: diag.List{}}
	bad, err := ruleexample.Bad(r.Name)
	if errors.Is(err, fs.ErrNotExist) {
		texts, err := ruleexample.Texts()
		x.Bad, x.Good = texts[r.Name].Bad, texts[r.Name].Good
		return x, err
	}
	if err != nil {
		return x, err
	}
	good, err := ruleexample.Good(r.Name)
	if err != nil {
		return x, err
	}
	x.Bad, x.Good = string(bad), string(good)
	name := r.Name + ".bad.ovf"
	v.keep(name, bad)
	check := ovf.Validator{Targets: envelope.Targets()}
	found, err := check.Validate(context.Background(), name, bad)
	if err != nil {
		return x, err
	}
	for _, d := range found.Diagnostics {
		if d.Rule == r.Name {
			x.Found = append(x.Found, d)
		}
	}
	return x, nil
}

func (v *explain) text(b *bytes.Buffer, x explanation) error {
	clause := x.Clause
	if clause == "" {
		clause = "no clause"
	}
	fmt.Fprintf(b, "%s: %s, layer %s, %s\n\n%s\n%s\n", x.Name, x.Severity, x.Layer, clause, x.Summary, x.Why)
	if x.Bad == "" {
		return nil
	}
	fmt.Fprintf(b, "\nBad:\n\n%s", block(x.Bad))
	if len(x.Found) > 0 {
		b.WriteByte('\n')
	}
	if err := diag.WriteText(b, x.Found, diag.TextOptions{Color: v.colored(v.stdout), Source: v.source}); err != nil {
		return err
	}
	fmt.Fprintf(b, "\nGood:\n\n%s", block(x.Good))
	return nil
}

// block indents a text.
func block(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n    ") + "\n"
}
