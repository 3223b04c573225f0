package property

import "strings"

// Name identifies a property: its key, and the class and instance of its
// ProductSection. Class and instance may be empty.
type Name struct {
	Class, Key, Instance string
}

// String returns the full name class.key.instance, without the parts that are
// empty (DSP0243 9.5). The guest sees the property under it.
func (n Name) String() string {
	s := n.Key
	if n.Class != "" {
		s = n.Class + "." + s
	}
	if n.Instance != "" {
		s += "." + n.Instance
	}
	return s
}

// Matches reports whether full is the full name of n. Each part may hold dots,
// so that a full name cannot be cut into parts, only compared.
func (n Name) Matches(full string) bool {
	if n.Class != "" {
		rest, ok := strings.CutPrefix(full, n.Class)
		if !ok || rest == "" || rest[0] != '.' {
			return false
		}
		full = rest[1:]
	}
	if n.Instance != "" {
		rest, ok := strings.CutSuffix(full, n.Instance)
		if !ok || rest == "" || rest[len(rest)-1] != '.' {
			return false
		}
		full = rest[:len(rest)-1]
	}
	return full == n.Key
}

// Index finds properties by name. Build it with [NewIndex]; the zero Index is
// empty.
type Index struct {
	full map[string][]int
	key  map[string][]int
}

// NewIndex returns an index of names, which it does not keep.
func NewIndex(names []Name) Index {
	x := Index{make(map[string][]int, len(names)), make(map[string][]int, len(names))}
	for i, n := range names {
		full := n.String()
		x.full[full] = append(x.full[full], i)
		x.key[n.Key] = append(x.key[n.Key], i)
	}
	return x
}

// Full returns the positions of the names whose full name is given. More than
// one means that the properties cannot be told apart by name.
func (x Index) Full(name string) []int { return x.full[name] }

// Key returns the positions of the names with the given key, whatever their
// class and instance.
func (x Index) Key(key string) []int { return x.key[key] }
