package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/plan"
)

// choiceFlags are the flags by which an operator chooses: of every verb that
// resolves a package.
type choiceFlags struct {
	option        string
	properties    []string
	propertyFiles []string
	locales       []string
	systemTypes   []string
	networks      []string
	instances     []string
	ignore        []string
	platform      plan.Platform
	timezone      string
	interactive   bool
}

// The ranks of values: what is typed for this run counts before what lies in a
// file, and that before what the shell has exported.
const (
	rankVariable = iota
	rankFile
	rankFlag
)

// choicesHelp is what the help of each such verb says about values.
const choicesHelp = `Values of properties come from --property, from files (--properties, named .yaml,
.json or .properties), and from variables: OVF_PROPERTY_COM_EXAMPLE_IP sets
com.example.ip. A flag counts before a file, a file before a variable. What is on
a command line can be seen by other users: give passwords in a file, or let
--interactive ask for them.`

// register adds the flags to a verb.
func (f *choiceFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.option, "option", "", "`ID` of the deployment option; without it the default one")
	fs.StringArrayVar(&f.properties, "property", nil, "value of a property as `NAME=VALUE`; NAME is class.key.instance, a key, or either with ID/ of a machine before it")
	fs.StringArrayVar(&f.propertyFiles, "properties", nil, "`FILE` with values of properties: .yaml, .json or .properties")
	fs.StringArrayVar(&f.locales, "locale", nil, "language of the texts as `TAG`, as da-DK; repeat it for a second choice")
	fs.StringArrayVar(&f.systemTypes, "system-type", nil, "virtual hardware `TYPE` that the platform has, as vmx-13; repeat it for a second choice")
	fs.StringArrayVar(&f.networks, "network", nil, "network of the platform for one of the package, as `NAME=TARGET`")
	fs.StringArrayVar(&f.instances, "instances", nil, "number of replicas of a scale-out prototype, as `ID=N`")
	fs.StringArrayVar(&f.ignore, "ignore-extension", nil, "required extension to pass over, as `{namespace}Name`")
	fs.BoolVar(&f.interactive, "interactive", false, "ask for the option and the properties on the terminal")
	fs.StringVar(&f.platform.Kind, "platform-kind", "", "`KIND` of platform for the environment, as KVM")
	fs.StringVar(&f.platform.Version, "platform-version", "", "its `VERSION`")
	fs.StringVar(&f.platform.Vendor, "platform-vendor", "", "its `VENDOR`")
	fs.StringVar(&f.platform.Locale, "platform-locale", "", "its `LOCALE`, as en-US")
	fs.StringVar(&f.timezone, "platform-timezone", "", "its time zone in `MINUTES` east of UTC")
}

// choices makes choices of the flags, the files they name, the variables, and the
// answers on the terminal.
func (f *choiceFlags) choices(ctx context.Context, c *cli, in plan.Input) (plan.Choices, error) {
	out := plan.Choices{Option: f.option, Locales: f.locales, SystemTypes: f.systemTypes, Ignore: f.ignore, Platform: f.platform}
	if err := f.parse(&out); err != nil {
		return out, err
	}
	list, found := plan.VariableSettings(in.Envelope, os.Environ())
	out.Properties = ranked(list, rankVariable)
	if err := found.Err(); err != nil {
		return out, err
	}
	c.diagnostics(found)
	var wrong diag.List
	for _, name := range f.propertyFiles {
		list, err := readSettings(name)
		var many diag.List
		switch {
		case errors.As(err, &many):
			wrong = append(wrong, many...)
		case err != nil:
			return out, err
		}
		out.Properties = append(out.Properties, ranked(list, rankFile)...)
	}
	if err := wrong.Err(); err != nil {
		return out, err
	}
	for _, s := range f.properties {
		name, value, _ := strings.Cut(s, "=")
		out.Properties = append(out.Properties, plan.Setting{Name: name, Value: value, Rank: rankFlag, From: "--property"})
	}
	if f.interactive {
		return c.interview(ctx, in, out)
	}
	return out, nil
}

// parse reads the flags of the form A=B.
func (f *choiceFlags) parse(out *plan.Choices) error {
	for _, s := range f.properties {
		if name, _, ok := strings.Cut(s, "="); !ok || name == "" {
			return usagef("--property %s: write it as NAME=VALUE", diag.Quote(name))
		}
	}
	for _, s := range f.networks {
		name, target, ok := strings.Cut(s, "=")
		if !ok || name == "" || target == "" {
			return usagef("--network %s: write it as NAME=TARGET", diag.Quote(s))
		}
		if was, ok := out.Networks[name]; ok {
			return usagef("--network %s: it is mapped to %s already", diag.Quote(s), diag.Quote(was))
		}
		if out.Networks == nil {
			out.Networks = map[string]string{}
		}
		out.Networks[name] = target
	}
	for _, s := range f.instances {
		id, text, _ := strings.Cut(s, "=")
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil || id == "" {
			return usagef("--instances %s: write it as ID=N with a whole number N", diag.Quote(s))
		}
		if was, ok := out.Instances[id]; ok {
			return usagef("--instances %s: it is set to %d already", diag.Quote(s), was)
		}
		if out.Instances == nil {
			out.Instances = map[string]int{}
		}
		out.Instances[id] = int(n)
	}
	if f.timezone != "" {
		n, err := strconv.Atoi(f.timezone)
		if err != nil {
			return usagef("--platform-timezone %s: write whole minutes east of UTC, as 60 or -300", diag.Quote(f.timezone))
		}
		out.Platform.Timezone = &n
	}
	return nil
}

// readSettings reads a file with values. Its text is not kept for messages, since
// it may hold passwords.
func readSettings(name string) ([]plan.Setting, error) {
	file, err := open(name)
	if err != nil {
		return nil, &fileError{err}
	}
	defer file.Close()
	list, err := plan.ReadSettings(file, name)
	var many diag.List
	if err != nil && !errors.As(err, &many) {
		return nil, &fileError{fmt.Errorf("%w", err)}
	}
	return list, err
}

func ranked(list []plan.Setting, rank int) []plan.Setting {
	for i := range list {
		list[i].Rank = rank
	}
	return list
}
