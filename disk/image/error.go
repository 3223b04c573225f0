package image

import (
	"errors"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// ErrNeedsParent is the cause of an [Error] for a read of content that the
// image leaves to its parent. Put the image into a [Chain].
var ErrNeedsParent = errors.New("content is in the parent image")

// ErrShort is returned by Close of a [Writer] that was given less than the
// whole disk.
var ErrShort = errors.New("the disk was not written to its end")

// ErrBeyondEnd is returned by a [Writer] that is given more than the disk holds.
var ErrBeyondEnd = errors.New("write beyond the end of the disk")

// Error is the refusal of an image or a chain of images by a rule. The rules are
// those of [Rules] and of the function Rules of each format package.
type Error struct {
	Format string // "vmdk", "vhd", "qcow2", "raw"; empty for chains
	Rule   string // stable kebab-case name
	Offset int64  // where in the file, in bytes; negative if that does not apply
	Detail string // what is wrong, naming the value and what would be accepted
	Hint   string // what to do about it; may be empty
	Err    error  // the cause, if there is one
}

// Error returns "format: at byte offset: detail: cause; hint [rule]".
func (e *Error) Error() string {
	var b strings.Builder
	if e.Format != "" {
		b.WriteString(e.Format)
		b.WriteString(": ")
	}
	if e.Offset >= 0 {
		b.WriteString("at byte ")
		b.WriteString(strconv.FormatInt(e.Offset, 10))
		b.WriteString(": ")
	}
	b.WriteString(e.Detail)
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(e.Hint)
	}
	b.WriteString(" [")
	b.WriteString(e.Rule)
	b.WriteByte(']')
	return b.String()
}

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.Err }

// NeedsParent returns the error of a read that needs the parent which l names.
func NeedsParent(format string, l Lineage) error {
	return &Error{Format: format, Rule: RuleParentNeeded, Offset: -1, Err: ErrNeedsParent,
		Detail: "the disk is the child of " + l.parentName(), Hint: "read it as a chain with its parent"}
}

// The rules of this package.
const (
	RuleParentNeeded = "disk-parent-needed"
	RuleParentID     = "disk-parent-id"
	RuleChainDepth   = "disk-chain-depth"
	RuleChainCycle   = "disk-chain-cycle"
	RuleChainSize    = "disk-chain-size"
	RuleSize         = "disk-size"
)

// Rules lists the checks of this package.
func Rules() []diag.Rule {
	rule := func(name, clause, summary, why string) diag.Rule {
		return diag.Rule{Name: name, Layer: diag.Package, Severity: diag.Error, Clause: clause,
			Since: "0.1.0", Summary: summary, Why: why}
	}
	return []diag.Rule{
		rule(RuleParentNeeded, "DSP0243 9.1", "A disk with a parent is read without it.",
			"The parts that the parent holds would come out as zeros, and the machine would not start or would lose data."),
		rule(RuleParentID, "DSP0243 9.1", "A disk in a chain is not the child of the disk below it.",
			"A child over another parent, or over a changed one, mixes two disks into one that never existed."),
		rule(RuleChainDepth, "DSP0243 9.1", "A chain of disks has more layers than the limit.",
			"Each read may pass through all layers; a hostile package could make it pass through thousands."),
		rule(RuleChainCycle, "DSP0243 9.1", "The same disk stands twice in one chain.",
			"The disk would be its own parent, and reading it would never end."),
		rule(RuleChainSize, "DSP0243 9.1", "The disks of a chain differ in size.",
			"Consumers disagree on what lies beyond the shorter disk."),
		rule(RuleSize, "", "The size of a virtual disk is negative, not a whole number of sectors, or beyond the limit.",
			"No consumer can attach such a disk, and sums of its offsets overflow."),
	}
}
