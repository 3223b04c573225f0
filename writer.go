package ovf

import (
	"context"
	"crypto"
	"crypto/x509"
	"io"
	"path/filepath"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/atomicfile"
	"github.com/ovfkit/ovf/internal/ova"
	"github.com/ovfkit/ovf/sign"
)

// Source is the content of one file of References, as a [Writer] takes it: in the
// compression that the File element states, and in one piece, also where the
// element has a chunkSize.
type Source struct {
	// Size is the number of bytes that Open gives. If it is negative, the content
	// is read once more, to count it.
	Size int64
	// Open opens the content at its start; the writer closes it. It may be called
	// more than once. If the reader is an io.ReaderAt too, such as a file, the
	// writer can fill in the populatedSize of a disk.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// Writer writes packages: an archive (.ova) or a folder, from a descriptor and
// the contents of its files. The descriptor comes first, then the files in the
// order of References, then the manifest and the certificate (DSP0243 5.1, 5.3).
//
// What the descriptor says about its files is made right: size and, where it is
// missing, the populatedSize of disks; bundles of messages are listed first.
// Nothing else of it changes, and nothing at all where all was right.
//
// The same input gives the same bytes, signatures by ECDSA and RSA-PSS set aside.
// Each content is read once, and a few MiB are held in memory; what is said below
// to read it twice is the exception.
//
// The zero value is ready to use. A Writer may be used by several goroutines at a
// time while none changes it.
type Writer struct {
	// Name is the name of the descriptor, the manifest and the certificate, without
	// the ending. Empty means that of the file that is written, or "package".
	Name string
	// Target is the consumer that has to take the package: it chooses the digest,
	// and what it is known to refuse is an error. Empty is the form that most take.
	Target envelope.Target
	// Digest is the algorithm of the manifest. Zero means that of the target:
	// SHA-256, but SHA-1 for [envelope.TargetStrict] and OVF 1.x.
	Digest sign.Algorithm

	// Key signs the package; nil leaves it unsigned. Chain is the certificate of
	// the key, and its intermediates if they are to be stored (see [sign.Sign]).
	Key   crypto.Signer
	Chain []*x509.Certificate

	// Gzip compresses every file that is not yet compressed, but for bundles of
	// messages, and adds .gz to its href. The compressed form is kept in Temp until
	// it is written.
	Gzip bool
	// ChunkSize cuts files that are larger into chunks of so many bytes. Zero
	// leaves chunks as File/@chunkSize states them; negative makes whole files.
	ChunkSize int64
	// ManifestFirst puts the manifest and the certificate behind the descriptor and
	// not at the end, so that a consumer can check what it reads on the way. It
	// takes a second pass over the contents.
	ManifestFirst bool

	// Temp is the folder for temporary files; empty means that of the system.
	Temp string
	// Progress is told how many bytes of contents were written, or compressed, since
	// it was called last. The calls come one after the other. Nil is fine.
	Progress func(bytes int64)
}

// Stored is one file of a package that was written.
type Stored struct {
	Name string `json:"name"` // as stored: for a file in chunks, that of the chunk
	Size int64  `json:"size"` // in bytes
	// Algorithm and Digest (hexadecimal) are those of the manifest; the manifest and
	// the certificate have none.
	Algorithm sign.Algorithm `json:"algorithm,omitempty"`
	Digest    string         `json:"digest,omitempty"`
}

// WriteError is a reason why a package could not be written. It is about one of
// its files, unless Name is empty.
type WriteError struct {
	Name   string
	Reason string
	Err    error // the cause, if there is one
}

func (e *WriteError) Error() string {
	if e.Name == "" {
		return e.Reason
	}
	return diag.Quote(e.Name) + ": " + e.Reason
}

// Unwrap returns the cause, or nil.
func (e *WriteError) Unwrap() error { return e.Err }

// WriteFile writes an archive to the file name, which it replaces as a whole at
// the end: when WriteFile returns an error, or is killed, the name has its old
// content, or none as before. sources has the content of each file of References
// by its id; one that env does not list is not written. It returns what was
// stored, in order. env is not changed.
//
// The error is a [diag.List] if the target refuses the descriptor; else it wraps a
// [*WriteError] for each thing that is wrong with the package, or is the error of
// a source, of the file system, or of ctx.
func (w *Writer) WriteFile(ctx context.Context, name string, env *envelope.Envelope, sources map[string]Source) ([]Stored, error) {
	f, err := atomicfile.Create(name)
	if err != nil {
		return nil, err
	}
	defer f.Discard()
	out, err := w.write(ctx, &archiveSink{ova.NewWriter(f)}, w.base(name), env, sources)
	if err != nil {
		return nil, err
	}
	return out, f.Commit()
}

// WriteArchive is [Writer.WriteFile] to an io.Writer, front to back. After an
// error what was written is no package.
func (w *Writer) WriteArchive(ctx context.Context, out io.Writer, env *envelope.Envelope, sources map[string]Source) ([]Stored, error) {
	return w.write(ctx, &archiveSink{ova.NewWriter(out)}, w.base(""), env, sources)
}

// WriteFolder is [Writer.WriteFile] for a package as a set of files in the new
// folder name, which must not be there yet, or be empty.
func (w *Writer) WriteFolder(ctx context.Context, name string, env *envelope.Envelope, sources map[string]Source) ([]Stored, error) {
	d, err := atomicfile.CreateFolder(name)
	if err != nil {
		return nil, err
	}
	defer d.Discard()
	s := &folderSink{folder: d}
	defer s.end()
	out, err := w.write(ctx, s, w.base(name), env, sources)
	if err != nil {
		return nil, err
	}
	return out, d.Commit()
}

// base returns the name of the descriptor without its ending.
func (w *Writer) base(name string) string {
	switch base := filepath.Base(name); {
	case w.Name != "":
		return w.Name
	case name == "" || strings.Trim(base, "./\\") == "":
		return "package"
	default:
		return strings.TrimSuffix(base, filepath.Ext(base))
	}
}

// write writes a package to a sink.
func (w *Writer) write(ctx context.Context, to sink, base string, env *envelope.Envelope, sources map[string]Source) ([]Stored, error) {
	d := &draft{w: w, base: base, env: env.Clone()}
	defer d.discard()
	if err := d.prepare(ctx, sources); err != nil {
		return nil, err
	}
	e := &emitter{draft: d, sink: to, copier: copier{progress: w.Progress}}
	if err := e.emit(ctx); err != nil {
		return nil, err
	}
	return e.written, nil
}
