package environment_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/diskfs/go-diskfs/backend/file"
	"github.com/diskfs/go-diskfs/filesystem/iso9660"

	"github.com/ovfkit/ovf/environment"
)

// isoImage writes an image of a document and files by path.
func isoImage(t testing.TB, document []byte, files map[string][]byte) []byte {
	t.Helper()
	var list []environment.File
	for p, content := range files {
		list = append(list, environment.File{Path: p, Size: int64(len(content)), Content: bytes.NewReader(content)})
	}
	slices.SortFunc(list, func(a, b environment.File) int { return strings.Compare(a.Path, b.Path) })
	var b bytes.Buffer
	if err := environment.WriteISO(&b, document, list...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// output runs a program, or skips the test where it is not installed.
func output(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(name + " is not installed")
	}
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, stderr.Bytes())
	}
	return out
}

func saved(t *testing.T, image []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "env.iso")
	if err := os.WriteFile(name, image, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// media are images with what there can be beside the document: nothing, content
// of whole blocks and of none, folders, names that are alike when shortened, many
// files, and names as long as they may be.
func media() map[string]map[string][]byte {
	all := map[string]map[string][]byte{
		"document alone": nil,
		"whole blocks":   {"zz": bytes.Repeat([]byte("z"), 4096)},
		"empty":          {"aa": nil, "zz": nil, "zz2": nil},
		"folders": {"ovffiles/setup/answers.xml": []byte("<a/>"), "ovffiles/licence.txt": []byte("free"), "other/README": []byte("1"),
			"a/b/c/d/e/f/g/deep": []byte("deep")},
		"alike": {"configuration1.yaml": []byte("1"), "configuration2.yaml": []byte("2"), "Configuration3.yml": []byte("3"),
			"dir.a/x": []byte("x"), "dir.b/x": []byte("y"), "ünï.txt": []byte("u")},
		"long names": {strings.Repeat("n", 64): []byte("1"), strings.Repeat("å", 64): []byte("2"), strings.Repeat("d", 64) + "/" + strings.Repeat("f", 60) + ".txt": []byte("3")},
		"zeros":      {"disk": make([]byte, 10_000), "other": []byte("x")},
		"many":       {},
	}
	for i := range 200 {
		all["many"][fmt.Sprintf("folder %d/file number %03d.conf", i%3, i)] = fmt.Appendf(nil, "content %d", i)
	}
	return all
}

// isoinfo, which has no code with our library in common, finds every name in the
// trees of Rock Ridge and Joliet, and reads the same contents by both.
func TestISOByIsoinfo(t *testing.T) {
	document := bytes.Repeat([]byte("<x/>\n"), 700)
	for name, files := range media() {
		t.Run(name, func(t *testing.T) {
			iso := saved(t, isoImage(t, document, files))
			want := map[string][]byte{"ovf-env.xml": document}
			var folders []string
			for p, content := range files {
				want[p] = content
				for dir := filepath.Dir(p); dir != "."; dir = filepath.Dir(dir) {
					folders = append(folders, "/"+dir)
				}
			}
			var names []string
			for p := range want {
				names = append(names, "/"+p)
			}
			names = append(names, folders...)
			slices.Sort(names)
			names = slices.Compact(names)
			for _, tree := range []string{"-R", "-J"} {
				args := []string{tree}
				if tree == "-J" {
					args = append(args, "-j", "iso8859-1") // it knows no UTF-8 there
				}
				list := strings.TrimSpace(string(output(t, "isoinfo", append(args, "-f", "-i", iso)...)))
				if tree == "-J" {
					list = fromLatin1(list)
				}
				found := strings.Split(list, "\n")
				slices.Sort(found)
				if !slices.Equal(found, names) {
					t.Errorf("isoinfo %s lists\n%q\nwant\n%q", tree, found, names)
				}
				if len(want) > 20 { // a process for each content
					continue
				}
				for p, content := range want {
					arg := "/" + p
					if tree == "-J" {
						arg = toLatin1(arg)
					}
					if got := output(t, "isoinfo", append(args, "-x", arg, "-i", iso)...); !bytes.Equal(got, content) {
						t.Errorf("isoinfo %s reads %d bytes of %s, want %d", tree, len(got), p, len(content))
					}
				}
			}
		})
	}
}

func fromLatin1(s string) string {
	var out []rune
	for i := range len(s) {
		out = append(out, rune(s[i]))
	}
	return string(out)
}

func toLatin1(s string) string {
	var out []byte
	for _, r := range s {
		out = append(out, byte(r))
	}
	return string(out)
}

// unpacked returns what a program unpacks from an image into a folder.
func unpacked(t testing.TB, image []byte, program func(iso, dir string) *exec.Cmd) map[string][]byte {
	t.Helper()
	top := t.TempDir()
	iso, dir := filepath.Join(top, "env.iso"), filepath.Join(top, "out")
	if err := errors.Join(os.WriteFile(iso, image, 0o600), os.Mkdir(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	cmd := program(iso, dir)
	if _, err := exec.LookPath(cmd.Path); err != nil {
		t.Skip(cmd.Path + " is not installed")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	found := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.Chmod(p, 0o700) // so that the folder can be removed
		}
		rel, err := filepath.Rel(dir, p)
		if err == nil {
			found[filepath.ToSlash(rel)], err = os.ReadFile(p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// unpackers are programs that read the tree of Rock Ridge and that of Joliet.
var unpackers = map[string]func(iso, dir string) *exec.Cmd{
	"bsdtar, Rock Ridge": func(iso, dir string) *exec.Cmd { return exec.Command("bsdtar", "-x", "-f", iso, "-C", dir) },
	"bsdtar, Joliet": func(iso, dir string) *exec.Cmd {
		return exec.Command("bsdtar", "--options", "!rockridge", "-x", "-f", iso, "-C", dir)
	},
	"xorriso, Rock Ridge": func(iso, dir string) *exec.Cmd {
		return exec.Command("xorriso", "-osirrox", "on:auto_chmod_on", "-read_fs", "nojoliet", "-indev", iso, "-extract", "/", dir)
	},
	"xorriso, Joliet": func(iso, dir string) *exec.Cmd {
		return exec.Command("xorriso", "-osirrox", "on:auto_chmod_on", "-read_fs", "norock", "-indev", iso, "-extract", "/", dir)
	},
}

// Others unpack what went in, from both trees.
func TestISOByOthers(t *testing.T) {
	document := []byte("<env/>")
	for name, files := range media() {
		for program, command := range unpackers {
			t.Run(name+"/"+program, func(t *testing.T) {
				got := unpacked(t, isoImage(t, document, files), command)
				if len(got) != len(files)+1 || string(got["ovf-env.xml"]) != string(document) {
					t.Errorf("unpacked %d files, want %d; document %q", len(got), len(files)+1, got["ovf-env.xml"])
				}
				for p, content := range files {
					if !bytes.Equal(got[p], content) {
						t.Errorf("%s has %d bytes, want %d", p, len(got[p]), len(content))
					}
				}
			})
		}
	}
}

// The library reads what it wrote, after our changes to it.
func TestISOByLibrary(t *testing.T) {
	document := []byte("<env/>")
	for name, files := range media() {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(saved(t, isoImage(t, document, files)))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			disk, err := iso9660.Read(file.New(f, true), 0, 0, 2048)
			if err != nil {
				t.Fatal(err)
			}
			if label := strings.TrimRight(disk.Label(), " "); label != "OVF ENV" {
				t.Errorf("label %q", label)
			}
			want := map[string][]byte{"ovf-env.xml": document}
			for p, content := range files {
				want[p] = content
			}
			for p, content := range want {
				r, err := disk.OpenFile("/"+p, os.O_RDONLY)
				if err != nil {
					t.Errorf("%s: %v", p, err)
					continue
				}
				if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
					t.Errorf("%s: %d bytes, want %d; %v", p, len(got), len(content), err)
				}
			}
		})
	}
}

// The label is that of VMware, and nothing of the machine that wrote the image
// is in it: no times, owners or modes.
func TestISOFields(t *testing.T) {
	iso := saved(t, isoImage(t, []byte("<env/>"), map[string][]byte{"d/f": []byte("x")}))
	head := string(output(t, "isoinfo", "-d", "-i", iso))
	for _, want := range []string{"Volume id: OVF ENV\n", "Joliet with UCS level 3 found", "Rock Ridge signatures version 1 found"} {
		if !strings.Contains(head, want) {
			t.Errorf("isoinfo -d does not say %q:\n%s", want, head)
		}
	}
	lines := 0
	for line := range strings.Lines(string(output(t, "isoinfo", "-R", "-l", "-i", iso))) {
		f := strings.Fields(line)
		if len(f) < 8 || f[0] == "Directory" {
			continue
		}
		lines++
		if mode := f[0]; mode != "dr-xr-xr-x" && mode != "-r--r--r--" || f[2] != "0" || f[3] != "0" || strings.Join(f[5:8], " ") != "Jan 1 1980" {
			t.Errorf("isoinfo lists %q", line)
		}
	}
	if lines != 7 {
		t.Errorf("isoinfo lists %d entries, want 7", lines)
	}
	data, err := os.ReadFile(iso)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{16 * 2048, 17 * 2048} { // the primary and the Joliet descriptor, ECMA-119 8.4.26 to 8.4.29
		if got, want := string(data[at+813:at+881]), strings.Repeat("1980010100000000\x00", 2)+strings.Repeat("0000000000000000\x00", 2); got != want {
			t.Errorf("times of the descriptor are %q, want %q", got, want)
		}
	}
}

// The bytes are the same whenever, wherever and by whomever they are written.
func TestISODeterministic(t *testing.T) {
	files := media()["folders"]
	first := sha256.Sum256(isoImage(t, []byte("<env/>"), files))
	other := filepath.Join(t.TempDir(), "other place")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", other)
	for range 5 {
		if again := sha256.Sum256(isoImage(t, []byte("<env/>"), files)); again != first {
			t.Fatal("the image differs from the first one")
		}
	}
	if left, _ := os.ReadDir(other); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The size of a normal image is less than 64 KiB.
func TestISOSize(t *testing.T) {
	for _, size := range []int{0, 3122, 4096, 10_000} {
		image := isoImage(t, make([]byte, size), nil)
		if len(image) >= 64<<10 || len(image)%2048 != 0 {
			t.Errorf("a document of %d bytes gives an image of %d", size, len(image))
		}
	}
}

// The content never passes through the temporary folder.
func TestISOSecret(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	const secret = "hunter2"
	at := 0
	spy := readerFunc(func(p []byte) (int, error) { // the folder is gone before a content is read
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%v is there", left)
		}
		n := copy(p, secret[at:])
		at += n
		if at == len(secret) {
			return n, io.EOF
		}
		return n, nil
	})
	var b bytes.Buffer
	if err := environment.WriteISO(&b, []byte("<env/>"), environment.File{Path: "pw", Size: int64(len(secret)), Content: spy}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b.Bytes(), []byte(secret)) {
		t.Error("the content is not in the image")
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Large files are not held in memory, nor on disk.
func TestISOLarge(t *testing.T) {
	const size = 64 << 20
	var n counter
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := environment.WriteISO(&n, nil, environment.File{Path: "big", Size: size, Content: io.LimitReader(ones{}, size)}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; n < size || n > size+64<<10 || allocated > 4<<20 {
		t.Errorf("%d bytes written, %d allocated", n, allocated)
	}
}

type ones struct{}

func (ones) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 1
	}
	return len(p), nil
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func TestISORefused(t *testing.T) {
	text := func(p string) environment.File {
		return environment.File{Path: p, Size: 1, Content: strings.NewReader("x")}
	}
	many := make([]environment.File, 256)
	for i := range many {
		many[i] = text(fmt.Sprint(i))
	}
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		files []environment.File
		want  string
	}{
		"document":     {[]environment.File{text("OVF-ENV.XML")}, `environment file "OVF-ENV.XML": another file or folder has this name`},
		"case":         {[]environment.File{text("a/B"), text("A/b")}, `environment file "A/b": another file or folder has this name`},
		"file, folder": {[]environment.File{text("a"), text("a/b")}, `environment file "a/b": "a" is a file`},
		"folder, file": {[]environment.File{text("a/b"), text("a")}, `environment file "a": another file or folder has this name`},
		"outside":      {[]environment.File{text("../etc/passwd")}, `environment file "../etc/passwd": is no path inside the medium`},
		"absolute":     {[]environment.File{text("/etc")}, `is no path inside the medium`},
		"empty":        {[]environment.File{text("")}, `is no path inside the medium`},
		"root":         {[]environment.File{text(".")}, `is no path inside the medium`},
		"backslash":    {[]environment.File{text(`a\b`)}, `has the character U+005C`},
		"control":      {[]environment.File{text("a\nb")}, `has the character U+000A`},
		"astral":       {[]environment.File{text("𝄞")}, `has the character U+1D11E`},
		"long":         {[]environment.File{text(strings.Repeat("x", 65))}, `has 65 characters, the limit is 64`},
		"deep":         {[]environment.File{text("1/2/3/4/5/6/7/8/f")}, `is below 8 folders, the limit is 7`},
		"many":         {many, `there are 257 files, the limit is 256`},
		"negative":     {[]environment.File{{Path: "a", Size: -1, Content: strings.NewReader("")}}, `has -1 bytes, the limit is 4294967295`},
		"huge":         {[]environment.File{{Path: "a", Size: 1 << 32, Content: strings.NewReader("")}}, `has 4294967296 bytes, the limit is 4294967295`},
		"short":        {[]environment.File{{Path: "a", Size: 5, Content: strings.NewReader("1234")}}, `environment file "a": unexpected EOF: it has 4 bytes, and should have 5`},
		"too long":     {[]environment.File{{Path: "a", Size: 3, Content: strings.NewReader("1234")}}, `environment file "a": has more than the 3 bytes`},
		"read error":   {[]environment.File{{Path: "a", Size: 3, Content: iotest.ErrReader(broken)}}, `environment file "a": broken`},
	} {
		err := environment.WriteISO(io.Discard, []byte("<env/>"), c.files...)
		var fe *environment.FileError
		if err == nil || !errors.As(err, &fe) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	if err := environment.WriteISO(failing{}, []byte("<env/>")); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if err := environment.WriteISO(io.Discard, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

var errFull = errors.New("full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// BenchmarkISO writes the image of a document of 3 kB, as the one that
// genisoimage was measured with.
func BenchmarkISO(b *testing.B) {
	document := bytes.Repeat([]byte("x"), 3122)
	for b.Loop() {
		var n counter
		if err := environment.WriteISO(&n, document); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(n), "image-bytes")
	}
}
