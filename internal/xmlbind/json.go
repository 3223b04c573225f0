package xmlbind

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/xmltree"
)

// openKey is the key under which an open member stands in JSON.
const openKey = "element"

// MarshalMembers writes a list of members of a union, each as an object with
// one key: the name of its element.
func MarshalMembers[L ~[]M, M Coder](list L) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, m := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		one, err := MarshalMember(m)
		if err != nil {
			return nil, err
		}
		b.Write(one)
	}
	b.WriteByte(']')
	return b.Bytes(), nil
}

// MarshalMember writes one member of a union.
func MarshalMember(m Coder) ([]byte, error) {
	if o, ok := m.(Opener); ok {
		x, err := o.OpenElement()
		if err != nil {
			return nil, err
		}
		return json.Marshal(map[string]*xmltree.Element{openKey: x})
	}
	return json.Marshal(map[string]any{m.Codec().Schema().Element.Name().Local: m})
}

// UnmarshalMembers reads what [MarshalMembers] writes. open makes an open
// member; nil where there is none.
func UnmarshalMembers[M Coder](list *[]M, b []byte, c sym.Class, fresh func(sym.Sym) M, open func(*xmltree.Element) M) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*list = nil
	for _, r := range raw {
		m, err := UnmarshalMember(r, c, fresh, open)
		if err != nil {
			return err
		}
		*list = append(*list, m)
	}
	return nil
}

// UnmarshalMember reads one member.
func UnmarshalMember[M Coder](b []byte, c sym.Class, fresh func(sym.Sym) M, open func(*xmltree.Element) M) (M, error) {
	var none M
	var one map[string]json.RawMessage
	if err := json.Unmarshal(b, &one); err != nil {
		return none, err
	}
	if len(one) != 1 {
		return none, fmt.Errorf("an object with one key, the name of an element, is needed here; it has %d", len(one))
	}
	for k, v := range one {
		if k == openKey && open != nil {
			x := new(xmltree.Element)
			if err := json.Unmarshal(v, x); err != nil {
				return none, err
			}
			return open(x), nil
		}
		m := fresh(sym.Of(c, k))
		if any(m) == nil {
			return none, fmt.Errorf("%q is not the name of an element that may stand here", k)
		}
		return m, json.Unmarshal(v, m)
	}
	return none, nil
}
