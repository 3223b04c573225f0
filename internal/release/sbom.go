package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"runtime/debug"
	"strings"
)

// The parts of a bill of materials in the form of CycloneDX 1.5 that we fill in.
type bom struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   metadata    `json:"metadata"`
	Components []component `json:"components"`
}

type metadata struct {
	Component  component  `json:"component"`
	Properties []property `json:"properties"`
}

type component struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl"`
	Hashes  []hash `json:"hashes,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// materials lists what a binary was built from, as "go version -m" shows it.
func materials(info *debug.BuildInfo, version string) ([]byte, error) {
	out := bom{Format: "CycloneDX", Spec: "1.5", Version: 1}
	out.Metadata.Component = module("application", info.Main.Path, version, "")
	out.Metadata.Properties = append(out.Metadata.Properties, property{"go", info.GoVersion})
	for _, s := range info.Settings {
		out.Metadata.Properties = append(out.Metadata.Properties, property{"build:" + s.Key, s.Value})
	}
	for _, d := range info.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		out.Components = append(out.Components, module("library", d.Path, d.Version, d.Sum))
	}
	text, err := json.MarshalIndent(out, "", "  ")
	return append(text, '\n'), err
}

// module describes a module. Its sum is the one of go.sum, a SHA-256 of the files'.
func module(kind, path, version, sum string) component {
	c := component{Type: kind, Name: path, Version: version, PURL: "pkg:golang/" + path + "@" + version}
	if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sum, "h1:")); err == nil && len(raw) == 32 {
		c.Hashes = []hash{{"SHA-256", hex.EncodeToString(raw)}}
	}
	return c
}
