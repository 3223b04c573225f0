package environment

import (
	"errors"
	"fmt"
	"io"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/xmltree"
)

// Namespace1 is the namespace of environment documents, of OVF 1.x and 2.x
// alike.
const Namespace1 = sym.NSEnvironment

// RuleRoot is the rule that the root element is an Environment.
const RuleRoot = "environment-root"

// ErrNotEnvironment is the cause of the error for a document with another root
// element.
var ErrNotEnvironment = errors.New("not an OVF environment")

// DecodeOptions says how to read a document. The zero value is ready to use.
type DecodeOptions struct {
	// Name is the file name for messages and locations.
	Name string
	// Limits bounds the document; zero fields have defaults.
	Limits xmltree.Limits
}

// Decode reads an environment document. It keeps data, which must not change
// afterwards. What is read leniently is in the list; an error is a
// *[diag.Diagnostic].
func Decode(data []byte, o DecodeOptions) (*Environment, diag.List, error) {
	doc, err := xmltree.Parse(o.Name, data, o.Limits)
	if err != nil {
		return nil, nil, err
	}
	root := doc.Root()
	name := root.Name()
	if name.Local != "Environment" {
		return nil, nil, &diag.Diagnostic{Severity: diag.Error, Layer: diag.Schema, Rule: RuleRoot, Clause: "DSP0243 11.1",
			Location: root.Location(), Message: fmt.Sprintf("the root element is %q, not Environment of OVF", name),
			Hint: "give the file ovf-env.xml that the deployment made", Err: ErrNotEnvironment}
	}
	b := xmlbind.NewBinder(doc, name.Space)
	env := &Environment{Namespace: name.Space}
	b.NoteRoot(root)
	env.Codec().Bind(b, root)
	return env, append(append(diag.List(nil), doc.Problems()...), b.Diagnostics()...), nil
}

// Read is [Decode] of all that r has, up to the limit of bytes.
func Read(r io.Reader, o DecodeOptions) (*Environment, diag.List, error) {
	most := o.Limits.WithDefaults().Bytes
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	return Decode(data, o)
}

// Write writes the document, unchanged parts byte for byte as they were read.
// An error is the writer's, or says that a value cannot stand in XML; then
// nothing has been written.
func Write(w io.Writer, env *Environment) error {
	b, err := Encode(env)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// Encode returns what [Write] writes. The bytes must not be changed.
func Encode(env *Environment) ([]byte, error) {
	root := env.Namespace
	if root == "" && env.Ext.Find("", 0) == nil { // else it was read without namespace
		root = Namespace1
	}
	return xmlbind.Write(env.Codec(), root, xmltree.Name{Space: root, Local: "Environment"},
		[]xmltree.Namespace{{URI: root}, {Prefix: "oe", URI: root}})
}

// WithoutSource returns a deep copy that has forgotten where it was read.
func (t *Environment) WithoutSource() *Environment {
	c := t.Clone()
	c.Codec().Strip()
	return c
}

// Rules lists what reading a document reports, besides the rules of package
// xmltree.
func Rules() []diag.Rule {
	return []diag.Rule{{Name: RuleRoot, Layer: diag.Schema, Severity: diag.Error, Clause: "DSP0243 11.1", Since: "0.1.0",
		Summary: "The root element is not Environment.", Why: "The document is no OVF environment."}}
}
