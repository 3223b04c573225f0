package environment_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/xmltree"
)

// Both forms come back, also through the programs base64 and gzip.
func TestGuestInfo(t *testing.T) {
	g := webGuest(t)
	document, err := g.Document()
	if err != nil {
		t.Fatal(err)
	}
	plain, err := environment.GuestInfo(document, false)
	if err != nil || len(plain) != 1 || plain[0].Key != "guestinfo.ovfEnv" || plain[0].Value != string(document) {
		t.Errorf("plain: %v, %v", plain, err)
	}
	packed, err := environment.GuestInfo(document, true)
	if err != nil || len(packed) != 2 || packed[0].Key != "guestinfo.ovfEnv" || packed[1] != (environment.Pair{Key: "guestinfo.ovfEnv.encoding", Value: "gzip+base64"}) {
		t.Fatalf("packed: %v, %v", packed, err)
	}
	if again, _ := environment.GuestInfo(document, true); again[0] != packed[0] {
		t.Error("the same document is packed differently")
	}
	cmd := exec.Command("sh", "-c", "base64 -d | gzip -dc")
	cmd.Stdin = strings.NewReader(packed[0].Value)
	if out, err := cmd.Output(); err != nil {
		t.Logf("base64 and gzip: %v", err)
	} else if !bytes.Equal(out, document) {
		t.Errorf("gzip reads\n%s", out)
	}
	for _, c := range []struct{ value, encoding string }{
		{plain[0].Value, ""},
		{packed[0].Value, packed[1].Value},
		{packed[0].Value + "\n", " GZ+B64"},
		{base64.StdEncoding.EncodeToString(document), "b64"},
	} {
		if out, err := environment.ReadGuestInfo(c.value, c.encoding, xmltree.Limits{}); err != nil || !bytes.Equal(out, document) {
			t.Errorf("encoding %q: %v\n%s", c.encoding, err, out)
		}
	}
}

func TestGuestInfoRefused(t *testing.T) {
	noise := make([]byte, environment.GuestInfoLimit+1)
	chacha := rand.NewChaCha8([32]byte{})
	_, _ = chacha.Read(noise) // never fails
	for _, compress := range []bool{false, true} {
		if _, err := environment.GuestInfo(noise, compress); !errors.Is(err, environment.ErrGuestInfoSize) {
			t.Errorf("compress %v: error %v", compress, err)
		}
	}
	bomb, err := environment.GuestInfo(make([]byte, 8<<20), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ value, encoding, want string }{
		{"x", "rot13", `guestinfo.ovfEnv.encoding is "rot13"`},
		{"!!!!", "base64", "guestinfo.ovfEnv: illegal base64"},
		{"QUJD", "gzip+base64", "guestinfo.ovfEnv: "},
		{bomb[0].Value, "gzip+base64", "more than the 1048576 bytes"},
		{strings.Repeat("x", 1<<20+1), "", "more than the 1048576 bytes"},
	} {
		out, err := environment.ReadGuestInfo(c.value, c.encoding, xmltree.Limits{Bytes: 1 << 20})
		if err == nil || !strings.Contains(err.Error(), c.want) || out != nil {
			t.Errorf("%q: error %v, want %q", c.encoding, err, c.want)
		}
	}
}
