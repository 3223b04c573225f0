package schemas

import (
	"context"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/jacoelho/xsd"
	"github.com/jacoelho/xsd/xsderrors"

	"github.com/ovfkit/ovf/xmltree"
)

// goEngine is the engine in pure Go, github.com/jacoelho/xsd.
type goEngine struct {
	engine   *xsd.Engine
	sessions sync.Pool // of *goSession
}

type goSession struct {
	session *xsd.Session
	max     int
}

func newGoEngine(ctx context.Context, set Set) (Engine, error) {
	open := func(name string) xsd.SchemaSource {
		return xsd.Open(name, func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(string(set.Files[name]))), nil
		})
	}
	resolve := xsd.ResolverFunc(func(_ context.Context, base, location string) (xsd.SchemaSource, error) {
		name := path.Join(path.Dir(base), location)
		if _, ok := set.Files[name]; !ok {
			return xsd.SchemaSource{}, xsderrors.ErrSchemaNotFound
		}
		return open(name), nil
	})
	var sources []xsd.SchemaSource
	for _, name := range set.Entries {
		sources = append(sources, open(name).WithResolver(resolve))
	}
	e, err := xsd.Compile(ctx, sources...)
	if err != nil {
		return nil, compileError(err)
	}
	return &goEngine{engine: e}, nil
}

func compileError(err error) error {
	out := &CompileError{Err: err}
	if x, ok := errors.AsType[*xsderrors.Error](err); ok {
		out.File, out.Line, out.Column = x.Path, x.Line, x.Column
	}
	return out
}

// session returns a session that was used before, or a new one. The document
// passed the limits of its parser, so those of the engine are out of the way.
func (e *goEngine) session(max int) (*goSession, error) {
	if s, ok := e.sessions.Get().(*goSession); ok && s.max == max {
		return s, nil
	}
	const unbounded = 1 << 40
	s, err := e.engine.NewSession(xsd.ValidateOptions{
		MaxErrors:                       max,
		MaxInstanceDepth:                1 << 30,
		MaxInstanceAttributes:           1 << 30,
		MaxInstanceTextBytes:            unbounded,
		MaxInstanceTokenBytes:           unbounded,
		MaxInstanceBytes:                unbounded,
		MaxSchemaLocationNamespaces:     1 << 30,
		MaxSchemaLocationNamespaceBytes: unbounded,
	})
	return &goSession{s, max}, err
}

// Check implements [Engine].
func (e *goEngine) Check(ctx context.Context, doc *xmltree.Document, text string, max int) ([]Finding, error) {
	s, err := e.session(max)
	if err != nil {
		return nil, &EngineError{err}
	}
	err = s.session.Validate(ctx, strings.NewReader(text))
	e.sessions.Put(s)
	if err == nil {
		return nil, nil
	}
	list := []error{err}
	if several, ok := errors.AsType[xsderrors.Errors](err); ok {
		list = several
	}
	places := newPlaces(text)
	for _, err := range list {
		x, ok := errors.AsType[*xsderrors.Error](err)
		switch {
		case ok && x.Category == xsderrors.CategoryCanceled:
			return nil, x.Err
		case !ok || x.Category != xsderrors.CategoryValidation || x.Code == xsderrors.CodeValidationXML || x.Code == xsderrors.CodeValidationLimit:
			return nil, &EngineError{err}
		}
		f, atEnd := goFinding(x)
		places.add(f, x, atEnd)
	}
	return places.findings(doc), nil
}

// goFinding classifies an error of the engine. atEnd says that its position is
// that of the end of the element.
func goFinding(x *xsderrors.Error) (f Finding, atEnd bool) {
	f.Text = x.Message
	after := func(prefix string) (string, bool) {
		s, ok := strings.CutPrefix(x.Message, prefix)
		s, _, _ = strings.Cut(s, ": ")
		return s[strings.LastIndexByte(s, '}')+1:], ok
	}
	attr := func(kind Kind, prefixes ...string) bool {
		for _, p := range prefixes {
			if name, ok := after(p); ok {
				f.Kind, f.Attr = kind, name
				return true
			}
		}
		return false
	}
	switch {
	case attr(MissingAttr, "missing required attribute "),
		attr(UnknownAttr, "attribute is not declared: "),
		attr(BadAttr, "invalid attribute ", "invalid wildcard attribute ", "fixed attribute mismatch "):
		return f, false
	case x.Message == "simple type does not allow attributes":
		f.Kind = UnknownAttr
		return f, false
	case x.Message == "fixed element value mismatch":
		f.Kind = BadValue
		return f, true
	case x.Message == "missing required child element":
		f.Kind = Incomplete
		return f, true
	case x.Message == "abstract element cannot appear directly":
		f.Kind = BadType
		return f, false
	case strings.HasPrefix(x.Message, "duplicate ID "), strings.HasPrefix(x.Message, "IDREF "), strings.HasPrefix(x.Message, "multiple ID "):
		f.Kind = BadIdentifier
		return f, false
	}
	switch x.Code {
	case xsderrors.CodeValidationRoot:
		f.Kind = BadRoot
	case xsderrors.CodeValidationElement, xsderrors.CodeValidationContent:
		f.Kind = BadChild
	case xsderrors.CodeValidationText:
		f.Kind = BadText
	case xsderrors.CodeValidationFacet:
		f.Kind = BadValue
		return f, true
	case xsderrors.CodeValidationType:
		f.Kind = BadType
	case xsderrors.CodeValidationNil:
		f.Kind = BadNil
	case xsderrors.CodeValidationIdentity:
		f.Kind = BadIdentifier
	}
	return f, false
}

// places turns the lines and columns of the engine, which count bytes, into
// elements of the document.
type places struct {
	lines []int // offset of each line
	size  int
	list  []place
}

type place struct {
	Finding
	offset int
	depth  int // of the element, if the place is its end; else 0
}

func newPlaces(text string) *places {
	p := &places{lines: []int{0}, size: len(text)}
	for i := 0; ; {
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 {
			return p
		}
		i += n + 1
		p.lines = append(p.lines, i)
	}
}

func (p *places) add(f Finding, x *xsderrors.Error, atEnd bool) {
	at := place{Finding: f}
	if x.Line > 0 && x.Line <= len(p.lines) {
		at.offset = min(p.lines[x.Line-1]+max(x.Column-1, 0), p.size)
	}
	if atEnd {
		at.depth = depth(x.Path)
	}
	p.list = append(p.list, at)
}

// depth counts the steps of a path of the engine, in which namespaces stand in
// braces.
func depth(path string) int {
	n, inside := 0, false
	for _, c := range path {
		switch {
		case c == '{':
			inside = true
		case c == '}':
			inside = false
		case c == '/' && !inside:
			n++
		}
	}
	return n
}

// findings gives every finding its element: the innermost one around the offset,
// or the one that ends there. The end of an element is the start of its end tag
// or, if it has just one tag, the last character of that.
func (p *places) findings(doc *xmltree.Document) []Finding {
	at := map[int][]*place{}
	for i := range p.list {
		at[p.list[i].offset] = append(at[p.list[i].offset], &p.list[i])
	}
	offsets := slices.Sorted(maps.Keys(at))
	var walk func(n xmltree.Node, depth int)
	walk = func(n xmltree.Node, depth int) {
		start, end := n.Span()
		_, last := n.Content()
		if n.IsEmptyTag() {
			last = end - 1
		}
		i, _ := slices.BinarySearch(offsets, start)
		for ; i < len(offsets) && offsets[i] <= end; i++ {
			for _, f := range at[offsets[i]] {
				if f.depth == depth && offsets[i] == last || f.depth == 0 && offsets[i] < end {
					f.Node = n
				}
			}
		}
		for c := n.First(); c.Valid(); c = c.Next() {
			if c.Kind() == xmltree.Elem {
				walk(c, depth+1)
			}
		}
	}
	walk(doc.Root(), 1)
	out := make([]Finding, len(p.list))
	for i, f := range p.list {
		out[i] = f.Finding
		if !f.Node.Valid() {
			out[i].Node = doc.Root()
		}
	}
	return out
}
