package envelope

import "github.com/ovfkit/ovf/diag"

// targetRules are what single consumers refuse or misread. The evidence is in
// Why, since no clause of the standard demands them.
var targetRules = []diag.Rule{}

// target checks what one consumer demands.
func (c *checker) target(Target) {}
