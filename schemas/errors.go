package schemas

import "fmt"

// A CompileError says that a schema file is wrong.
type CompileError struct {
	File         string // path within the set; may be empty
	Line, Column int    // 0 if not known
	Err          error
}

// Error returns where the file is wrong and why.
func (e *CompileError) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", where, e.Line, e.Column)
	}
	if where == "" {
		return fmt.Sprintf("schema does not compile: %v", e.Err)
	}
	return fmt.Sprintf("schema %s does not compile: %v", where, e.Err)
}

// Unwrap returns what the engine says.
func (e *CompileError) Unwrap() error { return e.Err }

// An EngineError says that an engine could not check a document at all.
type EngineError struct{ Err error }

// Error returns what the engine says.
func (e *EngineError) Error() string { return fmt.Sprintf("schema engine: %v", e.Err) }

// Unwrap returns what the engine says.
func (e *EngineError) Unwrap() error { return e.Err }
