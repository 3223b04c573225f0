package vmdk

import (
	"fmt"
	"strconv"
	"strings"
)

// descriptorSectors is the room for the descriptor of a written image.
const descriptorSectors = 20

// freshCID is the content ID of an image whose content was not known when its
// descriptor was written.
const freshCID uint32 = 0xfffffffe

// descriptorText is what the descriptor of a written image is made from.
type descriptorText struct {
	sectors int64
	cid     uint32
	derive  bool // the content ID is that of the content
	parent  uint32
	hint    string
	name    string
}

// newDescriptorText checks the options that go into the descriptor.
func newDescriptorText(sectors int64, o WriterOptions) (descriptorText, error) {
	d := descriptorText{sectors: sectors, cid: freshCID, parent: NoParent, hint: o.Lineage.Hint, name: o.Name}
	if d.name == "" {
		d.name = "disk.vmdk"
	}
	d.derive = o.Lineage.ID == ""
	for _, v := range []struct {
		id  string
		cid *uint32
	}{{o.Lineage.ID, &d.cid}, {o.Lineage.Parent, &d.parent}} {
		if v.id == "" {
			continue
		}
		digits, ok := strings.CutPrefix(v.id, cidPrefix)
		cid, err := strconv.ParseUint(digits, 16, 32)
		if !ok || err != nil || len(digits) != 8 || uint32(cid) == NoParent {
			return d, refuse(RuleDescriptor, -1, `the identity %q; "cid:" and eight hexadecimal digits other than %08x are accepted`, v.id, NoParent)
		}
		*v.cid = uint32(cid)
	}
	if err := checkFileName(d.name); err != nil {
		return d, err
	}
	if d.hint != "" && strings.ContainsFunc(d.hint, func(c rune) bool { return c < ' ' || c == '"' }) || len(d.hint) > 1024 || strings.Contains(d.name, `"`) {
		return d, refuse(RuleDescriptor, -1, "the names %.80q and %.80q; quotes and control characters cannot be written", d.name, d.hint)
	}
	return d, nil
}

// bytes returns the descriptor with zeros up to its full room. crc stands for
// the content.
func (d descriptorText) bytes(crc uint32) []byte {
	cid := d.cid
	if d.derive && crc != 0 && crc != NoParent {
		cid = crc
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nversion=1\nencoding=\"UTF-8\"\nCID=%08x\nparentCID=%08x\ncreateType=\"%s\"\n",
		descriptorStart, cid, d.parent, StreamOptimized)
	if d.hint != "" {
		fmt.Fprintf(&b, "parentFileNameHint=\"%s\"\n", d.hint)
	}
	fmt.Fprintf(&b, "\n# Extent description\nRW %d SPARSE \"%s\"\n", d.sectors, d.name)
	heads, perTrack := int64(255), int64(63)
	if d.sectors < 1<<21 { // below 1 GiB
		heads, perTrack = 64, 32
	}
	cylinders := min(max(d.sectors/(heads*perTrack), 1), 65535)
	fmt.Fprintf(&b, "\n# The Disk Data Base\n#DDB\n\nddb.virtualHWVersion = \"4\"\nddb.adapterType = \"lsilogic\"\n"+
		"ddb.geometry.cylinders = \"%d\"\nddb.geometry.heads = \"%d\"\nddb.geometry.sectors = \"%d\"\n", cylinders, heads, perTrack)
	return pad([]byte(b.String()), descriptorSectors*sector)
}

// ContentID returns the identity, for [WriterOptions], of the content that a
// checksum stands for.
func ContentID(sum uint32) string {
	if sum == 0 || sum == NoParent {
		sum = freshCID
	}
	return cidName(sum)
}
