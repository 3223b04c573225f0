package readers

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

// The names of the validators.
const (
	Validate      = "ovf.Validator"           // parse, schema on the engine in pure Go, semantic rules
	ValidateTree  = "xmltree + schemas"       // parse and schema alone
	Libxml2Schema = "libxml2 parse + schema"  // xmlReadMemory and xmlSchemaValidateDoc, in C
	OneByOne      = "ovf.Validator, one core" // many descriptors in turn
	SideBySide    = "ovf.Validator, all cores"
)

// Validators returns the validators that this build has. Each compiles its schemas
// once, before the clock starts, and refuses what has errors.
func Validators() []Reader {
	var v ovf.Validator
	schema := sync.OnceValues(func() (*schemas.Validator, error) { return schemas.Compile(schemas.Options{}) })
	all := []Reader{
		{Validate, func(data []byte) (any, error) { return nil, validate(&v, data) }},
		{ValidateTree, func(data []byte) (any, error) {
			s, err := schema()
			if err != nil {
				return nil, err
			}
			doc, err := xmltree.Parse("x.ovf", data, xmltree.Limits{})
			if err != nil {
				return nil, err
			}
			r, err := s.Validate(context.Background(), doc)
			if err == nil && !r.Valid() {
				err = fmt.Errorf("schema refuses the descriptor: %w", r.Diagnostics.Err())
			}
			return nil, err
		}},
	}
	return append(all, libxml2Validator()...)
}

func validate(v *ovf.Validator, data []byte) error {
	r, err := v.Validate(context.Background(), "x.ovf", data)
	if err == nil {
		err = r.Diagnostics.Err()
	}
	return err
}

// Many returns validators that each check a descriptor n times, on one core and
// on all of them.
func Many(n int) []Reader {
	var v ovf.Validator
	return []Reader{
		{OneByOne, func(data []byte) (any, error) {
			for range n {
				if err := validate(&v, data); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}},
		{SideBySide, func(data []byte) (any, error) {
			workers := runtime.GOMAXPROCS(0)
			errs := make([]error, workers)
			var wait sync.WaitGroup
			for w := range workers {
				wait.Go(func() {
					for i := w; i < n && errs[w] == nil; i += workers {
						errs[w] = validate(&v, data)
					}
				})
			}
			wait.Wait()
			return nil, errors.Join(errs...)
		}},
	}
}
