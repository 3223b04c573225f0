package xmltree

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
)

// much is far more work than any of these inputs needs, and far less than it
// would be if it grew with the square of the input.
const much = 5 * time.Second

// allocated runs f and returns how many bytes it allocated in all: never less
// than it held at any time.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

func repeat(n int, f func(b *bytes.Buffer, i int)) []byte {
	var b bytes.Buffer
	for i := range n {
		f(&b, i)
	}
	return b.Bytes()
}

// TestHostile feeds what nobody would write by hand. It must be refused with a
// clear error, quickly, and with no more than 64 MB above the input.
func TestHostile(t *testing.T) {
	const million = 1_000_000
	const large = max(64<<20/share, 17<<20) // beyond Limits.Text
	noise := make([]byte, 1<<20)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	tests := []struct {
		name string
		doc  []byte
		rule string
	}{
		{"a million deep", bytes.Repeat([]byte("<a>"), million), RuleLimit},
		{"a million attributes", append(repeat(million, func(b *bytes.Buffer, i int) {
			if i == 0 {
				b.WriteString("<a")
			}
			fmt.Fprintf(b, " a%d=''", i)
		}), "/>"...), RuleLimit},
		{"a million times one attribute", append([]byte("<a"), bytes.Repeat([]byte(" b=''"), million)...), RuleLimit},
		{"a million names", append([]byte("<a>"), repeat(million, func(b *bytes.Buffer, i int) { fmt.Fprintf(b, "<n%d/>", i) })...), RuleLimit},
		{"a million open comments", bytes.Repeat([]byte("<!--"), million), RuleSyntax},
		{"a million open sections", append([]byte("<a>"), bytes.Repeat([]byte("<![CDATA["), million)...), RuleSyntax},
		{"a million ampersands", append([]byte("<a>"), bytes.Repeat([]byte("&"), million)...), RuleEntity},
		{"a million instructions without end", bytes.Repeat([]byte("<?a "), million), RuleSyntax},
		{"a million end tags", bytes.Repeat([]byte("</a>"), million), RuleSyntax},
		{"much text", append([]byte("<a>"), bytes.Repeat([]byte("text "), large/5)...), RuleLimit},
		{"much in a comment", append([]byte("<!--"), bytes.Repeat([]byte("text "), large/5)...), RuleSyntax},
		{"much in an attribute", append([]byte("<a b='"), bytes.Repeat([]byte("text "), large/5)...), RuleSyntax},
		{"many equals signs", append([]byte("<a>"), bytes.Repeat([]byte("="), large)...), RuleLimit},
		{"many lines", append([]byte("<a>"), bytes.Repeat([]byte("\n"), large)...), RuleSyntax},
		{"many brackets", bytes.Repeat([]byte("<"), large), RuleSyntax},
		{"much in a name", append([]byte("<"), bytes.Repeat([]byte("n"), large)...), RuleLimit},
		{"a reference without end", append([]byte("<a>&"), bytes.Repeat([]byte("n"), large/4)...), RuleEntity},
		{"a number without end", append([]byte("<a>&#"), bytes.Repeat([]byte("0"), large/4)...), RuleEntity},
		{"more than the limit", make([]byte, 256<<20+1), RuleLimit},
		{"zeros", make([]byte, 1<<20), RuleCharacter},
		{"noise", noise, RuleEncoding},
		{"a zip archive", append([]byte("PK\x03\x04\x14\x00\x08\x00"), noise...), RuleEncoding},
		{"entities", []byte("<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]><l>&b;</l>"), RuleDoctype},
		{"an external entity", []byte("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"), RuleDoctype},
		{"an entity without a type", []byte("<a>&b;</a>"), RuleEntity},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := cpuTime()
			used := allocated(func() {
				if e := failure(t, tt.doc, Limits{}); e.Rule != tt.rule || e.Location.Line < 1 || e.Location.Column < 1 || len(e.Message) > 400 {
					t.Errorf("got %.500v, want the rule %s", e, tt.rule)
				}
			})
			if used > 64<<20 {
				t.Errorf("%d MB were allocated for an input of %d MB", used>>20, len(tt.doc)>>20)
			}
			if d := cpuTime() - start; d > much {
				t.Errorf("it took %v of processor time", d)
			}
		})
	}
}

// TestLarge reads what is large but honest, with the limits raised where it is
// larger than the defaults.
func TestLarge(t *testing.T) {
	const none = -1
	text := append(append([]byte("<a>"), bytes.Repeat([]byte("0123456789abcde\n"), 4<<20/share)...), "</a>"...)
	used := allocated(func() {
		d, err := Parse("doc.xml", text, Limits{Text: none})
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Root().Text()) != len(text)-7 {
			t.Error("the text is cut")
		}
	})
	if used > 1<<20 {
		t.Errorf("much of text cost %d KB more", used>>10)
	}

	const deep = 1_000_000 / share
	data := append(bytes.Repeat([]byte("<a>"), deep), bytes.Repeat([]byte("</a>"), deep)...)
	d, err := Parse("doc.xml", data, Limits{Depth: none})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := d.Node().Canonical(&out, CanonicalOptions{}); err != nil || !bytes.Equal(out.Bytes(), data) {
		t.Errorf("the canonical form of many levels has %d bytes, error %v", out.Len(), err)
	}
}

// TestLinear reads each document in a small and in a ten times larger form. The
// memory must not grow faster than the input; the time is only bounded, by far
// less than the square would take.
func TestLinear(t *testing.T) {
	element := func(inside string) func(int) []byte {
		return func(n int) []byte {
			return []byte("<a>" + strings.Repeat(inside, n) + "</a>")
		}
	}
	each := func(open, close string, f func(b *bytes.Buffer, i int)) func(int) []byte {
		return func(n int) []byte {
			return append(append([]byte(open), repeat(n, f)...), close...)
		}
	}
	const none = -1
	tests := []struct {
		name string
		doc  func(n int) []byte
		n    int // of the large form
	}{
		{"empty elements", element("<b/>"), 200_000},
		{"comments", element("<!---->"), 200_000},
		{"comments beside the root", func(n int) []byte { return append(bytes.Repeat([]byte("<!---->"), n), "<a/>"...) }, 200_000},
		{"sections", element("<![CDATA[x]]>"), 200_000},
		{"references", element("&#65;"), 500_000},
		{"line ends", element("\r\n"), 500_000},
		{"undeclared prefixes", each("<a>", "</a>", func(b *bytes.Buffer, i int) { fmt.Fprintf(b, "<p%d:b/>", i) }), 100_000},
		{"one declaration each", each("<a>", "</a>", func(b *bytes.Buffer, i int) { fmt.Fprintf(b, "<p:b xmlns:p='urn:%d'/>", i) }), 100_000},
		{"nested declarations", func(n int) []byte {
			return append(repeat(n, func(b *bytes.Buffer, i int) { fmt.Fprintf(b, "<p%d:a xmlns:p%d='urn:x'>", i, i) }),
				repeat(n, func(b *bytes.Buffer, i int) { fmt.Fprintf(b, "</p%d:a>", n-1-i) })...)
		}, 30_000},
		{"one prefix declared again and again", func(n int) []byte {
			return append(repeat(n, func(b *bytes.Buffer, i int) { fmt.Fprintf(b, "<p:a xmlns:p='urn:%d'>", i) }),
				bytes.Repeat([]byte("</p:a>"), n)...)
		}, 50_000},
		{"many declarations in one tag", func(n int) []byte {
			return append(append([]byte("<a"), repeat(n, func(b *bytes.Buffer, i int) { fmt.Fprintf(b, " xmlns:p%d='urn:x'", i) })...),
				"><b/></a>"...)
		}, 60_000},
		{"one name by many prefixes", func(n int) []byte {
			b := bytes.NewBufferString("<a")
			for i := range n {
				fmt.Fprintf(b, " xmlns:p%d='urn:x'", i)
			}
			b.WriteString(">\n<b")
			for i := range n {
				fmt.Fprintf(b, " p%d:c=''", i)
			}
			b.WriteString("/></a>")
			return b.Bytes()
		}, 60_000},
		{"children that use what one tag declares", func(n int) []byte {
			b := bytes.NewBufferString("<a")
			for i := range 3000 {
				fmt.Fprintf(b, " xmlns:p%d='urn:%d'", i, i)
			}
			b.WriteString(">\n")
			for i := range n {
				fmt.Fprintf(b, "<p%d:b/>", i%3000)
			}
			b.WriteString("</a>")
			return b.Bytes()
		}, 100_000},
		{"names that only differ at the end", each("<a>", "</a>", func(b *bytes.Buffer, i int) { fmt.Fprintf(b, "<%s%d/>", strings.Repeat("n", 100), i) }), 50_000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run := func(n int) (int64, *Document) {
				data := tt.doc(n)
				var d *Document
				used := allocated(func() {
					var err error
					if d, err = Parse("doc.xml", data, Limits{Depth: none, Attributes: none, Names: none, Nodes: none}); err != nil {
						t.Fatal(err)
					}
					for _, o := range []CanonicalOptions{{}, {Exclusive: true}} {
						if err := d.Node().Canonical(io.Discard, o); err != nil {
							t.Fatal(err)
						}
					}
					n := 0
					for range d.Root().Prefixes {
						n++
					}
					if last := d.Root().First(); last.Valid() {
						last.Location()
					}
				})
				return used, d
			}
			start := cpuTime()
			small, _ := run(tt.n / share / 10)
			large, d := run(tt.n / share)
			if large > 20*small+1<<20 {
				t.Errorf("ten times the input takes %d times the memory: %d and %d KB", large/small, small>>10, large>>10)
			}
			for c := d.Root().First(); c.Valid(); c = c.Next() {
				c.Location() // of every child: a decoder may have a mistake to report in each
			}
			if d := cpuTime() - start; d > much {
				t.Errorf("it took %v of processor time", d)
			}
		})
	}
}

// TestProblemsBounded makes a million mistakes of namespaces in one line.
func TestProblemsBounded(t *testing.T) {
	doc := append(append([]byte("<a>"), repeat(15_000, func(b *bytes.Buffer, i int) { fmt.Fprintf(b, "<p:b%d/><xmlns:c/>", i) })...), "</a>"...)
	start := cpuTime()
	d, err := Parse("doc.xml", doc, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Problems()) != 100 {
		t.Errorf("%d problems are kept", len(d.Problems()))
	}
	if d := cpuTime() - start; d > much {
		t.Errorf("it took %v of processor time", d)
	}
}
