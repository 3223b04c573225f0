package ovf

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/i18n"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/sign"
	"github.com/ovfkit/ovf/xmltree"
)

// Validator checks descriptors in every layer that needs the descriptor alone:
// well-formedness, schema, the text of the standard, and what single consumers
// refuse. The zero value is ready to use, also by several goroutines at a time;
// it must not be copied or changed after first use.
type Validator struct {
	// Schema is the schema layer; nil means [schemas.Compile] with its zero
	// options: the standard's schemas on the engine in pure Go.
	Schema *schemas.Validator
	// Targets are consumers that must take the descriptor.
	Targets []envelope.Target
	// Limits bounds the documents; zero fields have defaults.
	Limits xmltree.Limits
	// Overrides ignores rules or changes their severity.
	Overrides diag.Overrides
	// Max is the most diagnostics to keep of each severity and layer; 0 means
	// [diag.DefaultMax].
	Max int

	once      sync.Once
	schema    *schemas.Validator
	schemaErr error
}

// Validation is what a [Validator] says about one document.
type Validation struct {
	File string `json:"file"`
	// OVFVersion is the generation of the standard by the namespace: "0.9",
	// "1.x", "2.x" or "unknown"; empty for a document that cannot be read.
	OVFVersion string `json:"ovfVersion,omitempty"`
	// SchemaVersions are the versions of DSP8023 whose schema the document
	// follows, vendor sections without schema set aside.
	SchemaVersions []schemas.Version `json:"schemaVersions,omitempty"`
	// ConformanceLevel is 1, 2 or 3 (DSP0243 7.4); 0 where there is no envelope.
	ConformanceLevel int `json:"conformanceLevel,omitempty"`
	// Diagnostics are the findings in the order of the document.
	Diagnostics diag.List `json:"diagnostics"`
}

// Validate checks one document: a descriptor, or the file of an environment or
// of a message bundle, of which the schema alone is checked. The name serves
// messages. It keeps data while it runs.
//
// What is wrong with the document is in the Validation; an error means that the
// check could not be made (see [schemas.Validator.Validate]).
func (v *Validator) Validate(ctx context.Context, name string, data []byte) (*Validation, error) {
	out := &Validation{File: name}
	doc, err := xmltree.Parse(name, data, v.Limits)
	if err != nil {
		return out.refused(err)
	}
	schema, err := v.schemaLayer()
	if err != nil {
		return nil, err
	}
	r, err := schema.Validate(ctx, doc)
	if err != nil {
		return nil, err
	}
	out.SchemaVersions = r.Versions
	out.Diagnostics = append(slices.Clone(doc.Problems()), r.Diagnostics...)
	if local := doc.Root().Name().Local; local != "Environment" && local != "Strings" {
		if err := v.envelope(doc, out); err != nil {
			return out.refused(err)
		}
	}
	out.Diagnostics = out.Diagnostics.Filter(v.Overrides)
	out.Diagnostics.Sort()
	return out, nil
}

// refused ends with the one diagnostic that an error is.
func (r *Validation) refused(err error) (*Validation, error) {
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		return nil, err
	}
	r.Diagnostics = append(r.Diagnostics, *d)
	r.Diagnostics.Sort()
	return r, nil
}

func (v *Validator) schemaLayer() (*schemas.Validator, error) {
	v.once.Do(func() {
		if v.schema = v.Schema; v.schema == nil {
			v.schema, v.schemaErr = schemas.Compile(schemas.Options{MaxDiagnostics: v.Max})
		}
	})
	return v.schema, v.schemaErr
}

// envelope adds what the reader and the semantic layer say.
func (v *Validator) envelope(doc *xmltree.Document, out *Validation) error {
	env, notes, err := envelope.FromDocument(doc, envelope.DecodeOptions{Name: doc.File()})
	if err != nil {
		return err
	}
	out.OVFVersion = env.Version().String()
	out.ConformanceLevel = env.ConformanceLevel()
	known := map[int]bool{} // lines on which the schema layer has found an error
	for _, d := range out.Diagnostics {
		known[d.Location.Line] = true
	}
	for _, d := range notes[len(doc.Problems()):] {
		// the reader notes one of a kind, the schema layer every one
		if !known[d.Location.Line] {
			out.Diagnostics = append(out.Diagnostics, d)
		}
	}
	out.Diagnostics = append(out.Diagnostics, envelope.Validate(env, envelope.ValidateOptions{Targets: v.Targets, Max: v.Max})...)
	return nil
}

// Rules lists every rule of this package and those below it: the rules that a
// [Validator] reports on descriptors; those on packages ([PackageRules]) and on
// manifests and signatures ([sign.Rules]); on disks and their images ([disk.Rules]);
// on message bundles; and on what an operator asks for ([plan.Rules]).
func Rules() []diag.Rule {
	return slices.Concat(xmltree.Rules(), schemas.Rules(), envelope.Rules(), environment.Rules(), envelope.SemanticRules(), envelope.TargetRules(),
		PackageRules(), sign.Rules(), disk.Rules(), i18n.Rules(), envelope.BundleRules(), plan.Rules())
}
