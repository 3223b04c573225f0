// Package sym numbers the names of the schemas, so that decoding can switch on
// integers instead of comparing strings.
//
// A name is a class of namespaces and a local part. One class stands for all
// namespaces under which the same vocabulary is met: the two of OVF 1.x and
// 2.x, the older one of VMware, and misprints.
package sym

// Sym is the number of a name. The constants are generated from the schemas.
type Sym uint16

// Class is a vocabulary.
type Class uint8

// The vocabularies. Other is every namespace that is not one of them.
const (
	Other Class = iota
	OVF
	RASD
	VSSD
	EPASD
	SASD
	BootConfig
	BootSource
	OVFEnv
	XML
	XSI
)

// Name is what a number stands for.
type Name struct {
	Class Class
	Local string
}

// Of returns the number of a name, or None.
func Of(c Class, local string) Sym { return numbers[Name{c, local}] }

// Name returns what the number stands for; the zero Name for None.
func (s Sym) Name() Name { return table[s] }

// numbers is the reverse of table. It is only read.
var numbers = func() map[Name]Sym {
	m := make(map[Name]Sym, len(table))
	for i, n := range table {
		if i > 0 {
			m[n] = Sym(i)
		}
	}
	return m
}()
