package sign

import (
	"bytes"
	"encoding/hex"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/pathname"
)

// Manifest is the content of an .mf file (DSP0243 5.1): one digest for each
// file of a package, the descriptor included. The zero value lists nothing.
// A Manifest may be read from several goroutines while none changes it.
type Manifest struct {
	Name    string // name of the .mf file, for messages and to find an entry for itself
	Entries []Entry
}

// Entry is one line of a manifest.
type Entry struct {
	Algorithm Algorithm
	Name      string // as File/@href writes it, or the name of one chunk
	Digest    []byte

	// Line is the line of the file from which the entry was read, from 1; 0 for
	// an entry that was not read.
	Line int
}

// Lookup returns the first entry with exactly that name.
func (m *Manifest) Lookup(name string) (Entry, bool) {
	for _, e := range m.Entries {
		if e.Name == name {
			return e, true
		}
	}
	return Entry{}, false
}

// Set replaces the digest of the entry with that name, or appends an entry.
// Use it after an edit, then sign again: the old signature no longer fits.
func (m *Manifest) Set(name string, a Algorithm, digest []byte) {
	e := Entry{Algorithm: a, Name: name, Digest: slices.Clone(digest)}
	for i := range m.Entries {
		if m.Entries[i].Name == name {
			e.Line = m.Entries[i].Line
			m.Entries[i] = e
			return
		}
	}
	m.Entries = append(m.Entries, e)
}

// WriteTo writes the manifest in the strict form: ALG(name)= hex, one line feed
// after each line, entries in their order. It writes nothing and returns a
// [diag.List] if an entry is not valid or a name appears twice.
func (m *Manifest) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	var list diag.List
	c := newCollector(m.Name)
	for _, e := range m.Entries {
		at := diag.Location{File: m.Name, Line: e.Line}
		if d, bad := c.name(e.Name, at); bad {
			list = append(list, d)
		}
		if n := e.Algorithm.Size(); n == 0 {
			list = append(list, problem(ruleManifestAlgorithm, at,
				"the entry for "+diag.Quote(e.Name)+" has no digest algorithm", "set Entry.Algorithm, usually to SHA256", nil))
		} else if n != len(e.Digest) {
			list = append(list, wrongLength(at, e.Name, e.Algorithm, 2*len(e.Digest)))
		}
		b.WriteString(e.Algorithm.String() + "(" + e.Name + ")= " + hex.EncodeToString(e.Digest) + "\n")
	}
	if len(m.Entries) == 0 {
		list = append(list, emptyManifest(m.Name))
	}
	if err := list.Err(); err != nil {
		return 0, err
	}
	return b.WriteTo(w)
}

// ParseManifest reads a manifest. name is the file's name; data is not kept.
//
// The reader is tolerant: it takes CR LF, other spacing, other spellings of an
// algorithm, blank lines and padding, and reports each such deviation once with
// severity Warning or Info. What leaves a doubt about a file is an error: see
// [Rules]. The manifest is never nil; an entry whose algorithm or digest could
// not be read has the zero value there and matches no content. An entry with a
// name that must not be used is left out.
func ParseManifest(name string, data []byte, lim Limits) (*Manifest, diag.List) {
	lim = lim.withDefaults()
	m := &Manifest{Name: name}
	if len(data) > lim.ManifestSize {
		return m, diag.List{problem(ruleManifestLimit, diag.Location{File: name},
			"the manifest is larger than "+plural(lim.ManifestSize, "byte", "bytes")+" and is not read",
			"raise Limits.ManifestSize if the package is known to need it", nil)}
	}
	if wideText(data) {
		return m, diag.List{wideTextProblem(name)}
	}
	p := manifestParser{m: m, lim: lim, collector: newCollector(name), notes: notes{file: name}}
	r := lineReader{data: data}
	if rest, ok := bytes.CutPrefix(data, utf8BOM); ok {
		p.notes.add(devBOM, diag.Location{File: name, Line: 1, Column: 1})
		r = lineReader{data: rest, offset: int64(len(utf8BOM))}
	}
	for l, ok := r.next(); ok && !p.full(); l, ok = r.next() {
		p.line(l)
	}
	return m, p.finish()
}

type manifestParser struct {
	*collector
	m     *Manifest
	lim   Limits
	notes notes
	list  diag.List
	lines int // with content

	coreutils      int // lines in the layout of sha256sum
	coreutilsFirst diag.Location
	coreutilsAlg   Algorithm
}

// full ends the reading when nothing more is worth saying.
func (p *manifestParser) full() bool {
	var msg string
	switch {
	case len(p.list) >= p.lim.Diagnostics:
		msg = "the manifest has too many faults; the lines after this one were not looked at"
	case p.lines > p.lim.Entries:
		msg = "the manifest lists more than " + plural(p.lim.Entries, "file", "files")
	default:
		return false
	}
	last := diag.Location{File: p.m.Name}
	if n := len(p.list); n > 0 {
		last = p.list[n-1].Location
	}
	p.list = append(p.list, problem(ruleManifestLimit, last, msg, "see whether this is a manifest at all; Limits can be raised", nil))
	return true
}

func (p *manifestParser) line(l line) {
	start := l.at(p.m.Name, 0)
	if blank(l.text) {
		p.notes.add(devBlank, start)
		return
	}
	p.notes.add(l.dev, start)
	p.lines++
	if len(l.text) > p.lim.LineLength {
		p.list = append(p.list, problem(ruleManifestLimit, start,
			"the line is longer than "+plural(p.lim.LineLength, "byte", "bytes")+" and is not read",
			"see whether this is a manifest at all; Limits.LineLength can be raised", nil))
		return
	}
	d, ok := cutDigestLine(l.text)
	if !ok {
		if a, ok := coreutilsLine(l.text); ok {
			if p.coreutils == 0 {
				p.coreutilsFirst, p.coreutilsAlg = start, a
			}
			p.coreutils++
			return
		}
		p.list = append(p.list, problem(ruleManifestSyntax, start,
			"the line "+diag.Quote(l.text)+" is not an entry, so it is not known which file it protects",
			"write it as SHA256(name)= hex, or remove it", nil))
		return
	}
	e := Entry{Name: d.name, Algorithm: d.alg, Line: l.number}
	if d.alg == 0 {
		p.list = append(p.list, unknownAlgorithm(ruleManifestAlgorithm, l.at(p.m.Name, d.labelAt), d.label, "of the entry for "+diag.Quote(d.name)))
	} else if b, bad := decodeDigest(d, l.at(p.m.Name, d.valueAt)); bad != nil {
		p.list = append(p.list, *bad)
	} else {
		e.Digest = b
		if strings.ContainsAny(d.value, "ABCDEF") {
			d.dev |= devHexCase
		}
	}
	p.notes.add(d.dev, start)
	if bad, is := p.name(d.name, l.at(p.m.Name, d.nameAt)); is {
		p.list = append(p.list, bad)
		if bad.Rule == ruleManifestName || bad.Rule == ruleManifestSelf {
			return
		}
	}
	p.m.Entries = append(p.m.Entries, e)
}

func (p *manifestParser) finish() diag.List {
	if p.coreutils > 0 {
		label := "SHA256"
		if p.coreutilsAlg != 0 {
			label = p.coreutilsAlg.String()
		}
		p.list = append(p.list, problem(ruleManifestCoreutils, p.coreutilsFirst,
			plural(p.coreutils, "line has", "lines have")+" the layout of sha256sum (HASH  name) and not ALG(name)= hex, so no file is protected by it",
			"write each line as "+label+"(name)= hash; the output of sha256sum --tag is near to that and is read", nil))
	}
	if p.lines == 0 {
		p.list = append(p.list, emptyManifest(p.m.Name))
	}
	p.list = append(p.list, p.notes.list()...)
	p.list.Sort()
	return p.list
}

// coreutilsLine recognises the output of md5sum, sha1sum and their like.
func coreutilsLine(s string) (Algorithm, bool) {
	s = strings.TrimLeft(strings.TrimPrefix(s, `\`), " \t")
	n := hexDigits(s)
	if len(s) < n+2 || s[n] != ' ' && s[n] != '\t' || strings.Trim(s[n:], " \t*") == "" {
		return 0, false
	}
	for a := SHA1; a <= SHA512; a++ {
		if n == 2*a.Size() {
			return a, true
		}
	}
	return 0, n == 32 || n == 56 // MD5, SHA-224
}

// collector finds names that must not be used and names used twice.
type collector struct {
	manifest string
	seen     map[string]place
	folded   map[string]string
}

// place is a location of the manifest; there may be very many.
type place struct {
	line, column int
	offset       int64
}

func (c *collector) at(p place) diag.Location {
	return diag.Location{File: c.manifest, Line: p.line, Column: p.column, Offset: p.offset}
}

func newCollector(manifest string) *collector {
	return &collector{manifest: manifest, seen: map[string]place{}, folded: map[string]string{}}
}

func (c *collector) name(name string, at diag.Location) (diag.Diagnostic, bool) {
	if why := nameProblem(name); why != "" {
		return problem(ruleManifestName, at, "the name "+diag.Quote(name)+" "+why+", so it does not name a file of the package",
			"list files by their path relative to the descriptor, as File/@href has it", nil), true
	}
	if selfName(c.manifest, name) {
		return problem(ruleManifestSelf, at, "the manifest lists "+diag.Quote(name)+", which is the manifest itself or its certificate; that digest cannot be right",
			"remove the line: a manifest lists all files but these two", nil), true
	}
	if first, ok := c.seen[name]; ok {
		d := problem(ruleManifestDuplicate, at, "the file "+diag.Quote(name)+" is listed twice, so it is not known which digest counts", "keep one line for each file", nil)
		d.Related = []diag.Related{{Location: c.at(first), Message: "listed here first"}}
		return d, true
	}
	c.seen[name] = place{at.Line, at.Column, at.Offset}
	key := pathname.Fold(name)
	if other, ok := c.folded[key]; ok {
		d := problem(ruleManifestDuplicateCase, at, "the names "+diag.Quote(name)+" and "+diag.Quote(other)+" differ in letter case only; on some systems they are one file",
			"rename one of the files", nil)
		d.Related = []diag.Related{{Location: c.at(c.seen[other]), Message: "the other name"}}
		return d, true
	}
	c.folded[key] = name
	return diag.Diagnostic{}, false
}

func decodeDigest(d digestLine, at diag.Location) ([]byte, *diag.Diagnostic) {
	if n := hexDigits(d.value); n < len(d.value) {
		at.Column += n
		at.Offset += int64(n)
		bad := problem(ruleManifestDigest, at, "the digest of "+diag.Quote(d.name)+" has a character that is not hexadecimal: "+diag.Quote(d.value[n:]),
			"write the digest as "+plural(2*d.alg.Size(), "hexadecimal digit", "hexadecimal digits"), nil)
		return nil, &bad
	}
	if len(d.value) != 2*d.alg.Size() {
		bad := wrongLength(at, d.name, d.alg, len(d.value))
		return nil, &bad
	}
	b := make([]byte, d.alg.Size())
	for i := range b {
		b[i] = unhex(d.value[2*i])<<4 | unhex(d.value[2*i+1])
	}
	return b, nil
}

func wrongLength(at diag.Location, name string, a Algorithm, digits int) diag.Diagnostic {
	return problem(ruleManifestDigest, at,
		"the digest of "+diag.Quote(name)+" has "+plural(digits, "hexadecimal digit", "hexadecimal digits")+" where "+a.String()+" has "+strconv.Itoa(2*a.Size())+", so it was cut off or belongs to another algorithm",
		"compute the digest again", nil)
}

func unknownAlgorithm(rule string, at diag.Location, label, of string) diag.Diagnostic {
	why := "is unknown"
	if strings.EqualFold(label, "MD5") {
		why = "is broken (files with the same MD5 are made in seconds) and never accepted"
	}
	return problem(rule, at, "the digest algorithm "+diag.Quote(label)+" "+of+" "+why, "use SHA256; SHA1, SHA384 and SHA512 are read as well", nil)
}

func emptyManifest(name string) diag.Diagnostic {
	return problem(ruleManifestEmpty, diag.Location{File: name}, "the manifest lists no file, so it protects nothing",
		"list the descriptor and every file of the package, or leave the manifest out", nil)
}

func wideTextProblem(name string) diag.Diagnostic {
	return problem(ruleLineEncoding, diag.Location{File: name, Line: 1, Column: 1}, "the file is UTF-16 or UTF-32 text, which no consumer reads",
		"save it as ASCII or UTF-8 without a byte order mark; in PowerShell use Out-File -Encoding ascii", nil)
}
