package environment

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/diskfs/go-diskfs/backend/file"
	"github.com/diskfs/go-diskfs/filesystem/iso9660"

	"github.com/ovfkit/ovf/diag"
)

// FileName is the name of the document on the medium of the transport "iso"
// (DSP0243 11.2).
const FileName = "ovf-env.xml"

// VolumeLabel is the label of the medium. The standard sets none; this is what
// VMware writes, and what some guests look for (interop).
const VolumeLabel = "OVF ENV"

// File is a file to put beside the document, as an EnvironmentFilesSection asks
// for (DSP0243 2.x).
type File struct {
	// Path is the place on the medium, relative to its root, with slashes.
	Path string
	// Size is the number of bytes; Content must have exactly so many. It is read
	// once, and not closed.
	Size    int64
	Content io.Reader
}

// What a medium can hold.
const (
	maxFiles    = 256
	maxFileSize = 1<<32 - 1 // the field has 32 bits
	maxName     = 64        // characters of a Joliet name
	maxDepth    = 7         // directories above a file, as ISO 9660 has it
)

// A FileError says why a file cannot be put on a medium. It names what to change.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string {
	return "environment file " + diag.Quote(e.Path) + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// WriteISO writes the medium of the transport "iso": an ISO 9660 image with the
// document as [FileName] in its root, and other files beside it. Joliet and Rock
// Ridge names are there both, so that every guest sees the names as they are. The
// bytes depend on the names and contents alone: times are 1980-01-01, the owner
// is 0, and everything is read-only.
//
// Contents are copied from their readers to w and never touch the disk, since
// they may hold passwords; the names of the files pass through a temporary folder.
// An error is a *[FileError], or one of w or of that folder; after an error
// w may have got part of the image.
func WriteISO(w io.Writer, document []byte, files ...File) error {
	all := append([]File{{FileName, int64(len(document)), bytes.NewReader(document)}}, files...)
	if err := checkFiles(all); err != nil {
		return err
	}
	image, err := layOut(all)
	if err != nil {
		return fmt.Errorf("environment image: %w", err)
	}
	places, err := image.normalize()
	if err != nil {
		return fmt.Errorf("environment image: %w", err)
	}
	return image.write(w, all, places)
}

// checkFiles makes sure that each name is seen by guests as it is, and that none
// hides another on systems that ignore case.
func checkFiles(files []File) error {
	if len(files) > maxFiles {
		return &FileError{files[maxFiles].Path, fmt.Errorf("there are %d files, the limit is %d", len(files), maxFiles)}
	}
	names := map[string]bool{} // lower case; true for a folder
	for _, f := range files {
		if err := checkPath(f.Path); err != nil {
			return &FileError{f.Path, err}
		}
		if f.Size < 0 || f.Size > maxFileSize {
			return &FileError{f.Path, fmt.Errorf("has %d bytes, the limit is %d", f.Size, int64(maxFileSize))}
		}
		folded := strings.ToLower(f.Path)
		if _, ok := names[folded]; ok {
			return &FileError{f.Path, errors.New("another file or folder has this name; names that differ in case only count as the same")}
		}
		names[folded] = false
		for dir := path.Dir(folded); dir != "."; dir = path.Dir(dir) {
			if folder, ok := names[dir]; ok && !folder {
				return &FileError{f.Path, fmt.Errorf("%s is a file, not a folder", diag.Quote(dir))}
			}
			names[dir] = true
		}
	}
	return nil
}

func checkPath(p string) error {
	if !fs.ValidPath(p) || p == "." {
		return errors.New(`is no path inside the medium; give one as "folder/file", without "." and ".."`)
	}
	parts := strings.Split(p, "/")
	if len(parts) > maxDepth+1 {
		return fmt.Errorf("is below %d folders, the limit is %d", len(parts)-1, maxDepth)
	}
	for _, name := range parts {
		if n := utf8.RuneCountInString(name); n > maxName {
			return fmt.Errorf("the name %s has %d characters, the limit is %d", diag.Quote(name), n, maxName)
		}
		if i := strings.IndexFunc(name, func(r rune) bool {
			return r < 0x20 || r > 0xffff || r == utf8.RuneError || strings.ContainsRune(`*:;?\`, r)
		}); i >= 0 {
			r, _ := utf8.DecodeRuneInString(name[i:])
			return fmt.Errorf("the name %s has the character %U, which the names of the image cannot have", diag.Quote(name), r)
		}
	}
	return nil
}

// layOut makes the image with empty contents: the library takes a folder with
// files of the right sizes, and these have nothing in them.
func layOut(files []File) (_ *image, err error) {
	dir, err := os.MkdirTemp("", "ovf-iso-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return nil, err
		}
		if err := hollow(name, f.Size); err != nil {
			return nil, err
		}
	}
	out := &image{blocks: map[int64]*block{}}
	disk, err := iso9660.Create(file.New(out, false), 0, 0, blockSize, dir)
	if err != nil {
		return nil, err
	}
	return out, disk.Finalize(iso9660.FinalizeOptions{RockRidge: true, Joliet: true, VolumeIdentifier: VolumeLabel})
}

// hollow makes a file of a size that takes no room.
func hollow(name string, size int64) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Close())
}

// write writes the image with the contents at their places.
func (m *image) write(w io.Writer, files []File, places map[string]int64) error {
	slices.SortStableFunc(files, func(a, b File) int { return int(places[a.Path] - places[b.Path]) })
	out := bufio.NewWriterSize(w, 1<<16)
	var at int64
	for _, f := range files {
		start, ok := places[f.Path]
		if !ok {
			return &FileError{f.Path, errors.New("the library has left it out of the image")}
		}
		if f.Size > 0 {
			if err := m.copy(out, at, start); err != nil {
				return err
			}
			at = start + (f.Size+blockSize-1)/blockSize
		}
		if err := fill(out, f); err != nil {
			return err
		}
	}
	if err := m.copy(out, at, m.size); err != nil {
		return err
	}
	return out.Flush()
}

// fill writes the content of a file and pads it to whole blocks.
func fill(w *bufio.Writer, f File) error {
	switch n, err := io.Copy(w, io.LimitReader(f.Content, f.Size)); {
	case err != nil:
		return &FileError{f.Path, err}
	case n < f.Size:
		return &FileError{f.Path, fmt.Errorf("%w: it has %d bytes, and should have %d", io.ErrUnexpectedEOF, n, f.Size)}
	}
	if n, err := io.CopyN(io.Discard, f.Content, 1); n > 0 {
		return &FileError{f.Path, fmt.Errorf("has more than the %d bytes that it should have", f.Size)}
	} else if err != io.EOF {
		return &FileError{f.Path, err}
	}
	_, err := w.Write(make([]byte, -f.Size&(blockSize-1)))
	return err
}
