package ovf_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
)

// href is a package whose only file has that href.
func href(h string) func(*testing.T) []byte {
	return func(t *testing.T) []byte { return files(t, `<File ovf:id="f" ovf:href="`+h+`"/>`).archive() }
}

// one is a package with one file x of these attributes.
func one(attributes string, ms ...tarMember) func(*testing.T) []byte {
	return func(t *testing.T) []byte {
		return files(t, `<File ovf:id="f" ovf:href="x" `+attributes+`/>`, ms...).archive()
	}
}

func data(name string, size int) tarMember {
	return tarMember{name: name, data: bytes.Repeat([]byte{'x'}, size)}
}

func hostileFiles() []hostile {
	var cases []hostile
	for _, h := range [][2]string{
		{"..", "../evil"}, {".. in the middle", "a/../../evil"}, {".. that comes back", "a/../x"}, {"an absolute path", "/etc/passwd"}, {"a drive letter", "C:/evil"}, {"a backslash", `a\evil`},
		{"a percent-encoded slash", "..%2fevil"}, {"percent-encoded dots", "%2e%2e/evil"}, {"a percent-encoded NUL", "x%00.vmdk"}, {"a broken escape", "x%zz"},
		{"the scheme file", "file:///etc/passwd"}, {"the scheme ftp", "ftp://evil/x"}, {"the scheme ovf", "ovf:/file/x"}, {"nothing", ""},
	} {
		cases = append(cases, hostile{name: "an href with " + h[0], rule: "package-file-name", outcome: unreadable, file: "f", data: href(h[1])})
	}
	gz := func(content []byte, attributes string) func(*testing.T) []byte {
		return one(`ovf:compression="gzip" `+attributes, tarMember{name: "x", data: content})
	}
	return append(cases,
		hostile{name: "a file that is missing", rule: "package-file-missing", outcome: unreadable, file: "disk", build: func(p *pkg) *pkg { return p.remove("disk.vmdk").resign() }},
		hostile{name: "a file whose name differs in letter case", rule: "package-file-missing", outcome: unreadable, file: "f", data: one("", data("X", 5))},
		hostile{name: "an href that is a pattern", rule: "package-file-missing", outcome: unreadable, file: "f", data: func(t *testing.T) []byte {
			return files(t, `<File ovf:id="f" ovf:href="disk*"/>`, data("disk1", 5)).archive()
		}},
		hostile{name: "a file of the same name in a folder", rule: "package-file-missing", outcome: unreadable, file: "f", data: one("", data("sub/x", 5))},
		hostile{name: "a file longer than its size", rule: "package-file-size", outcome: unreadable, file: "f", data: one(`ovf:size="4"`, data("x", 5))},
		hostile{name: "a file shorter than its size", rule: "package-file-size", outcome: unreadable, file: "f", data: one(`ovf:size="6"`, data("x", 5))},
		hostile{name: "a size of 2^64 - 1", rule: "package-file-size", outcome: unreadable, file: "f", data: one(`ovf:size="18446744073709551615"`, data("x", 5))},
		hostile{name: "a chunk missing in the middle", rule: "package-chunk-missing", outcome: unreadable, file: "chunks", build: func(p *pkg) *pkg { return p.remove("chunks.bin.000000001").resign() }},
		hostile{name: "the last chunk missing", rule: "package-chunk-missing", outcome: unreadable, file: "chunks", build: func(p *pkg) *pkg { return p.remove("chunks.bin.000000002").resign() }},
		hostile{name: "the first chunk missing", rule: "package-file-missing", outcome: unreadable, file: "chunks", build: func(p *pkg) *pkg { return p.remove("chunks.bin.000000000").resign() }},
		hostile{name: "a chunk missing of a file without size", rule: "package-chunk-missing", outcome: unreadable, file: "f", data: one(`ovf:chunkSize="5"`, data("x.000000000", 5), data("x.000000002", 5))},
		hostile{name: "a chunk too many", rule: "package-file-size", outcome: unreadable, file: "f", data: one(`ovf:chunkSize="5" ovf:size="10"`, data("x.000000000", 5), data("x.000000001", 5), data("x.000000002", 5))},
		hostile{name: "a chunk in the middle that is too short", rule: "package-chunk-size", outcome: unreadable, file: "f", data: one(`ovf:chunkSize="5"`, data("x.000000000", 4), data("x.000000001", 5))},
		hostile{name: "a chunk that is too long", rule: "package-chunk-size", outcome: unreadable, file: "f", data: one(`ovf:chunkSize="5"`, data("x.000000000", 5), data("x.000000001", 6))},
		hostile{name: "a chunk without a byte", rule: "package-chunk-size", outcome: unreadable, file: "f", data: one(`ovf:chunkSize="5"`, data("x.000000000", 5), data("x.000000001", 0))},
		hostile{name: "chunk numbers of three digits", rule: "package-file-missing", outcome: unreadable, file: "f", data: one(`ovf:chunkSize="5"`, data("x.000", 5))},
		hostile{name: "chunkSize and a file in one piece", rule: "package-chunk-whole", outcome: warned, data: one(`ovf:chunkSize="5"`, data("x", 12))},
		hostile{name: "a compression other than gzip", rule: "", outcome: readFails, file: "f", data: one(`ovf:compression="bzip2"`, data("x", 12))},
		hostile{name: "a file that is not gzip as declared", rule: "", outcome: readFails, file: "f", data: gz([]byte("not compressed"), "")},
		hostile{name: "a gzip file that is cut off", rule: "", outcome: readFails, file: "f", data: gz(gzipped(samplePacked)[:30], "")},
		hostile{name: "a gzip file with a wrong checksum", rule: "", outcome: readFails, file: "f", data: gz(flipped(gzipped(samplePacked), -6), "")},
		hostile{name: "bytes behind the end of a gzip file", rule: "", outcome: readFails, file: "f", data: gz(append(gzipped(samplePacked), "more"...), "")},
		hostile{name: "a gzip file that grows 1000 times", rule: "", outcome: readFails, file: "f", err: ovf.ErrExpansion, data: func(t *testing.T) []byte { return gz(zeros(), "")(t) }},
		hostile{name: "a gzip file that grows beyond the limit", rule: "", outcome: readFails, file: "f", err: ovf.ErrExpansion, data: func(t *testing.T) []byte { return gz(manyZeros(), "")(t) }},
		hostile{name: "a descriptor with a DOCTYPE", rule: "xml-doctype", outcome: notOpened, data: xml(`<!DOCTYPE Envelope SYSTEM "file:///etc/passwd">`)},
		hostile{name: "a descriptor with an entity that grows", rule: "xml-doctype", outcome: notOpened, data: xml(`<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>`)},
		hostile{name: "a descriptor that is nested too deep", rule: "xml-limit", outcome: notOpened, data: func(t *testing.T) []byte {
			return files(t, strings.Repeat("<x>", 1000)+strings.Repeat("</x>", 1000)).archive()
		}},
		hostile{name: "a descriptor that is no XML", rule: "xml-syntax", outcome: notOpened, data: xml("<<<")},
	)
}

func flipped(b []byte, at int) []byte { b[len(b)+at] ^= 1; return b }

// zeros compress 1000 to 1, the most that deflate can.
func zeros() []byte { return gzipped(make([]byte, 66<<20)) }

// manyZeros have a few bytes that compress badly, so that the ratio stays below
// its limit.
func manyZeros() []byte {
	b := make([]byte, 72<<20)
	x := uint32(1)
	for i := 0; i+3 < len(b); i += 400 {
		x = x*1664525 + 1013904223
		b[i], b[i+1], b[i+2] = byte(x>>24), byte(x>>16), byte(x>>8)
	}
	return gzipped(b)
}

func xml(doctype string) func(*testing.T) []byte {
	return func(t *testing.T) []byte {
		p := sample(t)
		return p.set("app.ovf", []byte(strings.Replace(descriptor(sampleFiles), "<Envelope", doctype+"<Envelope", 1))).resign().archive()
	}
}
