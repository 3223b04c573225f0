package envelope_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/ovfkit/ovf/envelope"
)

func TestOSTypeNames(t *testing.T) {
	// Pairs from the value map of CIM Schema 2.42 and, above 116, from public
	// tables of later schemas.
	for v, want := range map[envelope.OSType]string{
		0: "Unknown", 1: "Other", 2: "MACOS", 12: "OS/2", 18: "WINNT", 29: "Solaris", 36: "LINUX",
		42: "FreeBSD", 58: "Windows 2000", 59: "Dedicated", 66: "Not Applicable", 67: "Windows XP",
		69: "Microsoft Windows Server 2003", 74: "Windows Vista 64-Bit", 79: "RedHat Enterprise Linux",
		80: "RedHat Enterprise Linux 64-Bit", 84: "SLES", 93: "Ubuntu", 94: "Ubuntu 64-Bit",
		95: "Debian", 96: "Debian 64-Bit", 99: "Linux 2.6.x", 100: "Linux 2.6.x 64-Bit", 101: "Linux 64-Bit",
		102: "Other 64-Bit", 103: "Microsoft Windows Server 2008 R2", 104: "VMware ESXi",
		105: "Microsoft Windows 7", 106: "CentOS 32-bit", 107: "CentOS 64-bit", 109: "Oracle Linux 64-bit",
		110: "eComStation 32-bitx", 111: "Microsoft Windows Server 2011", 113: "Microsoft Windows Server 2012",
		115: "Microsoft Windows 8 64-bit", 116: "Microsoft Windows Server 2012 R2",
		117: "Microsoft Windows Server 2016", 121: "Microsoft Windows 10 64-bit",
		112: "OSType 112", 122: "OSType 122", 65535: "OSType 65535",
	} {
		if got := v.String(); got != want {
			t.Errorf("%d is %q, want %q", uint16(v), got, want)
		}
	}
	if envelope.OSWindows10_64 != 121 || envelope.OSUbuntu64 != 94 || envelope.OSLinux != 36 {
		t.Error("a constant has moved")
	}
}

func TestOSTypeByName(t *testing.T) {
	names := map[string]bool{}
	defined := 0
	for v := range 65536 {
		o := envelope.OSType(v)
		if !o.Defined() {
			continue
		}
		defined++
		if names[o.String()] {
			t.Errorf("the name %q occurs twice", o.String())
		}
		names[o.String()] = true
		if got, ok := envelope.OSTypeByName(o.String()); !ok || got != o {
			t.Errorf("%q is found as %d, %v", o.String(), uint16(got), ok)
		}
	}
	if defined != 121 { // 0 to 121 without 112
		t.Errorf("%d names, want 121", defined)
	}
	if got, ok := envelope.OSTypeByName("ubuntu 64-BIT"); !ok || got != envelope.OSUbuntu64 {
		t.Errorf("ubuntu 64-BIT is %d, %v", uint16(got), ok)
	}
	for _, name := range []string{"", "Plan 9", "OSType 112"} {
		if got, ok := envelope.OSTypeByName(name); ok {
			t.Errorf("%q is found as %d", name, uint16(got))
		}
	}
}

func TestActions(t *testing.T) {
	for a, want := range map[envelope.StartAction]bool{"": true, "powerOn": true, "none": true, "poweron": false, "suspend": false} {
		if a.Valid() != want {
			t.Errorf("start action %q: %v", a, a.Valid())
		}
	}
	for a, want := range map[envelope.StopAction]bool{"": true, "powerOff": true, "guestShutdown": true, "none": true, "shutdown": false} {
		if a.Valid() != want {
			t.Errorf("stop action %q: %v", a, a.Valid())
		}
	}
	for c, want := range map[envelope.Compression][2]bool{ // valid, compressed
		"": {true, false}, "identity": {true, false}, "gzip": {true, true}, "bzip2": {false, true}, "GZip": {false, true},
	} {
		if c.Valid() != want[0] || c.Compressed() != want[1] {
			t.Errorf("compression %q: valid %v, compressed %v", c, c.Valid(), c.Compressed())
		}
	}
	b, err := json.Marshal([]any{envelope.StopGuestShutdown, envelope.CompressionGzip, envelope.OSUbuntu64})
	if err != nil || string(b) != `["guestShutdown","gzip",94]` {
		t.Errorf("JSON is %s, %v", b, err)
	}
}

func TestTransports(t *testing.T) {
	for list, want := range map[string][]string{
		"":                           nil,
		"  ":                         nil,
		"iso":                        {envelope.TransportISO},
		"iso com.vmware.guestInfo":   {envelope.TransportISO, envelope.TransportGuestInfo},
		"com.vmware.guestInfo,iso":   {envelope.TransportGuestInfo, envelope.TransportISO},
		"\n iso,\tcom.example.other": {envelope.TransportISO, "com.example.other"},
		// From a descriptor of IBM.
		"http://www.ibm.com/xmlns/ovf/transport/filesystem/etc/ovf-transport iso": {"http://www.ibm.com/xmlns/ovf/transport/filesystem/etc/ovf-transport", "iso"},
	} {
		if got := envelope.Transports(list); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", list, got, want)
		}
	}
}

var diskFormatCases = map[string]struct {
	name   string
	stream bool
}{
	envelope.URIVMDKStream:           {"vmdk", true},
	envelope.URIVMDKSparse:           {"vmdk", false},
	envelope.URIVMDKMonolithicSparse: {"vmdk", false},
	envelope.URIVMDKCompressed:       {"vmdk", true},
	envelope.URIVHD:                  {"vhd", false},
	envelope.URIQCOW2:                {"qcow2", false},
	envelope.URIISO:                  {"iso", false},
	envelope.URIRaw:                  {"raw", false},
	"":                               {"unknown", false},
	"http://www.vmware.com/specifications/vmdk.html#streamOptimized":                       {"vmdk", true},
	"http://www.vmware.com/interfaces/interfaces/specifications/vmdk.html#streamOptimized": {"vmdk", true},
	"http://www.vmware.com/interfaces/specifications/vmdk.html#sparse":                     {"vmdk", false},
	"http://www.examplecompany.com/interfaces/specifications/vmdk.html#sparse":             {"vmdk", false},
	"http://www.microsoft.com/technet/virtualserver/downloads/vhdspec.mspx":                {"vhd", false},
	"http://technet.microsoft.com/en-us/library/bb676673.aspx":                             {"vhd", false},
	"http://example.org/MS-VHDX":                                                           {"vhdx", false},
	"http://www.xtreemfs.org/specifications/format.html#virtualNetworked":                  {"unknown", false},
	"http://www.xtreemfs.org/specifications/format.html#temporary":                         {"unknown", false},
}

func TestDiskFormatOf(t *testing.T) {
	for uri, want := range diskFormatCases {
		if got := envelope.DiskFormatOf(uri).String(); got != want.name {
			t.Errorf("%q is %s, want %s", uri, got, want.name)
		}
		if got := envelope.StreamOptimized(uri); got != want.stream {
			t.Errorf("%q: stream-optimized %v, want %v", uri, got, want.stream)
		}
	}
}

// TestDiskFormatsOfCorpus wants every format of the real descriptors at hand in
// the table above.
func TestDiskFormatsOfCorpus(t *testing.T) {
	const root = "../../shared/corpus"
	if _, err := os.Stat(root); err != nil {
		t.Skip("no corpus of real descriptors beside the repository")
	}
	re := regexp.MustCompile(`<(?:\w+:)?Disk\s[^>]*?\s(?:\w+:)?format\s*=\s*["']([^"']*)["']`)
	seen := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".ovf" {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range re.FindAllSubmatch(b, -1) {
			uri := string(m[1])
			if seen[uri]++; seen[uri] == 1 && uri != "[DISK_FORMAT]" { // a template's placeholder
				if _, ok := diskFormatCases[uri]; !ok {
					t.Errorf("%s: format %q is not in the table", path, uri)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 8 {
		t.Errorf("only %d formats found: the search is broken", len(seen))
	}
}
