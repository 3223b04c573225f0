package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/envelope"
)

func (c *cli) diskCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "disk",
		Short: "Show, check, convert, flatten and share disk images",
		Long: `Disk works on the disks of a package, and on disk images in files of their own.

A format is never guessed from the bytes of an image: in a package the
descriptor declares it, elsewhere the ending of the file name does (.vmdk, .vhd,
.qcow2, .iso, .raw, .img), or an option. The header of the image has to agree.
Read are VMDK (all kinds in use), VHD, qcow2 without backing file, raw disks and
ISO images; written are stream-optimized VMDK, VHD, qcow2 and raw disks.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.diskInfoCommand(), c.diskTreeCommand(), c.diskCheckCommand(), c.diskConvertCommand(), c.diskFlattenCommand(), c.diskDeltaCommand())
	return cmd
}

// work is action for a verb that can be interrupted.
func work(f func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := f(cmd.Context(), args); err != nil {
			return &workError{diskError(err)}
		}
		return nil
	}
}

// diskError tells failures to read and write from those of the input.
func diskError(err error) error {
	var path *fs.PathError
	var file *fileError
	switch {
	case errors.As(err, &file):
		return err
	case errors.Is(err, context.Canceled):
		return &fileError{errors.New("interrupted; what was written is removed")}
	case errors.As(err, &path):
		return &fileError{err}
	}
	return err
}

// isPackage reports whether a name is that of a package and not of an image.
func isPackage(name string) bool {
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		return true
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".ovf", ".ova":
		return true
	}
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// packageDisks is an open package with its disks.
type packageDisks struct {
	*ovf.Package
	graph   *disk.Graph
	found   diag.List
	resized bool // File/@size may be wrong, since it will be made right
}

// OpenFile makes it [disk.Files].
func (p *packageDisks) OpenFile(ctx context.Context, id string) (disk.File, error) {
	file, err := p.Package.OpenFile(ctx, id)
	var d *diag.Diagnostic
	if err == nil || !p.resized || !errors.As(err, &d) || d.Rule != "package-file-size" {
		return file, err
	}
	stored, _ := p.File(id)
	if stored.Compression != envelope.CompressionNone {
		return nil, err
	}
	src := p.Sources()[id]
	content, failed := src.Open(ctx)
	if failed != nil {
		return nil, failed
	}
	at, ok := content.(io.ReaderAt)
	if ok {
		// to the end once, where the digest is compared with that of the manifest
		_, err = io.Copy(io.Discard, content)
	}
	if err != nil {
		content.Close()
		return nil, err
	}
	return sourceFile{content, at, src.Size}, nil
}

// sourceFile is an uncompressed file of a package, of whatever size.
type sourceFile struct {
	io.Closer
	io.ReaderAt
	size int64
}

func (f sourceFile) Size() int64 { return f.size }

// options reads capacities that are properties from their default values.
func (p *packageDisks) options(progress func(done, total int64)) disk.Options {
	return disk.Options{Progress: progress, Property: func(name string) (string, bool) {
		r, err := p.Envelope.FindProperty(name, nil)
		if err != nil || r.Property.Value == nil {
			return "", false
		}
		return *r.Property.Value, true
	}}
}

// openDisks opens a package. The caller closes it.
func (c *cli) openDisks(ctx context.Context, name string) (*packageDisks, error) {
	p, err := ovf.Open(ctx, name, ovf.Options{})
	if err != nil {
		return nil, err
	}
	if doc := p.Envelope.Document(); doc != nil {
		c.sources[p.Envelope.Location("").File] = []byte(doc.Source())
	}
	return disksOf(p), nil
}

// disksOf finds the disks of a package.
func disksOf(p *ovf.Package) *packageDisks {
	d := &packageDisks{Package: p}
	d.graph, d.found = disk.NewGraph(p.Envelope)
	for _, f := range d.graph.Files {
		if stored, ok := p.File(f.ID); ok && f.Size < 0 {
			f.Size = stored.Size
		}
	}
	return d
}

// imageFile is an image in a file of its own, open.
type imageFile struct {
	image.Image
	name   string
	format envelope.DiskFormat
	size   int64 // of the file
	file   *os.File
}

// diskFile is a file on this system as a disk.File.
type diskFile struct {
	*os.File
	size int64
}

func (f diskFile) Size() int64 { return f.size }

func openDiskFile(f *os.File, err error) (diskFile, error) {
	if err != nil {
		return diskFile{}, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return diskFile{}, err
	}
	return diskFile{f, info.Size()}, nil
}

// declared returns the format of a file by an option or else by its name.
func declared(name, option string) (envelope.DiskFormat, error) {
	if option == "" {
		f := disk.FormatByName(name)
		if f == envelope.FormatUnknown {
			return f, usagef("%s: the ending of the name tells no format; give it with --from", name)
		}
		return f, nil
	}
	for _, f := range []envelope.DiskFormat{envelope.FormatVMDK, envelope.FormatVHD, envelope.FormatVHDX, envelope.FormatQCOW2, envelope.FormatISO, envelope.FormatRaw} {
		if f.String() == option {
			return f, nil
		}
	}
	return envelope.FormatUnknown, usagef("--from is %s: use vmdk, vhd, qcow2, iso or raw", diag.Quote(option))
}

// openImage opens an image in a file of its own. Extents of a VMDK must be files
// beside it. The caller closes it.
func openImage(name, from string) (*imageFile, error) {
	format, err := declared(name, from)
	if err != nil {
		return nil, err
	}
	f, err := open(name)
	if err != nil {
		return nil, &fileError{err}
	}
	df, err := openDiskFile(f, nil)
	if err != nil {
		return nil, &fileError{plainPath(name, err)}
	}
	m, err := disk.OpenImage(df, format, func(extent string) (disk.File, error) {
		// Links do not lead out of the folder.
		return openDiskFile(os.OpenInRoot(filepath.Dir(name), extent))
	}, image.Limits{})
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &imageFile{Image: m, name: name, format: format, size: df.size, file: f}, nil
}

// Close closes the image and its file.
func (m *imageFile) Close() error { return errors.Join(m.Image.Close(), m.file.Close()) }

// finish prints the report of a verb that works on several files, if it is wanted in
// JSON, and ends with the status of the worst.
func (c *cli) finish(inJSON bool, report any, status int) error {
	if inJSON {
		b, err := jsonText(report)
		if err != nil {
			return err
		}
		if err := c.print(b); err != nil {
			return err
		}
	}
	if status != exitGood {
		return errReported{status}
	}
	return nil
}
