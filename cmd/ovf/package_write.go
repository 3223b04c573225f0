package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/sign"
)

// packageWrite is what the verbs share that write a package.
type packageWrite struct {
	*cli
	key     signKey
	output  string
	sha     string
	chunk   string
	target  string
	first   bool
	json    bool
	quiet   bool
	written written
}

// written is the report of a package that was written, in JSON.
type written struct {
	Package string       `json:"package"`
	Signed  bool         `json:"signed"`
	Files   []ovf.Stored `json:"files"`
	// Disks are those that were stored anew, as parents and children.
	Disks []disk.Stored `json:"disks,omitempty"`
}

func (v *packageWrite) flags(cmd *cobra.Command, output string) {
	f := cmd.Flags()
	f.StringVarP(&v.output, "output", "o", "", output)
	f.StringVar(&v.sha, "sha", "", "digest of the manifest: 1, 256, 384 or 512 (default that of the target: 256)")
	f.StringVar(&v.chunk, "chunk-size", "", "cut files that are larger into chunks of this `size`, as 2GiB")
	f.StringVar(&v.target, "target", "", "write for this consumer, and refuse what it does not take: "+targetNames())
	f.BoolVar(&v.first, "manifest-first", false, "put the manifest behind the descriptor; the files are read twice")
	f.BoolVar(&v.json, "json", false, "print JSON")
	f.BoolVarP(&v.quiet, "quiet", "q", false, "show errors only")
	v.key.flags(cmd)
	_ = cmd.MarkFlagRequired("output")
	_ = cmd.RegisterFlagCompletionFunc("target", cobra.FixedCompletions(strings.Split(targetNames(), ", "), cobra.ShellCompDirectiveNoFileComp))
}

// writer makes the writer that the flags ask for.
func (v *packageWrite) writer(ctx context.Context) (*ovf.Writer, error) {
	if err := v.key.check(); err != nil {
		return nil, usagef("%w", err)
	}
	if v.output == stdinName && v.json {
		return nil, usagef("--json and the package would both go to standard output")
	}
	w := &ovf.Writer{Target: envelope.Target(v.target), ManifestFirst: v.first}
	var err error
	if w.Digest, err = parseSHA(v.sha); err != nil {
		return nil, err
	}
	if v.target != "" && !strings.Contains(", "+targetNames()+",", ", "+v.target+",") {
		return nil, usagef("--target is %s: use one of %s", diag.Quote(v.target), targetNames())
	}
	if v.chunk != "" {
		n, err := chunkSize(v.chunk)
		if err != nil {
			return nil, &usageError{err}
		}
		w.ChunkSize = n
	}
	w.Key, w.Chain, err = v.loadKey(ctx, &v.key)
	return w, err
}

// parseSHA reads the number of a digest.
func parseSHA(s string) (sign.Algorithm, error) {
	switch s {
	case "":
		return 0, nil
	case "1", "256", "384", "512":
		return sign.ParseAlgorithm("SHA" + s)
	}
	return 0, usagef("--sha is %s: use 1, 256, 384 or 512", diag.Quote(s))
}

// chunkSize reads a size with its unit, or a number of bytes.
func chunkSize(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		n, err = parseSize(s)
	}
	if err == nil && (n == 0 || n > math.MaxInt64) {
		err = fmt.Errorf("the size %s is not for chunks", diag.Quote(s))
	}
	return int64(n), err
}

// openPackage opens a package and shows what opening has found. Errors end it,
// but for those of the rule that is passed over.
func (c *cli) openPackage(ctx context.Context, name string, o ovf.Options, passOver string) (*ovf.Package, error) {
	p, err := ovf.Open(ctx, name, o)
	if err != nil {
		return nil, err
	}
	if doc := p.Envelope.Document(); doc != nil {
		c.sources[p.Envelope.Location("").File] = []byte(doc.Source())
	}
	var errs diag.List
	for _, d := range p.Diagnostics {
		if d.Severity == diag.Error && d.Rule != passOver {
			errs = append(errs, d)
		}
	}
	if len(errs) > 0 {
		p.Close()
		return nil, errs
	}
	return p, nil
}

// writePackage writes a package: an archive, a folder, or an archive to standard
// output.
func (c *cli) writePackage(ctx context.Context, w *ovf.Writer, out string, env *envelope.Envelope, sources map[string]ovf.Source) ([]ovf.Stored, error) {
	var total int64
	for _, s := range sources {
		total += max(s.Size, 0)
	}
	bar := c.progress("writing "+path.Base(out), total)
	defer bar.Done()
	w.Progress = bar.Add
	switch {
	case out == stdinName:
		return w.WriteArchive(ctx, c.stdout, env, sources)
	case strings.EqualFold(path.Ext(out), ".ova"):
		return w.WriteFile(ctx, out, env, sources)
	}
	return w.WriteFolder(ctx, out, env, sources)
}

// write writes a package and tells what was written.
func (v *packageWrite) write(ctx context.Context, w *ovf.Writer, env *envelope.Envelope, sources map[string]ovf.Source) (err error) {
	if v.written.Files, err = v.writePackage(ctx, w, v.output, env, sources); err != nil || v.output == stdinName {
		return err
	}
	v.written.Package, v.written.Signed = v.output, w.Key != nil
	return v.report()
}

// report tells what was written.
func (v *packageWrite) report() error {
	if v.json {
		text, err := json.MarshalIndent(v.written, "", "  ")
		if err != nil {
			return err
		}
		return v.print(append(text, '\n'))
	}
	if v.quiet {
		return nil
	}
	var size int64
	for _, f := range v.written.Files {
		size += f.Size
	}
	signed := "not signed"
	if v.written.Signed {
		signed = "signed"
	}
	return v.print(fmt.Appendf(nil, "%s: %d files, %d bytes, %s\n", cells.Clean(v.written.Package), len(v.written.Files), size, signed))
}

// note tells something on standard error.
func (v *packageWrite) note(format string, args ...any) {
	if !v.quiet {
		fmt.Fprintf(v.stderr, "%s\n", cells.Clean(fmt.Sprintf(format, args...)))
	}
}

// descriptorBase is the name of a descriptor without its ending.
func descriptorBase(p *ovf.Package) string {
	name := p.DescriptorName()
	return strings.TrimSuffix(name, path.Ext(name))
}
