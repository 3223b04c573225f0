package schemas

import "github.com/ovfkit/ovf/xmltree"

// NewGoEngine is the engine of Compile, without the quick check before it.
var NewGoEngine NewEngine = newGoEngine

// Proves returns the versions for which the quick check alone accepts a document.
func (v *Validator) Proves(doc *xmltree.Document) ([]Version, error) {
	var out []Version
	for _, name := range v.source.candidates(doc.Root().Name().Space) {
		s := v.sets[name]
		files, err := s.set(v.source)
		if err != nil {
			return nil, err
		}
		view := prepare(doc, files.Has)
		if len(view.vendors) == 0 && s.proves(doc, view.text) {
			out = append(out, s.versions...)
		}
	}
	return out, nil
}
