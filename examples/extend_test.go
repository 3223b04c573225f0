package examples_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/xmltree"
)

const backupNS = "http://www.example.com/schemas/ovf/backup/1"

// Backup is the section of a vendor as a Go type: the code of docs/extend.md.
type Backup struct {
	envelope.UnknownSection // Info, and the element for writing
	Keep                    int
}

// UnmarshalElement reads the section.
func (b *Backup) UnmarshalElement(e *xmltree.Element) (err error) {
	keep := e.Child(backupNS, "Keep")
	if keep == nil {
		return errors.New("there is no Keep") // reported, and the section stays unknown
	}
	b.Element = e
	b.Keep, err = strconv.Atoi(keep.Text())
	return err
}

// OpenElement puts the fields back for writing.
func (b *Backup) OpenElement() (*xmltree.Element, error) {
	b.Element.Child(backupNS, "Keep").Content = []xmltree.Content{xmltree.Text(strconv.Itoa(b.Keep))}
	return b.Element, nil
}

// How does a vendor use a section of its own as a Go type?
func Example_vendorSection() {
	data, err := os.ReadFile("extension/extension.ovf")
	if err != nil {
		fmt.Println(err)
		return
	}
	env, _, err := envelope.Decode(data, envelope.DecodeOptions{
		Name: "extension.ovf",
		Sections: map[xmltree.Name]func() envelope.Section{
			{Space: backupNS, Local: "BackupSection"}: func() envelope.Section { return new(Backup) },
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	backup, ok := envelope.First[*Backup](env.Section)
	fmt.Println(ok, backup.Keep, backup.SectionInfo().Text)
	backup.Keep = 30
	out, err := envelope.Encode(env)
	if err != nil {
		fmt.Println(err)
		return
	}
	old, changed := bytes.Split(data, []byte("\n")), bytes.Split(out, []byte("\n"))
	for i := range old {
		if !bytes.Equal(old[i], changed[i]) {
			fmt.Printf("line %d: %s\n", i+1, bytes.TrimSpace(changed[i]))
		}
	}
	// Output:
	// true 14 How the disks of this package are to be backed up
	// line 23: <bak:Keep>30</bak:Keep>
}
