package vhd

import (
	"fmt"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk/image"
)

// The rules by which this package refuses an image, as found in the field Rule
// of an [image.Error].
const (
	RuleFooter    = "vhd-footer"
	RuleHeader    = "vhd-header"
	RuleSize      = "vhd-size"
	RuleBlockSize = "vhd-block-size"
	RuleTable     = "vhd-table"
	RuleBlock     = "vhd-block"
	RuleOverlap   = "vhd-overlap"
	RuleTruncated = "vhd-truncated"
)

// Rules lists the checks of this package.
func Rules() []diag.Rule {
	rule := func(name, summary, why string) diag.Rule {
		return diag.Rule{Name: name, Layer: diag.Package, Severity: diag.Error, Since: "0.1.0", Summary: summary, Why: why}
	}
	return []diag.Rule{
		rule(RuleFooter, "The file does not end with a sound VHD footer of a known version, or its copy at the start differs.",
			"A file that is something else, or was cut off, must not be read as a disk."),
		rule(RuleHeader, "The dynamic header is missing or damaged.",
			"Without it no block can be found."),
		rule(RuleSize, "The size of the disk is zero, not whole sectors, beyond the limit, or more than the file or its table holds.",
			"Sums of offsets overflow, and a part of the disk would have no content."),
		rule(RuleBlockSize, "The block size is not a power of two from 4 KiB to 64 MiB.",
			"The bitmap of a block is kept in memory, so its size must be bounded."),
		rule(RuleTable, "The block table is outside of the file or beyond the limit.",
			"Whatever else is there would be taken for addresses."),
		rule(RuleBlock, "A block is outside of the file.",
			"Its content is lost; the file was cut off or is damaged."),
		rule(RuleOverlap, "Blocks or tables share a part of the file.",
			"A small file could stand for terabytes of content, and a table could be its own content."),
		rule(RuleTruncated, "The file ends within a structure.",
			"The file was cut off."),
	}
}

// refuse returns the error of a rule; off is a place in the file or negative.
func refuse(rule string, off int64, format string, args ...any) *image.Error {
	return &image.Error{Format: "vhd", Rule: rule, Offset: off, Detail: fmt.Sprintf(format, args...)}
}
