package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/libxml2"
)

// validate is the verb.
type validate struct {
	*cli
	json, sarif, list bool
	quiet, files      bool
	engine, dir       string
	targets           []string
	ignore, severity  []string
	config            string
	max, jobs         int

	reading sync.Mutex // the texts of files are shared
}

func (c *cli) validateCommand() *cobra.Command {
	v := validate{cli: c}
	cmd := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Say everything that is wrong with a descriptor, and where",
		Long: `Validate checks descriptors in layers: whether they are well-formed XML, follow
the schema of the standard, keep the text of the standard, and, with --target,
suit a consumer. ovf explain RULE tells more about a rule.

FILE is a descriptor (.ovf), a package in one file (.ova), or - for standard input.
Of an archive its form and its members are checked too: whether every file is
there, in one piece and of the right size. --files does so for the files beside
an .ovf. Contents are not read: that is for ovf verify. Files are checked side by
side and reported in the order given.

A descriptor of OVF 1.x is good when one of the schemas 1.0.0, 1.1.0 and 1.1.1
accepts it. The engine for the schema is pure Go; --engine libxml2 is there in
a program built with the tag libxml2.

A file for --config is JSON:
  {"ignore": ["file-unused"], "severity": {"unit-legacy": "error"}, "targets": ["vsphere"]}

Exit status: 0 no errors, 1 errors found, 2 wrong usage, 3 a file could not be
read.`,
		Example: `  ovf validate petstore.ovf
  ovf validate --target vsphere --target virt-v2v *.ovf
  ovf validate --json petstore.ova | jq '.files[].diagnostics[] | .rule'
  ovf validate --sarif *.ovf > ovf.sarif
  ovf validate --ignore file-unused --severity unit-legacy=error petstore.ovf
  ovf validate --schemas my-schemas/ petstore.ovf
  ovf validate --list-rules`,
		ValidArgsFunction: completeFiles,
		Args: func(cmd *cobra.Command, args []string) error {
			if v.list {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.MinimumNArgs(1)(cmd, args)
		},
		RunE: action(v.run),
	}
	f := cmd.Flags()
	f.BoolVar(&v.json, "json", false, "print JSON")
	f.BoolVar(&v.sarif, "sarif", false, "print SARIF 2.1.0, for code hosts")
	f.BoolVar(&v.list, "list-rules", false, "list all rules and stop")
	f.BoolVarP(&v.quiet, "quiet", "q", false, "show errors only")
	f.BoolVar(&v.files, "files", false, "check the files beside an .ovf too: present, complete, of the right size")
	f.StringVar(&v.engine, "engine", "go", "engine for the schema: go or libxml2")
	f.StringVar(&v.dir, "schemas", "", "folder with schemas that add to the standard's or replace them")
	f.StringSliceVar(&v.targets, "target", nil, "consumer to check for: "+targetNames())
	f.StringSliceVar(&v.ignore, "ignore", nil, "rule not to report")
	f.StringSliceVar(&v.severity, "severity", nil, "RULE=error, RULE=warning or RULE=info")
	f.StringVar(&v.config, "config", "", "file with rules to ignore, severities and targets")
	f.IntVar(&v.max, "max", diag.DefaultMax, "most diagnostics of each severity and layer in a file")
	f.IntVarP(&v.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "files to check side by side")
	cmd.MarkFlagsMutuallyExclusive("json", "sarif")
	_ = cmd.RegisterFlagCompletionFunc("target", cobra.FixedCompletions(strings.Split(targetNames(), ", "), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("engine", cobra.FixedCompletions([]string{"go", "libxml2"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("ignore", completeRules)
	return cmd
}

func targetNames() string {
	var names []string
	for _, t := range envelope.Targets() {
		names = append(names, string(t))
	}
	return strings.Join(names, ", ")
}

func completeRules(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, r := range allRules() {
		names = append(names, r.Name+"\t"+r.Summary)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// checked is what became of one file.
type checked struct {
	*ovf.Validation
	err error
}

func (v *validate) run(args []string) error {
	if v.list {
		return v.listRules()
	}
	validator, err := v.validator()
	if err != nil {
		return err
	}
	results := v.all(validator, args)
	status := exitGood
	for _, r := range results {
		if r.err != nil {
			status = max(status, v.show("ovf validate", r.err))
		} else if r.Diagnostics.HasErrors() {
			status = max(status, exitInput)
		}
	}
	if err := v.report(results); err != nil {
		return err
	}
	if status != exitGood {
		return errReported{status}
	}
	return nil
}

// all checks the files, several at a time, and returns the results in order.
func (v *validate) all(validator *ovf.Validator, args []string) []checked {
	results := make([]checked, len(args))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(max(v.jobs, 1), len(args)) {
		workers.Go(func() {
			for i := range next {
				results[i] = v.file(validator, args[i])
			}
		})
	}
	for i := range args {
		next <- i
	}
	close(next)
	workers.Wait()
	return results
}

func (v *validate) file(validator *ovf.Validator, name string) checked {
	v.reading.Lock()
	in, err := v.read(name)
	v.reading.Unlock()
	if err != nil {
		return checked{err: err}
	}
	r, err := validator.Validate(context.Background(), in.name, in.data)
	if err == nil && name != stdinName && (v.files || in.archive != nil) {
		err = v.members(validator, name, r)
	}
	return checked{r, err}
}

// members adds what is wrong with the files of a package.
func (v *validate) members(validator *ovf.Validator, name string, r *ovf.Validation) error {
	p, err := ovf.Open(context.Background(), name, ovf.Options{Limits: ovf.Limits{XML: validator.Limits}})
	var list diag.List
	var one *diag.Diagnostic
	switch {
	case err == nil:
		list = p.Diagnostics
		p.Close()
	case errors.As(err, &list), errors.As(err, &one): // one is the descriptor's, and is there
	default:
		return &fileError{err}
	}
	list = slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool { return d.Layer != diag.Package })
	r.Diagnostics = append(r.Diagnostics, list.Filter(validator.Overrides)...)
	return nil
}

// report prints the results in the form asked for.
func (v *validate) report(results []checked) error {
	files := []*ovf.Validation{}
	var all diag.List
	for _, r := range results {
		if r.err == nil {
			if v.quiet {
				r.Diagnostics = slices.DeleteFunc(r.Diagnostics, func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
			}
			files = append(files, r.Validation)
			all = append(all, r.Diagnostics...)
		}
	}
	var b bytes.Buffer
	switch {
	case v.json:
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(map[string]any{"files": files}); err != nil {
			return err
		}
	case v.sarif:
		if err := diag.WriteSARIF(&b, all, ovf.Rules(), version()); err != nil {
			return err
		}
	default:
		if err := diag.WriteText(&b, all, diag.TextOptions{Color: v.colored(v.stdout), Source: v.source}); err != nil {
			return err
		}
		if len(all) > 0 {
			fmt.Fprintln(&b)
		}
		for _, f := range files {
			fmt.Fprintln(&b, verdict(f))
		}
	}
	return v.print(b.Bytes())
}

// verdict sums a file up in a line.
func verdict(f *ovf.Validation) string {
	line := diag.Quote(f.File)
	line = line[1:len(line)-1] + ": "
	if f.OVFVersion != "" {
		line += "OVF " + f.OVFVersion
		var fits []string
		for _, s := range f.SchemaVersions {
			fits = append(fits, s.String())
		}
		if fits != nil {
			line += fmt.Sprintf(" (follows the schema of %s), conformance level %d", strings.Join(fits, ", "), f.ConformanceLevel)
		} else {
			line += " (follows no schema)"
		}
		line += ": "
	}
	if len(f.Diagnostics) == 0 {
		return line + "nothing to report"
	}
	return line + f.Diagnostics.Summary()
}

// validator makes the checker that the flags ask for.
func (v *validate) validator() (*ovf.Validator, error) {
	out := &ovf.Validator{Max: v.max}
	if v.max <= 0 {
		return nil, usagef("--max is %d: it must be positive", v.max)
	}
	if err := v.configure(out); err != nil {
		return nil, err
	}
	o := schemas.Options{MaxDiagnostics: v.max}
	if v.dir != "" {
		src, err := schemas.FromDir(v.dir)
		if err != nil {
			return nil, &fileError{err}
		}
		o.Source = src
	}
	var err error
	switch v.engine {
	case "go":
		out.Schema, err = schemas.Compile(o)
	case "libxml2":
		if out.Schema, err = libxml2.Compile(o); errors.Is(err, libxml2.ErrNotBuilt) {
			return nil, usagef("--engine libxml2: %w", err)
		}
	default:
		return nil, usagef("--engine is %s: use go or libxml2", diag.Quote(v.engine))
	}
	return out, err
}

// config is the file for --config.
type config struct {
	diag.Overrides
	Targets []string `json:"targets"`
}

// configure takes overrides and targets from the file and the flags; flags win.
func (v *validate) configure(out *ovf.Validator) error {
	var cfg config
	if v.config != "" {
		b, err := os.ReadFile(v.config)
		if err != nil {
			return &fileError{plainPath(v.config, err)}
		}
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(&cfg); err != nil {
			return usagef("%s: %w", v.config, err)
		}
	}
	cfg.Ignore = append(cfg.Ignore, v.ignore...)
	for _, s := range v.severity {
		rule, level, ok := strings.Cut(s, "=")
		sev, err := diag.ParseSeverity(level)
		if !ok || err != nil {
			return usagef("--severity is %s: write RULE=error, RULE=warning or RULE=info", diag.Quote(s))
		}
		if cfg.Severity == nil {
			cfg.Severity = map[string]diag.Severity{}
		}
		cfg.Severity[rule] = sev
	}
	if err := cfg.Check(ovf.Rules()); err != nil {
		return usagef("%w; ovf validate --list-rules lists the rules", err)
	}
	out.Overrides = cfg.Overrides
	for _, t := range append(cfg.Targets, v.targets...) {
		if !slices.Contains(envelope.Targets(), envelope.Target(t)) {
			return usagef("the target %s is unknown: use %s", diag.Quote(t), targetNames())
		}
		out.Targets = append(out.Targets, envelope.Target(t))
	}
	return nil
}

func (v *validate) listRules() error {
	rules := allRules()
	if v.json {
		b, err := jsonText(map[string]any{"rules": rules})
		if err != nil {
			return err
		}
		return v.print(b)
	}
	var b bytes.Buffer
	for _, r := range rules {
		fmt.Fprintf(&b, "%-10s  %-7s  %-34s  %s\n", r.Layer, r.Severity, r.Name, r.Summary)
	}
	return v.print(b.Bytes())
}
