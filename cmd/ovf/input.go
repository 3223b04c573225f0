package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/ova"
	"github.com/ovfkit/ovf/xmltree"
)

// stdinName stands for standard input on the command line.
const stdinName = "-"

// input is a descriptor as bytes.
type input struct {
	file    string          // as given
	name    string          // for messages: of the descriptor
	data    []byte          // of the descriptor
	archive *ova.Descriptor // if it is in an .ova
}

// read reads the descriptor of a file: the file itself, or the one in it if it is
// a tar archive.
func (c *cli) read(name string) (*input, error) {
	if name == stdinName {
		return c.readFrom(c.stdin, name, "standard input")
	}
	f, err := open(name)
	if err != nil {
		return nil, &fileError{err}
	}
	defer f.Close()
	return c.readFrom(f, name, name)
}

// open opens a regular file. Anything else could block, or never end.
func open(name string) (*os.File, error) {
	before, err := os.Stat(name)
	if err != nil {
		return nil, plainPath(name, err)
	}
	if err := regular(name, before.Mode()); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, plainPath(name, err)
	}
	if after, err := f.Stat(); err != nil || !os.SameFile(before, after) {
		f.Close()
		return nil, fmt.Errorf("%s: the file was replaced while it was opened", name)
	}
	return f, nil
}

// plainPath puts the file name before a system error.
func plainPath(name string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}

func regular(name string, mode fs.FileMode) error {
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		if list, _ := filepath.Glob(filepath.Join(globQuote(name), "*.ovf")); len(list) == 1 {
			return fmt.Errorf("%s: is a directory; did you mean %s?", name, list[0])
		}
		return fmt.Errorf("%s: is a directory; give the .ovf file in it", name)
	case mode&fs.ModeNamedPipe != 0:
		return fmt.Errorf("%s: is a named pipe; redirect it to standard input and give -", name)
	}
	return fmt.Errorf("%s: is not a regular file", name)
}

// globQuote makes a name stand for itself in a pattern.
func globQuote(name string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(name)
}

// readFrom reads the descriptor that r has, plain or in an archive.
func (c *cli) readFrom(r io.Reader, file, name string) (*input, error) {
	in := &input{file: file, name: name}
	head := make([]byte, 512)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, &fileError{plainPath(name, err)}
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return nil, fmt.Errorf("%s: is compressed by gzip; decompress it first", name)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("%s: is a zip archive; unpack it, and give the .ovf file in it", name)
	case ova.IsArchive(head), strings.EqualFold(filepath.Ext(file), ".ova") && !bytes.HasPrefix(head, []byte("<")):
		return c.readArchive(in, r, head)
	}
	limit := xmltree.Limits{}.WithDefaults().Bytes
	if f, ok := r.(*os.File); ok {
		if i, err := f.Stat(); err == nil && i.Size() > limit {
			return nil, &fileError{fmt.Errorf("%s: has %d bytes, more than the %d that a descriptor may have", name, i.Size(), limit)}
		}
	}
	rest, err := io.ReadAll(io.LimitReader(r, limit+1-int64(n)))
	if err != nil {
		return nil, &fileError{plainPath(name, err)}
	}
	in.data = append(head, rest...)
	if int64(len(in.data)) > limit {
		return nil, &fileError{fmt.Errorf("%s: has more than the %d bytes that a descriptor may have", name, limit)}
	}
	c.keep(in.name, in.data)
	return in, nil
}

func (c *cli) readArchive(in *input, r io.Reader, head []byte) (*input, error) {
	var whole io.Reader = io.MultiReader(bytes.NewReader(head), r)
	if s, ok := r.(io.Seeker); ok {
		// members before the descriptor are skipped, not read
		if _, err := s.Seek(-int64(len(head)), io.SeekCurrent); err == nil {
			whole = r
		}
	}
	d, err := ova.ReadDescriptor(whole, ova.Limits{Descriptor: xmltree.Limits{}.WithDefaults().Bytes})
	if err != nil {
		var p *fs.PathError
		if err = fmt.Errorf("%s: %w", in.name, err); errors.As(err, &p) {
			return nil, &fileError{err}
		}
		return nil, err
	}
	in.archive, in.data = d, d.Data
	in.name += "/" + d.Name
	c.keep(in.name, in.data)
	return in, nil
}

// keep remembers the text of a file for messages, if it is UTF-8.
func (c *cli) keep(name string, data []byte) {
	if utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 {
		c.sources[name] = data
	}
}

// decode reads the envelope of an input.
func (c *cli) decode(in *input) (*envelope.Envelope, diag.List, error) {
	env, notes, err := envelope.Decode(in.data, envelope.DecodeOptions{Name: in.name})
	if err != nil {
		return nil, nil, err
	}
	if doc := env.Document(); doc.Encoding() != xmltree.UTF8 {
		c.sources[in.name] = []byte(doc.Source())
	}
	return env, notes, nil
}
