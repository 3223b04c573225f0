package plan

import (
	_ "embed"
	"slices"
)

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of the JSON form of a [Plan].
// The form only grows: a member keeps its name and meaning, so readers should
// pass over members that they do not know, although the schema names them all.
// The caller owns the bytes.
func Schema() []byte { return slices.Clone(schema) }
