package author

import _ "embed"

//go:embed spec.schema.json
var schema []byte

// Schema returns the JSON Schema (2020-12) of the YAML and JSON form of a spec. The
// slice is the caller's.
func Schema() []byte { return append([]byte(nil), schema...) }
