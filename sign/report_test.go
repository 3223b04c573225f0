package sign

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestReportJSON: the same input gives the same bytes, and a reader that knows
// nothing of this package finds its way.
func TestReportJSON(t *testing.T) {
	in, p := sample(t)
	in.Members[1].Content = strings.NewReader("not a real disc\n")
	p.Level, p.Roots = AnyIssuer, nil
	var first []byte
	for range 3 {
		r, err := verify(t, in, p)
		if err == nil {
			t.Fatal("a changed disk is accepted")
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(first, b) {
			t.Fatalf("twice the same report:\n%s\n%s", first, b)
		}
		first = b
	}
	var got struct {
		Accepted bool
		Level    string
		Time     string
		Signer   struct {
			Subject, Fingerprint, Key, Form, Digest string
			Chained                                 bool
		}
		Rows []struct {
			Check, File, Outcome, Rule, Reason, Hint, Waiver string
			Refuses                                          bool
		}
		GaveUp []string
		Notes  []struct {
			Severity, Rule, File, Message string
			Line                          int
		}
	}
	if err := json.Unmarshal(first, &got); err != nil {
		t.Fatal(err)
	}
	if got.Accepted || got.Level != "any-issuer" || got.Time != "2026-11-23T12:00:00Z" || len(got.GaveUp) != 1 || got.GaveUp[0] != "Level any-issuer" {
		t.Errorf("%+v", got)
	}
	if s := got.Signer; s.Subject != "CN=Example Appliances,O=Example Corp" || s.Key != "RSA 2048" || s.Form != formPKCS1 || s.Digest != "SHA256" || len(s.Fingerprint) != 64 || s.Chained {
		t.Errorf("signer %+v", s)
	}
	refused := 0
	for _, r := range got.Rows {
		if r.Check == "" || r.File == "" || r.Outcome == "" || r.Refuses && (r.Rule == "" || r.Reason == "" || r.Hint == "") {
			t.Errorf("row %+v", r)
		}
		if r.Refuses {
			refused++
			if r.Rule != ruleDigestMismatch || r.File != "petstore-disk1.img" {
				t.Errorf("row %+v refuses", r)
			}
		}
	}
	if refused != 1 || len(got.Notes) != 2 || got.Notes[0].Line != 1 || got.Notes[0].Severity != "warning" {
		t.Errorf("%d rows refuse, notes %+v", refused, got.Notes)
	}
	var buf bytes.Buffer
	if err := json.Indent(&buf, first, "", "  "); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", buf.String()+"\n")
	r, _ := verify(t, in, p)
	golden(t, "report.txt", text(r))
}

// TestReportEscapes: a name from a package cannot steer a terminal.
func TestReportEscapes(t *testing.T) {
	in := Input{Members: []Member{{Name: "a\x1b[2J\n.ovf", Role: RoleDescriptor}, {Name: "\u202e.vmdk"}}}
	in.Manifest = Document{Name: "m\x07.mf", Data: []byte("SHA1(x)= " + hexSHA1 + "\nSHA1(\x1b[2J)= 0\n\x1b[2J\n")}
	in.Certificate = Document{Name: "c\x07.cert", Data: []byte("SHA1(\x1b[2J)= 0\n\x1b[2J\n-----BEGIN \x1b[2J-----\n")}
	r, _ := verify(t, in, Policy{})
	if s := text(r); strings.ContainsAny(s, "\x1b\x07\u202e") {
		t.Errorf("%q", s)
	}
}

func TestTextForms(t *testing.T) {
	for l := Trusted; l <= NoManifest; l++ {
		b, err := l.MarshalText()
		var back Level
		if err != nil || back.UnmarshalText(b) != nil || back != l {
			t.Errorf("%v does not come back from %q", l, b)
		}
	}
	if _, err := Level(9).MarshalText(); err == nil {
		t.Error("an invalid level has a text form")
	}
	if _, err := ParseLevel("none"); err == nil || !strings.Contains(err.Error(), "any-issuer") {
		t.Errorf("unknown level: %v", err)
	}
	if _, err := Outcome(0).MarshalText(); err == nil {
		t.Error("the zero outcome has a text form")
	}
	if DefaultLimits() != (Limits{}).withDefaults() || (Limits{Entries: 3}).withDefaults().Entries != 3 {
		t.Error("limits do not take their defaults")
	}
}
