package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// target is a system to build for.
type target struct{ os, arch string }

var targets = []target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"}}

func main() {
	var (
		version = flag.String("version", "", "version to stamp, as v0.1.0")
		out     = flag.String("o", "dist", "folder for the result; must be new or empty")
		only    = flag.String("only", "", "build for one system, as linux/amd64")
	)
	flag.Parse()
	list := targets
	if *only != "" {
		list = slices.DeleteFunc(slices.Clone(targets), func(t target) bool { return t.os+"/"+t.arch != *only })
	}
	if err := release(*version, *out, list); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

var versionForm = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)

func release(version, out string, list []target) error {
	switch {
	case !versionForm.MatchString(version):
		return fmt.Errorf("version %q: write it as v0.1.0", version)
	case len(list) == 0:
		return errors.New("there is no such system")
	}
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty", out)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "release-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	extras, err := documents(version, work)
	if err != nil {
		return err
	}
	for _, t := range list {
		if err := t.release(version, work, out, extras); err != nil {
			return fmt.Errorf("%s/%s: %w", t.os, t.arch, err)
		}
	}
	return digests(out)
}

// build builds the command for a system.
func build(t target, version, name string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.release="+version, "-o", name, "./cmd/ovf")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOAMD64=v1", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
}

// documents makes what is the same for every system: man pages, completions, and the
// texts of the repository.
func documents(version, work string) ([]member, error) {
	host := filepath.Join(work, "host")
	if err := build(target{runtime.GOOS, runtime.GOARCH}, version, host); err != nil {
		return nil, err
	}
	man := filepath.Join(work, "man")
	if text, err := exec.Command(host, "man", man).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("ovf man: %w\n%s", err, text)
	}
	var out []member
	pages, err := os.ReadDir(man)
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		data, err := os.ReadFile(filepath.Join(man, p.Name()))
		if err != nil {
			return nil, err
		}
		out = append(out, member{"man/" + p.Name(), data, 0o644})
	}
	for _, shell := range []string{"bash", "fish", "powershell", "zsh"} {
		data, err := exec.Command(host, "completion", shell).Output()
		if err != nil {
			return nil, fmt.Errorf("ovf completion %s: %w", shell, err)
		}
		out = append(out, member{"completion/ovf." + shell, data, 0o644})
	}
	for _, name := range []string{"CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md"} {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		out = append(out, member{name, data, 0o644})
	}
	return out, nil
}

// release builds for one system and packs the result.
func (t target) release(version, work, out string, extras []member) error {
	name := "ovf"
	if t.os == "windows" {
		name += ".exe"
	}
	binary := filepath.Join(work, t.os+"-"+t.arch)
	if err := build(t, version, binary); err != nil {
		return err
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	bill, err := materials(info, version)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	base := fmt.Sprintf("ovf_%s_%s_%s", strings.TrimPrefix(version, "v"), t.os, t.arch)
	members := append([]member{{name, data, 0o755}, {"sbom.cdx.json", bill, 0o644}}, extras...)
	for i := range members {
		members[i].name = base + "/" + members[i].name
	}
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	if err := os.WriteFile(filepath.Join(out, base+".sbom.cdx.json"), bill, 0o644); err != nil {
		return err
	}
	if t.os == "windows" {
		return writeZip(filepath.Join(out, base+".zip"), members)
	}
	return writeTar(filepath.Join(out, base+".tar.gz"), members)
}

// digests writes SHA256SUMS, as sha256sum reads it.
func digests(out string) error {
	entries, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(out, e.Name()))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		b.WriteString(hex.EncodeToString(sum[:]) + "  " + e.Name() + "\n")
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(b.String()), 0o644)
}
