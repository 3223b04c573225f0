package schemas_test

import (
	"encoding/json"
	"io/fs"
	"slices"
	"testing"

	"github.com/ovfkit/ovf/schemas"
)

func TestVersions(t *testing.T) {
	for _, v := range schemas.Versions() {
		for _, entry := range []string{v.Entry(), v.EnvironmentEntry()} {
			if _, err := fs.Stat(schemas.Files(), entry); err != nil {
				t.Error(err)
			}
		}
		if !slices.Contains(schemas.VersionsOf(v.Namespace()), v) {
			t.Errorf("%v is not in its namespace", v)
		}
		if got, err := schemas.ParseVersion(v.String()); err != nil || got != v {
			t.Errorf("ParseVersion(%q) = %v, %v", v, got, err)
		}
	}
	if n := len(schemas.VersionsOf("urn:x")); n != 0 {
		t.Errorf("%d versions in a foreign namespace", n)
	}
	if n := len(schemas.VersionsOf(schemas.NamespaceEnvironment)); n != 4 {
		t.Errorf("%d versions have an environment", n)
	}
	if _, err := schemas.ParseVersion("1.2"); err == nil {
		t.Error("version 1.2 was accepted")
	}
}

func TestVersionJSON(t *testing.T) {
	data, err := json.Marshal(schemas.Versions())
	if err != nil || string(data) != `["1.0.0","1.1.0","1.1.1","2.0.1"]` {
		t.Errorf("%s, %v", data, err)
	}
	var back []schemas.Version
	if err := json.Unmarshal(data, &back); err != nil || !slices.Equal(back, schemas.Versions()) {
		t.Errorf("%v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`["9"]`), &back); err == nil {
		t.Error("version 9 was accepted")
	}
	if _, err := json.Marshal(schemas.Version(0)); err == nil {
		t.Error("no version was written")
	}
}
