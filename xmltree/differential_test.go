package xmltree

import (
	"errors"
	"regexp"
	"strings"
	"testing"

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
		match:   refused(RuleSyntax, "XML declaration has the version"),
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
// the name of the difference where it is known.
func disagreement(t testing.TB, data []byte) (name string, known bool) {
	t.Helper()
	v := peer(t).check(t, data)
	d, err := Parse("doc.xml", data, Limits{})
	var e *diag.Diagnostic
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("the error is a %T", err)
	}
	if (err == nil) == v.ok && (err != nil || (len(d.Problems()) > 0) == v.namespace) {
		return "", true
	}
	for _, k := range differences {
		if k.match(string(data), d, e, v) {
			return k.name, true
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
	return "", false
}

func FuzzParseAgainstLibxml2(f *testing.F) {
	f.Add([]byte(small))
	for _, k := range differences {
		f.Add([]byte(k.example))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		disagreement(t, data)
	})
}
