package rasd_test

import (
	"errors"
	"io/fs"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/rasd"
)

// unitCase is one spelling with its meaning worked out by hand.
type unitCase struct {
	text      string
	base      string
	factor    string // as big.Rat reads it
	deviation rasd.Deviation
}

// standardUnits are examples of DSP0004 Annex C.1, of the descriptions of
// CIM_ResourceAllocationSettingData and of DSP0243.
var standardUnits = []unitCase{
	{"", "", "1", rasd.Conforming},
	{"byte", "byte", "1", rasd.Conforming},
	{"count", "count", "1", rasd.Conforming},
	{"percent", "percent", "1", rasd.Conforming},
	{"byte * 2^10", "byte", "1024", rasd.Conforming},
	{"byte * 2^20", "byte", "1048576", rasd.Conforming},
	{"byte * 2^30", "byte", "1073741824", rasd.Conforming},
	{"byte * 2^40", "byte", "1099511627776", rasd.Conforming},
	{"byte * 10^3", "byte", "1000", rasd.Conforming},
	{"byte * 1024", "byte", "1024", rasd.Conforming},
	{"hertz * 10^6", "hertz", "1000000", rasd.Conforming},
	{"hertz*10^6", "hertz", "1000000", rasd.Conforming},
	{"hertz * 10^9", "hertz", "1000000000", rasd.Conforming},
	{"byte * 2 ^ 20", "byte", "1048576", rasd.Conforming}, // one blank beside "^" is in the grammar
	{"bit / second * 10^3", "bit / second", "1000", rasd.Conforming},
	{"second * 10^-6", "second", "1/1000000", rasd.Conforming},
	{"second / 10^6", "second", "1/1000000", rasd.Conforming},
	{"ampere * 10^-3", "ampere", "1/1000", rasd.Conforming},
	{"byte * 2^+10", "byte", "1024", rasd.Conforming},
	{"meter / second / second", "meter / second / second", "1", rasd.Conforming},
	{"newton * meter", "meter * newton", "1", rasd.Conforming},
	{"degree celsius * 0.1", "degree celsius", "1/10", rasd.Conforming},
	{"second * 250 * 10^-9", "second", "1/4000000", rasd.Conforming},
	{"revolution / minute", "revolution / minute", "1", rasd.Conforming},
	{"decibel(A)", "decibel(A)", "1", rasd.Conforming},
	{"decibel ( m )", "decibel(m)", "1", rasd.Conforming},
	{"rack unit", "rack unit", "1", rasd.Conforming},
	{"byte * -5", "byte", "-5", rasd.Conforming},
	{"acme:token * 10^3", "acme:token", "1000", rasd.Conforming},
}

// looseUnits have one meaning but break the grammar.
var looseUnits = []unitCase{
	{"byte*1024*1024", "byte", "1048576", rasd.Spelling}, // govmomi's configspec.ovf
	{"byte * 2^10 * 2^10", "byte", "1048576", rasd.Spelling},
	{"byte * 2^10 * 1024", "byte", "1048576", rasd.Spelling},
	{"2^20 * byte", "byte", "1048576", rasd.Spelling},
	{"byte  *  2^20", "byte", "1048576", rasd.Spelling},
	{"byte * 2  ^ 20", "byte", "1048576", rasd.Spelling},
	{" byte * 2^20\n", "byte", "1048576", rasd.Conforming}, // outer blanks belong to the element
	{"byte * 01024", "byte", "1024", rasd.Spelling},
	{"byte * 2^010", "byte", "1024", rasd.Spelling},
	{"byte * 2^0", "byte", "1", rasd.Spelling},
	{"Byte * 2^20", "byte", "1048576", rasd.Spelling},
	{"BYTE", "byte", "1", rasd.Spelling},
	{"msu", "MSU", "1", rasd.Spelling},
	{"bytes * 10^3", "byte", "1000", rasd.Spelling}, // the CIM class description's own example
	{"1024 * 1024", "count", "1048576", rasd.Spelling},
	{"byte / byte", "count", "1", rasd.Conforming},
	{"1 / second", "count / second", "1", rasd.Spelling},
	{"bit * 10^3 / second", "bit / second", "1000", rasd.Spelling},
	{"rack  unit", "rack unit", "1", rasd.Spelling},
	{"hertz / 3", "hertz", "1/3", rasd.Conforming},
	{"tebibyte", "byte", "1099511627776", rasd.Spelling},
	{"Gibibytes", "byte", "1073741824", rasd.Spelling},
	{"KiB", "byte", "1024", rasd.Spelling},
	{"MiB", "byte", "1048576", rasd.Spelling},
	{"B", "byte", "1", rasd.Spelling},
	{"Hz", "hertz", "1", rasd.Spelling},
	{"kHz", "hertz", "1000", rasd.Spelling},
	{"GHz", "hertz", "1000000000", rasd.Spelling},
	{"GigaHertz", "hertz", "1000000000", rasd.Spelling},
	{"KiloBytes", "byte", "1024", rasd.Assumption},
	{"kilobyte", "byte", "1024", rasd.Assumption},
	{"megabytes", "byte", "1048576", rasd.Assumption},
	{"GigaBytes", "byte", "1073741824", rasd.Assumption},
	{"TeraBytes", "byte", "1099511627776", rasd.Assumption},
	{"PetaBytes", "byte", "1125899906842624", rasd.Assumption},
	{"ExaByte", "byte", "1152921504606846976", rasd.Assumption},
	{"KB", "byte", "1024", rasd.Assumption},
	{"kB", "byte", "1024", rasd.Assumption},
	{"MB", "byte", "1048576", rasd.Assumption},
	{"GB", "byte", "1073741824", rasd.Assumption},
	{"TB", "byte", "1099511627776", rasd.Assumption},
	{"MB * 1024", "byte", "1073741824", rasd.Assumption},
}

// corpusUnits is every spelling that the corpus of real descriptors has;
// TestUnitsOfCorpus fails on one that is missing here.
var corpusUnits = []unitCase{
	{"byte * 2^20", "byte", "1048576", rasd.Conforming},
	{"byte * 2^30", "byte", "1073741824", rasd.Conforming},
	{"byte", "byte", "1", rasd.Conforming},
	{"bytes * 2^30", "byte", "1073741824", rasd.Spelling}, // oVirt
	{"1048576", "count", "1048576", rasd.Spelling},
	{"hertz * 10^6", "hertz", "1000000", rasd.Conforming},
	{"hertz * 10^9", "hertz", "1000000000", rasd.Conforming},
	{"MegaBytes", "byte", "1048576", rasd.Assumption},
	{"MHz", "hertz", "1000000", rasd.Spelling},
	{"MegaHertz", "hertz", "1000000", rasd.Spelling},
	{"byte * 2 ^ 30", "byte", "1073741824", rasd.Conforming},
	{"byte * 2 ^ 20", "byte", "1048576", rasd.Conforming},
	{"byte*2^30", "byte", "1073741824", rasd.Conforming},
	{"Hertz*10^9", "hertz", "1000000000", rasd.Spelling},
	{"count", "count", "1", rasd.Conforming},
	{"1", "count", "1", rasd.Spelling},
	{"Ports", "count", "1", rasd.Assumption}, // XenCenter
	{"Processor Cores", "count", "1", rasd.Assumption},
	{"Disk", "count", "1", rasd.Assumption},
	{"DVD Drives", "count", "1", rasd.Assumption},
	{"byte*1024*1024", "byte", "1048576", rasd.Spelling},
	{"", "", "1", rasd.Conforming},
}

func TestParseUnit(t *testing.T) {
	for _, set := range [][]unitCase{standardUnits, looseUnits, corpusUnits} {
		for _, c := range set {
			t.Run(c.text, func(t *testing.T) { checkUnit(t, c) })
		}
	}
}

func checkUnit(t *testing.T, c unitCase) {
	t.Helper()
	u, err := rasd.ParseUnit(c.text)
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Base(); got != c.base {
		t.Errorf("base is %q, want %q", got, c.base)
	}
	want, ok := new(big.Rat).SetString(c.factor)
	if !ok {
		t.Fatalf("bad factor %q in the table", c.factor)
	}
	if got := u.Factor(); got.Cmp(want) != 0 {
		t.Errorf("factor is %s, want %s", got, want)
	}
	if got := u.Deviation(); got != c.deviation {
		t.Errorf("deviation is %v, want %v (%s)", got, c.deviation, u.Note())
	}
	if (u.Note() != "") != (c.deviation != rasd.Conforming) {
		t.Errorf("deviation %v with the note %q", u.Deviation(), u.Note())
	}
	if got := u.Text(); got != strings.TrimSpace(c.text) {
		t.Errorf("text is %q", got)
	}
}

func TestParseUnitRefuses(t *testing.T) {
	for _, c := range []struct {
		text, reason string
		offset       int
	}{
		{"bite * 2^20", `"bite" is not a base unit`, 0},
		{"Megabyts", `"Megabyts" is not a base unit`, 0},
		{"Mb", `"Mb" is not a base unit`, 0}, // a megabit or a megabyte: no guess
		{"byte 2^20", `"byte 2" is not a base unit`, 0},
		{"byte *", "ends after an operator", 6},
		{"* 2^20", "expected a base unit or a number, found '*'", 0},
		{"byte ** 2", "expected a base unit or a number, found '*'", 6},
		{"byte * 2^", "expected a whole number as exponent, found the end", 9},
		{"byte * 2^x", "expected a whole number as exponent, found 'x'", 9},
		{"byte * 2^9999999999999999999", "beyond 1024", 9},
		{"byte * 2^-1025", "beyond 1024", 9},
		{"byte * 1.5^2", "whole number without sign", 7},
		{"byte * -2^2", "whole number without sign", 7},
		{"byte * 0", "factor of 0", 7},
		{"byte * 0.0", "factor of 0", 7},
		{"byte / 0", "factor of 0", 7},
		{"byte * 0^5", "factor of 0", 7},
		{"byte * 10^100 * 10^100", "factor is too large", 16},
		{"byte * " + strings.Repeat("9", 200) + "^1024", "factor is too large", 7},
		{"byte + 5", `expected "*" or "/", found '+'`, 5},
		{"byte * +", "expected a digit, found the end", 8},
		{"byte * .5", "expected a base unit or a number, found '.'", 7},
		{"byte^2", `expected "*" or "/", found '^'`, 4},
		{"decibel(", `expected "*" or "/", found '('`, 7},
		{"decibel(Z)", "is not a base unit", 0},
		{"%", "expected a base unit or a number, found '%'", 0},
		{"byte\x00", `expected "*" or "/", found '\x00'`, 4},
		{"\xff", "expected a base unit or a number", 0},
		{"byte\u00a0* 2^20", `expected "*" or "/"`, 4},
		{strings.Repeat("byte * ", 100), "longer than 256 bytes", 256},
	} {
		_, err := rasd.ParseUnit(c.text)
		var ue *rasd.UnitError
		if !errors.As(err, &ue) || !errors.Is(err, rasd.ErrUnit) {
			t.Errorf("%q: error %v, want a *UnitError", c.text, err)
			continue
		}
		if !strings.Contains(ue.Reason, c.reason) || ue.Offset != c.offset || ue.Unit != c.text {
			t.Errorf("%q: at %d: %s; want at %d: %s", c.text, ue.Offset, ue.Reason, c.offset, c.reason)
		}
		if len(err.Error()) > 400 {
			t.Errorf("%q: the message has %d bytes", c.text, len(err.Error()))
		}
	}
}

func TestScale(t *testing.T) {
	const max = math.MaxUint64
	type result struct {
		n   uint64
		err error
	}
	for _, c := range []struct {
		method string
		n      uint64
		unit   string
		want   result
	}{
		{"bytes", 4, "byte * 2^30", result{4294967296, nil}}, // 4 GiB of memory
		{"bytes", 512, "MegaBytes", result{536870912, nil}},
		{"bytes", 1, "byte * 2^40", result{1099511627776, nil}},
		{"bytes", 0, "byte * 2^500", result{0, nil}},
		{"bytes", max, "byte", result{max, nil}},
		{"bytes", 16, "bit", result{2, nil}},
		{"bytes", 1, "bit * 2^20", result{131072, nil}},
		{"bytes", 1, "bit", result{0, rasd.ErrInexact}},
		{"bytes", 3, "byte / 2", result{0, rasd.ErrInexact}},
		{"bytes", 4, "byte / 2", result{2, nil}},
		{"bytes", 3, "byte * 1.5", result{0, rasd.ErrInexact}},
		{"bytes", 1, "byte * -1", result{0, rasd.ErrNegative}},
		{"bytes", 1 << 34, "byte * 2^30", result{0, rasd.ErrOverflow}}, // wraps to 0 in 64 bits
		{"bytes", 2, "byte * 2^63", result{0, rasd.ErrOverflow}},
		{"bytes", 1, "byte * 2^63", result{1 << 63, nil}},
		{"bytes", 1, "byte * 2^64", result{0, rasd.ErrOverflow}},
		{"bytes", 1, "byte * 2^64 / 2", result{1 << 63, nil}},
		{"bytes", 1, "hertz", result{0, rasd.ErrDimension}},
		{"bytes", 1, "byte / second", result{0, rasd.ErrDimension}},
		{"bytes", 1, "byte * byte", result{0, rasd.ErrDimension}},
		{"bytes", 1, "", result{0, rasd.ErrDimension}},
		{"bytes", 1, "count", result{0, rasd.ErrDimension}},
		{"hertz", 2, "hertz * 10^9", result{2000000000, nil}},
		{"hertz", 500, "MHz", result{500000000, nil}},
		{"hertz", 50, "percent", result{0, rasd.ErrDimension}},
		{"count", 2, "count", result{2, nil}},
		{"count", 2, "", result{2, nil}},
		{"count", 2, "Processor Cores", result{2, nil}},
		{"count", 2, "byte / byte", result{2, nil}},
		{"count", 2, "byte", result{0, rasd.ErrDimension}},
	} {
		u, err := rasd.ParseUnit(c.unit)
		if err != nil {
			t.Errorf("%q: %v", c.unit, err)
			continue
		}
		f := map[string]func(uint64) (uint64, error){"bytes": u.Bytes, "hertz": u.Hertz, "count": u.Count}[c.method]
		n, err := f(c.n)
		if n != c.want.n || !errors.Is(err, c.want.err) || (err == nil) != (c.want.err == nil) {
			t.Errorf("%s of %d x %q: %d, %v; want %d, %v", c.method, c.n, c.unit, n, err, c.want.n, c.want.err)
		}
	}
}

func TestCapacity(t *testing.T) {
	for _, c := range []struct {
		n    int64
		unit string
		want int64
		err  error
	}{
		{40, "byte * 2^30", 42949672960, nil},
		{1048576, "byte * 2^20", 1099511627776, nil},
		{math.MaxInt64, "byte", math.MaxInt64, nil},
		{1, "byte * 2^62", 1 << 62, nil},
		{1, "byte * 2^63", 0, rasd.ErrOverflow}, // fits uint64, not the size of a disk
		{-1, "byte", 0, rasd.ErrNegative},
		{math.MinInt64, "byte", 0, rasd.ErrNegative},
		{5, "hertz", 0, rasd.ErrDimension},
	} {
		u, err := rasd.ParseUnit(c.unit)
		if err != nil {
			t.Fatal(err)
		}
		n, err := u.Capacity(c.n)
		if n != c.want || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%d x %q: %d, %v; want %d, %v", c.n, c.unit, n, err, c.want, c.err)
		}
	}
}

func TestUnitMessages(t *testing.T) {
	_, syntax := rasd.ParseUnit("bite * 2^20")
	gib, _ := rasd.ParseUnit("byte * 2^30")
	_, overflow := gib.Bytes(1 << 34)
	half, _ := rasd.ParseUnit("byte / 2")
	_, inexact := half.Bytes(3)
	_, dimension := gib.Hertz(1)
	_, negative := gib.Capacity(-2)
	mega, _ := rasd.ParseUnit("MegaBytes")
	loose, _ := rasd.ParseUnit("byte*1024*1024")
	for _, c := range []struct{ got, want string }{
		{syntax.Error(), `unit "bite * 2^20": "bite" is not a base unit of DSP0004 (at offset 0); write it as "byte * 2^20" or "hertz * 10^6" (DSP0004 Annex C.1)`},
		{overflow.Error(), `17179869184 times "byte * 2^30" is more than the largest possible 18446744073709551615 bytes`},
		{inexact.Error(), `3 times "byte / 2" is not a whole number of bytes`},
		{dimension.Error(), `unit "byte * 2^30" does not measure hertz: use a unit whose base is hertz, as "hertz * 10^6"`},
		{negative.Error(), `-2 times "byte * 2^30" is less than zero bytes`},
		{mega.Note(), `"MegaBytes": "MegaBytes" is not a unit of DSP0004, read as a power of two, as the producers of these words mean it; it is "byte * 2^20"`},
		{loose.Note(), `"byte*1024*1024": DSP0004 has base units first, then at most one number and one power; it is "byte * 2^20"`},
	} {
		if c.got != c.want {
			t.Errorf("message is\n  %s\nwant\n  %s", c.got, c.want)
		}
	}
}

// TestUnitString checks that the canonical text of any unit is conforming and
// means the same.
func TestUnitString(t *testing.T) {
	for _, set := range [][]unitCase{standardUnits, looseUnits, corpusUnits} {
		for _, c := range set {
			u, err := rasd.ParseUnit(c.text)
			if err != nil {
				t.Fatal(err)
			}
			checkCanonical(t, u)
		}
	}
	for text, want := range map[string]string{
		"MegaBytes":             "byte * 2^20",
		"byte*1024*1024":        "byte * 2^20",
		"byte * 1500":           "byte * 1500",
		"byte * 4":              "byte * 4",
		"hertz * 1000000":       "hertz * 10^6",
		"second * 10^-6":        "second / 10^6",
		"bit / second * 10^3":   "bit / second * 10^3",
		"byte * 5 / 3":          "byte * 5 / 3^1",
		"byte * 1.5":            "byte * 3 / 2^1",
		"byte * -8":             "byte * -8",
		"byte / second / byte":  "count / second",
		"newton * meter * 1.25": "meter * newton * 5 / 4^1",
	} {
		u, err := rasd.ParseUnit(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.String(); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
	var zero rasd.Unit
	if zero.String() != "" || zero.Factor().Cmp(big.NewRat(1, 1)) != 0 || zero.Deviation() != rasd.Conforming {
		t.Errorf("zero Unit is %q times %s", zero.String(), zero.Factor())
	}
}

func checkCanonical(t *testing.T, u rasd.Unit) {
	t.Helper()
	if len(u.String()) > 256 {
		return // String may be longer than ParseUnit takes, and says so
	}
	v, err := rasd.ParseUnit(u.String())
	switch {
	case err != nil:
		t.Errorf("%q is written %q: %v", u.Text(), u.String(), err)
	case v.Deviation() != rasd.Conforming:
		t.Errorf("%q is written %q, which is no conforming text: %s", u.Text(), u.String(), v.Note())
	case !v.Equal(u):
		t.Errorf("%q is written %q, which means %s times %q", u.Text(), u.String(), v.Factor(), v.Base())
	}
}

// TestUnitFactorIsACopy guards the immutability that concurrent use rests on.
func TestUnitFactorIsACopy(t *testing.T) {
	u, _ := rasd.ParseUnit("byte * 2^20")
	u.Factor().SetInt64(7)
	if n, err := u.Bytes(1); n != 1<<20 || err != nil {
		t.Errorf("after a change of the returned factor: %d, %v", n, err)
	}
}

var unitPlaces = []*regexp.Regexp{
	regexp.MustCompile(`[aA]llocationUnits\s*=\s*["']([^"']*)["']`),
	regexp.MustCompile(`<(?:\w+:)?(?:AllocationUnits|VirtualQuantityUnits)>([^<]*)<`),
}

// TestUnitsOfCorpus reads the unit of every real descriptor at hand and wants
// each spelling in the table above.
func TestUnitsOfCorpus(t *testing.T) {
	const root = "../../shared/corpus"
	if _, err := os.Stat(root); err != nil {
		t.Skip("no corpus of real descriptors beside the repository")
	}
	known := map[string]unitCase{}
	for _, c := range corpusUnits {
		known[c.text] = c
	}
	seen := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".ovf" && filepath.Ext(path) != ".xml" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, re := range unitPlaces {
			for _, m := range re.FindAllSubmatch(b, -1) {
				text := string(m[1])
				if seen[text]++; seen[text] == 1 {
					if c, ok := known[text]; ok {
						checkUnit(t, c)
					} else {
						t.Errorf("%s: unit %q is not in the table", path, text)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 15 {
		t.Errorf("only %d spellings found: the search is broken", len(seen))
	}
	t.Logf("%d spellings: %v", len(seen), seen)
}
