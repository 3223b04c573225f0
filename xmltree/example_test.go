package xmltree_test

import (
	"errors"
	"fmt"
	"os"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/xmltree"
)

const descriptor = `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
          xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
    <!-- the only disk -->
    <File ovf:id="file1" ovf:href="disk &amp; more.vmdk"/>
  </References>
</Envelope>
`

const namespace = "http://schemas.dmtf.org/ovf/envelope/1"

// Where a value comes from, and what it is.
func Example() {
	doc, err := xmltree.Parse("appliance.ovf", []byte(descriptor), xmltree.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	references := doc.Root().First()
	for n := references.First(); n.Valid(); n = n.Next() {
		switch n.Kind() {
		case xmltree.Comment:
			fmt.Printf("comment %q\n", n.Text())
		case xmltree.Elem:
			href, _ := n.Attr(namespace, "href")
			fmt.Println(n.Name(), href)
			fmt.Println(n.Location(), n.Path())
			fmt.Println(n.AttrLocation(1))
		}
	}
	// Output:
	// comment " the only disk "
	// File disk & more.vmdk
	// appliance.ovf:6:5 /Envelope/References/File
	// appliance.ovf:6:26
}

// An error says what is wrong, where, by which rule, and often what to do.
func ExampleParse_error() {
	_, err := xmltree.Parse("appliance.ovf", []byte("<Envelope>\n  <Info>Fish & chips</Info>\n</Envelope>\n"), xmltree.Limits{})
	fmt.Println(err)
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		fmt.Println(d.Clause)
		fmt.Println(d.Hint)
	}
	// Output:
	// appliance.ovf:2:14: & begins no reference: neither a name and ; nor # follow it [xml-entity]
	// XML 1.0 4.1
	// write &amp; for an ampersand, or use lt, gt, amp, quot, apos or a character number
}

// A prefix that is not declared does not end the parse.
func ExampleDocument_Problems() {
	doc, err := xmltree.Parse("appliance.ovf", []byte("<Envelope>\n  <vmw:Config/>\n</Envelope>"), xmltree.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(doc.Problems())
	// Output:
	// appliance.ovf:2:4: the prefix "vmw" of "vmw:Config" is not declared [xml-namespace]
}

// One value changed, all else as it was.
func ExampleNode_AttrSpan() {
	doc, err := xmltree.Parse("appliance.ovf", []byte(descriptor), xmltree.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	file := doc.Root().First().First().Next()
	_, from, to := file.AttrSpan(1)
	text := doc.Source()
	value := xmltree.AppendAttr(nil, "R&D.vmdk", text[to])
	os.Stdout.Write(doc.Encode(text[:from] + string(value) + text[to:]))
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
	//           xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
	//   <References>
	//     <!-- the only disk -->
	//     <File ovf:id="file1" ovf:href="R&amp;D.vmdk"/>
	//   </References>
	// </Envelope>
}

// The canonical form of one element, as a signature over it needs it.
func ExampleNode_Canonical() {
	doc, err := xmltree.Parse("appliance.ovf", []byte(descriptor), xmltree.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	file := doc.Root().First().First().Next()
	if err := file.Canonical(os.Stdout, xmltree.CanonicalOptions{Exclusive: true}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <File xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" ovf:href="disk &amp; more.vmdk" ovf:id="file1"></File>
}

// The mutable form of an element that the schema leaves open.
func ExampleNewElement() {
	doc, err := xmltree.Parse("appliance.ovf", []byte(`<v:Config xmlns:v="urn:vendor" key="a">one</v:Config>`), xmltree.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := xmltree.NewElement(doc.Root())
	fmt.Println(e.Name, e.Text(), e.Unchanged(doc.Root()))
	e.Content = []xmltree.Content{xmltree.Text("two")}
	fmt.Println(e.Name, e.Text(), e.Unchanged(doc.Root()))
	// Output:
	// v:Config one true
	// v:Config two false
}
