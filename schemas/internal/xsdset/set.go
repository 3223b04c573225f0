package xsdset

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxFiles bounds how many files a set may have.
const maxFiles = 256

// A Set is a schema with everything it refers to.
type Set struct {
	Files   map[string]*File  // by path
	Text    map[string][]byte // by path, with every schemaLocation a relative path within the set
	Entries []string          // where a processor starts; together they reach every file
	targets map[string]string // path of a file for each namespace
}

// New returns an empty set.
func New() *Set {
	return &Set{Files: map[string]*File{}, Text: map[string][]byte{}, targets: map[string]string{}}
}

// Has reports whether a file of the set has that target namespace.
func (s *Set) Has(namespace string) bool {
	_, ok := s.targets[namespace]
	return ok
}

// Namespaces returns the target namespaces of the files so far.
func (s *Set) Namespaces() map[string]bool {
	out := map[string]bool{}
	for ns := range s.targets {
		out[ns] = true
	}
	return out
}

// Add puts a file of a folder and all that it needs into the set, and makes it an
// entry. prefix is put before the paths of the folder to make those of the set. A
// namespace that the set has already is not read from the folder.
func (s *Set) Add(from Folder, prefix, entry string) error {
	p, err := s.load(from, prefix, entry)
	if err == nil && !slices.Contains(s.Entries, p) {
		s.Entries = append(s.Entries, p)
	}
	return err
}

func (s *Set) load(from Folder, prefix, name string) (string, error) {
	at := path.Join(prefix, name)
	if _, ok := s.Files[at]; ok {
		return at, nil
	}
	if len(s.Files) == maxFiles {
		return "", fmt.Errorf("schema set: more than %d files", maxFiles)
	}
	f, err := ReadFile(from, name)
	if err != nil {
		return "", err
	}
	f.Path = at
	s.Files[at] = f
	if _, ok := s.targets[f.Target]; !ok {
		s.targets[f.Target] = at
	}
	text := f.Doc.Source()
	var b strings.Builder
	done := 0
	for _, r := range f.refs {
		to, err := s.resolve(from, prefix, name, r)
		if err != nil {
			return "", err
		}
		if !r.located {
			continue
		}
		b.WriteString(text[done:r.start])
		if to != "" {
			b.WriteString(relative(path.Dir(at), to))
		}
		done = r.end
	}
	b.WriteString(text[done:])
	s.Text[at] = []byte(b.String())
	return at, nil
}

// resolve finds the file of a reference and loads it.
func (s *Set) resolve(from Folder, prefix, base string, r reference) (string, error) {
	if r.imported {
		if at, ok := s.targets[r.namespace]; ok {
			return at, nil
		}
	}
	if r.location == "" {
		return "", nil
	}
	dir := path.Dir(base)
	for _, name := range []string{path.Join(dir, r.location), path.Join(dir, path.Base(r.location))} {
		if !fs.ValidPath(name) {
			continue
		}
		if at, err := s.load(from, prefix, name); !errors.Is(err, fs.ErrNotExist) {
			return at, err
		}
	}
	return "", fmt.Errorf("%s: the schema file %q (namespace %q) is not in this folder, and nothing is fetched from elsewhere",
		path.Join(prefix, base), r.location, r.namespace)
}

// relative returns the path to a file as seen from a folder.
func relative(dir, to string) string {
	if dir == "." {
		return to
	}
	a, b := strings.Split(dir, "/"), strings.Split(to, "/")
	n := 0
	for n < len(a) && n < len(b)-1 && a[n] == b[n] {
		n++
	}
	return strings.Repeat("../", len(a)-n) + strings.Join(b[n:], "/")
}
