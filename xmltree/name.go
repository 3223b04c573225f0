package xmltree

// Namespaces that XML itself reserves.
const (
	XMLNamespace   = "http://www.w3.org/XML/1998/namespace" // bound to the prefix xml
	XMLNSNamespace = "http://www.w3.org/2000/xmlns/"        // of namespace declarations
)

// Name is the name of an element or attribute: a namespace, a local part, and
// the prefix it was written with. Two names are the same when Space and Local
// are; the prefix is only a wish for how to write it.
type Name struct {
	Space  string `json:"space,omitempty"` // namespace URI; empty for none
	Local  string `json:"local"`
	Prefix string `json:"prefix,omitempty"`
}

// Is reports whether the name has that namespace and local part.
func (n Name) Is(space, local string) bool { return n.Local == local && n.Space == space }

// Same reports whether both names have one namespace and local part.
func (n Name) Same(o Name) bool { return n.Local == o.Local && n.Space == o.Space }

// String returns the name as written: prefix:local, or local alone.
func (n Name) String() string {
	if n.Prefix == "" {
		return n.Local
	}
	return n.Prefix + ":" + n.Local
}

// Attr is an attribute of open content. Its value is the normalised text, with
// entities and character references replaced.
type Attr struct {
	Name  Name   `json:"name"`
	Value string `json:"value"`
}

// Namespace is a namespace declaration. An empty prefix is the default
// namespace; an empty URI undeclares it.
type Namespace struct {
	Prefix string `json:"prefix,omitempty"`
	URI    string `json:"uri"`
}
