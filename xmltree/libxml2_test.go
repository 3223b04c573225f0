package xmltree

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// verdict is what libxml2 says about a document.
type verdict struct {
	ok        bool   // well-formed
	namespace bool   // with an error of namespaces
	messages  string // all it wrote
}

// libxml2 is one running xmllint, which reads one document after another: far
// faster than a process for each.
type libxml2 struct {
	dir    string
	in     io.WriteCloser
	out    *bufio.Reader
	errs   *bufio.Reader
	number int
	mu     sync.Mutex
}

// shared is the xmllint of this test process, started when it is first needed.
var shared = sync.OnceValues(startLibxml2)

// started is the same, for the end of the process.
var started atomic.Pointer[libxml2]

func TestMain(m *testing.M) {
	code := m.Run()
	if l := started.Load(); l != nil {
		l.in.Close() // ends it
		os.RemoveAll(l.dir)
	}
	os.Exit(code)
}

// peer returns the running xmllint, or skips the test where there is none.
func peer(t testing.TB) *libxml2 {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed: no comparison with libxml2")
	}
	l, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func startLibxml2() (*libxml2, error) {
	dir, err := os.MkdirTemp("", "xmltree")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "good.xml"), []byte("<good/>"), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command("xmllint", "--nonet", "--shell", "good.xml")
	cmd.Dir = dir
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	errs, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	l := &libxml2{dir: dir, in: in, out: bufio.NewReader(out), errs: bufio.NewReader(errs)}
	started.Store(l)
	return l, nil
}

// check asks whether a document is well-formed. The shell keeps the document
// loaded before when it cannot load one, and says which it has.
func (l *libxml2) check(t testing.TB, data []byte) verdict {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := os.WriteFile(filepath.Join(l.dir, "doc.xml"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	l.number++
	mark := fmt.Sprintf("mark-%d", l.number)
	if _, err := fmt.Fprintf(l.in, "load good.xml\nload doc.xml\n%s\nbase\n", mark); err != nil {
		t.Fatalf("xmllint ended: %v", err)
	}
	var v verdict
	var b strings.Builder
	for {
		line, err := l.errs.ReadString('\n')
		if err != nil {
			t.Fatalf("xmllint ended: %v; it wrote %q", err, b.String())
		}
		if strings.HasSuffix(line, "Unknown command "+mark+"\n") {
			b.WriteString(strings.TrimSuffix(line, "Unknown command "+mark+"\n"))
			break
		}
		b.WriteString(line)
	}
	v.messages = b.String()
	for {
		line, err := l.out.ReadString('\n')
		if err != nil {
			t.Fatalf("xmllint ended: %v", err)
		}
		if strings.HasSuffix(line, ".xml\n") {
			v.ok = strings.HasSuffix(line, "doc.xml\n")
			break
		}
	}
	v.namespace = strings.Contains(v.messages, ": namespace error : ")
	return v
}

// lintCanonical returns what `xmllint --c14n` or another option makes of a document.
func lintCanonical(t testing.TB, option string, data []byte) (string, error) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed: no comparison with libxml2")
	}
	cmd := exec.Command("xmllint", "--nonet", option, "-")
	cmd.Stdin = bytes.NewReader(data)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("xmllint %s: %w: %s", option, err, errs.String())
	}
	return out.String(), nil
}
