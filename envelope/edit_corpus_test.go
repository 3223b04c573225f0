package envelope_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

// The edits of this file are made to every descriptor of the corpus that has
// the part in question. Each is one assignment or one append on the struct
// tree; the text may differ only where the value stands.

// change runs an edit and compares the lines before and after. The edit returns
// the old and the new text of the value, or ok false where there is nothing to
// change.
func change(t *testing.T, edit func(*envelope.Envelope) (old, new string, ok bool)) {
	n := 0
	for _, f := range corpus(t) {
		env := decode(t, f)
		old, new, ok := edit(env)
		if !ok {
			continue
		}
		n++
		out, err := envelope.Encode(env)
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		if err := oneValue(string(f.data), string(out), old, new); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
		again, _, err := envelope.Decode(out, envelope.DecodeOptions{})
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
		} else if !again.Equal(env) {
			t.Errorf("%s: what was written decodes to another value", f.name)
		}
	}
	if n == 0 {
		t.Error("no descriptor was changed: the check is broken")
	}
	t.Logf("%d descriptors changed", n)
}

// oneValue checks that b is a with exactly one run of text replaced, which holds
// nothing but the value.
func oneValue(a, b, old, new string) error {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	was, is := a[start:len(a)-end], b[start:len(b)-end]
	if len(is) > len(new) || len(was) > len(old)+8*strings.Count(old, "&")+6*strings.Count(old, "<")+len(old)/4+40 {
		return fmt.Errorf("%q became %q, more than the value %q for %q", was, is, new, old)
	}
	if !strings.Contains(b, new) {
		return fmt.Errorf("%q is not there", new)
	}
	return nil
}

func firstProperty(env *envelope.Envelope) *envelope.Property {
	for c := range envelope.Walk(env.Content) {
		for ps := range envelope.All[*envelope.ProductSection](c.Sections()) {
			for _, e := range ps.Entry {
				if p, ok := e.(*envelope.Property); ok {
					return p
				}
			}
		}
	}
	return nil
}

func TestEditPropertyDefault(t *testing.T) {
	change(t, func(env *envelope.Envelope) (string, string, bool) {
		p := firstProperty(env)
		if p == nil || p.Value == nil {
			return "", "", false
		}
		old := *p.Value
		p.Value = new("changed-by-test")
		return old, "changed-by-test", true
	})
}

func TestEditFileSize(t *testing.T) {
	change(t, func(env *envelope.Envelope) (string, string, bool) {
		for i := range env.References.File {
			if f := &env.References.File[i]; f.Size != nil {
				old := fmt.Sprint(*f.Size)
				f.Size = new(uint64(9876543210123))
				return old, "9876543210123", true
			}
		}
		return "", "", false
	})
}

func hardware(env *envelope.Envelope) *envelope.VirtualHardwareSection {
	for vs := range env.Systems() {
		if hw, ok := envelope.First[*envelope.VirtualHardwareSection](vs.Section); ok && len(hw.Item) > 0 {
			return hw
		}
	}
	return nil
}

func TestEditItemQuantity(t *testing.T) {
	change(t, func(env *envelope.Envelope) (string, string, bool) {
		hw := hardware(env)
		if hw == nil {
			return "", "", false
		}
		for i := range hw.Item {
			if it := &hw.Item[i]; it.VirtualQuantity != nil {
				old := fmt.Sprint(*it.VirtualQuantity)
				*it.VirtualQuantity = 98765
				return old, "98765", true
			}
		}
		return "", "", false
	})
}

func TestEditInfo(t *testing.T) {
	change(t, func(env *envelope.Envelope) (string, string, bool) {
		for _, s := range env.Section {
			if _, ok := s.(*envelope.UnknownSection); ok {
				continue
			}
			if info := s.SectionInfo(); info.Text != "" {
				old := info.Text
				info.Text = "Changed by a test"
				return old, info.Text, true
			}
		}
		return "", "", false
	})
}

// added checks that every line of a is still in b, in order and unchanged, and
// returns the lines that b has more.
func added(a, b string) ([]string, error) {
	var more []string
	have := strings.Split(a, "\n")
	i := 0
	for line := range strings.SplitSeq(b, "\n") {
		if i < len(have) && line == have[i] {
			i++
			continue
		}
		more = append(more, line)
	}
	if i < len(have) {
		return nil, fmt.Errorf("line %d %q is not kept", i+1, have[i])
	}
	return more, nil
}

func indent(s string) string { return s[:len(s)-len(strings.TrimLeft(s, " \t"))] }

func TestCloneNIC(t *testing.T) {
	n, exact := 0, 0
	for _, f := range corpus(t) {
		env := decode(t, f)
		hw := hardware(env)
		if hw == nil {
			continue
		}
		i := slices.IndexFunc(hw.Item, func(it rasd.Item) bool {
			return it.ResourceType != nil && *it.ResourceType == rasd.EthernetAdapter
		})
		if i < 0 {
			continue
		}
		n++
		old := hw.Item[i].InstanceID
		want, ok := doubled(string(f.data), int(hw.Item[i].Location("").Offset), old)
		nic := hw.Item[i].Clone()
		nic.InstanceID = "4711"
		hw.Item = slices.Insert(hw.Item, i+1, *nic)
		out := encode(t, env)
		if ok && string(out) != want {
			t.Errorf("%s: the text is not the old one with the lines of the Item once more", f.name)
		}
		if ok {
			exact++
		}
		checkAgain(t, f, env, out)
	}
	if exact < 200 && !testing.Short() {
		t.Errorf("only %d texts could be compared: the check is broken", exact)
	}
	t.Logf("%d descriptors changed, %d of them compared with the text expected", n, exact)
}

// doubled returns the text with the lines of the Item at an offset once more
// behind them, another InstanceID in the copy. ok is false where the Item does
// not have its lines for itself.
func doubled(text string, at int, id string) (want string, ok bool) {
	name, _, _ := strings.Cut(text[at+1:], "Item")
	closing := "</" + name + "Item>"
	end := at + strings.Index(text[at:], closing) + len(closing)
	start := at
	for start > 0 && (text[start-1] == ' ' || text[start-1] == '\t') {
		start--
	}
	if start == 0 || text[start-1] != '\n' {
		return "", false
	}
	rest := strings.IndexByte(text[end:], '\n')
	if rest < 0 || strings.TrimSpace(text[end:end+rest]) != "" {
		return "", false
	}
	before := strings.Count(text[at:end], "InstanceID>"+id+"<") + strings.Count(text[at:end], "InstanceId>"+id+"<")
	if before != 1 {
		return "", false
	}
	item := text[start : end+rest+1]
	item = strings.Replace(item, "InstanceID>"+id+"<", "InstanceID>4711<", 1)
	item = strings.Replace(item, "InstanceId>"+id+"<", "InstanceId>4711<", 1)
	return text[:end+rest+1] + item + text[end+rest+1:], true
}

func TestAddProperty(t *testing.T) {
	n := 0
	for _, f := range corpus(t) {
		env := decode(t, f)
		p := firstProperty(env)
		if p == nil {
			continue
		}
		n++
		for c := range envelope.Walk(env.Content) {
			for ps := range envelope.All[*envelope.ProductSection](c.Sections()) {
				if i := slices.IndexFunc(ps.Entry, func(e envelope.ProductEntry) bool { return e == envelope.ProductEntry(p) }); i >= 0 {
					ps.Entry = slices.Insert(ps.Entry, i+1, envelope.ProductEntry(&envelope.Property{Key: "added-by-test", Type: "string",
						Value: new("a < b & \"c\""), Label: &envelope.Msg{Text: "Added"}}))
				}
			}
		}
		checkAdded(t, f, env, p.Location("").Line, "added-by-test")
	}
	t.Logf("%d descriptors changed", n)
}

// checkAdded checks that writing env adds lines only, the first of them indented
// like the line of its neighbour.
func checkAdded(t *testing.T, f file, env *envelope.Envelope, neighbour int, mark string) {
	t.Helper()
	out, err := envelope.Encode(env)
	if err != nil {
		t.Errorf("%s: %v", f.name, err)
		return
	}
	lines := strings.Split(string(f.data), "\n")
	more, err := added(string(f.data), string(out))
	switch {
	case err != nil && !strings.HasPrefix(strings.TrimLeft(lines[neighbour-1], " \t"), "<"):
		return // the neighbour does not begin its line
	case err != nil:
		t.Errorf("%s: %v", f.name, err)
	case len(more) == 0 || !strings.Contains(strings.Join(more, "\n"), mark):
		t.Errorf("%s: %q is not among the added lines %q", f.name, mark, more)
	case indent(more[0]) != indent(lines[neighbour-1]):
		t.Errorf("%s: the line %q is not indented like its neighbour %q", f.name, more[0], lines[neighbour-1])
	case strings.HasSuffix(lines[neighbour-1], "\r") && !strings.HasSuffix(more[0], "\r"):
		t.Errorf("%s: the added lines have no carriage returns", f.name)
	}
	checkAgain(t, f, env, out)
}

func checkAgain(t *testing.T, f file, env *envelope.Envelope, out []byte) {
	t.Helper()
	again, _, err := envelope.Decode(out, envelope.DecodeOptions{})
	if err != nil {
		t.Errorf("%s: %v", f.name, err)
	} else if !again.Equal(env) {
		t.Errorf("%s: what was written decodes to another value", f.name)
	}
}
