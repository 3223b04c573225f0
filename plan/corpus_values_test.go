package plan_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/plan"
)

// Every descriptor of the corpus gives a plan or a list of errors. In a plan, each
// property has the value that the descriptor writes, unless it has references or
// belongs to an option, and each machine has a document.
func TestCorpusValues(t *testing.T) {
	const folder = "../../shared/corpus"
	resolved, refused := 0, 0
	_ = filepath.WalkDir(folder, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".ovf") {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
			return nil
		}
		env, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: name})
		if err != nil {
			return nil
		}
		p, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{})
		if err != nil {
			var list diag.List
			if refused++; !errors.As(err, &list) || !list.HasErrors() || p != nil {
				t.Errorf("%s: plan %v, error %v", name, p, err)
			}
			return nil
		}
		resolved++
		written := map[string]string{} // values that nothing changes, by place
		for ref := range env.Properties() {
			if v := ref.Property.Value; len(ref.Property.Values) == 0 && (v == nil || !strings.Contains(*v, "${")) {
				text := ""
				if v != nil {
					text = *v
				}
				written[ref.Property.Location("").String()] = text
			}
		}
		for _, m := range p.Machines {
			if _, err := m.EnvironmentDocument(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, x := range m.Properties {
				if want, ok := written[x.Location.String()]; ok && x.Value != want {
					t.Errorf("%s: %s is not what %s writes", name, x.Name, x.Location)
				}
			}
		}
		return nil
	})
	if resolved+refused == 0 {
		t.Skip("../shared/corpus is not beside the repository")
	}
	t.Logf("%d resolved, %d refused", resolved, refused)
	// most of what is refused has sections of vendors that must be understood
	if resolved < 350 {
		t.Errorf("only %d descriptors resolve", resolved)
	}
}
