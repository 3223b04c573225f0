package xmltree

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

// canonicalText returns a canonical form, which must exist.
func canonicalText(t testing.TB, n Node, o CanonicalOptions) string {
	t.Helper()
	s, err := canonicalError(n, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func canonicalError(n Node, o CanonicalOptions) (string, error) {
	var b strings.Builder
	err := n.Canonical(&b, o)
	return b.String(), err
}

// TestCanonicalStandard holds the examples of Canonical XML 1.0, section 3, as
// far as they do without a document type declaration.
func TestCanonicalStandard(t *testing.T) {
	tests := []struct {
		name     string
		in       string
		want     string
		comments string // the form with comments, if it differs
	}{
		{
			"3.1 beside the document element",
			"<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n" +
				"<doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->\n",
			"<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>",
			"<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!<!-- Comment 1 --></doc>\n" +
				"<?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->",
		},
		{
			"3.2 white space in content",
			"<doc>\n   <clean>   </clean>\n   <dirty>   A   B   </dirty>\n   <mixed>\n      A\n      <clean>   </clean>\n   </mixed>\n</doc>",
			"<doc>\n   <clean>   </clean>\n   <dirty>   A   B   </dirty>\n   <mixed>\n      A\n      <clean>   </clean>\n   </mixed>\n</doc>",
			"",
		},
		{
			"3.3 start and end tags",
			"<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n   <e4   name=\"elem4\"   id=\"elem4\"   ></e4>\n" +
				"   <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\"\n      xmlns:b=\"http://www.ietf.org\"\n" +
				"      xmlns:a=\"http://www.w3.org\"\n      xmlns=\"http://example.org\"/>\n   <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n" +
				"      <e7 xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n" +
				"            <e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\"/>\n         </e8>\n      </e7>\n   </e6>\n</doc>",
			"<doc>\n   <e1></e1>\n   <e2></e2>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n   <e4 id=\"elem4\" name=\"elem4\"></e4>\n" +
				"   <e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" a:attr=\"out\"></e5>\n" +
				"   <e6 xmlns:a=\"http://www.w3.org\">\n      <e7 xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\">\n" +
				"            <e9 xmlns:a=\"http://www.ietf.org\"></e9>\n         </e8>\n      </e7>\n   </e6>\n</doc>",
			"",
		},
		{
			"3.4 character modifications and references",
			"<doc>\n   <text>First line&#x0d;&#10;Second line</text>\n   <value>&#x32;</value>\n" +
				"   <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\n" +
				"   <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\n" +
				"   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\n</doc>",
			"<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n" +
				"   <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n" +
				"   <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n" +
				"   <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n</doc>",
			"",
		},
		{
			"3.6 UTF-8 encoding",
			"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<doc>&#169;\xA9</doc>",
			"<doc>\u00A9\u00A9</doc>",
			"",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := parse(t, tt.in)
			if got := canonicalText(t, d.Node(), CanonicalOptions{}); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			want := tt.comments
			if want == "" {
				want = tt.want
			}
			if got := canonicalText(t, d.Node(), CanonicalOptions{Comments: true}); got != want {
				t.Errorf("with comments: got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestCanonicalSubset holds the example of Exclusive XML Canonicalization 1.0,
// section 2: one element inside of two different documents.
func TestCanonicalSubset(t *testing.T) {
	const elem2 = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\n    <n3:stuff xmlns:n3=\"ftp://example.org\"/>\n  </n1:elem2>"
	local := "<n0:local xmlns:n0=\"foo:bar\" xmlns:n3=\"ftp://example.org\">\n  " + elem2 + "\n</n0:local>"
	pdu := "<n2:pdu xmlns:n1=\"http://example.com\" xmlns:n2=\"http://foo.example\" xml:lang=\"fr\" xml:space=\"preserve\">\n  " + elem2 + "\n</n2:pdu>"
	nested := "<a xmlns='urn:a' xmlns:p='urn:p' xml:lang='de' xml:base='urn:b'><b xml:lang='fr'><p:c q='1'><d xmlns=''/></p:c></b></a>"
	const stuff = "\n    <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff>\n  </n1:elem2>"
	tests := []struct {
		name    string
		doc     string
		path    string
		options CanonicalOptions
		want    string
	}{
		{
			"inclusive in local", local, "/n0:local/n1:elem2", CanonicalOptions{},
			"<n1:elem2 xmlns:n0=\"foo:bar\" xmlns:n1=\"http://example.net\" xmlns:n3=\"ftp://example.org\" xml:lang=\"en\">\n    <n3:stuff></n3:stuff>\n  </n1:elem2>",
		},
		{
			"inclusive in pdu", pdu, "/n2:pdu/n1:elem2", CanonicalOptions{},
			"<n1:elem2 xmlns:n1=\"http://example.net\" xmlns:n2=\"http://foo.example\" xml:lang=\"en\" xml:space=\"preserve\">" + stuff,
		},
		{
			"exclusive in local", local, "/n0:local/n1:elem2", CanonicalOptions{Exclusive: true},
			"<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">" + stuff,
		},
		{
			"exclusive in pdu", pdu, "/n2:pdu/n1:elem2", CanonicalOptions{Exclusive: true},
			"<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">" + stuff,
		},
		{
			"exclusive with a prefix list", local, "/n0:local/n1:elem2", CanonicalOptions{Exclusive: true, Prefixes: []string{"n0", "n9"}},
			"<n1:elem2 xmlns:n0=\"foo:bar\" xmlns:n1=\"http://example.net\" xml:lang=\"en\">" + stuff,
		},
		{
			"exclusive with a prefix in use", local, "/n0:local/n1:elem2", CanonicalOptions{Exclusive: true, Prefixes: []string{"n3"}},
			"<n1:elem2 xmlns:n1=\"http://example.net\" xmlns:n3=\"ftp://example.org\" xml:lang=\"en\">\n    <n3:stuff></n3:stuff>\n  </n1:elem2>",
		},
		{
			"the prefix list is of no use to the inclusive form", pdu, "/n2:pdu/n1:elem2", CanonicalOptions{Prefixes: []string{"n1"}},
			"<n1:elem2 xmlns:n1=\"http://example.net\" xmlns:n2=\"http://foo.example\" xml:lang=\"en\" xml:space=\"preserve\">" + stuff,
		},
		{
			"the nearest xml: attributes", nested, "/a/b/p:c", CanonicalOptions{},
			"<p:c xmlns=\"urn:a\" xmlns:p=\"urn:p\" q=\"1\" xml:base=\"urn:b\" xml:lang=\"fr\"><d xmlns=\"\"></d></p:c>",
		},
		{
			"no default namespace in the output", nested, "/a/b/p:c", CanonicalOptions{Exclusive: true},
			"<p:c xmlns:p=\"urn:p\" q=\"1\"><d></d></p:c>",
		},
		{
			"the default namespace listed", nested, "/a/b/p:c", CanonicalOptions{Exclusive: true, Prefixes: []string{"#default"}},
			"<p:c xmlns=\"urn:a\" xmlns:p=\"urn:p\" q=\"1\"><d xmlns=\"\"></d></p:c>",
		},
		{
			"the default namespace listed by its empty prefix", nested, "/a/b/p:c", CanonicalOptions{Exclusive: true, Prefixes: []string{""}},
			"<p:c xmlns=\"urn:a\" xmlns:p=\"urn:p\" q=\"1\"><d xmlns=\"\"></d></p:c>",
		},
		{
			"no namespace at the top", nested, "/a/b/p:c/d", CanonicalOptions{},
			"<d xmlns:p=\"urn:p\" xml:base=\"urn:b\" xml:lang=\"fr\"></d>",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := false
			each(parse(t, tt.doc).Root(), func(n Node) {
				if n.Kind() == Elem && n.Path() == tt.path {
					found = true
					if got := canonicalText(t, n, tt.options); got != tt.want {
						t.Errorf("got\n%s\nwant\n%s", got, tt.want)
					}
				}
			})
			if !found {
				t.Errorf("there is no %s", tt.path)
			}
		})
	}
}

func TestCanonicalParts(t *testing.T) {
	d := parse(t, "<?pi  a ?><!--c\r\n--><a><?b?></a>")
	pi := d.Node().First()
	for _, tt := range []struct {
		n    Node
		o    CanonicalOptions
		want string
	}{
		{pi, CanonicalOptions{}, "<?pi a ?>"},
		{pi.Next(), CanonicalOptions{}, ""},
		{pi.Next(), CanonicalOptions{Comments: true}, "<!--c\n-->"},
		{d.Root().First(), CanonicalOptions{}, "<?b?>"},
		{Node{}, CanonicalOptions{}, ""},
	} {
		if got := canonicalText(t, tt.n, tt.o); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// relativeNamespaces says of documents whether a namespace URI of theirs is
// relative.
var relativeNamespaces = map[string]bool{
	"<a xmlns='b'/>":                           true,
	"<a xmlns:p='../b'/>":                      true,
	"<a><b>\n<c xmlns='//host/path'/></b></a>": true,
	"<a xmlns='#b'/>":                          true,
	"<a xmlns='1a:b'/>":                        true,
	"<a xmlns='urn:b' xmlns:p='x-y+z.1:c'/>":   false,
	"<a xmlns=''/>":                            false,
}

func TestCanonicalRelativeNamespace(t *testing.T) {
	for doc, relative := range relativeNamespaces {
		for _, o := range []CanonicalOptions{{}, {Exclusive: true}} {
			err := parse(t, doc).Node().Canonical(io.Discard, o)
			var e *diag.Diagnostic
			switch {
			case !relative && err != nil:
				t.Errorf("%s: %v", doc, err)
			case relative && (!errors.As(err, &e) || e.Rule != RuleNamespace || !strings.Contains(e.Message, "is relative") || e.Location.Line == 0):
				t.Errorf("%s: got the error %v", doc, err)
			}
		}
	}
}

// TestCanonicalRelativeLibxml2 holds that libxml2 refuses the same.
func TestCanonicalRelativeLibxml2(t *testing.T) {
	for doc, relative := range relativeNamespaces {
		for _, option := range []string{inclusive, exclusive} {
			if _, err := lintCanonical(t, option, []byte(doc)); (err != nil) != relative {
				t.Errorf("%s %s: libxml2 gives %v", option, doc, err)
			}
		}
	}
}

// brokenWriter fails after some bytes.
type brokenWriter struct{ left int }

var errBroken = errors.New("broken")

func (w *brokenWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, errBroken
	}
	return len(b), nil
}

func TestCanonicalWriteError(t *testing.T) {
	d := parse(t, "<a>"+strings.Repeat("<b>text</b>", 10_000)+strings.Repeat("x", 100_000)+"</a>")
	for _, left := range []int{0, 20_000, 150_000} {
		if err := d.Node().Canonical(&brokenWriter{left}, CanonicalOptions{}); !errors.Is(err, errBroken) {
			t.Errorf("after %d bytes: error %v", left, err)
		}
	}
}
