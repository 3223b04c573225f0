package xsdgen

import (
	"cmp"
	"io/fs"
	"iter"
	"maps"
	"slices"
)

// Version names one version of the schemas and the files to start from.
type Version struct {
	Name    string // as 1.1.0
	Entries []string
}

// superset builds the model of the last version and notes for each type and
// field the first version that has it. Types and fields that only earlier
// versions have are added.
func superset(fsys fs.FS, versions []Version) (*builder, error) {
	var all *builder
	for i, v := range slices.Backward(versions) {
		set, err := loadSet(fsys, v.Name, v.Entries)
		if err != nil {
			return nil, err
		}
		b, err := build(set)
		if err != nil {
			return nil, err
		}
		if i == len(versions)-1 {
			all = b
			continue
		}
		all.absorb(b)
	}
	return all, nil
}

// absorb takes over what an earlier version tells.
func (b *builder) absorb(old *builder) {
	for _, k := range old.order {
		o := old.types[k]
		t, ok := b.types[k]
		if !ok {
			b.types[k] = o
			b.order = append(b.order, k)
			continue
		}
		t.since = o.since
		for _, of := range o.fields {
			i := slices.IndexFunc(t.fields, func(f *field) bool { return f.schema == of.schema })
			if i < 0 {
				t.fields = append(t.fields, of)
				t.sortFields()
				continue
			}
			f := t.fields[i]
			f.since = of.since
			if !of.required && f.required && !f.attr {
				f.required = false
			}
		}
	}
}

// sorted yields a map of components in the order of their names, so that the
// output is the same every time.
func sorted(m map[qname]*element) iter.Seq2[qname, *element] {
	return func(yield func(qname, *element) bool) {
		for _, q := range slices.SortedFunc(maps.Keys(m), func(a, b qname) int {
			return cmp.Or(cmp.Compare(a.space, b.space), cmp.Compare(a.local, b.local))
		}) {
			if !yield(q, m[q]) {
				return
			}
		}
	}
}
