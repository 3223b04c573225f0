package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/sign"
)

func (c *cli) unpackCommand() *cobra.Command {
	v := unpackVerb{cli: c}
	cmd := &cobra.Command{
		Use:   "unpack PKG -o DIR",
		Short: "Write the files of a package to a folder, verified",
		Long: `Unpack writes the files of a package, as they are stored, to a new folder. They
are compared with the manifest on the way, and the folder appears at the end, as a
whole, only if all of them match. A signature that is there has to match too; who
made it is for ovf verify.

PKG is an archive, a folder or a URL. Nothing is ever written outside of DIR.`,
		Example: `  ovf unpack petstore.ova -o petstore/
  ovf unpack https://example.com/petstore.ova -o petstore/
  ovf unpack --require-manifest petstore.ova -o petstore/`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              work(v.run),
	}
	f := cmd.Flags()
	f.StringVarP(&v.output, "output", "o", "", "`folder` to make; it must not be there yet, or be empty")
	f.BoolVar(&v.require, "require-manifest", false, "refuse a package without a manifest")
	f.BoolVar(&v.json, "json", false, "print the report in JSON")
	f.BoolVarP(&v.quiet, "quiet", "q", false, "show errors only")
	_ = cmd.MarkFlagRequired("output")
	return cmd
}

type unpackVerb struct {
	*cli
	output      string
	require     bool
	json, quiet bool
}

func (v *unpackVerb) run(ctx context.Context, args []string) error {
	bar := &progress{}
	p, err := v.openPackage(ctx, args[0], ovf.Options{Progress: func(n int64) { bar.Add(n) }}, "")
	if err != nil {
		return err
	}
	defer p.Close()
	bar = v.progress("unpacking", p.Size())
	defer bar.Done()
	// Who signed, when and how well is not asked here.
	policy := sign.Policy{Level: sign.NoManifest, AllowSHA1: true, AllowWeakKeys: true, AllowExpired: true, AllowUnlistedDescriptor: true}
	if v.require {
		policy.Level, policy.AllowUnlistedDescriptor = sign.Unsigned, false
	}
	report, err := p.Unpack(ctx, v.output, policy)
	bar.Done()
	if v.json && report != nil {
		text, jsonErr := json.MarshalIndent(struct {
			Folder string       `json:"folder"`
			Report *sign.Report `json:"report"`
		}{v.output, report}, "", "  ")
		if jsonErr != nil {
			return jsonErr
		}
		if jsonErr = v.print(append(text, '\n')); jsonErr != nil {
			return jsonErr
		}
	}
	var list diag.List
	if v.json && errors.As(err, &list) {
		return errReported{exitInput} // the report says all of it
	}
	if err == nil && !v.quiet && !v.json {
		if p.Manifest().Name == "" {
			fmt.Fprintf(v.stderr, "%s: has no manifest, so nothing was verified\n", cells.Clean(args[0]))
		}
	}
	return err
}
