package xmltree

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/ovfkit/ovf/diag"
)

// place counts line and column of every byte of a text, one character after
// the other.
func places(s string) (lines, columns []int) {
	line, column := 1, 1
	for _, r := range s {
		for range len(string(r)) {
			lines, columns = append(lines, line), append(columns, column)
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
	}
	return append(lines, line), append(columns, column)
}

// wide is a document with characters of every width, tabs, all line ends, and
// lines longer and shorter than the distance of marks.
func wide() string {
	var b strings.Builder
	b.WriteString("<?xml version='1.0'?>\n<a>\r\n\t<b c='é€\U0001F600'/>\r")
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		for range r.IntN(60) {
			b.WriteString([]string{"x", "\t", "é", "€", "\U0001F600", "yz ", "\r"}[r.IntN(7)])
		}
		if r.IntN(3) > 0 {
			b.WriteString("\n")
		}
		if r.IntN(20) == 0 {
			b.WriteString(strings.Repeat("€", 1000+r.IntN(1000)))
		}
	}
	b.WriteString("</a>\n")
	return b.String()
}

func TestPosition(t *testing.T) {
	s := wide()
	lines, columns := places(s)
	for _, bom := range []string{"", "\xEF\xBB\xBF"} {
		d := parse(t, bom+s)
		for i := range len(s) + 1 {
			next := i
			for next < len(s) && s[next]&0xC0 == 0x80 {
				next++ // inside a character counts as behind it
			}
			line, column := d.Position(i)
			if line != lines[next] || column != columns[next] {
				t.Fatalf("offset %d is at %d:%d, want %d:%d", i, line, column, lines[next], columns[next])
			}
			if next > i {
				continue
			}
			if l := d.Location(i, i); l.Offset != int64(i+len(bom)) || l.Line != line || l.Column != column || l.EndLine != 0 || l.File != "doc.xml" {
				t.Fatalf("offset %d has the location %+v", i, l)
			}
		}
	}
	d := parse(t, "<a>é</a>")
	for _, at := range []struct{ offset, column int }{{3, 4}, {4, 5}, {5, 5}, {9, 9}, {1000, 9}} {
		if line, column := d.Position(at.offset); line != 1 || column != at.column {
			t.Errorf("offset %d is at %d:%d, want 1:%d", at.offset, line, column, at.column)
		}
	}
}

// TestPositionStored finds the byte of the stored document by the offset of a
// location, in every encoding.
func TestPositionStored(t *testing.T) {
	latin := strings.NewReplacer("€", "ü", "\U0001F600", "ÿ").Replace(wide())
	declare := func(s, name string) string {
		return strings.Replace(s, "'1.0'", "'1.0' encoding='"+name+"'", 1)
	}
	cp1252 := declare(strings.ReplaceAll(latin, "ü", "€"), "windows-1252")
	latin = declare(latin, "ISO-8859-1")
	one, err := charmap.ISO8859_1.NewEncoder().String(latin)
	if err != nil {
		t.Fatal(err)
	}
	two, err := charmap.Windows1252.NewEncoder().String(cp1252)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		want string // the text
		raw  string
		bom  int
		size func(r rune) int // of a character, as stored
	}{
		{"UTF-16LE", wide(), string(encodeUTF16(binary.LittleEndian, "\uFEFF"+wide())), 2, units},
		{"UTF-16BE", wide(), string(encodeUTF16(binary.BigEndian, "\uFEFF"+wide())), 2, units},
		{"UTF-16LE without mark", wide(), string(encodeUTF16(binary.LittleEndian, wide())), 0, units},
		{"UTF-16BE without mark", wide(), string(encodeUTF16(binary.BigEndian, wide())), 0, units},
		{"ISO-8859-1", latin, one, 0, single},
		{"windows-1252", cp1252, two, 0, single},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := parse(t, tt.raw)
			checkSpans(t, d)
			if d.Source() != tt.want {
				t.Fatal("the text is another one")
			}
			lines, columns := places(tt.want)
			stored := int64(tt.bom)
			for i, r := range tt.want {
				l := d.Location(i, i)
				if l.Offset != stored || l.Line != lines[i] || l.Column != columns[i] {
					t.Fatalf("the character %q at %d has %+v, want offset %d at %d:%d", r, i, l, stored, lines[i], columns[i])
				}
				stored += int64(tt.size(r))
			}
			if l := d.Location(len(tt.want), len(tt.want)); l.Offset != int64(len(tt.raw)) {
				t.Errorf("the end has the offset %d, want %d", l.Offset, len(tt.raw))
			}
		})
	}
}

func single(rune) int { return 1 }

func units(r rune) int {
	if r > 0xFFFF {
		return 4
	}
	return 2
}

func TestLocations(t *testing.T) {
	d := parse(t, "<?xml version='1.0'?>\n<e:Env xmlns:e='urn:e'>\n\t<A>é<!--c--></A>\n\t<B/>\r\n\t<A \U0001F600='x' id = \"7\">\n\ttext\n\t</A>\n</e:Env>\n<?end?>")
	root := d.Root()
	var elems []Node
	for n := root.First(); n.Valid(); n = n.Next() {
		elems = append(elems, n)
	}
	last := elems[2]
	str := func(line, column, endLine, endColumn int, path string) string {
		return fmt.Sprintf("%d:%d-%d:%d %s", line, column, endLine, endColumn, path)
	}
	tests := []struct {
		name string
		got  func() diag.Location
		want string
	}{
		{"root", root.Location, str(2, 1, 2, 24, "/e:Env")},
		{"first A", elems[0].Location, str(3, 2, 3, 5, "/e:Env/A[1]")},
		{"comment", elems[0].First().Location, str(3, 6, 3, 14, "/e:Env/A[1]")},
		{"text of first A", elems[0].TextLocation, str(3, 5, 3, 14, "/e:Env/A[1]")},
		{"B", elems[1].Location, str(4, 2, 4, 6, "/e:Env/B")},
		{"text of B", elems[1].TextLocation, str(4, 2, 4, 6, "/e:Env/B")},
		{"last A", last.Location, str(5, 2, 5, 20, "/e:Env/A[2]")},
		{"attribute", func() diag.Location { return last.AttrLocation(0) }, str(5, 5, 5, 10, "/e:Env/A[2]/@\U0001F600")},
		{"next attribute", func() diag.Location { return last.AttrLocation(1) }, str(5, 11, 5, 19, "/e:Env/A[2]/@id")},
		{"text of last A", last.TextLocation, str(5, 20, 7, 2, "/e:Env/A[2]")},
		{"instruction", root.Next().Location, str(9, 1, 9, 8, "")},
	}
	for _, tt := range tests {
		l := tt.got()
		if got := str(l.Line, l.Column, l.EndLine, l.EndColumn, l.Path); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
