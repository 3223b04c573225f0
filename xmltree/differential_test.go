package xmltree

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/ovfkit/ovf/diag"
)

// difference is a class of documents that Parse and libxml2 judge differently
// on purpose.
type difference struct {
	name    string
	why     string
	example string
	match   func(data string, d *Document, err *diag.Diagnostic, v verdict) bool
}

// refused says that only Parse refuses a document, with a message that
// contains part.
func refused(rule, part string) func(string, *Document, *diag.Diagnostic, verdict) bool {
	return func(_ string, _ *Document, err *diag.Diagnostic, v verdict) bool {
		return v.ok && err != nil && err.Rule == rule && strings.Contains(err.Message, part)
	}
}

var differences = []difference{
	{
		name:    "document type declaration",
		why:     "refused by Parse: a descriptor needs none, and entities can read files and grow without bound",
		example: "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
		match:   refused(RuleDoctype, ""),
	},
	{
		name:    "limits",
		why:     "both have bounds, but not the same: Parse on depth, attributes, names, text and nodes, libxml2 on text, names and depth",
		example: strings.Repeat("<a>", 257) + strings.Repeat("</a>", 257),
		match: func(_ string, _ *Document, err *diag.Diagnostic, v verdict) bool {
			if err != nil {
				return v.ok && errors.Is(err, ErrLimit)
			}
			return regexp.MustCompile(`parser error : .*(huge text node|length too long|too big found)`).MatchString(v.messages)
		},
	},
	{
		name:    "other encoding",
		why:     "Parse reads UTF-8, UTF-16, ISO-8859-1, windows-1252 and US-ASCII by their registered names; libxml2 whatever its converters know, by any spelling",
		example: "<?xml version='1.0' encoding='KOI8-R'?><a/>",
		match:   refused(RuleEncoding, "is not supported"),
	},
	{
		name:    "declared encoding against byte order mark",
		why:     "XML 1.0 4.3.3: a document in another encoding than it declares is a fatal error; libxml2 follows the mark",
		example: "\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
		match:   refused(RuleEncoding, "the declaration says"),
	},
	{
		name:    "version without minor number",
		why:     "XML 1.0 2.8: VersionNum is '1.' [0-9]+; libxml2 takes '1.'",
		example: "<?xml version='1.'?><a/>",
		match:   refused(RuleSyntax, "XML declaration has the version \"1.\""),
	},
	{
		name:    "white space before standalone",
		why:     "XML 1.0 2.9: SDDecl begins with white space; libxml2 does not ask for it",
		example: "<?xml version='1.0' encoding='UTF-8'standalone='yes'?><a/>",
		match:   refused(RuleSyntax, "white space is missing before standalone"),
	},
	{
		name:    "NUL after the root element",
		why:     "XML 1.0 2.2: NUL is no character; libxml2 takes it for the end of the document",
		example: "<a/>\x00<b/>",
		match: func(data string, d *Document, err *diag.Diagnostic, v verdict) bool {
			if !v.ok || err == nil {
				return false
			}
			cut := int(err.Location.Offset)
			if i := strings.IndexByte(data, 0); i > 0 && err.Rule != RuleCharacter {
				cut = i
			}
			_, before := Parse("doc.xml", []byte(data[:cut]), Limits{})
			return before == nil
		},
	},
	{
		name:    "invalid namespace URI",
		why:     "Namespaces in XML 1.0 2.3 compares URIs as strings: Parse does not look into them",
		example: "<a xmlns='http://a b'/>",
		match: func(_ string, d *Document, err *diag.Diagnostic, v verdict) bool {
			uris := strings.Count(v.messages, "is not a valid URI\n")
			all := len(namespaceError.FindAllString(v.messages, -1))
			return d != nil && v.ok && uris > 0 && (all > uris) == (len(d.Problems()) > 0)
		},
	},
}

var namespaceError = regexp.MustCompile(`(?m)^doc\.xml:\d+: namespace error : `)

// disagreement compares Parse with libxml2. It returns "" where they agree, and
// the name of a known difference; any other fails the test.
func disagreement(t testing.TB, data []byte) string {
	t.Helper()
	v := peer(t).check(t, data)
	d, err := Parse("doc.xml", data, Limits{})
	var e *diag.Diagnostic
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("the error is a %T", err)
	}
	if (err == nil) == v.ok && (err != nil || (len(d.Problems()) > 0) == v.namespace) {
		return ""
	}
	for _, k := range differences {
		if k.match(string(data), d, e, v) {
			return k.name
		}
	}
	ours := "accepts it"
	if err != nil {
		ours = err.Error()
	} else if len(d.Problems()) > 0 {
		ours = d.Problems().Error()
	}
	theirs := "accepts it"
	if !v.ok {
		theirs = "refuses it"
	}
	t.Errorf("a new difference for %.300q\nParse:   %s\nlibxml2: %s: %s", data, ours, theirs, v.messages)
	return ""
}

// sample has a little of everything.
const sample = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone='yes'?>\r\n<?pi some data?><!-- c -->\n" +
	"<r:Env xmlns:r=\"http://a/b\" xmlns='urn:x' r:a='1&lt;' b=\"x&#10;\ty\">\n\t<A><![CDATA[ <x>&]]></A>te&amp;xt \u00e9\U0001F600" +
	"<B xml:lang='de' xmlns=''/><!--e--><r:C >]] ></r:C\n></r:Env>\n<?end?>"

// TestLibxml2Corpus compares the verdicts on real descriptors.
func TestLibxml2Corpus(t *testing.T) {
	found := map[string]int{}
	corpus(t, func(t *testing.T, path string, data []byte) {
		if name := disagreement(t, data); name != "" {
			found[name]++
		}
	})
	t.Logf("known differences: %v", found)
}

// TestLibxml2Truncated compares the verdicts on a document cut at every byte.
func TestLibxml2Truncated(t *testing.T) {
	for i := range len(sample) + 1 {
		disagreement(t, []byte(sample[:i]))
	}
}

// TestLibxml2Mutated compares the verdicts on a document with one byte changed,
// removed or added, at every place. XMLTREE_LONG=1 tries every byte that
// decides something in XML instead of a few.
func TestLibxml2Mutated(t *testing.T) {
	bytes := "<&\"\n\x00\x80-]"
	if os.Getenv("XMLTREE_LONG") != "" {
		bytes = hotBytes
	}
	for i := range len(sample) {
		disagreement(t, []byte(sample[:i]+sample[i+1:]))
		for _, c := range []byte(bytes) {
			disagreement(t, []byte(sample[:i]+string([]byte{c})+sample[i+1:]))
			disagreement(t, []byte(sample[:i]+string([]byte{c})+sample[i:]))
		}
	}
}

// TestLibxml2Random compares the verdicts on made documents, whole and damaged,
// in all encodings that can hold every character.
func TestLibxml2Random(t *testing.T) {
	n := 1000
	if os.Getenv("XMLTREE_LONG") != "" {
		n = 100_000
	}
	known := map[string]int{}
	for i := range n {
		r := rand.New(rand.NewPCG(uint64(i), 2))
		s := randomDocument(r)
		if i%2 == 0 {
			s = damage(r, s)
		}
		data := []byte(s)
		switch i % 10 {
		case 3:
			data = encodeUTF16(binary.LittleEndian, "\uFEFF"+s)
		case 4:
			data = encodeUTF16(binary.BigEndian, "\uFEFF"+s)
		case 5:
			data = encodeUTF16(binary.LittleEndian, s)
		case 6:
			data = append([]byte("\xEF\xBB\xBF"), s...)
		}
		if name := disagreement(t, data); name != "" {
			known[name]++
		}
		if t.Failed() {
			t.Fatalf("document %d", i)
		}
	}
	t.Logf("known differences: %v", known)
}

// encodeUTF16 is independent of the code it tests.
func encodeUTF16(order binary.AppendByteOrder, s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

// TestLibxml2Differences holds the list of differences true: each has an
// example on which libxml2 and Parse disagree in that way.
func TestLibxml2Differences(t *testing.T) {
	for _, k := range differences {
		if got := disagreement(t, []byte(k.example)); got != k.name {
			t.Errorf("the example of %q shows the difference %q", k.name, got)
		}
	}
	text := strings.Repeat("x", 11_000_000) // the bound of libxml2 is 10 million bytes
	for _, s := range []string{"<a>" + text + "</a>", "<a b='" + text + "'/>", "<!--" + text + "--><a/>"} {
		if got := disagreement(t, []byte(s)); got != "limits" {
			t.Errorf("%.10s… shows the difference %q", s, got)
		}
	}
}

// FuzzParseAgainstLibxml2 compares the verdicts on anything.
func FuzzParseAgainstLibxml2(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		disagreement(t, data)
	})
}
