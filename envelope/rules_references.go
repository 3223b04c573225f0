package envelope

import (
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
)

// referenceRules are the rules of References (DSP0243 7.1).
var referenceRules = []diag.Rule{
	{Name: "file-id-unique", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "Two files have one id.",
		Why:     "Disks and bundles refer to files by id; which of the two a consumer takes differs."},
	{Name: "file-href-unique", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "Two File elements name the same file.",
		Why:     "The standard allows a file to be listed once; sizes and digests of the two entries can contradict each other."},
	{Name: "file-href-form", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "A file reference is neither a URL nor a path relative to the descriptor.",
		Why:     "Consumers open it outside the package or not at all."},
	{Name: "file-href-escape", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "A file reference leaves the directory of the descriptor.",
		Why:     "The package cannot become an .ova, and readers that confine themselves to the package refuse it."},
	{Name: "file-href-scheme", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "A file reference uses a scheme that consumers cannot be expected to follow.",
		Why:     "Only file, http and https are to be supported, and a file URL leads nowhere but on the machine of the author."},
	{Name: "file-href-remote", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "A file lies outside the package, on the network.",
		Why:     "It is fetched only if the caller allows it, and an .ova cannot hold it."},
	{Name: "file-compression", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "A file is compressed in a way that the standard does not have.",
		Why:     "A consumer cannot know how to unpack it."},
	{Name: "file-size-negative", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "The size of a file is negative.",
		Why:     "Readers that allocate or subtract with it break."},
	{Name: "file-chunk-size", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "The size of the chunks of a file is impossible.",
		Why:     "The names of the chunks cannot be computed."},
	{Name: "file-chunk-single", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "A file of one chunk is declared as chunked.",
		Why:     "Consumers disagree whether that one chunk has the suffix .000000000."},
	{Name: "file-chunk-clash", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "A file has the name of another file's chunk.",
		Why:     "One of the two is read as the other."},
	{Name: "file-unused", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "Nothing refers to a file.",
		Why:     "It makes the package larger for nothing, or a reference to it is missing."},
}

// references checks the files of the package.
func (c *checker) references() {
	files := c.env.References.File
	refs := make([]href, len(files))
	for i := range files {
		f := &files[i]
		refs[i] = parseHref(f.Href)
		c.fileID(f)
		c.fileHref(f, refs[i])
		c.fileSize(f)
		c.fileChunks(f)
	}
	c.sameFiles(files, refs)
	c.chunkNames(files, refs)
	c.unusedFiles(files)
}

func (c *checker) fileID(f *File) {
	if was := c.files.get(f.ID); was != f && !blank(f.ID) {
		c.at("file-id-unique", f.Location("@id"), "the file id %s is used twice", diag.Quote(f.ID)).
			related(was.Location("@id"), "first used here").
			hint("give each File an id of its own").add()
	}
}

func (c *checker) fileHref(f *File, h href) {
	switch {
	case h.problem != "" && f.Href == "" && absent(&f.Ext, "@href"): // what the schema refuses
	case h.problem != "":
		c.at("file-href-form", f.Location("@href"), "the href %s %s", diag.Quote(f.Href), h.problem).
			hint("write a path relative to the descriptor with \"/\" between directories, as \"disks/system.vmdk\", or a URL").add()
	case h.scheme == "http" || h.scheme == "https":
		c.at("file-href-remote", f.Location("@href"), "the file %s is on the network, at %s", diag.Quote(f.ID), diag.Quote(f.Href)).
			hint("put the file beside the descriptor if the package is to be complete").add()
	case h.scheme == "file":
		c.at("file-href-scheme", f.Location("@href"), "the href %s is a file on one machine", diag.Quote(f.Href)).
			hint("put the file beside the descriptor and give its relative path").add()
	case h.scheme != "":
		c.at("file-href-scheme", f.Location("@href"), "the href %s has the scheme %s, which consumers need not know", diag.Quote(f.Href), diag.Quote(h.scheme)).
			hint("use a relative path, or http or https").add()
	case h.outside():
		c.at("file-href-escape", f.Location("@href"), "the href %s leads out of the directory of the descriptor", diag.Quote(f.Href)).
			hint("put the file beside the descriptor or in a directory below it").add()
	}
	if f.Compression == nil || f.Compression.Valid() {
		return
	}
	d := c.at("file-compression", f.Location("@compression"), "the compression %s is not one of the standard", diag.Quote(string(*f.Compression)))
	switch low := Compression(strings.ToLower(trim(string(*f.Compression)))); {
	case low == CompressionBzip2:
		d.hint("only comments in the schema name bzip2; compress with gzip")
	case low.Valid():
		d.hint("write it %s, in lower case and without blanks", diag.Quote(string(low)))
	default:
		d.hint("use gzip, or leave the attribute out for a file that is not compressed")
	}
	d.add()
}

// fileSize looks for a negative size among the values that do not fit the type.
func (c *checker) fileSize(f *File) {
	for _, a := range f.Ext.Attrs {
		class, _ := sym.ClassOf(a.Name.Space)
		if a.Name.Local != "size" || class != sym.OVF && a.Name.Space != "" {
			continue
		}
		if n, ok := strings.CutPrefix(trim(a.Value), "-"); ok && digits(n) {
			c.at("file-size-negative", f.Location("@size"), "the size of the file %s is %s", diag.Quote(f.ID), diag.Quote(a.Value)).
				hint("give the length of the file in bytes, or leave size out").add()
		}
	}
}

// maxChunks is how many names nine digits give.
const maxChunks = 1_000_000_000

func (c *checker) fileChunks(f *File) {
	if f.ChunkSize == nil {
		return
	}
	switch n := chunkCount(f); {
	case *f.ChunkSize <= 0:
		c.at("file-chunk-size", f.Location("@chunkSize"), "the chunks of the file %s have the size %d", diag.Quote(f.ID), *f.ChunkSize).
			hint("give the size of a chunk in bytes, or leave chunkSize out").add()
	case n > maxChunks:
		c.at("file-chunk-size", f.Location("@chunkSize"), "the file %s has %d chunks of %d bytes, more than nine digits can number", diag.Quote(f.ID), n, *f.ChunkSize).
			hint("use larger chunks").add()
	case n == 1 || f.Size != nil && *f.Size == 0:
		c.at("file-chunk-single", f.Location("@chunkSize"), "the file %s has %d bytes, no more than one chunk of %d", diag.Quote(f.ID), *f.Size, *f.ChunkSize).
			hint("leave chunkSize out and name the file as href does").add()
	}
}

// chunkCount returns the number of chunks of a file, 0 if it is not known.
func chunkCount(f *File) uint64 {
	if f.Size == nil || f.ChunkSize == nil || *f.ChunkSize <= 0 {
		return 0
	}
	size, chunk := *f.Size, uint64(*f.ChunkSize)
	n := size / chunk
	if size%chunk != 0 {
		n++
	}
	return n
}

// sameFiles looks for files that are listed twice.
func (c *checker) sameFiles(files []File, refs []href) {
	last := make(map[string]int, len(files)) // by key in lower case
	for i := range files {
		f, key := &files[i], refs[i].key
		if key == "" {
			continue
		}
		low := strings.ToLower(key)
		k, ok := last[low]
		last[low] = i
		switch {
		case !ok:
		case refs[k].key == key:
			c.at("file-href-unique", f.Location("@href"), "the file %s is listed twice, as %s and as %s", diag.Quote(f.Href), diag.Quote(files[k].ID), diag.Quote(f.ID)).
				related(files[k].Location("@href"), "listed here before").
				hint("list it once and refer to that File").add()
		default:
			c.at("file-href-unique", f.Location("@href"), "the files %s and %s differ in letter case only", diag.Quote(files[k].Href), diag.Quote(f.Href)).
				as(diag.Warning).related(files[k].Location("@href"), "the other one").
				hint("give them names that differ on every file system").add()
		}
	}
}

// chunkNames looks for files whose name is that of a chunk.
func (c *checker) chunkNames(files []File, refs []href) {
	stems := map[string]*File{}
	for i := range files {
		if n := files[i].ChunkSize; n != nil && *n > 0 && refs[i].key != "" {
			stems[refs[i].key] = &files[i]
		}
	}
	if len(stems) == 0 {
		return
	}
	const suffix = len(".000000000")
	for i := range files {
		f, key := &files[i], refs[i].key
		if len(key) <= suffix || key[len(key)-suffix] != '.' || !digits(key[len(key)-suffix+1:]) {
			continue
		}
		whole := stems[key[:len(key)-suffix]]
		number, _ := strconv.ParseUint(key[len(key)-suffix+1:], 10, 64) // nine digits
		if whole == nil || whole == f {
			continue
		}
		if n := chunkCount(whole); n > 0 && number >= n {
			continue
		}
		c.at("file-chunk-clash", f.Location("@href"), "%s is the name of chunk %d of the file %s", diag.Quote(f.Href), number, diag.Quote(whole.ID)).
			related(whole.Location("@chunkSize"), "cut into chunks here").
			hint("give one of the two files another name").add()
	}
}

// unusedFiles looks for files that nothing refers to, not even a vendor's part
// of the descriptor.
func (c *checker) unusedFiles(files []File) {
	unused := map[string]bool{}
	for i := range files {
		if id := files[i].ID; !c.uses().files[id] {
			unused[id] = true
		}
	}
	if len(unused) == 0 {
		return
	}
	c.foreign(func(value string) {
		value = trim(value)
		delete(unused, value)
		if b := parseBacking(value); b.kind == "file" {
			delete(unused, b.id)
		}
	})
	for i := range files {
		f := &files[i]
		if unused[f.ID] && c.files.get(f.ID) == f && !blank(f.ID) {
			c.at("file-unused", f.Location(""), "nothing refers to the file %s (%s)", diag.Quote(f.ID), diag.Quote(f.Href)).
				hint("remove the File, or refer to its id, as with Disk fileRef").add()
		}
	}
}
