package envelope

import (
	"github.com/ovfkit/ovf/diag"
)

// referenceRules are the rules of References (DSP0243 7.1).
var referenceRules = []diag.Rule{
	{Name: "file-id-unique", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "Two files have one id.",
		Why:     "Disks and bundles refer to files by id; which of the two a consumer takes differs."},
}

func (c *checker) references() {
	for i := range c.env.References.File {
		c.fileID(&c.env.References.File[i])
	}
}

func (c *checker) fileID(f *File) {
	if was := c.files.get(f.ID); was != f {
		c.at("file-id-unique", f.Location("@id"), "the file id %s is used twice", diag.Quote(f.ID)).
			related(was.Location("@id"), "first used here").
			hint("give each File an id of its own").add()
	}
}
