package environment_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/environment"
)

// Documents of the corpus come back byte for byte, and say the same when
// written anew.
func TestCorpus(t *testing.T) {
	n := 0
	_ = filepath.WalkDir("../../shared/corpus", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(p, ".xml") {
			return nil
		}
		data, err := os.ReadFile(p)
		if err != nil || !bytes.Contains(data, []byte("Environment")) || !bytes.Contains(data, []byte(environment.Namespace1)) {
			return nil
		}
		env, _, err := environment.Decode(data, environment.DecodeOptions{Name: p})
		if err != nil {
			t.Error(err)
			return nil
		}
		n++
		out, err := environment.Encode(env)
		if err != nil || !bytes.Equal(out, data) {
			t.Errorf("%s: written differently without a change (%v)", p, err)
		}
		bare := env.WithoutSource()
		text, err := environment.Encode(bare)
		if err != nil {
			t.Errorf("%s: %v", p, err)
			return nil
		}
		again, _, err := environment.Decode(text, environment.DecodeOptions{})
		if err != nil {
			t.Errorf("%s: %v", p, err)
			return nil
		}
		if !again.Equal(bare) {
			t.Errorf("%s: written without source it says something else:\n%s", p, text)
		}
		return nil
	})
	if n == 0 {
		t.Skip("../shared/corpus is not beside the repository")
	}
	t.Logf("%d documents", n)
}

// literal is a document made in Go, with values that need escaping.
func literal() *environment.Environment {
	props := &environment.PropertySection{Property: []environment.Property{
		{Key: "com.example.ip.web", Value: "10.0.0.7"},
		{Key: "motd", Value: "a < b & \"c\" 'd'\n\tnext, ünï ☃ 𝄞"},
		{Key: "empty", Value: ""},
	}}
	return &environment.Environment{
		ID: new("web"),
		Section: environment.Sections{
			&environment.PlatformSection{Kind: new("Example Hypervisor"), Version: new("1.0"), Locale: new("da"), Timezone: new(int32(-60))},
			props,
		},
		Entity: []environment.Entity{{ID: "db", Section: environment.Sections{props.Clone()}}},
	}
}

// A literal is valid by the schema of DMTF and reads back the same, white space
// in values included.
func TestLiteral(t *testing.T) {
	env := literal()
	text, err := environment.Encode(env)
	if err != nil {
		t.Fatal(err)
	}
	back, list, err := environment.Decode(text, environment.DecodeOptions{})
	if err != nil || len(list) > 0 {
		t.Fatal(err, list)
	}
	back.Namespace = ""
	if !back.Equal(env) {
		t.Errorf("reads back differently:\n%s", text)
	}
	lint(t, text)
}

// A value that XML cannot carry is refused, and nothing is written.
func TestIllegalValue(t *testing.T) {
	env := literal()
	env.Section[1].(*environment.PropertySection).Property[0].Value = "\x01"
	var b bytes.Buffer
	if err := environment.Write(&b, env); err == nil || b.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, b.Len())
	}
}

func TestNotEnvironment(t *testing.T) {
	_, _, err := environment.Decode([]byte("<a/>"), environment.DecodeOptions{Name: "x.xml"})
	if err == nil || !strings.Contains(err.Error(), "x.xml:1:1") || !strings.Contains(err.Error(), environment.RuleRoot) {
		t.Errorf("error %v", err)
	}
}
