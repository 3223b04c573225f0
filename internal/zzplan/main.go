package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/plan"
)

func main() {
	n, bad, valid := 0, 0, 0
	count := map[string]int{}
	ex := map[string][]string{}
	filepath.Walk("/work/shared/corpus", func(p string, i os.FileInfo, err error) error {
		if err != nil || i.IsDir() {
			return nil
		}
		b, _ := os.ReadFile(p)
		if !strings.Contains(string(b), "Envelope") {
			return nil
		}
		env, list, err := envelope.Decode(b, envelope.DecodeOptions{Name: p})
		if err != nil || list.HasErrors() {
			return nil
		}
		n++
		verr := envelope.Validate(env, envelope.ValidateOptions{}).HasErrors()
		if verr { valid++ }
		pl, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{})
		var l diag.List
		if err != nil {
			bad++
			errors.As(err, &l)
			if !verr { ex["NOVALIDATEERR"] = append(ex["NOVALIDATEERR"], p) }
		} else {
			l = pl.Diagnostics
		}
		for _, d := range l {
			k := d.Severity.String() + " " + d.Rule
			count[k]++
			if len(ex[k]) < 3 && (!verr || d.Severity != diag.Error) {
				ex[k] = append(ex[k], d.Error()+" || "+d.Hint)
			}
		}
		return nil
	})
	fmt.Println(n, "descriptors", bad, "refused", valid, "invalid")
	var keys []string
	for k := range count {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Println(count[k], k)
		for _, e := range ex[k] {
			fmt.Println("      ", strings.ReplaceAll(e, "/work/shared/corpus/", ""))
		}
	}
	for _, e := range ex["NOVALIDATEERR"] { fmt.Println(e) }
}
