package sign

import (
	"io"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/pathname"
)

// Role says what a file is to its package.
type Role uint8

// The roles. The zero value asks for most: the file must be listed.
const (
	RoleFile       Role = iota // a file of References
	RoleDescriptor             // the .ovf
	RoleChunk                  // one piece of a file with File/@chunkSize
	RoleOptional               // may be listed, and is then checked: the whole of a chunked file, or a member nobody refers to
)

// Member is one file of a package as the manifest sees it: a chunk of a file
// is a member, and so is a remote file.
type Member struct {
	Name string // as stored, with "/" between its parts
	Href string // File/@href if it is written otherwise than Name, such as with %20; else empty
	Role Role

	// Size is the number of bytes; Content must have exactly as many.
	Size int64
	// Content is read from several goroutines. It is nil if the bytes are not at
	// hand, as for a remote file.
	Content io.ReaderAt

	// Digests are those of an earlier pass over the bytes, from a [Hasher]. If the
	// algorithm of the manifest is among them, Content is not read.
	Digests map[Algorithm][]byte
}

// Check compares a manifest with the files of a package in both directions:
// every member but the optional ones is listed, each once, and nothing else
// is. The order does not matter. It reads no content. It returns an empty list
// if all is well. What [ParseManifest] has reported is not repeated.
func Check(m *Manifest, members []Member) diag.List {
	var out diag.List
	for _, l := range pair(m, members) {
		if l.rule != "" {
			out = append(out, problem(l.rule, l.at(m.Name), l.message, l.hint, nil))
		}
	}
	return out
}

// listing joins a member and its entry; one of the two may be missing.
type listing struct {
	member  *Member
	entry   *Entry
	name    string
	rule    string // "" if both are there
	message string
	hint    string
}

func (l listing) at(manifest string) diag.Location {
	loc := diag.Location{File: manifest}
	if l.entry != nil {
		loc.Line = l.entry.Line
	}
	return loc
}

// pair returns one listing for each member, in their order, then one for each
// entry that belongs to no member.
func pair(m *Manifest, members []Member) []listing {
	entries := make(map[string]*Entry, len(m.Entries))
	foldedEntries := make(map[string]string, len(m.Entries))
	for i := range m.Entries {
		e := &m.Entries[i]
		if _, ok := entries[e.Name]; !ok {
			entries[e.Name] = e
			foldedEntries[pathname.Fold(e.Name)] = e.Name
		}
	}
	used := make(map[string]bool, len(members))
	foldedMembers := make(map[string]string, len(members))
	out := make([]listing, 0, len(members))
	for i := range members {
		mb := &members[i]
		foldedMembers[pathname.Fold(mb.Name)] = mb.Name
		l := listing{member: mb, name: mb.Name, entry: entries[mb.Name]}
		if mb.Href != "" && mb.Href != mb.Name {
			if e := entries[mb.Href]; e != nil && l.entry != nil {
				l.rule = ruleManifestDuplicate
				l.message = "the file " + diag.Quote(mb.Name) + " is listed by its name and by its href " + diag.Quote(mb.Href) + ", so it is not known which digest counts"
				l.hint = "keep one line for each file"
			} else if e != nil {
				l.entry = e
			}
			used[mb.Href] = true
		}
		used[mb.Name] = true
		if l.entry == nil {
			l.unlisted(foldedEntries[pathname.Fold(mb.Name)])
		}
		out = append(out, l)
	}
	for i := range m.Entries {
		e := &m.Entries[i]
		if used[e.Name] {
			continue
		}
		used[e.Name] = true
		l := listing{entry: e, name: e.Name, rule: ruleManifestExtra,
			message: "the manifest lists " + diag.Quote(e.Name) + ", which is no file of this package",
			hint:    "restore the missing file, or write the manifest again if the package was changed on purpose"}
		if other, ok := foldedMembers[pathname.Fold(e.Name)]; ok {
			l.message += " (" + diag.Quote(other) + " differs in letter case)"
		}
		out = append(out, l)
	}
	return out
}

func (l *listing) unlisted(similar string) {
	name := diag.Quote(l.name)
	switch l.member.Role {
	case RoleOptional:
		return
	case RoleDescriptor:
		l.rule = ruleManifestDescriptor
		l.message = "the manifest does not list the descriptor " + name + ", so it can be exchanged without notice"
	case RoleChunk:
		l.rule = ruleManifestChunk
		l.message = "the manifest does not list the chunk " + name + ", so it can be exchanged without notice"
	default:
		l.rule = ruleManifestUnlisted
		l.message = "the manifest does not list " + name + ", so its content is not protected"
	}
	l.hint = "write the manifest again with every file of the package"
	if similar != "" {
		l.message += " (" + diag.Quote(similar) + " differs in letter case)"
		l.hint = "use one spelling in the manifest and for the file"
	}
}
