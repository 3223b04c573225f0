package schemas_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ovfkit/ovf/schemas/internal/schematest"
)

func read(t testing.TB, name string) schematest.Document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return schematest.Document{Name: name, Data: data}
}
