//go:build unix

package main

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// screen is a pseudo-terminal with what has appeared on it.
type screen struct {
	t      *testing.T
	master *os.File
	tty    *os.File
	mu     sync.Mutex
	text   bytes.Buffer
	read   int // up to where expect has looked
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	s := &screen{t: t, master: master, tty: tty}
	t.Cleanup(func() { master.Close(); tty.Close() })
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := master.Read(b)
			s.mu.Lock()
			s.text.Write(b[:n])
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return s
}

// expect waits for a text to appear after the last one.
func (s *screen) expect(text string) {
	s.t.Helper()
	for range 1000 {
		s.mu.Lock()
		i := strings.Index(s.text.String()[s.read:], text)
		if i >= 0 {
			s.read += i + len(text)
		}
		s.mu.Unlock()
		if i >= 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("no %q on the screen:\n%s", text, s.shown()[s.read:])
}

func (s *screen) shown() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// enter types keys.
func (s *screen) enter(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// start runs the command on the terminal; the result comes when it is done.
func (s *screen) start(args ...string) (stdout *bytes.Buffer, done chan int) {
	stdout, done = new(bytes.Buffer), make(chan int, 1)
	go func() { done <- run(args, s.tty, stdout, s.tty) }()
	return stdout, done
}

func (s *screen) wait(done chan int) int {
	s.t.Helper()
	select {
	case status := <-done:
		return status
	case <-time.After(20 * time.Second):
		s.t.Fatalf("the command does not end; screen:\n%s", s.shown())
		return -1
	}
}

const secretXML = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References/>
<VirtualSystem ovf:id="vm"><Info>V</Info><ProductSection><Info>P</Info>
<Property ovf:key="pw" ovf:type="string" ovf:password="true" ovf:qualifiers="MinLen(4)" ovf:userConfigurable="true"><Label>Password&#x9;of root</Label></Property>
<Property ovf:key="port" ovf:type="uint16" ovf:value="80" ovf:userConfigurable="true"/>
<Property ovf:key="note" ovf:type="string" ovf:value="n" ovf:userConfigurable="true"/>
<Property ovf:key="given" ovf:type="string" ovf:value="n" ovf:userConfigurable="true"/>
<Property ovf:key="fixed" ovf:type="string" ovf:value="f"/>
</ProductSection></VirtualSystem></Envelope>`

// The questions: the option first, then the properties by category in the
// language of the operator, with defaults, and again until the answer fits.
func TestWizard(t *testing.T) {
	s := newScreen(t)
	stdout, done := s.start("env", "build", petstore, "--machine", "WebTier", "--interactive", "--locale", "da")
	s.expect("minimal  Mindst mulig: Til en prøve")
	s.expect("Option [standard]: ")
	s.enter("tiny\r")
	s.expect(`no option "tiny". Accepted: a number from 1 to 2`)
	s.enter("1\r")
	s.expect("PetStore: Personer")
	s.expect("Advarsler fra alle tre maskiner")
	s.expect("Accepted: text of 3 to 254 characters")
	s.expect("Driftens mailadresse: ")
	s.enter("\r")
	s.expect("A value is needed")
	s.enter("x\r")
	s.expect(`Not taken: "x" has 1 character; accepted: text of 3 to 254 characters`)
	s.enter("ops@example.com\r")
	s.expect("PetStore: Net")
	for _, ip := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"} {
		s.expect("Accepted: text of 7 to 39 characters")
		s.enter(ip + "\r")
	}
	s.expect("PetStore: Logning")
	s.expect(`Accepted: "debug", "normal" or "quiet"`)
	s.expect(" [quiet]: ") // the default under the option
	s.enter("\r")
	if status := s.wait(done); status != exitGood {
		t.Fatalf("status %d; screen:\n%s", status, s.shown())
	}
	for _, want := range []string{"ops@example.com", "10.0.0.1", "10.0.0.2", "10.0.0.3", `"logLevel" oe:value="quiet"`} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("no %s in\n%s", want, stdout)
		}
	}
}

// A password is typed twice and never shown, what was given is not asked, and
// the terminal is afterwards as it was.
func TestWizardPassword(t *testing.T) {
	s := newScreen(t)
	before, err := term.GetState(int(s.tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	stdout, done := s.start("env", "build", save(t, "vm.ovf", secretXML), "--interactive", "--property", "given=g")
	s.expect("Password of root: ")
	s.enter("abc\r")
	s.expect("Not taken: the value has 3 characters")
	s.expect("Password of root: ")
	s.enter("hunter2\r")
	s.expect("The same again: ")
	s.enter("hunter3\r")
	s.expect("The two differ")
	s.expect("Password of root: ")
	s.enter("hunter2\r")
	s.expect("The same again: ")
	s.enter("hunter2\r")
	s.expect("port [80]: ")
	s.enter("70000\r")
	s.expect("Not taken: \"70000\" is out of range; accepted: a whole number from 0 to 65535")
	s.enter("8080\r")
	s.expect("note [n]: ")
	s.enter("\"\"\r")
	if status := s.wait(done); status != exitGood {
		t.Fatalf("status %d; screen:\n%s", status, s.shown())
	}
	for _, want := range []string{`"pw" oe:value="hunter2"`, `"port" oe:value="8080"`, `"note" oe:value=""`, `"given" oe:value="g"`} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("no %s in\n%s", want, stdout)
		}
	}
	if shown := s.shown(); strings.Contains(shown, "hunter") || strings.Contains(shown, "given [") || strings.Contains(shown, "fixed [") {
		t.Errorf("too much is shown:\n%s", shown)
	}
	after, err := term.GetState(int(s.tty.Fd()))
	if err != nil || *after != *before {
		t.Errorf("the terminal is left in another state: %v", err)
	}
}

// Ctrl-C and Ctrl-D end the questions: nothing is written, and the terminal is as
// it was.
func TestWizardStops(t *testing.T) {
	for name, key := range map[string]string{"Ctrl-C": "\x03", "Ctrl-D": "\x04"} {
		t.Run(name, func(t *testing.T) {
			s := newScreen(t)
			before, err := term.GetState(int(s.tty.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			out := save(t, "vm.ovf", secretXML) + ".xml"
			_, done := s.start("env", "build", strings.TrimSuffix(out, ".xml"), "--interactive", "-o", out)
			s.expect("Password of root: ")
			s.enter(key)
			s.expect("stopped at a question; nothing was done")
			if status := s.wait(done); status != exitInput {
				t.Errorf("status %d", status)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("a file was written")
			}
			if after, err := term.GetState(int(s.tty.Fd())); err != nil || *after != *before {
				t.Errorf("the terminal is left in another state: %v", err)
			}
		})
	}
}
