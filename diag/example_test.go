package diag_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/ovfkit/ovf/diag"
)

const descriptor = `<Envelope>
  <References>
    <File ovf:id="system" ovf:href="system.vmdk"/>
  </References>
  <DiskSection>
	<Disk ovf:diskId="data" ovf:fileRef="sytem"/>
  </DiskSection>
</Envelope>
`

var findings = diag.List{{
	Severity: diag.Error,
	Layer:    diag.Semantic,
	Rule:     "disk-file-ref",
	Clause:   "DSP0243 9.1",
	Location: diag.Location{File: "petstore.ovf", Line: 6, Column: 26, EndLine: 6, EndColumn: 45, Path: "/Envelope/DiskSection/Disk"},
	Message:  "Disk " + diag.Quote("data") + " refers to File " + diag.Quote("sytem") + ", which References does not list",
	Hint:     `did you mean "system"?`,
	Related: []diag.Related{{
		Location: diag.Location{File: "petstore.ovf", Line: 3, Column: 11, EndLine: 3, EndColumn: 26},
		Message:  "this File is listed",
	}},
}}

// The text form, with the source at hand.
func ExampleWriteText() {
	diag.WriteText(os.Stdout, findings, diag.TextOptions{
		Source: func(string) ([]byte, error) { return []byte(descriptor), nil },
	})
	fmt.Println(findings.Summary())
	// Output:
	// petstore.ovf:6:26: error: Disk "data" refers to File "sytem", which References does not list [disk-file-ref]
	//     6 |     <Disk ovf:diskId="data" ovf:fileRef="sytem"/>
	//       |                             ^~~~~~~~~~~~~~~~~~~
	//       = clause: DSP0243 9.1
	//       = hint: did you mean "system"?
	// petstore.ovf:3:11: note: this File is listed
	//     3 |     <File ovf:id="system" ovf:href="system.vmdk"/>
	//       |           ^~~~~~~~~~~~~~~
	// 1 error
}

// The JSON form has one flat object for each diagnostic.
func ExampleList_MarshalJSON() {
	var b []byte
	b, _ = json.MarshalIndent(findings, "", " ")
	fmt.Println(string(b))
	// Output:
	// [
	//  {
	//   "severity": "error",
	//   "layer": "semantic",
	//   "rule": "disk-file-ref",
	//   "clause": "DSP0243 9.1",
	//   "file": "petstore.ovf",
	//   "line": 6,
	//   "column": 26,
	//   "endLine": 6,
	//   "endColumn": 45,
	//   "path": "/Envelope/DiskSection/Disk",
	//   "message": "Disk \"data\" refers to File \"sytem\", which References does not list",
	//   "hint": "did you mean \"system\"?",
	//   "related": [
	//    {
	//     "file": "petstore.ovf",
	//     "line": 3,
	//     "column": 11,
	//     "endLine": 3,
	//     "endColumn": 26,
	//     "message": "this File is listed"
	//    }
	//   ]
	//  }
	// ]
}

// A list travels as an error and comes back as a list.
func ExampleList_Err() {
	err := fmt.Errorf("petstore: %w", findings.Err())
	var list diag.List
	if errors.As(err, &list) {
		fmt.Println(list[0].Rule)
	}
	// Output: disk-file-ref
}

// What a user does not want to hear is left out; what the user takes more
// seriously becomes an error.
func ExampleList_Filter() {
	list := diag.List{
		{Severity: diag.Warning, Rule: "network-unused", Message: "no Item uses Network \"backup\""},
		{Severity: diag.Warning, Rule: "rasd-order", Message: "ElementName stands after InstanceID"},
	}
	o := diag.Overrides{
		Ignore:   []string{"network-unused"},
		Severity: map[string]diag.Severity{"rasd-order": diag.Error},
	}
	diag.WriteText(os.Stdout, list.Filter(o), diag.TextOptions{})
	// Output: error: ElementName stands after InstanceID [rasd-order]
}

// A Collector bounds the memory that diagnostics take.
func ExampleCollector() {
	c := diag.Collector{Max: 2}
	for i := range 5 {
		c.Add(diag.Diagnostic{Severity: diag.Warning, Message: fmt.Sprint("warning ", i)})
	}
	c.Add(diag.Diagnostic{Severity: diag.Error, Message: "an error"})
	fmt.Println(len(c.List()), "kept:", c.Summary())
	// Output: 3 kept: 1 error, 5 warnings (3 not shown)
}
