package xmltree

// Limits bounds what [Parse] accepts, so that a hostile document costs no more
// than a large honest one. A zero field means the default named beside it; a
// negative one means no bound of its own.
type Limits struct {
	Bytes      int64 // size of the document, as stored and in UTF-8; default 256 MiB
	Depth      int   // nesting of elements; default 256, as libxml2
	Attributes int   // attributes of one element, declarations included; default 4,096
	Name       int   // bytes of one name; default 1,024
	Names      int   // different names; default 16,384
	Text       int   // bytes of one attribute value, text run, comment or instruction; default 16 MiB
	Nodes      int   // elements, comments and instructions in all; default 4 Mi
}

const (
	defaultBytes      = 256 << 20
	defaultDepth      = 256
	defaultAttributes = 4096
	defaultName       = 1024
	defaultNames      = 16 << 10
	defaultText       = 16 << 20
	defaultNodes      = 4 << 20

	// maxBytes keeps offsets within 32 bits.
	maxBytes = 1<<32 - 1<<16
)

// WithDefaults returns the limits with every zero field replaced by its
// default and every negative one by the largest bound the package can hold.
func (l Limits) WithDefaults() Limits {
	const unbounded = 1<<31 - 1
	l.Bytes = bound(l.Bytes, defaultBytes, maxBytes)
	l.Depth = bound(l.Depth, defaultDepth, unbounded)
	l.Attributes = bound(l.Attributes, defaultAttributes, 1<<16-1)
	l.Name = bound(l.Name, defaultName, unbounded)
	l.Names = bound(l.Names, defaultNames, unbounded)
	l.Text = bound(l.Text, defaultText, unbounded)
	l.Nodes = bound(l.Nodes, defaultNodes, unbounded)
	return l
}

func bound[T int | int64](v, def, most T) T {
	switch {
	case v == 0:
		return def
	case v < 0 || v > most:
		return most
	}
	return v
}
