// Package examples_test answers the questions of users, each with a program that
// go test runs: one file per part of the work, one example per question.
package examples_test

import (
	"context"
	"fmt"
	"log"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/plan"
)

// open opens one of the packages in this folder. A program of its own would return
// the error.
func open(name string) *ovf.Package {
	pkg, err := ovf.Open(context.Background(), name, ovf.Options{})
	if err != nil {
		log.Fatal(err)
	}
	return pkg
}

// answers are what the operator of the pet store decides at least.
func answers() []plan.Setting {
	return []plan.Setting{
		{Name: "adminEmail", Value: "ops@example.com", From: "--property"},
		{Name: "appIp", Value: "10.20.132.101", From: "--property"},
		{Name: "dbIp", Value: "10.20.132.102", From: "--property"},
		{Name: "db2Ip", Value: "10.20.132.103", From: "--property"},
	}
}

// resolve resolves one of the packages, which are known to be good.
func resolve(name string, c plan.Choices) *ovf.Plan {
	pkg := open(name)
	defer pkg.Close()
	p, err := pkg.Resolve(context.Background(), c)
	if err != nil {
		log.Fatal(err)
	}
	return p
}

// first returns the error of a call for a line of output.
func first(err error) string {
	if err == nil {
		return "no error"
	}
	return fmt.Sprint(err)
}
