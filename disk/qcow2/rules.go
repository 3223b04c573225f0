package qcow2

import (
	"fmt"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk/image"
)

// The rules by which this package refuses an image, as found in the field Rule
// of an [image.Error].
const (
	RuleHeader      = "qcow2-header"
	RuleFeature     = "qcow2-feature"
	RuleBackingFile = "qcow2-backing-file"
	RuleDataFile    = "qcow2-data-file"
	RuleEncrypted   = "qcow2-encrypted"
	RuleSize        = "qcow2-size"
	RuleTable       = "qcow2-table"
	RuleCluster     = "qcow2-cluster"
	RuleOverlap     = "qcow2-overlap"
	RuleInflate     = "qcow2-inflate"
	RuleTruncated   = "qcow2-truncated"
)

// Rules lists the checks of this package.
func Rules() []diag.Rule {
	rule := func(name, summary, why string) diag.Rule {
		return diag.Rule{Name: name, Layer: diag.Package, Severity: diag.Error, Since: "0.1.0", Summary: summary, Why: why}
	}
	return []diag.Rule{
		rule(RuleHeader, "The file does not begin with a qcow2 header of version 2 or 3.",
			"A file that is something else must not be read as a disk, whatever its name or its declaration says."),
		rule(RuleFeature, "The image uses a feature that is not supported, or is marked as corrupt.",
			"The content would be misread."),
		rule(RuleBackingFile, "The image names a backing file.",
			"The name could be any file or device of the host, whose content would become the content of the disk (CVE-2024-32498, CVE-2026-24708)."),
		rule(RuleDataFile, "The image keeps its content in an external data file.",
			"The name could be any file or device of the host, whose content would become the content of the disk (CVE-2024-32498)."),
		rule(RuleEncrypted, "The image is encrypted.",
			"There is no key in a package, so what comes out would be noise."),
		rule(RuleSize, "The size of the disk is zero, not whole sectors, or beyond the limit.",
			"Sums of offsets overflow, and tables of that size would fill the memory."),
		rule(RuleTable, "A table is outside of the file, beyond the limit, or has bits set that must be zero.",
			"Whatever else is there would be taken for addresses."),
		rule(RuleCluster, "A cluster is outside of the file or not at the start of one.",
			"Its content is lost; the file was cut off or is damaged."),
		rule(RuleOverlap, "Clusters or tables share a part of the file.",
			"A small file could stand for terabytes of content, and a table could be its own content."),
		rule(RuleInflate, "A compressed cluster does not decompress to its content.",
			"The cluster is damaged."),
		rule(RuleTruncated, "The file ends within a structure.",
			"The file was cut off."),
	}
}

// refuse returns the error of a rule; off is a place in the file or negative.
func refuse(rule string, off int64, format string, args ...any) *image.Error {
	return &image.Error{Format: "qcow2", Rule: rule, Offset: off, Detail: fmt.Sprintf(format, args...)}
}
