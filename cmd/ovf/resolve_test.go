package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// petstoreValues are the values that the pet store asks for.
var petstoreValues = []string{"--property", "adminEmail=a@b.example", "--property", "appIp=10.0.0.1", "--property", "dbIp=10.0.0.2", "--property", "db2Ip=10.0.0.3"}

func resolvePetstore(args ...string) result {
	return execute("", append(append([]string{"resolve", filepath.Join(repo, "examples", "petstore", "petstore.ovf")}, petstoreValues...), args...)...)
}

// The numbers are those that the descriptor of the pet store states.
func TestResolveText(t *testing.T) {
	r := resolvePetstore("--option", "minimal", "--network", "public=prod")
	r.want(t, 0)
	for _, line := range []string{`deployment option: "minimal"`, `network "public": is "prod"`, `machine "WebTier"`, `memory: 256 MiB, from 192 MiB to 4 GiB`,
		`property "appIp": "10.0.0.1"`, `property "com.example.petstore.web.listen": "10.0.0.1:80"`} {
		if !strings.Contains(r.stdout, line) {
			t.Errorf("no %s in\n%s", line, r.stdout)
		}
	}
}

func TestResolveJSON(t *testing.T) {
	r := resolvePetstore("--json")
	r.want(t, 0)
	var p struct {
		Option   struct{ ID string }
		Machines []struct {
			ID       string
			Hardware struct {
				Memory struct{ Value uint64 }
			}
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &p); err != nil {
		t.Fatal(err)
	}
	if p.Option.ID != "standard" || len(p.Machines) != 3 || p.Machines[0].ID != "WebTier" || p.Machines[0].Hardware.Memory.Value != 512<<20 {
		t.Errorf("%+v", p)
	}
}

func TestResolveDiff(t *testing.T) {
	r := resolvePetstore("--diff-option", "minimal")
	r.want(t, 0)
	if line := "~ machine \"DB1\", memory: 384 MiB -> 192 MiB\n"; !strings.Contains(r.stdout, line) {
		t.Errorf("no %s in\n%s", line, r.stdout)
	}
	same := resolvePetstore("--diff", filepath.Join(repo, "examples", "petstore", "petstore.ovf"))
	same.want(t, 0)
	if same.stdout != "Nothing changes.\n" {
		t.Error(same.stdout)
	}
	same = resolvePetstore("--json", "--diff", filepath.Join(repo, "examples", "petstore", "petstore.ovf"))
	if strings.Join(strings.Fields(same.stdout), "") != `{"changes":[]}` {
		t.Error(same.stdout)
	}
}

// All that is missing is said at once; nothing is printed.
func TestResolveRefuses(t *testing.T) {
	r := execute("", "resolve", filepath.Join(repo, "examples", "petstore", "petstore.ovf"), "--option", "huge")
	r.want(t, 1, `no deployment option "huge"`, `"minimal", "standard"`, `"adminEmail"`, `"appIp"`, `"dbIp"`, `"db2Ip"`)
	if r.stdout != "" {
		t.Error(r.stdout)
	}
	resolvePetstore("--diff", "a.ovf", "--diff-option", "minimal").want(t, 2)
	execute("", "resolve", "no-such-file.ovf").want(t, 3)
}
