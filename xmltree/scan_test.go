package xmltree

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

// parse reads a document that must be well-formed.
func parse(t testing.TB, s string) *Document {
	t.Helper()
	d, err := Parse("doc.xml", []byte(s), Limits{})
	if err != nil {
		t.Fatalf("Parse(%.200q): %v", s, err)
	}
	return d
}

// failure returns the diagnostic of a document that must be refused.
func failure(t testing.TB, data []byte, l Limits) *diag.Diagnostic {
	t.Helper()
	_, err := Parse("doc.xml", data, l)
	var e *diag.Diagnostic
	if !errors.As(err, &e) {
		t.Fatalf("Parse(%.200q): error %v, want a *diag.Diagnostic", data, err)
	}
	if e.Severity != diag.Error || e.Layer != diag.WellFormed {
		t.Errorf("Parse(%.200q): severity %v of layer %v", data, e.Severity, e.Layer)
	}
	return e
}

// TestRefused holds what ends a parse. The position is where a reader would put
// the finger, counted by hand.
func TestRefused(t *testing.T) {
	tests := []struct {
		in      string
		rule    string
		at      string // line:column-line:column, or line:column of an empty range
		message string // a part of it
	}{
		{"", RuleSyntax, "1:1", "empty"},
		{" \n ", RuleSyntax, "2:2", "no root element"},
		{"<!-- c -->", RuleSyntax, "1:11", "no root element"},
		{"text", RuleSyntax, "1:1-1:5", "before the root element"},
		{"\n  {\"a\": 1}\n", RuleSyntax, "2:3-3:1", "before the root element"},
		{"<a/>\n text", RuleSyntax, "2:2-2:6", "after the root element"},
		{"<a/>&amp;", RuleSyntax, "1:5-1:10", "after the root element"},
		{"<a/><b/>", RuleSyntax, "1:5-1:7", `second root element "b"`},
		{"<a/><a></a>", RuleSyntax, "1:5-1:7", `second root element "a"`},
		{"<", RuleSyntax, "1:1-1:2", "ends inside a tag"},
		{"<a", RuleSyntax, "1:1-1:3", `inside the start tag of "a"`},
		{"<a\n b='c'", RuleSyntax, "1:1-2:7", `inside the start tag of "a"`},
		{"<a>", RuleSyntax, "1:4", `before the end tag of "a", which line 1 opens`},
		{"<a>\n<b>\n</b>", RuleSyntax, "3:5", `before the end tag of "a", which line 1 opens`},
		{"<a>\n<b>\n</a>", RuleSyntax, "3:1-3:4", `the end tag is of "a", but the element to end is "b" from line 2`},
		{"<a></ab>", RuleSyntax, "1:4-1:8", `is of "ab", but the element to end is "a"`},
		{"<ab></a>", RuleSyntax, "1:5-1:8", `is of "a", but the element to end is "ab"`},
		{"<a></a\n", RuleSyntax, "1:4-2:1", "no closing >"},
		{"<a></a x='y'>", RuleSyntax, "1:4-1:8", "no closing >"},
		{"<a></ a>", RuleSyntax, "1:6-1:7", `the name of an end tag cannot begin with " "`},
		{"</a>", RuleSyntax, "1:1-1:4", `the end tag of "a" has no start tag`},
		{"<a/></a>", RuleSyntax, "1:5-1:8", `the end tag of "a" has no start tag`},
		{"< a/>", RuleSyntax, "1:2-1:3", `an element name cannot begin with " "`},
		{"<1a/>", RuleSyntax, "1:2-1:3", `an element name cannot begin with "1"`},
		{"<\u0300/>", RuleSyntax, "1:2-1:3", "an element name cannot begin with"},
		{"<\u00D7/>", RuleSyntax, "1:2-1:3", `an element name cannot begin with "×"`},
		{"<a/ >", RuleSyntax, "1:3-1:4", "/ is not followed by >"},
		{"<a/", RuleSyntax, "1:3-1:4", "/ is not followed by >"},
		{"<a b/>", RuleSyntax, "1:4-1:5", `the attribute "b" has no value`},
		{"<a b >", RuleSyntax, "1:4-1:6", `the attribute "b" has no value`},
		{"<a b=c/>", RuleSyntax, "1:4-1:6", `the value of the attribute "b" is not in quotes`},
		{"<a b=", RuleSyntax, "1:4-1:6", `the value of the attribute "b" is not in quotes`},
		{"<a b='c\nd", RuleSyntax, "1:4-1:5", `the value of the attribute "b" has no closing '`},
		{"<a b=\"c'/>", RuleSyntax, "1:4-1:5", `the value of the attribute "b" has no closing "`},
		{"<a b='<'/>", RuleSyntax, "1:7-1:8", "< stands in the value"},
		{"<a b='1'c='2'/>", RuleSyntax, "1:9-1:10", "white space is missing before an attribute"},
		{"<a 'b'/>", RuleSyntax, "1:4-1:5", `an attribute name cannot begin with "'"`},
		{"<a b='1' c='2'\n\tb='3'/>", RuleDuplicate, "2:2-2:3", `the attribute "b" stands twice`},
		{"<a xmlns:p='u' xmlns:p='u'/>", RuleDuplicate, "1:16-1:23", `the attribute "xmlns:p" stands twice`},
		{"<a>]]></a>", RuleSyntax, "1:4-1:7", "]]> stands in text"},
		{"<a>x]]]></a>", RuleSyntax, "1:6-1:9", "]]> stands in text"},
		{"<a>é&b;</a>", RuleEntity, "1:5-1:8", `the entity "b" is not defined`},
		{"<a>fish & chips;</a>", RuleEntity, "1:9-1:10", "& begins no reference"},
		{"<a>&</a>", RuleEntity, "1:4-1:5", "& begins no reference"},
		{"<a>&;</a>", RuleEntity, "1:4-1:5", "& begins no reference"},
		{"<a>&lt</a>", RuleEntity, "1:4-1:5", "& begins no reference"},
		{"<a>&1;</a>", RuleEntity, "1:4-1:5", "& begins no reference"},
		{"<a>&LT;</a>", RuleEntity, "1:4-1:8", `the entity "LT" is not defined`},
		{"<a>&#;</a>", RuleEntity, "1:4-1:6", "has no digits"},
		{"<a>&#x;</a>", RuleEntity, "1:4-1:7", "has no digits"},
		{"<a>&#X41;</a>", RuleEntity, "1:4-1:6", "has no digits"},
		{"<a>&#12a;</a>", RuleEntity, "1:4-1:8", "is not a number followed by ;"},
		{"<a>&#65</a>", RuleEntity, "1:4-1:8", "is not a number followed by ;"},
		{"<a>&#0;</a>", RuleEntity, "1:4-1:8", "names a character that XML does not allow"},
		{"<a b='&#xD800;'/>", RuleEntity, "1:7-1:15", "names a character that XML does not allow"},
		{"<a>&#xFFFE;</a>", RuleEntity, "1:4-1:12", "names a character that XML does not allow"},
		{"<a>&#x110000;</a>", RuleEntity, "1:4-1:14", "names a character that XML does not allow"},
		{"<a>&#99999999999999999999;</a>", RuleEntity, "1:4-1:27", "names a character that XML does not allow"},
		{"<a>\x00</a>", RuleCharacter, "1:4-1:5", "U+0000"},
		{"<a>x\n\x1b[0m</a>", RuleCharacter, "2:1-2:2", "U+001B"},
		{"<a b='\x08'/>", RuleCharacter, "1:7-1:8", "U+0008"},
		{"<a>\uFFFE</a>", RuleCharacter, "1:4-1:5", "U+FFFE"},
		{"<a b='\uFFFF'/>", RuleCharacter, "1:7-1:8", "U+FFFF"},
		{"<!--\x0c--><a/>", RuleCharacter, "1:5-1:6", "U+000C"},
		{"<?a \uFFFE?><a/>", RuleCharacter, "1:5-1:6", "U+FFFE"},
		{"<a><![CDATA[\x01]]></a>", RuleCharacter, "1:13-1:14", "U+0001"},
		{"<a>\xC3</a>", RuleEncoding, "1:4", "byte 0xC3 does not belong to UTF-8 text"},
		{"<a>é\n\xED\xA0\x80</a>", RuleEncoding, "2:1", "byte 0xED does not belong to UTF-8 text"},
		{"<a>\xF4\x90\x80\x80</a>", RuleEncoding, "1:4", "byte 0xF4"},
		{"<a>\xC0\x80</a>", RuleEncoding, "1:4", "byte 0xC0"},
		{"PK\x03\x04", RuleCharacter, "1:3-1:4", "U+0003"},
		{"\x1f\x8b\x08", RuleEncoding, "1:2", "byte 0x8B"},
		{"<a><!-- b -- c --></a>", RuleSyntax, "1:11-1:13", "-- stands inside a comment"},
		{"<a><!-- b ---></a>", RuleSyntax, "1:11-1:13", "-- stands inside a comment"},
		{"<a><!-- b</a>", RuleSyntax, "1:4-1:8", "the comment has no end"},
		{"<a><!--->", RuleSyntax, "1:4-1:8", "the comment has no end"},
		{"<a><![CDATA[ ]]</a>", RuleSyntax, "1:4-1:13", "the CDATA section has no end"},
		{"<![CDATA[x]]><a/>", RuleSyntax, "1:1-1:10", "outside the root element"},
		{"<a/><![CDATA[]]>", RuleSyntax, "1:5-1:14", "outside the root element"},
		{"<a><![cdata[x]]></a>", RuleSyntax, "1:4-1:6", "neither a comment nor a CDATA section"},
		{"<a><!ELEMENT b></a>", RuleSyntax, "1:4-1:6", "neither a comment nor a CDATA section"},
		{"<!doctype html><html/>", RuleSyntax, "1:1-1:3", "neither a comment nor a CDATA section"},
		{"<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'>\n<a/>", RuleDoctype, "2:1-2:10", "refused"},
		{"<a><!DOCTYPE a></a>", RuleDoctype, "1:4-1:13", "refused"},
		{"<?a", RuleSyntax, "1:1-1:4", "the processing instruction has no end"},
		{"<a><?b c</a>", RuleSyntax, "1:4-1:7", "the processing instruction has no end"},
		{"<? a?><a/>", RuleSyntax, "1:3-1:4", "the target of a processing instruction cannot begin with"},
		{"<?a+b?><a/>", RuleSyntax, "1:4-1:5", `white space is missing after the target "a"`},
		{"<a/><?XmL b?>", RuleSyntax, "1:5-1:10", "at the very start of the document"},
		{"\n<?xml version='1.0'?><a/>", RuleSyntax, "2:1-2:6", "at the very start of the document"},
		{"<?xml version='1.0'><a/>", RuleSyntax, "1:1-1:6", "the XML declaration has no end"},
		{"<?xml?><a/>", RuleSyntax, "1:6", "does not begin with a version"},
		{"<?xml encoding='UTF-8'?><a/>", RuleSyntax, "1:6-1:23", "does not begin with a version"},
		{"<?xml version=1.0?><a/>", RuleSyntax, "1:6-1:18", "no quoted value for version"},
		{"<?xml version='2.0'?><a/>", RuleSyntax, "1:6-1:20", `has the version "2.0"`},
		{"<?xml version='1.'?><a/>", RuleSyntax, "1:6-1:19", `has the version "1."`},
		{"<?xml version='1.0'encoding='UTF-8'?><a/>", RuleSyntax, "1:20-1:36", "white space is missing before encoding"},
		{"<?xml version='1.0' standalone='maybe'?><a/>", RuleSyntax, "1:20-1:39", `has the standalone "maybe"`},
		{"<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>", RuleSyntax, "1:37-1:54", "where nothing more is allowed"},
		{"<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>", RuleEncoding, "1:1", `the encoding "EBCDIC-CP-US" is not supported`},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%.40q", tt.in), func(t *testing.T) {
			e := failure(t, []byte(tt.in), Limits{})
			l := e.Location
			at := fmt.Sprintf("%d:%d", l.Line, l.Column)
			if l.EndLine > 0 {
				at += fmt.Sprintf("-%d:%d", l.EndLine, l.EndColumn)
			}
			if e.Rule != tt.rule || at != tt.at || !strings.Contains(e.Message, tt.message) {
				t.Errorf("got rule %s at %s: %s\nwant rule %s at %s: …%s…", e.Rule, at, e.Message, tt.rule, tt.at, tt.message)
			}
			k := slices.IndexFunc(Rules(), func(r diag.Rule) bool { return r.Name == e.Rule })
			if k < 0 {
				t.Fatalf("the rule %q is not listed", e.Rule)
			}
			if r := Rules()[k]; r.Clause != e.Clause || r.Severity != e.Severity || r.Layer != e.Layer {
				t.Errorf("the diagnostic disagrees with its rule: %+v", e)
			}
			if want := map[string]error{RuleDoctype: ErrDoctype, RuleEncoding: ErrEncoding}[e.Rule]; want != nil && !errors.Is(e, want) {
				t.Errorf("the error is not %v", want)
			}
		})
	}
}

// TestAccepted holds what looks wrong but is well-formed.
func TestAccepted(t *testing.T) {
	for _, s := range []string{
		"<a/>",
		" \r\n\t<a/> ",
		"<?xml version='1.0'?><a/>",
		"<?xml version = \"1.0\"\n\tencoding = 'utf-8' standalone='no' ?>\n<a/>",
		"<?xml version='1.9'?><a/>",
		"<?xmlé?><a/>",
		"<?xml-model href='x'?><a/>",
		"<?a?><?b ??><!----><!-- - --><a/><?c >?><!--]]>&<-->",
		"<a\nb\n=\n'c'\n/>",
		"<a b='>' c=\"'\" d='\"'></a\t\n>",
		"<a>]] > ]]&gt; > \" '</a>",
		"<a><![CDATA[]]></a>",
		"<a><![CDATA[ ]] ]> <a> & ]]]></a>",
		"<a>&#x10FFFF;&#x9;&#xA;&#xD;&#xD7FF;&#xE000;&#xFFFD;</a>",
		"<a>&#" + strings.Repeat("0", 500) + "65;</a>",
		"<a>\x7f\u0085\u2028\uFFFD\uFEFF\U0010FFFF</a>",
		"<a.b-c_1·\u0300/>",
		"<\U00010000/>",
		"<_:_ xmlns:_='u'/>",
		"<xml/>",
		"<a xmlns=''/>",
		"<a xml:b='c' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
		"<a xmlns:p='u' xmlns:q='v' p:b='' q:b='' b=''/>",
	} {
		d, err := Parse("doc.xml", []byte(s), Limits{})
		if err != nil {
			t.Errorf("Parse(%.100q): %v", s, err)
		} else if p := d.Problems(); len(p) > 0 {
			t.Errorf("Parse(%.100q): %v", s, p)
		}
	}
}

// TestProblems holds errors of namespaces, which do not end the parse.
func TestProblems(t *testing.T) {
	tests := []struct {
		in   string
		want []string // line:column and a part of the message
	}{
		{"<p:a/>", []string{`1:2 the prefix "p" of "p:a" is not declared`}},
		{"<a>\n <b p:c=''/></a>", []string{`2:5 the prefix "p" of "p:c" is not declared`}},
		{"<a><p:b xmlns:p='u'/><p:b/><p:b/></a>", []string{`1:23 the prefix "p" of "p:b" is not declared`}},
		{"<a xmlns:p='u'><p:b><p:b xmlns:p='v'/></p:b></a>", nil},
		{"<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", []string{`1:35 the attribute "q:b" has the same namespace and local name`}},
		{"<a xmlns:p=''/>", []string{`1:4 the prefix "p" cannot be bound to no namespace`}},
		{"<a xmlns:xmlns='u'/>", []string{"1:4 the prefix xmlns cannot be declared"}},
		{"<a xmlns:xml='u'/>", []string{"1:4 the prefix xml cannot be bound to another namespace"}},
		{"<a xmlns:x='http://www.w3.org/XML/1998/namespace'/>", []string{"1:4 the namespace of the prefix xml cannot be bound"}},
		{"<a xmlns='http://www.w3.org/XML/1998/namespace'/>", []string{"1:4 the namespace of the prefix xml cannot be bound"}},
		{"<a xmlns='http://www.w3.org/2000/xmlns/'/>", []string{"1:4 the namespace of the prefix xmlns cannot be declared"}},
		{"<a xmlns:x='http://www.w3.org/2000/xmlns/'/>", []string{"1:4 the namespace of the prefix xmlns cannot be declared"}},
		{"<xmlns:a/>", []string{"1:2 the prefix xmlns cannot be used in the element name"}},
		{"<:a/>", []string{`1:2 ":a" is not a name`}},
		{"<a:/>", []string{`1:2 "a:" is not a name`}},
		{"<a:b:c/>", []string{`1:2 "a:b:c" is not a name`}},
		{"<a xmlns:b='u'><b:1/></a>", []string{`1:17 "b:1" is not a name`}},
		{"<a xmlns:='u'/>", []string{`1:4 "xmlns:" is not a name`}},
		{"<a><?b:c?></a>", []string{`1:6 the target "b:c" of a processing instruction has a colon`}},
	}
	for _, tt := range tests {
		d := parse(t, tt.in)
		var got []string
		for _, p := range d.Problems() {
			if p.Rule != RuleNamespace || p.Severity != diag.Error {
				t.Errorf("%s: rule %s, severity %v", tt.in, p.Rule, p.Severity)
			}
			got = append(got, fmt.Sprintf("%d:%d %s", p.Location.Line, p.Location.Column, p.Message))
		}
		if !slices.EqualFunc(got, tt.want, strings.HasPrefix) {
			t.Errorf("%s:\ngot  %q\nwant %q", tt.in, got, tt.want)
		}
	}
}
