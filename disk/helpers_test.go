package disk_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
)

// folder is a package in a folder: file names by id.
type folder struct {
	dir   string
	names map[string]string
}

func (f folder) OpenFile(_ context.Context, id string) (disk.File, error) {
	name, ok := f.names[id]
	if !ok {
		return nil, fmt.Errorf("no file %q", id)
	}
	file, err := os.Open(filepath.Join(f.dir, name))
	if err != nil {
		return nil, err
	}
	fi, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	return opened{file, fi.Size()}, nil
}

type opened struct {
	*os.File
	size int64
}

func (o opened) Size() int64 { return o.size }

const head = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">`

// descriptor reads a descriptor with these Disk elements and a File for each word of
// files, whose id is the name without ending.
func descriptor(t testing.TB, files, disks string, items ...string) *envelope.Envelope {
	t.Helper()
	var b strings.Builder
	b.WriteString(head + "\n<References>\n")
	for name := range strings.FieldsSeq(files) {
		id, _, _ := strings.Cut(name, ".")
		fmt.Fprintf(&b, "<File ovf:id=%q ovf:href=%q/>\n", id, name)
	}
	fmt.Fprintf(&b, "</References>\n<DiskSection><Info>d</Info>\n%s\n</DiskSection>\n<VirtualSystem ovf:id=\"vm\"><Info>v</Info>\n", disks)
	if len(items) > 0 {
		b.WriteString("<VirtualHardwareSection><Info>h</Info>")
		for i, host := range items {
			fmt.Fprintf(&b, "<Item><rasd:ElementName>disk %d</rasd:ElementName><rasd:HostResource>%s</rasd:HostResource><rasd:InstanceID>%d</rasd:InstanceID><rasd:ResourceType>17</rasd:ResourceType></Item>\n", i+1, host, i+1)
		}
		b.WriteString("</VirtualHardwareSection>")
	}
	b.WriteString("</VirtualSystem></Envelope>")
	return decode(t, b.String())
}

func decode(t testing.TB, text string) *envelope.Envelope {
	t.Helper()
	env, notes, err := envelope.Decode([]byte(text), envelope.DecodeOptions{Name: "p.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	if err := notes.Err(); err != nil {
		t.Fatal(err)
	}
	return env
}

// package over the files of a descriptor in a directory.
func in(dir string, env *envelope.Envelope) folder {
	f := folder{dir, map[string]string{}}
	for _, file := range env.References.File {
		f.names[file.ID] = file.Href
	}
	return f
}

const (
	vmdkURI  = envelope.URIVMDKStream
	capacity = `ovf:capacity="8" ovf:capacityAllocationUnits="byte * 2^20"`
)
