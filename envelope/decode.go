package envelope

import (
	"errors"
	"fmt"
	"io"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/xmltree"
)

// RuleRoot is the rule that the root element is an Envelope.
const RuleRoot = "envelope-root"

// ErrNotEnvelope is the cause of the error for a document that is well-formed
// but has another root element than Envelope.
var ErrNotEnvelope = errors.New("not an OVF envelope")

// DecodeOptions says how to read a descriptor. The zero value is ready to use.
type DecodeOptions struct {
	// Name is the file name for messages and locations.
	Name string
	// Limits bounds the document; zero fields have defaults.
	Limits xmltree.Limits
	// Sections makes values for sections of other namespaces, by the name of
	// their element (the prefix does not matter). Each function returns a new
	// value of a type that embeds [UnknownSection]. If it has the method
	// UnmarshalElement(*xmltree.Element) error, that is called with the
	// element; an error leaves the section unknown and is reported.
	Sections map[xmltree.Name]func() Section
}

// Decode reads a descriptor. It keeps data, which must not change afterwards.
//
// What is read leniently, such as a misspelt namespace or children out of
// order, is in the list, one entry for each kind. An error is a
// *[diag.Diagnostic]: the document is not well-formed, is beyond a limit, or is
// no Envelope at all. The result is not checked against schema or text of the
// standard.
func Decode(data []byte, o DecodeOptions) (*Envelope, diag.List, error) {
	doc, err := xmltree.Parse(o.Name, data, o.Limits)
	if err != nil {
		return nil, nil, err
	}
	return FromDocument(doc, o)
}

// Read is [Decode] of all that r has, up to the limit of bytes.
func Read(r io.Reader, o DecodeOptions) (*Envelope, diag.List, error) {
	most := o.Limits.WithDefaults().Bytes
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	return Decode(data, o)
}

// FromDocument is [Decode] of a document that has been parsed.
func FromDocument(doc *xmltree.Document, o DecodeOptions) (*Envelope, diag.List, error) {
	root := doc.Root()
	name := root.Name()
	if name.Local != "Envelope" {
		return nil, nil, &diag.Diagnostic{Severity: diag.Error, Layer: diag.Schema, Rule: RuleRoot, Clause: "DSP0243 6",
			Location: root.Location(), Message: fmt.Sprintf("the root element is %q, not Envelope of OVF", name),
			Hint: "give the .ovf file of a package", Err: ErrNotEnvelope}
	}
	b := xmlbind.NewBinder(doc, name.Space)
	var failed diag.List
	if len(o.Sections) > 0 {
		b.Open = func(e *xmltree.Element) any { return o.section(e, &failed) }
	}
	env := &Envelope{Namespace: name.Space}
	b.NoteRoot(root)
	env.Codec().Bind(b, root)
	return env, append(append(diag.List(nil), doc.Problems()...), append(b.Diagnostics(), failed...)...), nil
}

// section makes the caller's value for a section, nil if there is none.
func (o *DecodeOptions) section(e *xmltree.Element, failed *diag.List) any {
	fresh, ok := o.Sections[xmltree.Name{Space: e.Name.Space, Local: e.Name.Local}]
	if !ok {
		return nil
	}
	s := fresh()
	u, ok := s.(interface{ UnmarshalElement(*xmltree.Element) error })
	if !ok {
		return s
	}
	if err := u.UnmarshalElement(e); err != nil {
		*failed = append(*failed, diag.Diagnostic{Severity: diag.Warning, Layer: diag.Schema, Rule: xmlbind.RuleValue,
			Location: e.Source().Location(), Message: fmt.Sprintf("the section %s cannot be read as its type: %v", e.Name, err), Err: err})
		return nil
	}
	return s
}

// Rules lists what reading a descriptor reports, besides the rules of package
// xmltree.
func Rules() []diag.Rule {
	return append([]diag.Rule{{Name: RuleStringsRoot, Layer: diag.Schema, Severity: diag.Error, Clause: "DSP0243 10.2", Since: "0.1.0",
		Summary: "The root element of a message bundle is not Strings.", Why: "Consumers find no messages in it."},
		{Name: RuleRoot, Layer: diag.Schema, Severity: diag.Error, Clause: "DSP0243 6", Since: "0.1.0",
			Summary: "The root element is not Envelope.", Why: "The document is no OVF descriptor."}}, xmlbind.Rules()...)
}

// Version tells the generation of the standard by the namespace.
type Version uint8

// The generations.
const (
	VersionUnknown Version = iota
	Version09              // VMware's before the standard
	Version1               // OVF 1.0 and 1.1
	Version2               // OVF 2.0 and 2.1
)

// String returns "0.9", "1.x", "2.x" or "unknown".
func (v Version) String() string {
	switch v {
	case Version09:
		return "0.9"
	case Version1:
		return "1.x"
	case Version2:
		return "2.x"
	}
	return "unknown"
}

// Namespaces of the envelope.
const (
	Namespace1 = sym.NSEnvelope1
	Namespace2 = sym.NSEnvelope2
)

// Version returns the generation of the standard that the namespace of the
// envelope stands for, misprints included. Without a namespace it is Version1.
func (t *Envelope) Version() Version {
	switch t.Namespace {
	case sym.NSVMware09:
		return Version09
	case Namespace2, Namespace2 + "/":
		return Version2
	case "", Namespace1:
		return Version1
	}
	if c, _ := sym.ClassOf(t.Namespace); c == sym.OVF {
		return Version1
	}
	return VersionUnknown
}

// MinimumVersion returns the oldest version of DSP8023 whose schema has every
// part that the envelope uses: "1.0.0", "1.1.0" or "2.0.1". part is the schema
// name of one that needs it, and where tells its place; both are empty for
// "1.0.0". Content of other namespaces does not count.
func (t *Envelope) MinimumVersion() (version, part string, where diag.Location) {
	version, part, in := xmlbind.Newest(t.Codec())
	if in != nil {
		where = xmlbind.Locate(*in.Origin(), part)
	}
	return version, part, where
}
