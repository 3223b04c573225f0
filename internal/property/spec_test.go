package property_test

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/internal/property"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestParseType(t *testing.T) {
	for _, c := range []struct {
		text     string
		name     string
		kind     property.Kind
		bits     int
		standard bool
	}{
		// The twelve types of the standard, in the case of the standard and of real files.
		{"uint8", "uint8", property.Unsigned, 8, true},
		{"sint8", "sint8", property.Signed, 8, true},
		{"uint16", "uint16", property.Unsigned, 16, true},
		{"sint16", "sint16", property.Signed, 16, true},
		{"uint32", "uint32", property.Unsigned, 32, true},
		{"sint32", "sint32", property.Signed, 32, true},
		{"uint64", "uint64", property.Unsigned, 64, true},
		{"sint64", "sint64", property.Signed, 64, true},
		{"String", "String", property.String, 0, true},
		{"string", "String", property.String, 0, true},
		{"BOOLEAN", "Boolean", property.Boolean, 0, true},
		{"boolean", "Boolean", property.Boolean, 0, true},
		{"Real32", "Real32", property.Real, 32, true},
		{"real64", "Real64", property.Real, 64, true},
		{" uint8 ", "uint8", property.Unsigned, 8, true},
		// VMware's.
		{"int", "int", property.Signed, 32, false},
		{"real", "real", property.Real, 64, false},
		{"password", "password", property.String, 0, false},
		{"ip", "ip", property.IP, 0, false},
		{"ip:VM Network", "ip:network", property.IP, 0, false},
		{"expression", "expression", property.Expression, 0, false},
		{"string[dhcp,static]", "String", property.String, 0, false},
		{"string(1..20)", "String", property.String, 0, false},
		{"int(0..255)", "int", property.Unsigned, 64, false},
		{"int(-5..5)", "int", property.Signed, 64, false},
		// None.
		{"", "", property.String, 0, false},
		{"text", "", property.String, 0, false},
		{"uint128", "", property.String, 0, false},
		{"ip:", "", property.String, 0, false},
		{"string(", "", property.String, 0, false},
		{"string[", "", property.String, 0, false},
		{"string[]", "", property.String, 0, false},
		{"string[a", "", property.String, 0, false},
		{"string[a\x00b]", "", property.String, 0, false},
		{"string(5)", "", property.String, 0, false},
		{"string(a..b)", "", property.String, 0, false},
		{"boolean(1..2)", "", property.String, 0, false},
		{"(", "", property.String, 0, false},
	} {
		got := property.ParseType(c.text)
		if got.Name != c.name || got.Kind != c.kind || got.Bits != c.bits || got.Standard() != c.standard ||
			got.Known() != (c.name != "") || got.Text != c.text {
			t.Errorf("%q is %+v, want %+v", c.text, got, c)
		}
	}
	if n := property.ParseType("ip:VM Network"); n.Network != "VM Network" {
		t.Errorf("network is %q", n.Network)
	}
	if !property.ParseType("Password").Secret || property.ParseType("string").Secret {
		t.Error("only password is secret")
	}
}

// checkCases are values with their verdict, worked out by hand from the type
// tables of DSP0243 and CIM.
var checkCases = []struct {
	typ, qualifiers string
	good, bad       []string
}{
	{"uint8", "", []string{"0", "255", "+7", "007"}, []string{"", "256", "-1", "1.0", "0x10", "1e2", "ten", " 1", "1_0"}},
	{"sint8", "", []string{"-128", "127"}, []string{"128", "-129"}},
	{"uint16", "", []string{"65535"}, []string{"65536"}},
	{"sint16", "", []string{"-32768", "32767"}, []string{"-32769", "32768"}},
	{"uint32", "", []string{"4294967295"}, []string{"4294967296"}},
	{"sint32", "", []string{"-2147483648", "2147483647"}, []string{"2147483648", "-2147483649"}},
	{"uint64", "", []string{"18446744073709551615"}, []string{"18446744073709551616", strings.Repeat("9", 200)}},
	{"sint64", "", []string{"-9223372036854775808"}, []string{"9223372036854775808"}},
	{"String", "", []string{"", "a", "ænd\n", strings.Repeat("x", 100000)}, nil},
	{"Boolean", "", []string{"true", "False", "TRUE"}, []string{"", "0", "1", "yes", "t"}},
	{"Real32", "", []string{"1", "-1.5", ".5", "2.", "3.4e38", "1E-3"}, []string{"", "3.5e38", "inf", "NaN", "0x1p4", "1e", "1e9999"}},
	{"Real64", "", []string{"3.5e38", "-1.7e308"}, []string{"1.8e308", "1,5"}},
	{"ip", "", []string{"10.0.0.1", "::1", "2001:db8::7"}, []string{"", "10.0.0", "10.0.0.1/24", "fe80::1%eth0", "host"}},
	{"password", "MinLen(8)", []string{"longenough"}, []string{"short"}},
	{"expression", "", []string{"", "${ip:VM Network}"}, nil},
	{"int", "", []string{"2147483647"}, []string{"2147483648"}},
	{"int(0..255)", "", []string{"0", "255"}, []string{"-1", "256"}},
	{"int(-5..5)", "", []string{"-5", "5"}, []string{"-6", "6"}},
	{"real(-1.5..1.5)", "", []string{"-1.5", "0", "1.50"}, []string{"1.51"}},
	{"string(..3)", "", []string{"", "abc", "æøå"}, []string{"abcd"}},
	{"string(2..)", "", []string{"ab"}, []string{"a"}},
	{`string["a","b\"c"]`, "", []string{"a", `b"c`}, []string{"b", ""}},
	{"String", "MinLen(2),MaxLen(3)", []string{"ab", "æøå"}, []string{"a", "abcd", "æøåx"}},
	{"String", `ValueMap{"small","large, really"}`, []string{"small", "large, really"}, []string{"Small", "large", ""}},
	{"uint8", "ValueMap{1,2,7}", []string{"1", "07"}, []string{"3", "256"}},
	{"uint16", `ValueMap{"0","5..10","32768.."}`, []string{"0", "5", "10", "32768", "65535"}, []string{"1", "11", "32767"}},
	{"sint16", `ValueMap{".."}`, []string{"-5"}, []string{"40000"}},
	{"Boolean", "ValueMap{true}", []string{"TRUE"}, []string{"false"}},
	{"uint16", "MinValue(1),MaxValue(1024)", []string{"1", "1024"}, []string{"0", "1025"}},
	{"Real64", "MinValue(-0.5)", []string{"-0.5", "0"}, []string{"-0.51"}},
	{"String", "minlen ( 2 ) , MAXLEN( \"3\" )", []string{"ab"}, []string{"a", "abcd"}},
	{"unheard", "MaxLen(2)", []string{"ab"}, []string{"abc"}}, // read as text
}

func TestCheck(t *testing.T) {
	for _, c := range checkCases {
		spec, _ := property.ParseSpec(c.typ, c.qualifiers)
		for _, v := range c.good {
			if err := spec.Check(v); err != nil {
				t.Errorf("%s %s refuses %.40q: %v", c.typ, c.qualifiers, v, err)
			}
		}
		for _, v := range c.bad {
			err := spec.Check(v)
			var ve *property.ValueError
			if !errors.As(err, &ve) {
				t.Errorf("%s %s accepts %.40q", c.typ, c.qualifiers, v)
				continue
			}
			if ve.Reason == "" || ve.Accepts == "" || len(err.Error()) > 1000 {
				t.Errorf("%s %s: poor message for %.40q: %s", c.typ, c.qualifiers, v, err)
			}
		}
	}
}

// problemCases are types and qualifiers with the kinds of problems they have.
var problemCases = []struct {
	typ, qualifiers string
	kinds           []property.ProblemKind
}{
	{"String", "", nil},
	{"string", "MinLen(1),MaxLen(253)", nil},
	{"string", `ValueMap{"NSX Manager","NSX Global Manager"}`, nil},
	{"string", `ValueMap {"a"} , Values{"first"}`, nil},
	{"uint16", "ValueMap{1,2}", nil},
	{"uint16", "MinValue(1),MaxValue(65535)", nil},
	{"String", "MinLen(5),MaxLen(5)", nil},
	{"text", "", []property.ProblemKind{property.UnknownType}},
	{"", "", []property.ProblemKind{property.UnknownType}},
	{"password", "MinLen(8)", []property.ProblemKind{property.VendorType}},
	{"string", "Pattern(x)", []property.ProblemKind{property.UnknownQualifier}},
	{"string", "MinLen(8) MaxLen(20)", []property.ProblemKind{property.QualifierSeparator}},
	{"string", "MinLen(8),", []property.ProblemKind{property.QualifierSyntax}},
	{"string", "MinLen(8", []property.ProblemKind{property.QualifierSyntax}},
	{"string", `ValueMap{"a`, []property.ProblemKind{property.QualifierSyntax}},
	{"string", `ValueMap{"a" "b"}`, []property.ProblemKind{property.QualifierSyntax}},
	{"string", "ValueMap{a,,b}", []property.ProblemKind{property.QualifierSyntax}},
	{"string", "ValueMap{{a}}", []property.ProblemKind{property.QualifierSyntax}},
	{"string", "(8)", []property.ProblemKind{property.QualifierSyntax}},
	{"string", "MinLen(8),é", []property.ProblemKind{property.QualifierSyntax}},
	{"string", "MinLen", []property.ProblemKind{property.QualifierArgument}},
	{"string", "MinLen()", []property.ProblemKind{property.QualifierArgument}},
	{"string", "MinLen(-1)", []property.ProblemKind{property.QualifierArgument}},
	{"string", "MaxLen(1,2)", []property.ProblemKind{property.QualifierArgument}},
	{"string", "MaxLen(99999999999)", []property.ProblemKind{property.QualifierArgument}},
	{"uint8", "MinValue(x)", []property.ProblemKind{property.QualifierArgument}},
	{"string", "ValueMap{}", []property.ProblemKind{property.QualifierArgument}},
	{"uint8", "ValueMap{1,300,x}", []property.ProblemKind{property.QualifierArgument, property.QualifierArgument}},
	{"uint8", "ValueMap{a,b,c,d,e,f}", []property.ProblemKind{property.QualifierArgument, property.QualifierArgument, property.QualifierArgument, property.QualifierArgument}},
	{"string", "MinLen(1),MinLen(2)", []property.ProblemKind{property.QualifierRepeated}},
	{"uint8", "MinLen(1)", []property.ProblemKind{property.QualifierMismatch}},
	{"string", "MinValue(1)", []property.ProblemKind{property.QualifierMismatch}},
	{"string", "MinLen(5),MaxLen(4)", []property.ProblemKind{property.QualifierImpossible}},
	{"uint8", "MinValue(5),MaxValue(4)", []property.ProblemKind{property.QualifierImpossible}},
	{"string", `ValueMap{"a"},ValueMap{"b"}`, []property.ProblemKind{property.QualifierRepeated, property.QualifierImpossible}},
}

func TestProblems(t *testing.T) {
	for _, c := range problemCases {
		_, problems := property.ParseSpec(c.typ, c.qualifiers)
		var kinds []property.ProblemKind
		for _, p := range problems {
			kinds = append(kinds, p.Kind)
			text := c.typ
			if p.Qualifiers {
				text = c.qualifiers
			}
			if p.Offset < 0 || p.Offset > len(text) {
				t.Errorf("%s %s: offset %d is outside", c.typ, c.qualifiers, p.Offset)
			}
		}
		if !slices.Equal(kinds, c.kinds) {
			t.Errorf("%s %s: kinds %v, want %v: %+v", c.typ, c.qualifiers, kinds, c.kinds, problems)
		}
	}
}

func TestParseQualifiers(t *testing.T) {
	text := `MinLen(8), ValueMap{"a,b", 'c}', "say \"no\"", "back\\slash", "C:\dir", bare word} ,Key`
	list, missing, err := property.ParseQualifiers(text)
	if err != nil || len(missing) != 0 || len(list) != 3 {
		t.Fatalf("%+v, %v, %v", list, missing, err)
	}
	want := []string{"a,b", "c}", `say "no"`, `back\slash`, `C:\dir`, "bare word"}
	if !slices.Equal(list[1].Args, want) {
		t.Errorf("values are %q, want %q", list[1].Args, want)
	}
	for i, w := range []string{"MinLen(8)", text[11:strings.Index(text, " ,Key")], "Key"} {
		if got := text[list[i].Offset:list[i].End]; got != w {
			t.Errorf("entry %d spans %q, want %q", i, got, w)
		}
	}
	if list[2].Args != nil {
		t.Errorf("a qualifier without brackets has arguments %q", list[2].Args)
	}
}

// TestQualifierBounds holds the reading of hostile qualifiers to linear time
// and bounded answers.
func TestQualifierBounds(t *testing.T) {
	_, problems := property.ParseSpec("string", strings.Repeat("x", 2<<20))
	if len(problems) != 1 || problems[0].Kind != property.QualifierSyntax {
		t.Errorf("2 MB of name: %d problems", len(problems))
	}
	many := "ValueMap{" + strings.Repeat("a,", 100000) + "a}"
	if _, problems := property.ParseSpec("string", many); len(problems) != 1 || problems[0].Kind != property.QualifierSyntax {
		t.Errorf("100000 values: %v", problems)
	}
	var b strings.Builder
	for i := range 60000 {
		fmt.Fprintf(&b, "%d,", i)
	}
	half := strings.TrimSuffix(b.String()[:b.Len()/2], ",")
	half = half[:strings.LastIndex(half, ",")]
	if _, problems := property.ParseSpec("uint16", "ValueMap{"+half+"},ValueMap{"+half+"}"); len(problems) != 1 {
		t.Errorf("two long lists: %d problems", len(problems))
	}
}

// TestMessages keeps every message in a golden file, to be read as a user does.
func TestMessages(t *testing.T) {
	var b strings.Builder
	for _, c := range problemCases {
		_, problems := property.ParseSpec(c.typ, c.qualifiers)
		for _, p := range problems {
			attr := "type"
			if p.Qualifiers {
				attr = "qualifiers"
			}
			fmt.Fprintf(&b, "type=%q qualifiers=%q\n    %s, offset %d: %s\n", c.typ, c.qualifiers, attr, p.Offset, p.Message)
		}
	}
	for _, c := range checkCases {
		spec, _ := property.ParseSpec(c.typ, c.qualifiers)
		fmt.Fprintf(&b, "type=%q qualifiers=%q\n    accepts %s\n", c.typ, c.qualifiers, spec.Accepts())
		for _, v := range c.bad {
			fmt.Fprintf(&b, "    %v\n", spec.Check(v))
		}
	}
	for _, v := range scanCases {
		for _, s := range property.Scan(v.value) {
			if s.Kind == property.Broken {
				fmt.Fprintf(&b, "value=%q\n    offset %d: %s\n", v.value, s.Offset, s.Text)
			}
		}
	}
	golden := filepath.Join("testdata", "messages.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("messages differ from %s; run with -update and read the difference", golden)
	}
}

// TestSecretIsNeverShown looks for a password in everything that an error gives.
func TestSecretIsNeverShown(t *testing.T) {
	spec, _ := property.ParseSpec("password", "MinLen(20)")
	err := spec.Check("hunter2")
	if s := fmt.Sprintf("%v %+v %#v", err, err, err); err == nil || strings.Contains(s, "hunter2") {
		t.Errorf("the error shows the password: %s", s)
	}
}

func FuzzCheck(f *testing.F) {
	for _, c := range checkCases {
		for _, v := range append(c.good, c.bad...) {
			if len(v) < 1000 {
				f.Add(c.typ, c.qualifiers, v)
			}
		}
	}
	f.Fuzz(func(t *testing.T, typ, qualifiers, value string) {
		spec, problems := property.ParseSpec(typ, qualifiers)
		for _, p := range problems {
			if p.Offset < 0 || p.Offset > max(len(typ), len(qualifiers)) || p.Message == "" || len(p.Message) > 1000 {
				t.Fatalf("problem %+v", p)
			}
		}
		err := spec.Check(value)
		if err != nil && (len(err.Error()) > 2000 || spec.Type.Secret && len(value) > 3 && strings.Contains(err.Error(), "\""+value+"\"")) {
			t.Fatalf("message %q", err)
		}
		if len(qualifiers) > 0 || !spec.Type.Standard() || len(value) > 100 {
			return
		}
		// Without qualifiers the standard library must agree on the value.
		var want bool
		switch ty := spec.Type; ty.Kind {
		case property.Unsigned:
			_, e := strconv.ParseUint(strings.TrimPrefix(value, "+"), 10, ty.Bits)
			want = e == nil || isZero(value)
			if strings.HasPrefix(value, "++") {
				want = false
			}
		case property.Signed:
			_, e := strconv.ParseInt(value, 10, ty.Bits)
			want = e == nil
		case property.Boolean:
			want = strings.ToLower(value) == "true" || strings.ToLower(value) == "false"
		case property.Real:
			_, e := strconv.ParseFloat(value, ty.Bits)
			want = e == nil && !strings.ContainsAny(value, "xXpPnNiI_") // no hex, no Inf, no NaN
			if i := strings.IndexAny(value, "eE"); i >= 0 && len(strings.TrimLeft(value[i+1:], "+-")) > 3 {
				return // a bound of ours
			}
		default:
			want = true
		}
		if (err == nil) != want {
			t.Fatalf("%s accepts %q: %v, want %v", spec.Type.Name, value, err, want)
		}
	})
}

// isZero reports whether value is "-0" in some spelling, which is an unsigned 0.
func isZero(value string) bool {
	return strings.HasPrefix(value, "-") && len(value) > 1 && strings.Trim(value[1:], "0") == ""
}

func TestIPAgreesWithNet(t *testing.T) {
	spec, _ := property.ParseSpec("ip", "")
	for _, v := range []string{"1.2.3.4", "1.2.3.04", "256.1.1.1", "::", "::ffff:1.2.3.4", "1::2::3", "0:0:0:0:0:0:0:1", "g::", "1.2.3.4.5", "01.2.3.4"} {
		if got, want := spec.Check(v) == nil, net.ParseIP(v) != nil; got != want {
			t.Errorf("%q: %v, net.ParseIP says %v", v, got, want)
		}
	}
}
