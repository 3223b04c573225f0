package ova

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/pathname"
)

// Member is one file of an archive.
type Member struct {
	Name   string // without "./" before it
	Offset int64  // of its content in the archive
	Size   int64  // bytes
}

const (
	// MaxMembers is the most members if no other limit is given.
	MaxMembers = 10_000

	maxExtension = 64 << 10 // bytes of a PAX header or a long name
	maxTrailing  = 1 << 20  // bytes of zeros behind the end marker
	maxReports   = 100      // of one archive
)

// Reader goes through an archive once, from header to header, and judges it on
// the way. It keeps nothing but the names. What does not keep a package from being
// read is in [Reader.Diagnostics].
type Reader struct {
	r       io.Reader
	skip    func(n int64) error
	off     int64 // of the next byte of r
	file    string
	members int
	most    int

	list    diag.Collector
	names   map[string]bool
	folded  map[string]string
	folders map[string]bool
	noted   map[string]bool // rules that are reported once

	left    int64 // bytes of the present member's content
	padding int64
	done    bool
}

// NewReader returns a Reader of an archive that comes in one pass. file is its
// name, for messages; members is the most members, 0 for [MaxMembers].
func NewReader(r io.Reader, file string, members int) *Reader {
	a := newReader(r, file, members)
	a.skip = func(n int64) error {
		m, err := io.CopyN(io.Discard, r, n)
		a.off += m
		return err
	}
	return a
}

// NewReaderAt returns a Reader that reads the headers and passes over what is
// between them.
func NewReaderAt(r io.ReaderAt, size int64, file string, members int) *Reader {
	s := io.NewSectionReader(r, 0, size)
	a := newReader(s, file, members)
	a.skip = func(n int64) error {
		if n > size-a.off {
			a.off = size
			return io.ErrUnexpectedEOF
		}
		a.off += n
		_, err := s.Seek(a.off, io.SeekStart)
		return err
	}
	return a
}

func newReader(r io.Reader, file string, members int) *Reader {
	if members <= 0 {
		members = MaxMembers
	}
	return &Reader{r: r, file: file, most: members, list: diag.Collector{Max: maxReports},
		names: map[string]bool{}, folded: map[string]string{}, folders: map[string]bool{}, noted: map[string]bool{}}
}

// Diagnostics returns what was found so far. An entry of severity Error means
// that the archive must not be used, although it can be read on.
func (a *Reader) Diagnostics() diag.List { return a.list.List() }

// Read reads the content of the present member.
func (a *Reader) Read(p []byte) (int, error) {
	if a.left == 0 {
		return 0, io.EOF
	}
	n, err := a.r.Read(p[:min(int64(len(p)), a.left)])
	a.left -= int64(n)
	a.off += int64(n)
	if err == io.EOF && a.left > 0 {
		err = a.truncated()
	} else if err == io.EOF {
		err = nil
	}
	return n, err
}

// Next passes over what is left of the present member and returns the next
// one, io.EOF behind the last. A *diag.Diagnostic as error ends the reading: the
// archive is broken there. Any other error is that of the reader.
func (a *Reader) Next() (*Member, error) {
	if a.done {
		return nil, io.EOF
	}
	m, err := a.next()
	if err != nil {
		a.done = true
	}
	return m, err
}

func (a *Reader) next() (*Member, error) {
	var ext extension
	for {
		if err := a.finishMember(); err != nil {
			return nil, err
		}
		at := a.off
		var b [block]byte
		if n, err := a.fill(b[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, a.ended(n, ext)
		} else if err != nil {
			return nil, err
		}
		if b == [block]byte{} {
			if ext.any() {
				return nil, a.fail(ruleHeader, at, "the extended header before it belongs to no member", "get the package again")
			}
			return nil, a.end(at)
		}
		h, reason := parseHeader(&b)
		if reason != "" {
			if a.members == 0 && at == 0 {
				return nil, a.fail(ruleNotTar, at, "the file is no tar archive: "+reason, "give an .ova file that is not compressed as a whole, or the .ovf file of a folder")
			}
			return nil, a.fail(ruleHeader, at, "the header of member "+fmt.Sprint(a.members+1)+" is damaged: "+reason, "get the package again")
		}
		a.noteForm(h, at)
		switch h.typ {
		case typePAX, typeGlobal, typeLongName, typeLongLink:
			if err := a.extend(&ext, h, at); err != nil {
				return nil, err
			}
			continue
		}
		m, err := a.member(h, &ext, at)
		if m != nil || err != nil {
			return m, err
		}
		ext = extension{} // a folder, or something refused
	}
}

// extension is what extended headers say about the next member.
type extension struct {
	pax      paxRecords
	hasPAX   bool
	longName string
	hasName  bool
	longLink bool
}

func (e extension) any() bool { return e.hasPAX || e.hasName || e.longLink }

// extend reads an extended header.
func (a *Reader) extend(e *extension, h memberHeader, at int64) error {
	if h.size > maxExtension {
		return a.fail(ruleLimit, at, fmt.Sprintf("an extended header has %d bytes, more than %d", h.size, maxExtension), "get the package in the USTAR format")
	}
	a.left, a.padding = h.size, -h.size&(block-1)
	data := make([]byte, h.size)
	if _, err := io.ReadFull(a, data); err != nil {
		return err
	}
	switch h.typ {
	case typeLongLink:
		e.longLink = true
		return nil
	case typeLongName:
		name, ok := text(data)
		if !ok || e.hasName {
			return a.fail(ruleHeader, at, "a long name has bytes behind its end, or there are two for one member", "get the package again")
		}
		e.longName, e.hasName = name, true
		return nil
	}
	p, err := parsePAX(data)
	if err != nil {
		return a.fail(ruleHeader, at, "a PAX header is damaged: "+err.Error(), "get the package again")
	}
	if h.typ == typeGlobal {
		if p.hasPath || p.link || p.sparse || p.size >= 0 {
			return a.fail(ruleGlobal, at, "a global header sets the name or size of all members", "write the archive in the USTAR format")
		}
		return nil
	}
	if e.hasPAX {
		return a.fail(ruleHeader, at, "one member has two PAX headers", "get the package again")
	}
	e.pax, e.hasPAX = p, true
	return nil
}

// member judges a member and returns it if it is a file that can be read.
func (a *Reader) member(h memberHeader, e *extension, at int64) (*Member, error) {
	name, size := h.name, h.size
	if e.hasName {
		name = e.longName
	}
	if e.hasPAX {
		if e.hasName && e.pax.hasPath && e.pax.path != name {
			return nil, a.fail(ruleHeader, at, "a member has two long names, "+diag.Quote(name)+" and "+diag.Quote(e.pax.path), "write the archive in the USTAR format")
		}
		if e.pax.hasPath {
			name = e.pax.path
		}
		// 8 GiB and more do not fit into the plain field, which then says anything.
		if n := e.pax.size; n >= 0 {
			if n != size && (n < 8<<30 || h.large) {
				return nil, a.fail(ruleSizeConflict, at, fmt.Sprintf("the member %s has %d bytes by its PAX header and %d by its plain one", diag.Quote(name), n, size), "write the archive in the USTAR format")
			}
			size = n
		}
	}
	if a.members++; a.members > a.most {
		return nil, a.fail(ruleLimit, at, fmt.Sprintf("the archive has more than %d members", a.most), "raise Limits.Members if the package is known to need it")
	}
	folder := h.typ == typeFolder || (h.typ == typeOld || h.typ == typeFile && h.format == formatV7) && strings.HasSuffix(name, "/")
	if folder {
		name = strings.TrimSuffix(name, "/")
		size = 0 // the standard leaves the field open (POSIX.1-2017, pax)
	}
	a.left, a.padding = size, -size&(block-1)
	if rest, ok := strings.CutPrefix(name, "./"); ok {
		a.once(ruleNameForm, at, "the name "+diag.Quote(name)+" begins with ./", "write the archive from the names alone: tar cf x.ova a.ovf a.mf …")
		if name = rest; name == "" {
			name = "."
		}
	}
	if folder && name == "." {
		return nil, nil
	}
	switch what := typeNames[h.typ]; {
	case h.typ == typeSparse || e.pax.sparse:
		return nil, a.fail(ruleSparse, at, "the member "+diag.Quote(name)+" is a sparse file", "write the archive without --sparse")
	case what != "":
		a.add(ruleMemberType, at, "the member "+diag.Quote(name)+" is "+what, "write plain files; tar has --dereference for links")
		return nil, nil
	case folder:
		a.once(ruleDirectory, at, "the member "+diag.Quote(name)+" is a folder", "list the files alone when writing the archive")
	case h.typ != typeFile && h.typ != typeOld:
		a.add(ruleMemberType, at, "the member "+diag.Quote(name)+" has the unknown type "+diag.Quote(string(rune(h.typ))), "write plain files")
		return nil, nil
	case e.longLink || e.pax.link:
		return nil, a.fail(ruleHeader, at, "the member "+diag.Quote(name)+" is a file, but has the target of a link", "get the package again")
	}
	if !a.name(name, folder, at) || folder {
		return nil, nil
	}
	return &Member{Name: name, Offset: a.off, Size: size}, nil
}

// name judges the name of a member and remembers it.
func (a *Reader) name(name string, folder bool, at int64) bool {
	if why := pathname.Problem(name); why != "" {
		a.add(ruleMemberName, at, "the name "+diag.Quote(name)+" of a member "+why, "name files by their path relative to the descriptor")
		return false
	}
	if len(name) > 4096 {
		a.add(ruleLimit, at, "the name "+diag.Quote(name)+" is too long", "use names below 100 bytes")
		return false
	}
	if folder && a.folders[name] {
		return true
	}
	if a.names[name] || a.folders[name] {
		a.add(ruleDuplicate, at, "the archive has two members "+diag.Quote(name), "write each file once")
		return false
	}
	if folder {
		a.folders[name] = true
	} else {
		if other, ok := a.folded[pathname.Fold(name)]; ok {
			a.add(ruleDuplicateCase, at, "the members "+diag.Quote(other)+" and "+diag.Quote(name)+" differ in letter case only", "rename one of them")
			return false
		}
		a.folded[pathname.Fold(name)] = name
		a.names[name] = true
	}
	for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
		if a.names[name[:i]] {
			a.add(ruleDuplicate, at, "the member "+diag.Quote(name[:i])+" is a file, and "+diag.Quote(name)+" needs a folder of that name", "rename one of them")
			return false
		}
		if a.folders[name[:i]] {
			break
		}
		a.folders[name[:i]] = true
	}
	return true
}

// noteForm reports, once each, in what the archive is not plain USTAR.
func (a *Reader) noteForm(h memberHeader, at int64) {
	switch {
	case h.typ == typePAX || h.typ == typeGlobal:
		a.once(rulePAX, at, "the archive has PAX headers, which vSphere refuses", "write it in the USTAR format: tar --format=ustar")
	case h.format == formatGNU && h.large:
		a.once(ruleGNU, at, "the archive is in the GNU format, with a size beyond 8 GiB", "nothing, or store the file in chunks")
	case h.format == formatGNU:
		a.once(ruleGNU, at, "the archive is in the GNU format", "write it in the USTAR format: tar --format=ustar")
	case h.format == formatV7:
		a.once(ruleV7, at, "the archive is in the format from before USTAR", "write it in the USTAR format: tar --format=ustar")
	case h.large:
		a.once(ruleGNU, at, "the archive has a size beyond 8 GiB in the form of GNU", "nothing, or store the file in chunks")
	}
	if !h.canonical {
		a.once(ruleHeaderForm, at, "the checksum of the header is not six octal digits, NUL and space", "write the archive with another tool")
	}
}

// finishMember passes over the rest of a member, and reads the zeros behind it.
func (a *Reader) finishMember() error {
	if a.left > 0 {
		n := a.left
		a.left = 0
		if err := a.skip(n); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return a.truncated()
		} else if err != nil {
			return err
		}
	}
	if a.padding == 0 {
		return nil
	}
	var b [block]byte
	at := a.off
	p := b[:a.padding]
	a.padding = 0
	if _, err := a.fill(p); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return a.truncated()
	} else if err != nil {
		return err
	}
	if !zero(p) {
		a.add(rulePadding, at, "the space behind the content of member "+fmt.Sprint(a.members)+" holds bytes other than zero", "get the package again")
	}
	return nil
}

// fill reads len(p) bytes.
func (a *Reader) fill(p []byte) (int, error) {
	n, err := io.ReadFull(a.r, p)
	a.off += int64(n)
	return n, err
}

func zero(p []byte) bool {
	for _, c := range p {
		if c != 0 {
			return false
		}
	}
	return true
}

// ended is the end of the file where a header should be; n bytes of it are there.
func (a *Reader) ended(n int, e extension) error {
	switch {
	case a.off == 0:
		return a.fail(ruleEmpty, 0, "the file is empty", "get the package again")
	case a.members == 0 && a.off < block:
		return a.fail(ruleNotTar, 0, fmt.Sprintf("the file has %d bytes, and a tar archive at least %d", a.off, 2*block), "give an .ova file")
	case n > 0 || e.any():
		return a.truncated()
	}
	return a.fail(ruleEnd, a.off, "the archive has no end marker, so members may be missing", "get the package again")
}

// end reads what follows the first block of zeros.
func (a *Reader) end(at int64) error {
	if a.members == 0 {
		return a.fail(ruleEmpty, at, "the archive has no member", "get the package again")
	}
	var b [block]byte
	switch n, err := a.fill(b[:]); {
	case err == io.EOF:
		a.once(ruleEndForm, at, "the end marker has one block of zeros in place of two", "write the archive with another tool")
		return io.EOF
	case err == io.ErrUnexpectedEOF:
		return a.fail(ruleTruncated, a.off, "the archive ends in its end marker", "get the package again")
	case err != nil:
		return err
	case !zero(b[:n]):
		return a.fail(ruleTrailing, at, "a block of zeros stands between members, where readers differ in whether the archive goes on", "get the package again")
	}
	buf := make([]byte, 16<<10)
	for total := 0; total <= maxTrailing; {
		n, err := io.ReadFull(a.r, buf)
		if !zero(buf[:n]) {
			return a.fail(ruleTrailing, a.off, "something other than zeros follows the end of the archive", "get the package again")
		}
		a.off += int64(n)
		if total += n; err == io.EOF || err == io.ErrUnexpectedEOF {
			return io.EOF
		} else if err != nil {
			return err
		}
	}
	return a.fail(ruleTrailing, a.off, fmt.Sprintf("more than %d bytes of zeros follow the end of the archive", maxTrailing), "get the package again")
}

func (a *Reader) truncated() error {
	return a.fail(ruleTruncated, a.off, fmt.Sprintf("the archive ends in member %d", max(a.members, 1)), "get the package again: it was cut off, or the size in a header is wrong")
}

// fail makes the diagnostic that ends the reading.
func (a *Reader) fail(rule string, at int64, message, hint string) error {
	d := a.diagnostic(rule, at, message, hint)
	a.list.Add(d)
	return &d
}

func (a *Reader) add(rule string, at int64, message, hint string) {
	a.list.Add(a.diagnostic(rule, at, message, hint))
}

func (a *Reader) once(rule string, at int64, message, hint string) {
	if !a.noted[rule] {
		a.noted[rule] = true
		a.add(rule, at, message, hint)
	}
}

func (a *Reader) diagnostic(rule string, at int64, message, hint string) diag.Diagnostic {
	return problem(rule, diag.Location{File: a.file, Offset: at}, message, hint)
}
