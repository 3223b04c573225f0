package xmltree

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

const encoded = "<?xml version='1.0'?>\n<a b='é'>grün</a>"

// declare adds an encoding to the declaration of a document.
func declare(s, name string) string {
	return strings.Replace(s, "'1.0'", "'1.0' encoding='"+name+"'", 1)
}

func latin1(t testing.TB, s string) string {
	t.Helper()
	s, err := charmap.ISO8859_1.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEncodings(t *testing.T) {
	utf16 := func(order binary.AppendByteOrder, s string) string { return string(encodeUTF16(order, s)) }
	le, be := binary.LittleEndian, binary.BigEndian
	tests := []struct {
		name string
		raw  string
		want Encoding
	}{
		{"UTF-8 undeclared", encoded, UTF8},
		{"UTF-8 with mark", "\xEF\xBB\xBF" + encoded, UTF8},
		{"UTF-8 declared", declare(encoded, "UTF-8"), UTF8},
		{"UTF-8 in small letters", declare(encoded, "utf-8"), UTF8},
		{"UTF-8 declared, with mark", "\xEF\xBB\xBF" + declare(encoded, "UTF-8"), UTF8},
		{"UTF-8 without declaration", "<a b='é'>grün</a>", UTF8},
		{"UTF-8 in an instruction", "<?xml-x encoding='ISO-8859-1'?><a b='é'>grün</a>", UTF8},
		{"ISO-8859-1", latin1(t, declare(encoded, "ISO-8859-1")), ISO8859_1},
		{"latin1", latin1(t, declare(encoded, "latin1")), ISO8859_1},
		{"ISO-8859-1 behind much space", latin1(t, declare(strings.Replace(encoded, "<?xml ", "<?xml"+strings.Repeat(" ", 5000), 1), "ISO-8859-1")), ISO8859_1},
		{"windows-1252", latin1(t, declare(encoded, "Windows-1252")), Windows1252},
		{"cp1252", latin1(t, declare(encoded, "cp1252")), Windows1252},
		{"US-ASCII", declare("<?xml version='1.0'?><a b='&#xE9;'>gr&#252;n</a>", "US-ASCII"), ASCII},
		{"UTF-16LE with mark", utf16(le, "\uFEFF"+declare(encoded, "UTF-16")), UTF16LE},
		{"UTF-16BE with mark", utf16(be, "\uFEFF"+declare(encoded, "UTF-16")), UTF16BE},
		{"UTF-16LE undeclared", utf16(le, "\uFEFF"+encoded), UTF16LE},
		{"UTF-16BE undeclared", utf16(be, "\uFEFF"+encoded), UTF16BE},
		{"UTF-16LE without declaration", utf16(le, "\uFEFF<a b='é'>grün</a>"), UTF16LE},
		{"UTF-16LE without mark", utf16(le, declare(encoded, "UTF-16")), UTF16LE},
		{"UTF-16BE without mark", utf16(be, declare(encoded, "UTF-16")), UTF16BE},
		{"UTF-16LE by its name", utf16(le, declare(encoded, "UTF-16LE")), UTF16LE},
		{"UTF-16BE by its name", utf16(be, declare(encoded, "utf-16be")), UTF16BE},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := parse(t, tt.raw)
			if d.Encoding() != tt.want {
				t.Errorf("the encoding is %v, want %v", d.Encoding(), tt.want)
			}
			if b, _ := d.Root().Attr("", "b"); b != "é" || d.Root().Text() != "grün" {
				t.Errorf("the content is %q and %q", b, d.Root().Text())
			}
			checkSpans(t, d)
			if got := string(d.Encode(d.Source())); got != tt.raw {
				t.Errorf("written back it is %q, want %q", got, tt.raw)
			}
			if v := peer(t).check(t, []byte(tt.raw)); !v.ok {
				t.Errorf("libxml2 refuses it: %s", v.messages)
			}
		})
	}
}

func TestMislabelled(t *testing.T) {
	tests := []struct {
		name    string
		raw     string
		at      int64
		message string
	}{
		{"ISO-8859-1 undeclared", latin1(t, encoded), 28, "byte 0xE9 does not belong to UTF-8 text"},
		{"ISO-8859-1 as UTF-8", latin1(t, declare(encoded, "UTF-8")), 45, "byte 0xE9 does not belong to UTF-8 text"},
		{"UTF-8 as US-ASCII", declare(encoded, "US-ASCII"), 48, "byte 0xC3 does not belong to US-ASCII text"},
		{"UTF-8 as UTF-16", declare(encoded, "UTF-16"), 0, "the declaration says UTF-16, but the bytes are not"},
		{"mark against declaration", "\xEF\xBB\xBF" + declare(encoded, "ISO-8859-1"), 3, "the declaration says ISO-8859-1, but a UTF-8 byte order mark comes first"},
		{"UTF-16LE as UTF-8", string(encodeUTF16(binary.LittleEndian, "\uFEFF"+declare(encoded, "UTF-8"))), 2, `the declaration says "UTF-8", but the bytes are UTF-16, little end first`},
		{"UTF-16BE as UTF-16LE", string(encodeUTF16(binary.BigEndian, declare(encoded, "UTF-16LE"))), 0, `the declaration says "UTF-16LE", but the bytes are UTF-16, big end first`},
		{"half a unit", string(encodeUTF16(binary.LittleEndian, "\uFEFF<a/>")) + " ", 10, "byte 0x20 does not belong to UTF-16 text"},
		{"half a pair", string(encodeUTF16(binary.LittleEndian, "\uFEFF<a>")) + "\x3D\xD8</a>", 8, "byte 0x3D does not belong to UTF-16 text"},
		{"low before high", string(encodeUTF16(binary.BigEndian, "\uFEFF<a>")) + "\xDE\x00\xD8\x3D", 8, "byte 0xDE does not belong to UTF-16 text"},
		{"half a pair at the end", string(encodeUTF16(binary.LittleEndian, "\uFEFF<a>")) + "\x3D\xD8", 8, "byte 0x3D does not belong to UTF-16 text"},
		{"unassigned in windows-1252", declare("<?xml version='1.0'?><a>", "windows-1252") + "\x80\x81</a>", 49, "byte 0x81 does not belong to windows-1252 text"},
		{"UTF-32LE with mark", "\xFF\xFE\x00\x00<\x00\x00\x00", 0, "UTF-32 is not supported"},
		{"UTF-32BE with mark", "\x00\x00\xFE\xFF\x00\x00\x00<", 0, "UTF-32 is not supported"},
		{"UTF-32LE", "<\x00\x00\x00a\x00\x00\x00", 0, "UTF-32 is not supported"},
		{"UTF-32BE", "\x00\x00\x00<\x00\x00\x00a", 0, "UTF-32 is not supported"},
		{"unknown", declare(encoded, "x-mac-roman"), 0, `the encoding "x-mac-roman" is not supported`},
		{"empty name", declare(encoded, ""), -1, `has the encoding ""`},
		{"only a mark", "\xEF\xBB\xBF", -1, "the document is empty"},
		{"two marks", "\xEF\xBB\xBF\xEF\xBB\xBF<a/>", -1, "text stands before the root element"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := failure(t, []byte(tt.raw), Limits{})
			if !strings.Contains(e.Message, tt.message) {
				t.Errorf("the message is %q, want %q", e.Message, tt.message)
			}
			if tt.at >= 0 && (e.Rule != RuleEncoding || !errors.Is(e, ErrEncoding) || e.Location.Offset != tt.at) {
				t.Errorf("got the rule %s at offset %d, want %s at %d", e.Rule, e.Location.Offset, RuleEncoding, tt.at)
			}
		})
	}
}

// TestSingleByteEncodings compares every byte with other tables.
func TestSingleByteEncodings(t *testing.T) {
	for _, tt := range []struct {
		name  string
		peer  *charmap.Charmap
		holes string // bytes the registered table leaves unassigned
	}{
		{"ISO-8859-1", charmap.ISO8859_1, ""},
		{"windows-1252", charmap.Windows1252, "\x81\x8D\x8F\x90\x9D"},
	} {
		for c := 0x80; c < 0x100; c++ {
			raw := declare("<?xml version='1.0'?><a>", tt.name) + string([]byte{byte(c)}) + "</a>"
			d, err := Parse("doc.xml", []byte(raw), Limits{})
			if strings.Contains(tt.holes, string([]byte{byte(c)})) {
				if !errors.Is(err, ErrEncoding) {
					t.Errorf("%s 0x%02X: error %v", tt.name, c, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s 0x%02X: %v", tt.name, c, err)
				continue
			}
			want := string(tt.peer.DecodeByte(byte(c)))
			if got := d.Root().Text(); got != want {
				t.Errorf("%s 0x%02X is %q, want %q", tt.name, c, got, want)
			}
			if got := string(d.Encode(d.Source())); got != raw {
				t.Errorf("%s 0x%02X is written as %q", tt.name, c, got)
			}
		}
	}
}

// TestEncodeChanged writes text that the encoding of a document cannot hold, and
// text that it can.
func TestEncodeChanged(t *testing.T) {
	const text = "é\u20AC\u3042\U0001F600"
	for name, want := range map[string]string{
		"US-ASCII":     "&#xe9;&#x20ac;&#x3042;&#x1f600;",
		"ISO-8859-1":   "\xE9&#x20ac;&#x3042;&#x1f600;",
		"windows-1252": "\xE9\x80&#x3042;&#x1f600;",
		"UTF-8":        text,
	} {
		d := parse(t, "<?xml version='1.0' encoding='"+name+"'?><a/>")
		if d.Encoding().String() != name {
			t.Errorf("the encoding is %v, want %s", d.Encoding(), name)
		}
		if got := string(d.Encode(text)); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		d := parse(t, string(encodeUTF16(order, "\uFEFF<a/>")))
		if got, want := string(d.Encode(text)), string(encodeUTF16(order, "\uFEFF"+text)); got != want {
			t.Errorf("%v: got %q, want %q", order, got, want)
		}
	}
}
