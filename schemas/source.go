package schemas

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/schemas/internal/xsdset"
)

// Source holds the schema files that a [Validator] works with.
type Source struct {
	builtin    bool // nothing but what this package holds
	folder     xsdset.Memory
	sets       []definition
	extensions []*xsdset.File // vendors' schemas, in folder
}

// definition says what a schema set is made of.
type definition struct {
	name      string // unique
	namespace string // of the root elements
	versions  []Version
	clause    string
	folder    xsdset.Folder
	entry     string
}

// standard returns the files of this package as a source.
func standard() *Source {
	s := &Source{builtin: true}
	for _, v := range Versions() {
		s.sets = append(s.sets, envelopeSet(v, files, v.Entry()))
	}
	s.sets = append(s.sets, environmentSet(files, V1_1_0.EnvironmentEntry()))
	return s
}

func envelopeSet(v Version, folder xsdset.Folder, entry string) definition {
	return definition{v.String(), v.Namespace(), []Version{v}, "DSP8023 " + v.String(), folder, entry}
}

func environmentSet(folder xsdset.Folder, entry string) definition {
	return definition{"environment", NamespaceEnvironment, Versions(), "DSP8027", folder, entry}
}

// candidates returns the names of the sets for documents whose root is in a
// namespace, oldest version first.
func (s *Source) candidates(namespace string) []string {
	var names []string
	for _, d := range s.sets {
		if d.namespace == namespace {
			names = append(names, d.name)
		}
	}
	return names
}

// gather reads the files of a set, with the extensions that go with it.
func (s *Source) gather(d definition) (*xsdset.Set, error) {
	set := xsdset.New()
	if err := set.Add(d.folder, "", d.entry); err != nil {
		return nil, &CompileError{Err: err}
	}
	standard := set.Namespaces()
	for _, f := range s.extensions {
		if standard[f.Target] || !concerns(f, d) {
			continue
		}
		if err := set.Add(s.folder, extensionFolder, f.Path); err != nil {
			return nil, &CompileError{Err: err}
		}
	}
	return set, nil
}

// extensionFolder is where the files of vendors appear in a set.
const extensionFolder = "extension"

// concerns reports whether an extension belongs to a set: one that imports
// namespaces of OVF belongs to those alone.
func concerns(f *xsdset.File, d definition) bool {
	imports := f.Imports()
	if slices.Contains(imports, d.namespace) {
		return true
	}
	return !slices.ContainsFunc(imports, isOVF)
}

func isOVF(namespace string) bool {
	return namespace == NamespaceEnvironment || len(VersionsOf(namespace)) > 0
}

// Bounds for a folder of schemas.
const (
	maxFolder      = 1000     // files
	maxFolderBytes = 64 << 20 // bytes in all of them
)

// FromDir reads schema files from a folder and those below it, all with the
// extension .xsd. Nothing outside the folder is read, not by links either, and
// nothing is fetched: an address in a schemaLocation is looked for under its last
// name in the folder.
//
// Files for the envelope or the environment of the standard, such as DMTF's own,
// take the place of all files of this package for that namespace; their version is
// taken from the header, the file name or the folder name. All other files are
// extensions: they add declarations, such as those of a vendor's sections, to the
// schemas whose namespace they import.
func FromDir(dir string) (*Source, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return FromFS(root.FS())
}

// FromFS is [FromDir] for any file system. Everything is read before it returns.
func FromFS(fsys fs.FS) (*Source, error) {
	s := &Source{folder: xsdset.Memory{}}
	files, err := s.readAll(fsys)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, f := range files {
		if isOVF(f.Target) {
			if err := s.standard(f, used); err != nil {
				return nil, err
			}
		}
	}
	s.sets = slices.Concat(s.sets, s.missing())
	slices.SortStableFunc(s.sets, func(a, b definition) int { return strings.Compare(a.name, b.name) })
	for _, f := range files {
		if !used[f.Path] && !isOVF(f.Target) {
			s.extensions = append(s.extensions, f)
		}
	}
	return s, nil
}

// standard makes a set of a schema of the standard, and notes which files it
// uses.
func (s *Source) standard(f *xsdset.File, used map[string]bool) error {
	d := environmentSet(s.folder, f.Path)
	if f.Target != NamespaceEnvironment {
		v, err := fileVersion(f)
		if err != nil {
			return err
		}
		d = envelopeSet(v, s.folder, f.Path)
	}
	set := xsdset.New()
	if err := set.Add(s.folder, "", f.Path); err != nil {
		return err
	}
	for name := range set.Files {
		used[name] = true
	}
	switch i := slices.IndexFunc(s.sets, func(e definition) bool { return e.name == d.name }); {
	case i < 0:
		s.sets = append(s.sets, d)
	case f.Target != NamespaceEnvironment: // each version may have its copy of that one
		return fmt.Errorf("%s and %s are both schemas of OVF %s: keep one of them", s.sets[i].entry, d.entry, d.name)
	}
	return nil
}

// missing returns the sets of this package for the namespaces that the source
// has none for.
func (s *Source) missing() []definition {
	return slices.DeleteFunc(standard().sets, func(d definition) bool {
		return len(s.candidates(d.namespace)) > 0
	})
}

// readAll reads every schema file into memory.
func (s *Source) readAll(fsys fs.FS) ([]*xsdset.File, error) {
	var files []*xsdset.File
	size := 0
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(path.Ext(name), ".xsd") {
			return err
		}
		f, err := fsys.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, xsdset.MaxBytes+1))
		if err != nil {
			return err
		}
		if size += len(data); size > maxFolderBytes || len(files) == maxFolder || len(data) > xsdset.MaxBytes {
			return fmt.Errorf("%s: too much: a folder of schemas may have %d files of %d bytes each and %d in all",
				name, maxFolder, xsdset.MaxBytes, maxFolderBytes)
		}
		s.folder[name] = data
		parsed, err := xsdset.ReadFile(s.folder, name)
		files = append(files, parsed)
		return err
	})
	if err == nil && len(files) == 0 {
		err = errors.New("the folder has no file with the extension .xsd")
	}
	return files, err
}

var (
	headerVersion = regexp.MustCompile(`(?m)^\s*Version:\s*(\d+\.\d+\.\d+)`)
	nameVersion   = regexp.MustCompile(`\d+\.\d+\.\d+`)
)

// fileVersion finds out the version of a schema of the envelope.
func fileVersion(f *xsdset.File) (Version, error) {
	source := f.Doc.Source()
	start, _ := f.Doc.Root().Span()
	found := ""
	if m := headerVersion.FindStringSubmatch(source[:start]); m != nil {
		found = m[1]
	} else if found = nameVersion.FindString(path.Base(f.Path)); found == "" {
		found = nameVersion.FindString(path.Base(path.Dir(f.Path)))
	}
	v, err := ParseVersion(found)
	if err != nil || v.Namespace() != f.Target {
		return 0, fmt.Errorf("%s: cannot tell which version of the OVF envelope this is: name the file dsp8023_VERSION.xsd, VERSION one of %v",
			f.Path, VersionsOf(f.Target))
	}
	return v, nil
}
