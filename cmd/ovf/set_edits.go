package main

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
	"github.com/ovfkit/ovf/xmltree"
)

// edit makes all edits, in an order in which they do not disturb each other.
func (v *setVerb) edit() error {
	if v.vm != "" {
		var err error
		if v.within, err = v.env.FindContent(v.vm); err != nil {
			return err
		}
	}
	if v.option != "" {
		if _, err := v.env.FindOption(v.option); err != nil {
			return err
		}
	}
	for _, step := range []func() error{v.removeProperties, v.addProperties, v.setProperties, v.setName, v.setProduct, v.setHardware, v.renameNetworks} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// change notes a change that was made here.
func (v *setVerb) change(at diag.Location, what, old, value string) {
	if old != value {
		v.changes = append(v.changes, envelope.Change{Location: at, What: what, Old: old, New: value})
	}
}

// findProperty finds a property of the content of --vm, or else of all.
func (v *setVerb) findProperty(name string) (envelope.PropertyRef, error) {
	r, err := v.env.FindProperty(name, v.within)
	if v.within != nil && errors.Is(err, envelope.ErrUnknown) {
		return v.env.FindProperty(name, nil)
	}
	return r, err
}

func (v *setVerb) removeProperties() error {
	for _, name := range v.removed {
		r, err := v.findProperty(name)
		if err != nil {
			return err
		}
		if err := v.env.RemoveProperty(r); err != nil {
			return err
		}
		v.changes = append(v.changes, envelope.Change{Location: r.Property.Location(""), What: "property " + r.FullName() + " removed"})
	}
	return nil
}

func (v *setVerb) addProperties() error {
	for _, arg := range v.added {
		head, value, hasValue := strings.Cut(arg, "=")
		name, typ, ok := strings.Cut(head, ":")
		if !ok {
			typ = "string"
		}
		s, key, err := v.productFor(name)
		if err != nil {
			return err
		}
		p := &envelope.Property{Key: key, Type: typ}
		if hasValue {
			p.Value = &value
		}
		if v.userConfigurable {
			p.UserConfigurable = new(true)
		}
		if v.password {
			p.Password = new(true)
		}
		if v.label != "" {
			p.Label = &envelope.Msg{Text: v.label}
		}
		if v.description != "" {
			p.Description = &envelope.Msg{Text: v.description}
		}
		if err := s.AddProperty(p, v.category); err != nil {
			return err
		}
		v.changes = append(v.changes, envelope.Change{What: "property " + envelope.PropertyRef{Section: s, Property: p}.FullName() + " added"})
	}
	return nil
}

// productFor finds the product section for a new property, and makes one where
// there is none.
func (v *setVerb) productFor(name string) (*envelope.ProductSection, string, error) {
	c, err := v.place()
	if err != nil {
		return nil, "", err
	}
	s, key, err := envelope.ProductFor(c, name)
	var e *envelope.LookupError
	if errors.As(err, &e) && len(e.Names) == 0 {
		return envelope.AddProduct(c), name, nil
	}
	return s, key, err
}

// place is the content of --vm, or the outermost.
func (v *setVerb) place() (envelope.Content, error) {
	switch {
	case v.within != nil:
		return v.within, nil
	case v.env.Content == nil:
		return nil, errors.New("the descriptor has neither a virtual system nor a collection")
	}
	return v.env.Content, nil
}

func (v *setVerb) setProperties() error {
	for _, arg := range v.properties {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("--property %s has no value: give KEY=VALUE", diag.Quote(arg))
		}
		r, err := v.findProperty(name)
		if err != nil {
			return err
		}
		old := ""
		if r.Property.Value != nil {
			old = *r.Property.Value
		}
		at := r.Property.Location("@value")
		if err := r.SetValue(value, v.option); err != nil {
			return err
		}
		what := "property " + r.FullName()
		if v.option != "" {
			what, old = what+" with "+v.option, "(default)"
		}
		if r.Property.Secret() {
			v.changes = append(v.changes, envelope.Change{Location: at, What: what + " (hidden)"})
			continue
		}
		v.change(at, what, old, value)
	}
	return nil
}

func (v *setVerb) setName() error {
	if !v.given("name") {
		return nil
	}
	c, err := v.place()
	if err != nil {
		return err
	}
	switch c := c.(type) {
	case *envelope.VirtualSystem:
		v.setText(&c.Name, v.name, c.ID+": Name", c.Location("Name"))
	case *envelope.VirtualSystemCollection:
		v.setText(&c.Name, v.name, c.ID+": Name", c.Location("Name"))
	}
	return nil
}

// setText sets a text that may have translations.
func (v *setVerb) setText(m **envelope.Msg, text, what string, at diag.Location) {
	old := ""
	if *m != nil {
		old = (*m).Text
		if id := (*m).MsgID; id != nil && *id != "" && old != text {
			v.warn(at, "", "%s has translations under the msgid %s, which still say the old text", what, diag.Quote(*id))
		}
	}
	envelope.SetText(m, text)
	v.change(at, what, old, text)
}

func (v *setVerb) setProduct() error {
	if !slices.ContainsFunc([]string{"product", "product-version", "product-full-version", "vendor"}, v.given) {
		return nil
	}
	p, err := v.env.MainProduct(v.within)
	var e *envelope.LookupError
	if errors.As(err, &e) && errors.Is(err, envelope.ErrUnknown) {
		c, err := v.place()
		if err != nil {
			return err
		}
		p = envelope.AddProduct(c)
	} else if err != nil {
		return err
	}
	if v.given("product") {
		v.setText(&p.Product, v.product, "Product", p.Location("Product"))
	}
	if v.given("vendor") {
		v.setText(&p.Vendor, v.vendor, "Vendor", p.Location("Vendor"))
	}
	old, oldFull := p.Version, p.FullVersion
	if v.given("product-version") {
		if stays := p.SetVersion(v.version); stays && !v.given("product-full-version") {
			v.warn(p.Location("FullVersion"), "set it with --product-full-version", "FullVersion is still %s", diag.Quote(*p.FullVersion))
		}
	}
	if v.given("product-full-version") {
		p.FullVersion = &v.fullVersion
	}
	v.changeOptional(p.Location("Version"), "Version", old, p.Version)
	v.changeOptional(p.Location("FullVersion"), "FullVersion", oldFull, p.FullVersion)
	return nil
}

func (v *setVerb) changeOptional(at diag.Location, what string, old, value *string) {
	text := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	v.change(at, what, text(old), text(value))
}

func (v *setVerb) setHardware() error {
	if !v.given("cpus") && !v.given("memory") {
		return nil
	}
	vs, err := v.env.FindSystem(v.vm)
	if err != nil {
		return err
	}
	if v.given("cpus") {
		changes, err := vs.SetCPUs(v.cpus, v.option)
		if err != nil {
			return err
		}
		v.changes = append(v.changes, changes...)
	}
	if !v.given("memory") {
		return nil
	}
	n, err := parseSize(v.memory)
	if err != nil {
		return err
	}
	changes, err := vs.SetMemory(n, v.option)
	v.changes = append(v.changes, changes...)
	return err
}

// parseSize reads a size with its unit, as 512MiB or "2 byte * 2^30".
func parseSize(s string) (uint64, error) {
	bad := func(why string) (uint64, error) {
		return 0, fmt.Errorf("the size %s %s; give a number and a unit, as 512MiB or 4GiB", diag.Quote(s), why)
	}
	const most = 32 // characters of a number
	k := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if k < 0 {
		return bad("has no unit")
	}
	number, ok := new(big.Rat).SetString(s[:k])
	if k > most || !ok {
		return bad("does not begin with a number")
	}
	u, err := rasd.ParseUnit(strings.TrimSpace(s[k:]))
	switch {
	case err != nil:
		return bad("has an unknown unit")
	case u.Deviation() == rasd.Assumption:
		return bad("has a unit that means different sizes to different people")
	}
	one, err := u.Bytes(1)
	if err != nil {
		return bad("has a unit that does not measure bytes")
	}
	n := number.Mul(number, new(big.Rat).SetInt(new(big.Int).SetUint64(one)))
	if !n.IsInt() || !n.Num().IsUint64() {
		return bad("is no whole number of bytes, or too large")
	}
	return n.Num().Uint64(), nil
}

func (v *setVerb) renameNetworks() error {
	names := map[string]string{}
	for _, arg := range v.networks {
		old, name, err := v.cutNetwork(arg)
		if err != nil {
			return err
		}
		if _, twice := names[old]; twice {
			return fmt.Errorf("--network renames %s twice", diag.Quote(old))
		}
		names[old] = name
	}
	if len(names) == 0 {
		return nil
	}
	changes, err := v.env.RenameNetworks(names)
	v.changes = append(v.changes, changes...)
	if err == nil {
		v.leftNames(names)
	}
	return err
}

// cutNetwork cuts OLD=NEW. A name may hold =: then that cut counts of which the
// first part is a network.
func (v *setVerb) cutNetwork(arg string) (old, name string, err error) {
	old, name, ok := strings.Cut(arg, "=")
	if !ok || old == "" || name == "" {
		return "", "", fmt.Errorf("--network %s: give OLD=NEW", diag.Quote(arg))
	}
	declared := networkNames(v.env)
	for i := range len(arg) - 1 {
		if arg[i] == '=' && slices.Contains(declared, arg[:i]) {
			return arg[:i], arg[i+1:], nil
		}
	}
	return old, name, nil
}

// leftNames warns where extensions still have the old name of a network.
func (v *setVerb) leftNames(names map[string]string) {
	const most = 10
	var walk func(n xmltree.Node, foreign bool)
	walk = func(n xmltree.Node, foreign bool) {
		foreign = foreign || !envelope.Standard(n.Name().Space) && n.Name().Space != v.env.Namespace
		for i := range n.Attrs() {
			if _, ok := names[n.AttrValue(i)]; ok && !n.AttrIsNamespace(i) && (foreign || n.AttrName(i).Space != "" && !envelope.Standard(n.AttrName(i).Space)) && len(v.notes) < most {
				v.warn(n.AttrLocation(i), "change it by hand if it means the network", "an extension still has the name %s", diag.Quote(n.AttrValue(i)))
			}
		}
		simple := true
		for k := n.First(); k.Valid(); k = k.Next() {
			if k.Kind() == xmltree.Elem {
				walk(k, foreign)
				simple = false
			}
		}
		if !foreign || !simple {
			return
		}
		if text := strings.TrimSpace(n.Text()); names[text] != "" && len(v.notes) < most {
			v.warn(n.TextLocation(), "change it by hand if it means the network", "an extension still has the name %s", diag.Quote(text))
		}
	}
	walk(v.env.Document().Root(), false)
}
