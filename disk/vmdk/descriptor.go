package vmdk

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/disk/image"
)

// CreateType is the subformat of an image, as its descriptor names it.
type CreateType string

// The subformats that can be read.
const (
	MonolithicSparse     CreateType = "monolithicSparse"
	MonolithicFlat       CreateType = "monolithicFlat"
	TwoGbMaxExtentSparse CreateType = "twoGbMaxExtentSparse"
	TwoGbMaxExtentFlat   CreateType = "twoGbMaxExtentFlat"
	StreamOptimized      CreateType = "streamOptimized"
)

// NoParent is the parentCID of an image without parent.
const NoParent uint32 = 0xffffffff

// Descriptor is the text part of an image.
type Descriptor struct {
	CID        uint32 // names the content; changes with it
	ParentCID  uint32 // [NoParent] if the image stands alone
	ParentHint string // file name of the parent as the image tells it: never opened
	CreateType CreateType
	Extents    []Extent
}

// Extent is a line of the descriptor: the next part of the disk and the file
// that holds it.
type Extent struct {
	Access  string // "RW", "RDONLY" or "NOACCESS"
	Sectors int64
	Type    string // "FLAT", "SPARSE" or "ZERO"
	File    string // for FLAT and SPARSE
	Offset  int64  // sectors to the start of the extent in a FLAT file
}

const descriptorStart = "# Disk DescriptorFile"

// ParseDescriptor reads a descriptor: a text file on its own, or the part of a
// sparse file, which zeros may follow. Unknown keys and comments are ignored;
// a value that is missing, repeated or malformed is an error.
func ParseDescriptor(text []byte) (*Descriptor, error) {
	if i := bytes.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	if !utf8.Valid(text) {
		return nil, refuse(RuleDescriptor, -1, "the descriptor is not UTF-8 text")
	}
	if !strings.HasPrefix(strings.ToLower(string(text[:min(len(text), 64)])), strings.ToLower(descriptorStart)) {
		return nil, refuse(RuleDescriptor, -1, "the descriptor does not begin with the line %q", descriptorStart)
	}
	d := &Descriptor{ParentCID: NoParent}
	seen := map[string]bool{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if err := d.parseLine(strings.TrimSpace(line), seen); err != nil {
			err.Detail = fmt.Sprintf("line %d of the descriptor: %s", n, err.Detail)
			return nil, err
		}
	}
	for _, key := range []string{"cid", "createtype"} {
		if !seen[key] {
			return nil, refuse(RuleDescriptor, -1, "the descriptor has no value for %s", key)
		}
	}
	if len(d.Extents) == 0 {
		return nil, refuse(RuleDescriptor, -1, "the descriptor has no extent")
	}
	return d, nil
}

// parseLine takes in one line without its white space at the ends.
func (d *Descriptor) parseLine(line string, seen map[string]bool) *image.Error {
	if line == "" || line[0] == '#' {
		return nil
	}
	word, _, _ := strings.Cut(line, " ")
	switch word {
	case "RW", "RDONLY", "NOACCESS":
		return d.parseExtent(line)
	}
	key, value, ok := strings.Cut(line, "=")
	if !ok {
		return refuse(RuleDescriptor, -1, "%.80q is neither a comment nor an extent nor a value", line)
	}
	key = strings.ToLower(strings.TrimSpace(key))
	value = strings.TrimSpace(value)
	if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
		value = value[1 : n-1]
	}
	switch key {
	case "cid", "parentcid", "createtype", "parentfilenamehint":
		if seen[key] {
			return refuse(RuleDescriptor, -1, "%s is given twice", key)
		}
		seen[key] = true
	}
	var err error
	switch key {
	case "cid":
		d.CID, err = parseCID(value)
	case "parentcid":
		d.ParentCID, err = parseCID(value)
	case "createtype":
		d.CreateType = CreateType(value)
	case "parentfilenamehint":
		d.ParentHint = value
	}
	if err != nil {
		return refuse(RuleDescriptor, -1, "%s %.80q is not a hexadecimal number of 32 bits", key, value)
	}
	return nil
}

func parseCID(s string) (uint32, error) {
	v, err := strconv.ParseUint(s, 16, 32)
	return uint32(v), err
}

// parseExtent reads a line as: RW 4192256 SPARSE "name.vmdk", for FLAT extents
// with an offset at the end.
func (d *Descriptor) parseExtent(line string) *image.Error {
	bad := func(what string) *image.Error {
		return refuse(RuleDescriptor, -1, "extent %.120q: %s", line, what)
	}
	head, rest, quoted := strings.Cut(line, `"`)
	f := strings.Fields(head)
	if len(f) != 3 {
		return bad(`the form is: RW sectors TYPE "file" offset`)
	}
	e := Extent{Access: f[0], Type: f[2]}
	var err error
	if e.Sectors, err = strconv.ParseInt(f[1], 10, 64); err != nil || e.Sectors <= 0 {
		return bad("the number of sectors is not a positive number")
	}
	var tail string
	if quoted {
		if e.File, tail, quoted = strings.Cut(rest, `"`); !quoted {
			return bad("the file name has no closing quote")
		}
		if tail = strings.TrimSpace(tail); tail != "" {
			if e.Offset, err = strconv.ParseInt(tail, 10, 64); err != nil || e.Offset < 0 {
				return bad("the offset is not a number of sectors")
			}
		}
	}
	if quoted == (e.Type == "ZERO") {
		return bad("a file name belongs to FLAT and SPARSE extents, and only to them")
	}
	d.Extents = append(d.Extents, e)
	return nil
}

// sectors returns the sum of all extents, or -1 if it is beyond 63 bits.
func (d *Descriptor) sectors() int64 {
	sum := int64(0)
	for _, e := range d.Extents {
		if sum += e.Sectors; sum < 0 {
			return -1
		}
	}
	return sum
}

// lineage returns the identity in the form that is common to all formats.
func (d *Descriptor) lineage() image.Lineage {
	l := image.Lineage{ID: cidName(d.CID), Hint: d.ParentHint}
	if d.ParentCID != NoParent {
		l.Parent = cidName(d.ParentCID)
	}
	return l
}

const cidPrefix = "cid:"

func cidName(cid uint32) string { return fmt.Sprintf("%s%08x", cidPrefix, cid) }

// checkFileName refuses extent names that could lead out of the package.
func checkFileName(name string) *image.Error {
	bad := name == "" || name == "." || name == ".." || len(name) > 255 || strings.ContainsAny(name, `/\:`)
	for _, c := range name {
		bad = bad || c < ' ' || c == 0x7f
	}
	if !bad {
		return nil
	}
	err := refuse(RuleExtentName, -1, "the extent file %.80q is not a plain file name", name)
	err.Hint = "extents lie beside their descriptor in the package"
	return err
}
