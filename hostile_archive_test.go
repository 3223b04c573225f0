package ovf_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// The functions that make one change to the sample.
func set(name string, edit func(m *tarMember)) func(*pkg) *pkg {
	return func(p *pkg) *pkg {
		edit(&p.members[p.index(name)])
		return p
	}
}

func add(m tarMember) func(*pkg) *pkg { return func(p *pkg) *pkg { return p.add(m) } }

func named(name string) func(*pkg) *pkg {
	return func(p *pkg) *pkg { return p.add(tarMember{name: name, data: []byte("x")}) }
}

func pax(records ...string) []byte {
	var b strings.Builder
	for i := 0; i < len(records); i += 2 {
		rest := " " + records[i] + "=" + records[i+1] + "\n"
		n := len(rest) + 1
		for len(fmt.Sprint(n))+len(rest) != n {
			n++
		}
		fmt.Fprintf(&b, "%d%s", n, rest)
	}
	return []byte(b.String())
}

func field(at int, text string) func([]byte) {
	return func(h []byte) { copy(h[at:], text) }
}

// before puts members before the one of that name.
func before(name string, ms ...tarMember) func(*pkg) *pkg {
	return func(p *pkg) *pkg {
		i := p.index(name)
		p.members = append(p.members[:i:i], append(ms, p.members[i:]...)...)
		return p
	}
}

// blocks is an archive whose blocks are made when they are read.
type blocks func(i int64) []byte

func (f blocks) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) {
		i, within := (off+int64(n))/512, (off+int64(n))%512
		n += copy(p[n:], f(i)[within:])
	}
	return n, nil
}

func bytesOf(b []byte) func(*testing.T) []byte { return func(*testing.T) []byte { return b } }

func whole(edit func([]byte) []byte) func(*testing.T) []byte {
	return func(t *testing.T) []byte { return edit(sample(t).archive()) }
}

func hostileArchives() []hostile {
	special := func(typ byte, link string) func(*pkg) *pkg {
		return add(tarMember{name: "special", typ: typ, link: link})
	}
	return []hostile{
		{name: "no bytes at all", rule: "archive-empty", outcome: notOpened, data: bytesOf(nil)},
		{name: "an end marker and no member", rule: "archive-empty", outcome: notOpened, data: bytesOf(make([]byte, 1024))},
		{name: "one byte", rule: "archive-not-tar", outcome: notOpened, data: bytesOf([]byte("x"))},
		{name: "a descriptor in place of the archive", rule: "archive-not-tar", outcome: notOpened, data: bytesOf([]byte(descriptor(sampleFiles) + strings.Repeat(" ", 512)))},
		{name: "an archive compressed as a whole", rule: "archive-not-tar", outcome: notOpened, data: whole(gzipped)},
		{name: "a zip archive", rule: "archive-not-tar", outcome: notOpened, data: bytesOf(append([]byte("PK\x03\x04"), make([]byte, 1020)...))},
		{name: "an archive cut in the content of a member", rule: "archive-truncated", outcome: notOpened, data: whole(func(b []byte) []byte { return b[:len(b)-1024-300] })},
		{name: "an archive cut between two members", rule: "archive-end", outcome: notOpened, data: whole(func(b []byte) []byte { return b[:len(b)-1024] })},
		{name: "an archive cut in its end marker", rule: "archive-truncated", outcome: notOpened, data: whole(func(b []byte) []byte { return b[:len(b)-100] })},
		{name: "one block of zeros as end marker", rule: "archive-end-form", outcome: warned, data: whole(func(b []byte) []byte { return b[:len(b)-512] })},
		{name: "text behind the end of the archive", rule: "archive-trailing", outcome: notOpened, data: whole(func(b []byte) []byte { return append(b, "more"...) })},
		{name: "a second archive behind the end of the first", rule: "archive-trailing", outcome: notOpened, data: whole(func(b []byte) []byte { return append(b, b...) })},
		{name: "two MiB of zeros behind the end", rule: "archive-trailing", outcome: notOpened, data: whole(func(b []byte) []byte { return append(b, make([]byte, 2<<20)...) })},
		{name: "a block of zeros between two members", rule: "archive-trailing", outcome: notOpened, build: before("disk.vmdk", tarMember{raw: make([]byte, 512)})},
		{name: "bytes in the space behind a content", rule: "archive-padding", outcome: notOpened, data: whole(func(b []byte) []byte {
			i := bytes.Index(b, []byte("</Envelope>\n"))
			b[i+20] = 'x'
			return b
		})},
		{name: "a header with a wrong checksum", rule: "archive-header", outcome: notOpened, build: set("disk.vmdk", func(m *tarMember) { m.broken = field(100, "7") })},
		{name: "a header with a checksum in another form", rule: "archive-header-form", outcome: warned, build: set("disk.vmdk", func(m *tarMember) {
			m.broken = func(h []byte) { copy(h[148:156], " "+string(h[149:154])+"\x00 ") }
		})},
		{name: "a size that is no number", rule: "archive-header", outcome: notOpened, build: set("disk.vmdk", func(m *tarMember) { m.edit = field(124, "0000000009x") })},
		{name: "no size", rule: "archive-header", outcome: notOpened, build: set("disk.vmdk", func(m *tarMember) { m.edit = field(124, strings.Repeat("\x00", 12)) })},
		{name: "a negative size", rule: "archive-header", outcome: notOpened, build: set("disk.vmdk", func(m *tarMember) { m.edit = field(124, strings.Repeat("\xff", 12)) })},
		{name: "a size of 2^63 - 1", rule: "archive-header", outcome: notOpened, build: set("disk.vmdk", func(m *tarMember) { m.edit = field(124, "\x80\x00\x00\x00\x7f"+strings.Repeat("\xff", 7)) })},
		{name: "a size of 2^61", rule: "archive-truncated", outcome: notOpened, build: set("disk.vmdk", func(m *tarMember) { m.edit = field(124, "\x80\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00") })},
		{name: "a size in a header that is too large", rule: "archive-truncated", outcome: notOpened, build: set("packed.img.gz", func(m *tarMember) { m.size = 1 << 20 })},
		{name: "a size in a header that is too small", rule: "archive-header", outcome: notOpened, build: set("disk.vmdk", func(m *tarMember) { m.size = 600 })},
		{name: "a size in a header that hides the next member", rule: "package-chunk-missing", outcome: unreadable, file: "chunks", build: set("chunks.bin.000000001", func(m *tarMember) {
			m.size = 1024 + 512 + 200
		})},
		{name: "a hard link", rule: "archive-member-type", outcome: notOpened, build: special('1', "disk.vmdk")},
		{name: "a symbolic link to a file outside", rule: "archive-member-type", outcome: notOpened, build: special('2', "/etc/passwd")},
		{name: "a symbolic link, and a file to be written through it", rule: "archive-member-type", outcome: notOpened, build: func(p *pkg) *pkg {
			return p.add(tarMember{name: "dir", typ: '2', link: "/tmp"}).add(tarMember{name: "dir/x", data: []byte("x")})
		}},
		{name: "a descriptor that is a link", rule: "archive-member-type", outcome: notOpened, build: set("app.ovf", func(m *tarMember) { m.typ, m.link, m.data = '2', "/etc/passwd", nil })},
		{name: "a character device", rule: "archive-member-type", outcome: notOpened, build: special('3', "")},
		{name: "a block device", rule: "archive-member-type", outcome: notOpened, build: special('4', "")},
		{name: "a named pipe", rule: "archive-member-type", outcome: notOpened, build: special('6', "")},
		{name: "a contiguous file", rule: "archive-member-type", outcome: notOpened, build: special('7', "")},
		{name: "a member of an unknown type", rule: "archive-member-type", outcome: notOpened, build: special('Z', "")},
		{name: "a folder as member", rule: "archive-directory", outcome: warned, build: add(tarMember{name: "dir/", typ: '5'})},
		{name: "a sparse file in the form of GNU", rule: "archive-sparse", outcome: notOpened, build: special('S', "")},
		{name: "a sparse file in the form of PAX", rule: "archive-sparse", outcome: notOpened, build: before("disk.vmdk", tarMember{name: "x", typ: 'x', data: pax("GNU.sparse.major", "1", "GNU.sparse.realsize", "1000000000000")})},
		{name: "PAX headers", rule: "archive-pax", outcome: warned, build: before("disk.vmdk", tarMember{name: "x", typ: 'x', data: pax("mtime", "1.5")})},
		{name: "a PAX header with another size than the plain one", rule: "archive-size-conflict", outcome: notOpened, build: before("disk.vmdk", tarMember{name: "x", typ: 'x', data: pax("size", "5")})},
		{name: "a global PAX header that renames all members", rule: "archive-pax-global", outcome: notOpened, build: before("disk.vmdk", tarMember{name: "x", typ: 'g', data: pax("path", "app.ovf")})},
		{name: "a damaged PAX header", rule: "archive-header", outcome: notOpened, build: before("disk.vmdk", tarMember{name: "x", typ: 'x', data: []byte("999 path=x\n")})},
		{name: "two PAX headers for one member", rule: "archive-header", outcome: notOpened, build: before("disk.vmdk", tarMember{name: "x", typ: 'x', data: pax("mtime", "1")}, tarMember{name: "x", typ: 'x', data: pax("mtime", "1")})},
		{name: "a PAX header of 1 MiB", rule: "archive-limit", outcome: notOpened, build: before("disk.vmdk", tarMember{name: "x", typ: 'x', data: pax("comment", strings.Repeat("x", 1<<20))})},
		{name: "a PAX header and no member behind it", rule: "archive-header", outcome: notOpened, build: add(tarMember{name: "x", typ: 'x', data: pax("mtime", "1")})},
		{name: "a long name with bytes behind its end", rule: "archive-header", outcome: notOpened, build: before("disk.vmdk", tarMember{name: "././@LongLink", typ: 'L', data: []byte("disk.vmdk\x00evil")})},
		{name: "headers of GNU tar", rule: "archive-gnu", outcome: warned, build: set("disk.vmdk", func(m *tarMember) { m.edit = field(257, "ustar  \x00") })},
		{name: "headers from before USTAR", rule: "archive-v7", outcome: warned, build: set("disk.vmdk", func(m *tarMember) { m.edit = field(257, "\x00\x00\x00\x00\x00\x00\x00\x00") })},
		{name: "a million members", rule: "archive-limit", outcome: notOpened, huge: func(*testing.T) *io.SectionReader {
			return io.NewSectionReader(blocks(func(i int64) []byte {
				if i < 1_000_000 {
					return tarMember{name: fmt.Sprintf("m%d", i)}.bytes()
				}
				return make([]byte, 512)
			}), 0, 512*1_000_002)
		}},
		{name: "a manifest of 1 GB", rule: "package-manifest-size", outcome: notOpened, huge: func(t *testing.T) *io.SectionReader {
			p := sample(t)
			p.members = append(p.members[:1:1], tarMember{name: "app.mf", size: 1 << 30})
			start := p.archive()
			return io.NewSectionReader(blocks(func(i int64) []byte {
				if at := int(i * 512); at < len(start) {
					return start[at : at+512]
				}
				return make([]byte, 512)
			}), 0, int64(len(start))+1<<30)
		}},
		{name: "a descriptor that is not the first member", rule: "package-descriptor-first", outcome: notAccepted, build: func(p *pkg) *pkg {
			p.members[0], p.members[3] = p.members[3], p.members[0]
			return p
		}},
		{name: "no descriptor", rule: "package-descriptor-none", outcome: notOpened, build: func(p *pkg) *pkg { return p.remove("app.ovf") }},
		{name: "its descriptor in a folder", rule: "package-descriptor-none", outcome: notOpened, build: set("app.ovf", func(m *tarMember) { m.name = "app/app.ovf" })},
		{name: "two descriptors", rule: "package-descriptor-several", outcome: notOpened, build: add(tarMember{name: "other.ovf", data: []byte("<Envelope/>")})},
		{name: "two manifests", rule: "package-manifest-several", outcome: notOpened, build: named("other.mf")},
		{name: "two certificates", rule: "package-manifest-several", outcome: notOpened, build: named("other.cert")},
		{name: "a manifest apart from its certificate", rule: "package-order", outcome: warned, build: func(p *pkg) *pkg {
			p.members[2], p.members[3] = p.members[3], p.members[2]
			return p
		}},
		{name: "a member that nothing refers to", rule: "package-file-extra", outcome: warned, build: named("x.bin")},
	}
}

func hostileNames() []hostile {
	cases := []hostile{
		{name: "a member twice", rule: "archive-duplicate", outcome: notOpened, build: named("disk.vmdk")},
		{name: "two members that differ in letter case", rule: "archive-duplicate-case", outcome: notOpened, build: named("DISK.vmdk")},
		{name: "a file where another member has a folder", rule: "archive-duplicate", outcome: notOpened, build: named("disk.vmdk/x")},
		{name: "a member named with ./ before it", rule: "archive-name-form", outcome: warned, build: set("disk.vmdk", func(m *tarMember) { m.name = "./disk.vmdk" })},
		{name: "one name with ./ before it and one without", rule: "archive-duplicate", outcome: notOpened, build: named("./disk.vmdk")},
		{name: "a NUL in a member's name", rule: "archive-header", outcome: notOpened, build: set("disk.vmdk", func(m *tarMember) { m.edit = field(0, "disk.vmdk\x00evil") })},
		{name: "a NUL in a name of PAX", rule: "archive-member-name", outcome: notOpened, build: before("disk.vmdk", tarMember{name: "x", typ: 'x', data: pax("path", "disk.vmdk\x00evil")})},
	}
	for _, n := range [][2]string{
		{"..", "../evil"}, {".. in the middle", "a/../../evil"}, {"an absolute path", "/etc/cron.d/evil"}, {"a drive letter", "C:/evil"}, {"a drive letter alone", "C:evil"},
		{"a share of Windows", `\\server\evil`}, {"a backslash", `..\evil`}, {"a line feed", "a\nb"}, {"an escape sequence", "a\x1b[2Jb"}, {"a right-to-left mark", "a\u202egpj.exe"},
		{"a percent-encoded slash", "a%2fb"}, {"percent-encoded dots", "%2e%2e/evil"}, {"an empty segment", "a//b"}, {"a URL", "http://evil/x"}, {"a stream of NTFS", "disk.vmdk:evil"},
		{"bytes that are not UTF-8", "a\xffb"}, {"a space at its end", "disk.vmdk "},
	} {
		cases = append(cases, hostile{name: "a member named by " + n[0], rule: "archive-member-name", outcome: notOpened, build: named(n[1])})
	}
	return append(cases, hostile{name: "a member without a name", rule: "archive-member-name", outcome: notOpened, build: named("")})
}
