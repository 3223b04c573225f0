package vmdk

import (
	"fmt"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk/image"
)

// The rules by which this package refuses an image, as found in the field Rule
// of an [image.Error].
const (
	RuleHeader       = "vmdk-header"
	RuleTextTransfer = "vmdk-text-transfer"
	RuleCapacity     = "vmdk-capacity"
	RuleGrainSize    = "vmdk-grain-size"
	RuleDescriptor   = "vmdk-descriptor"
	RuleCreateType   = "vmdk-create-type"
	RuleExtentName   = "vmdk-extent-name"
	RuleExtentFile   = "vmdk-extent-file"
	RuleFooter       = "vmdk-footer"
	RuleTable        = "vmdk-table"
	RuleGrain        = "vmdk-grain"
	RuleOverlap      = "vmdk-overlap"
	RuleMarker       = "vmdk-marker"
	RuleInflate      = "vmdk-inflate"
	RuleTruncated    = "vmdk-truncated"
)

// Rules lists the checks of this package.
func Rules() []diag.Rule {
	rule := func(name, summary, why string) diag.Rule {
		return diag.Rule{Name: name, Layer: diag.Package, Severity: diag.Error, Since: "0.1.0", Summary: summary, Why: why}
	}
	return []diag.Rule{
		rule(RuleHeader, "The file does not begin with a VMDK header of a known version and layout.",
			"A file that is something else must not be read as a disk, whatever its name or its declaration says."),
		rule(RuleTextTransfer, "The line ends in the header were changed by a transfer as text.",
			"The same change was made all over the disk's content, so the image is lost."),
		rule(RuleCapacity, "The capacity is zero, beyond the limit, or not what the descriptor says.",
			"Sums of offsets overflow, and tables of that size would fill the memory."),
		rule(RuleGrainSize, "The grain size is not a power of two from 4 KiB to 1 MiB, or a grain table has not 512 entries.",
			"A grain is decompressed in memory as a whole, so its size must be bounded."),
		rule(RuleDescriptor, "The text descriptor is missing, too large, not text, or lacks or repeats a value.",
			"Two readers that pick different lines of it see two different disks."),
		rule(RuleCreateType, "The descriptor has a createType or an extent type that is not supported.",
			"Device and vendor formats refer to things outside of the package."),
		rule(RuleExtentName, "An extent names a file that is not a plain name beside the descriptor.",
			"The name could be any file of the host, whose content would become the content of the disk (CVE-2022-47951)."),
		rule(RuleExtentFile, "An extent file is not in the package, is named twice, or is shorter than the extent.",
			"The disk would have holes, or one part of it twice."),
		rule(RuleFooter, "The header defers to a footer at the end, which is missing or is not one.",
			"The file was cut off, or other bytes were added behind it."),
		rule(RuleTable, "A grain directory or grain table is outside of the file or beyond the limit.",
			"Whatever else is there would be taken for addresses."),
		rule(RuleGrain, "A grain is outside of the file.",
			"Its content is lost; the file was cut off or is damaged."),
		rule(RuleOverlap, "Grains or tables share a part of the file.",
			"A small file could stand for terabytes of content, and a table could be its own content."),
		rule(RuleMarker, "A grain marker has an impossible size or belongs to another grain.",
			"A wrong size would reserve gigabytes of memory; a wrong grain is wrong content."),
		rule(RuleInflate, "A grain does not decompress to its content.",
			"The grain is damaged, or made to expand without end."),
		rule(RuleTruncated, "The file ends within a structure.",
			"The file was cut off."),
	}
}

// refuse returns the error of a rule; off is a place in the file or negative.
func refuse(rule string, off int64, format string, args ...any) *image.Error {
	return &image.Error{Format: "vmdk", Rule: rule, Offset: off, Detail: fmt.Sprintf(format, args...)}
}
