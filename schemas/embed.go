package schemas

import (
	"embed"
	"io/fs"
)

//go:embed common/*.xsd 1.0.0/*.xsd 1.1.0/*.xsd 1.1.1/*.xsd 2.0.1/*.xsd
var files embed.FS

// Files returns the schema files of the standard, one folder for each envelope
// version and common/ for what they share. Every schemaLocation in them is a
// relative path inside this file system.
func Files() fs.FS { return files }
