package schemas

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas/internal/grammar"
	"github.com/ovfkit/ovf/schemas/internal/xsdset"
	"github.com/ovfkit/ovf/xmltree"
)

// Options configure a [Validator]. The zero value is good: the standard's
// schemas alone.
type Options struct {
	// Source adds or replaces schema files; see [FromDir]. Nil means none.
	Source *Source
	// MaxDiagnostics bounds how many errors one document yields, and how many
	// warnings. 0 means [diag.DefaultMax].
	MaxDiagnostics int
}

// Result is what a [Validator] says about one document.
type Result struct {
	// Versions are the versions whose schema the document follows, oldest
	// first, when undeclared vendor sections are set aside. Empty means that
	// it follows none, and that Diagnostics has at least one error.
	Versions []Version
	// Undeclared is how many vendor sections were set aside because no schema
	// at hand declares them.
	Undeclared int
	// Diagnostics are the findings in the order of the document. Where no
	// version fits they are those of the version that comes closest.
	Diagnostics diag.List
}

// Valid reports what a plain schema processor would say: the document follows a
// version, and every section in it is declared.
func (r Result) Valid() bool { return len(r.Versions) > 0 && r.Undeclared == 0 }

// A Validator checks documents against the schemas of the standard. It may be
// used by several goroutines at a time. Make one with [Compile] and keep it.
type Validator struct {
	engine NewEngine
	prove  bool
	source *Source
	max    int
	sets   map[string]*schemaSet // by name
}

// Compile returns a validator on the engine in pure Go. A schema set is compiled
// when a document first needs it.
//
// With the standard's schemas alone, a document is first looked at by a quick
// check that can show it to be valid, and most valid documents end there. All
// others go to the engine: it alone refuses.
func Compile(o Options) (*Validator, error) {
	v, err := CompileWith(o, newGoEngine)
	if err == nil {
		v.prove = v.source.builtin
	}
	return v, err
}

// CompileWith returns a validator on another engine.
func CompileWith(o Options, engine NewEngine) (*Validator, error) {
	if engine == nil {
		return nil, errors.New("schemas: no engine")
	}
	v := &Validator{engine: engine, source: o.Source, max: o.MaxDiagnostics, sets: map[string]*schemaSet{}}
	if v.max == 0 {
		v.max = diag.DefaultMax
	}
	if v.max < 0 {
		return nil, fmt.Errorf("schemas: MaxDiagnostics is %d: it must not be negative", o.MaxDiagnostics)
	}
	if v.source == nil {
		v.source = standard()
	}
	for _, d := range v.source.sets {
		v.sets[d.name] = &schemaSet{definition: d}
	}
	return v, nil
}

// schemaSet is one schema set with what is made of it on first use.
type schemaSet struct {
	definition
	load    sync.Once
	files   *xsdset.Set
	loadErr error

	compile sync.Once
	engine  Engine
	err     error

	explain sync.Once
	grammar *grammar.Grammar

	prepare sync.Once
	prover  *grammar.Prover
}

func (s *schemaSet) set(src *Source) (*xsdset.Set, error) {
	s.load.Do(func() { s.files, s.loadErr = src.gather(s.definition) })
	return s.files, s.loadErr
}

func (s *schemaSet) compiled(ctx context.Context, v *Validator) (Engine, error) {
	files, err := s.set(v.source)
	if err != nil {
		return nil, err
	}
	s.compile.Do(func() {
		// not the context of the one document that happens to be first
		s.engine, s.err = v.engine(context.WithoutCancel(ctx), Set{Files: files.Text, Entries: files.Entries})
	})
	return s.engine, s.err
}

func (s *schemaSet) model() *grammar.Grammar {
	s.explain.Do(func() { s.grammar = grammar.Load(s.files) })
	return s.grammar
}

// proves reports whether the quick check finds a document valid.
func (s *schemaSet) proves(doc *xmltree.Document, text string) bool {
	s.prepare.Do(func() { s.prover = grammar.NewProver(s.model()) })
	return s.prover.Valid(doc, text)
}

// Validate checks a document. An error means that it could not be checked: the
// context ended, a schema does not compile (a [*CompileError]), or the engine
// gave up (an [*EngineError]). What is wrong with the document is in the Result.
//
// The problems of namespaces that the parser read over ([xmltree.Document.Problems])
// are not repeated: names with an undeclared prefix count as names in no
// namespace.
func (v *Validator) Validate(ctx context.Context, doc *xmltree.Document) (Result, error) {
	root := doc.Root().Name()
	names := v.source.candidates(root.Space)
	if len(names) == 0 {
		return Result{Diagnostics: diag.List{unknownRoot(doc)}}, nil
	}
	var best *outcome
	var result Result
	for i := len(names) - 1; i >= 0; i-- { // newest first
		o, err := v.check(ctx, v.sets[names[i]], doc)
		if err != nil {
			return Result{}, err
		}
		if !o.fits {
			if best == nil || !best.fits && o.errors < best.errors {
				best = o
			}
			continue
		}
		if best == nil || !best.fits {
			best = o
		}
		result.Versions = append(o.set.versions[:len(o.set.versions):len(o.set.versions)], result.Versions...)
		if v.source.builtin && o.set.name == V1_1_1.String() && sameInAll1x(doc) {
			result.Versions = VersionsOf(NamespaceEnvelope1)
			break
		}
	}
	result.Undeclared = best.vendors
	result.Diagnostics = locate(doc, best.reports)
	result.Diagnostics.Sort()
	return result, nil
}

// sameInAll1x reports whether a document that 1.1.1 accepts is accepted by 1.0.0
// and 1.1.0 as well, without asking them.
//
// From 1.1.1 back to 1.1.0, an attribute becomes optional, and RASD and VSSD gain
// ChangeableType, ConfigurationName and Generation; back to 1.0.0, Strings is no
// root, a boolean attribute becomes free, and RASD loses VirtualQuantityUnits.
// So only a document with one of these names can be refused.
func sameInAll1x(doc *xmltree.Document) bool {
	if doc.Root().Name().Local != "Envelope" {
		return false
	}
	for _, name := range []string{"ChangeableType", "ConfigurationName", "Generation", "VirtualQuantityUnits"} {
		if strings.Contains(doc.Source(), name) {
			return false
		}
	}
	return true
}

// outcome is the answer of one schema set.
type outcome struct {
	set     *schemaSet
	fits    bool
	errors  int
	vendors int
	reports []report
}

func (v *Validator) check(ctx context.Context, s *schemaSet, doc *xmltree.Document) (*outcome, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	files, err := s.set(v.source)
	if err != nil {
		return nil, err
	}
	view := prepare(doc, files.Has)
	var found []Finding
	if !v.prove || !s.proves(doc, view.text) {
		engine, err := s.compiled(ctx, v)
		if err != nil {
			return nil, err
		}
		if found, err = engine.Check(ctx, doc, view.text, v.max); err != nil {
			return nil, err
		}
	}
	o := &outcome{set: s, vendors: len(view.vendors)}
	if len(found) == 0 && len(view.vendors) == 0 {
		o.fits = true
		return o, nil
	}
	x := newExplainer(doc, s.model(), s.clause, view.vendors, v.max)
	x.explain(found)
	o.errors = x.errors
	o.fits = o.errors == 0
	for _, n := range view.vendors[:min(len(view.vendors), v.max)] {
		x.vendorSection(n)
	}
	o.reports = x.out
	return o, nil
}
