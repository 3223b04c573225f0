package main

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/xmltree"
)

func (c *cli) envCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "env",
		Short: "Read and make the environment of a guest",
		Long: `Env works on the OVF environment: the document ovf-env.xml by which a deployment
tells a guest what it is and what values its properties have (DSP0243 11). "get"
and "show" read it inside of the guest; "build" makes it outside, from a package.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.envGetCommand(), c.envShowCommand(), c.envBuildCommand())
	return cmd
}

// envReader reads an environment document.
type envReader struct {
	*cli
	encoding string
	sibling  string
}

// envInputHelp is what the help of each verb says that reads a document.
const envInputHelp = `FILE is the document, as ovf-env.xml on the CD-ROM of the guest, or - for standard
input, where VMware's tools can write it:

  vmware-rpctool "info-get guestinfo.ovfEnv" | ovf env`

func (v *envReader) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&v.encoding, "encoding", "", "how the document is packed: the value of guestinfo.ovfEnv.`encoding`, as gzip+base64")
}

// document reads the document. Its text is not kept for messages: any value in it
// may be a password.
func (v *envReader) document(name string) (*environment.Environment, error) {
	r, shown := v.stdin, "standard input"
	if name != stdinName {
		f, err := open(name)
		if err != nil {
			return nil, &fileError{err}
		}
		defer f.Close()
		r, shown = f, name
	}
	limits := xmltree.Limits{}.WithDefaults()
	data, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	if err != nil {
		return nil, &fileError{plainPath(shown, err)}
	}
	const volume = 16*2048 + 1 // "CD001" of the first volume descriptor
	if v.encoding == "" && len(data) > volume+5 && string(data[volume:volume+5]) == "CD001" {
		return nil, fmt.Errorf("%s: is an ISO image; mount it and give the %s in it", shown, environment.FileName)
	}
	if v.encoding != "" {
		if int64(len(data)) > limits.Bytes {
			return nil, &fileError{fmt.Errorf("%s: has more than the %d bytes that are read", shown, limits.Bytes)}
		}
		if data, err = environment.ReadGuestInfo(string(data), v.encoding, limits); err != nil {
			return nil, fmt.Errorf("%s: %w", shown, err)
		}
	}
	env, _, err := environment.Decode(data, environment.DecodeOptions{Name: shown, Limits: limits})
	return env, err
}

func (c *cli) envGetCommand() *cobra.Command {
	v := &envReader{cli: c}
	cmd := &cobra.Command{
		Use:   "get [FILE|-] KEY",
		Short: "Print the value of a property",
		Long: `Get prints the value of one property, by its full name class.key.instance, as it
is and with a line end behind it. Without FILE it reads standard input. It is an
error if there is no such property.

` + envInputHelp + ` get - hostname`,
		Example: `  ovf env get /mnt/ovf-env.xml com.example.web.ip
  ip=$(ovf env get --sibling DB1 /mnt/ovf-env.xml ip)`,
		Args: cobra.RangeArgs(1, 2),
		RunE: action(func(args []string) error {
			if len(args) == 1 {
				args = []string{stdinName, args[0]}
			}
			return v.get(args[0], args[1])
		}),
	}
	cmd.Flags().StringVar(&v.sibling, "sibling", "", "the property of the sibling with this `ID` instead")
	v.flags(cmd)
	return cmd
}

func (v *envReader) get(file, key string) error {
	env, err := v.document(file)
	if err != nil {
		return err
	}
	of, properties := "the guest", env.Section
	if v.sibling != "" {
		e := env.Sibling(v.sibling)
		if e == nil {
			var ids []string
			for i := range env.Entity {
				ids = append(ids, env.Entity[i].ID)
			}
			return fmt.Errorf("%s: has no sibling %s; %s", inputName(file), diag.Quote(v.sibling), has(ids))
		}
		of, properties = "sibling "+diag.Quote(v.sibling), e.Section
	}
	value, ok := properties.Lookup(key)
	if !ok {
		var keys []string
		for k := range properties.Properties() {
			keys = append(keys, k)
		}
		return fmt.Errorf("%s: %s has no property %s; %s", inputName(file), of, diag.Quote(key), has(keys))
	}
	return v.print([]byte(value + "\n"))
}

func inputName(file string) string {
	if file == stdinName {
		return "standard input"
	}
	return file
}

// has lists names for a message, the first ones only.
func has(names []string) string {
	const most = 20
	if len(names) == 0 {
		return "there is none"
	}
	var b strings.Builder
	b.WriteString("there is ")
	for i, n := range names[:min(len(names), most)] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(diag.Quote(n))
	}
	if more := len(names) - most; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return b.String()
}

// envShow is the verb show.
type envShow struct {
	envReader
	json bool
}

func (c *cli) envShowCommand() *cobra.Command {
	v := &envShow{envReader: envReader{cli: c}}
	cmd := &cobra.Command{
		Use:   "show [FILE|-]",
		Short: "Show all of an environment",
		Long: `Show prints what an environment says: the id of the guest, its platform, its
properties, and those of its siblings. Values are shown, passwords among them: the
document does not tell which ones are. Without FILE it reads standard input.

With --json it prints one object with "id", "platform", "properties" (a list of
"key" and "value") and "siblings" (a list of "id" and "properties").

` + envInputHelp + ` show -`,
		Example: `  ovf env show /mnt/ovf-env.xml
  ovf env show --json /mnt/ovf-env.xml | jq -r '.properties[] | .key + "=" + .value'`,
		Args: cobra.MaximumNArgs(1),
		RunE: action(func(args []string) error {
			if len(args) == 0 {
				args = []string{stdinName}
			}
			return v.show(args[0])
		}),
	}
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON")
	v.flags(cmd)
	return cmd
}

// envView is the JSON form of an environment.
type envView struct {
	ID         string             `json:"id"`
	Platform   *envPlatform       `json:"platform,omitempty"`
	Properties []environment.Pair `json:"properties"`
	Siblings   []envSibling       `json:"siblings,omitempty"`
}

type envPlatform struct {
	Kind     *string `json:"kind,omitempty"`
	Version  *string `json:"version,omitempty"`
	Vendor   *string `json:"vendor,omitempty"`
	Locale   *string `json:"locale,omitempty"`
	Timezone *int32  `json:"timezone,omitempty"` // minutes east of UTC
}

type envSibling struct {
	ID         string             `json:"id"`
	Properties []environment.Pair `json:"properties"`
}

func (v *envShow) show(file string) error {
	env, err := v.document(file)
	if err != nil {
		return err
	}
	view := envView{Properties: envPairs(env.Properties())}
	if env.ID != nil {
		view.ID = *env.ID
	}
	if p := env.Platform(); p != nil {
		view.Platform = &envPlatform{p.Kind, p.Version, p.Vendor, p.Locale, p.Timezone}
	}
	for i := range env.Entity {
		e := &env.Entity[i]
		view.Siblings = append(view.Siblings, envSibling{e.ID, envPairs(e.Properties())})
	}
	if v.json {
		text, err := jsonText(view)
		if err != nil {
			return err
		}
		return v.print(text)
	}
	return v.print(view.text())
}

func envPairs(properties iter.Seq2[string, string]) []environment.Pair {
	out := []environment.Pair{}
	for k, v := range properties {
		out = append(out, environment.Pair{Key: k, Value: v})
	}
	return out
}

// text writes the view for people: a line for each property.
func (v *envView) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Guest %s\n", cells.Clean(diag.Quote(v.ID)))
	if p := v.Platform; p != nil {
		var parts []string
		for _, s := range []*string{p.Kind, p.Version, p.Vendor, p.Locale} {
			if s != nil && *s != "" {
				parts = append(parts, cells.Clean(*s))
			}
		}
		if p.Timezone != nil {
			parts = append(parts, fmt.Sprintf("%+d minutes from UTC", *p.Timezone))
		}
		fmt.Fprintf(&b, "Platform: %s\n", strings.Join(parts, ", "))
	}
	writePairs(&b, v.Properties)
	for _, s := range v.Siblings {
		fmt.Fprintf(&b, "Sibling %s\n", cells.Clean(diag.Quote(s.ID)))
		writePairs(&b, s.Properties)
	}
	return b.Bytes()
}

func writePairs(b *bytes.Buffer, list []environment.Pair) {
	const most = 40 // columns of a key before its value is set off
	width := 0
	for _, p := range list {
		width = max(width, min(cells.Width(cells.Clean(p.Key)), most))
	}
	for _, p := range list {
		fmt.Fprintf(b, "  %s  %s\n", cells.Pad(cells.Clean(p.Key), width), cells.Clean(p.Value))
	}
}
