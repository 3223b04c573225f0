package rasd_test

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/rasd"
)

// The reference evaluator below shares nothing with the package: it cuts the
// text with regular expressions and computes with big.Rat.

var (
	refOperator = regexp.MustCompile(`[*/]`)
	refNumber   = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]*)?$`)
	refPower    = regexp.MustCompile(`^([0-9]+)[ \t\r\n]*\^[ \t\r\n]*([+-]?[0-9]+)$`)
	refDecibel  = regexp.MustCompile(`^decibel[ \t\r\n]*\([ \t\r\n]*([^() \t\r\n]+)[ \t\r\n]*\)$`)
	refName     = regexp.MustCompile(`^[\p{L}_][\p{L}_0-9:-]*([ \t\r\n]+[\p{L}_0-9:-]+)*$`)
)

// refUnit evaluates a unit. ok is false if the text is none; unknown is set if
// a word came up that the reference does not know, so that no verdict is possible.
func refUnit(text string) (factor *big.Rat, dims map[string]int, ok, unknown bool) {
	text = strings.Trim(text, " \t\r\n")
	factor, dims = big.NewRat(1, 1), map[string]int{}
	if text == "" {
		return factor, dims, true, false
	}
	ops := refOperator.FindAllString(text, -1)
	for i, part := range refOperator.Split(text, -1) {
		divide := i > 0 && ops[i-1] == "/"
		part = strings.Trim(part, " \t\r\n")
		f, dim, good, unk := refPart(part)
		if unk {
			return nil, nil, false, true
		}
		if !good || f.Sign() == 0 {
			return nil, nil, false, false
		}
		if divide {
			f.Inv(f)
		}
		factor.Mul(factor, f)
		if dim != "" {
			if divide {
				dims[dim]--
			} else {
				dims[dim]++
			}
		}
	}
	return factor, dims, true, false
}

func refPart(part string) (f *big.Rat, dim string, ok, unknown bool) {
	if refNumber.MatchString(part) {
		f, ok = new(big.Rat).SetString(strings.TrimSuffix(part, "."))
		return f, "", ok, false
	}
	if m := refPower.FindStringSubmatch(part); m != nil {
		base, _ := new(big.Rat).SetString(m[1])
		k, err := strconv.Atoi(m[2])
		if err != nil || k > 1024 || k < -1024 || len(m[1]) > 30 {
			return nil, "", false, true // beyond the limits of the package
		}
		f = big.NewRat(1, 1)
		if base.Sign() == 0 {
			return base, "", true, false
		}
		for range max(k, -k) {
			f.Mul(f, base)
		}
		if k < 0 {
			f.Inv(f)
		}
		return f, "", true, false
	}
	if m := refDecibel.FindStringSubmatch(part); m != nil {
		switch m[1] {
		case "A", "C", "m":
			return big.NewRat(1, 1), "decibel(" + m[1] + ")", true, false
		}
		return nil, "", false, true
	}
	if !refName.MatchString(part) {
		return nil, "", false, false
	}
	name := strings.Join(strings.Fields(part), " ")
	switch name {
	case "byte", "bytes", "Byte", "Bytes", "BYTE":
		return big.NewRat(1, 1), "byte", true, false
	case "bit", "second", "hertz", "meter", "percent", "count", "rack unit":
		return big.NewRat(1, 1), name, true, false
	case "Hertz", "Hz":
		return big.NewRat(1, 1), "hertz", true, false
	case "MHz":
		return big.NewRat(1000000, 1), "hertz", true, false
	case "MegaBytes", "MB":
		return big.NewRat(1<<20, 1), "byte", true, false
	case "tebibyte":
		return big.NewRat(1<<40, 1), "byte", true, false
	}
	return nil, "", false, true
}

// refBase writes dims as DSP0004 does, by brute force.
func refBase(text string, dims map[string]int) string {
	if strings.Trim(text, " \t\r\n") == "" {
		return ""
	}
	positive := false
	for _, e := range dims {
		positive = positive || e > 0
	}
	if !positive {
		dims["count"] = 1
	}
	var up, down []string
	for d, e := range dims {
		for ; e > 0; e-- {
			up = append(up, d)
		}
		for ; e < 0; e++ {
			down = append(down, d)
		}
	}
	sortStrings(up)
	sortStrings(down)
	s := strings.Join(up, " * ")
	for _, d := range down {
		s += " / " + d
	}
	return s
}

func sortStrings(s []string) {
	for i := range s {
		for j := range i {
			if s[i] < s[j] {
				s[i], s[j] = s[j], s[i]
			}
		}
	}
}

func FuzzUnit(f *testing.F) {
	for _, set := range [][]unitCase{standardUnits, looseUnits, corpusUnits} {
		for _, c := range set {
			f.Add(c.text, uint64(3))
		}
	}
	for _, s := range []string{
		"byte * 2^-1", "byte*2^63", "byte * 2^64", "1/3*byte", "byte * 0", "byte * 1e6", "byte*-1", "bit/second",
		"decibel(A)*2", "a b c", "byte\n*\t2^10", "2^20", "byte * 10^1024 / 10^1024", "byte^2", "é", "\xff", "byte*", "acme:x",
	} {
		f.Add(s, uint64(1)<<40)
	}
	f.Fuzz(func(t *testing.T, text string, n uint64) {
		u, err := rasd.ParseUnit(text)
		want, dims, ok, unknown := refUnit(text)
		if err != nil {
			if len(err.Error()) > 600 {
				t.Errorf("message of %d bytes", len(err.Error()))
			}
			// The bounds of the package are its own; within them both must agree.
			if ok && len(text) <= 256 && want.Num().BitLen() <= 512 && want.Denom().BitLen() <= 512 &&
				!strings.Contains(err.Error(), "too large") {
				t.Fatalf("%q refused (%v), the reference reads %s", text, err, want)
			}
			return
		}
		checkCanonical(t, u)
		if !unknown {
			if !ok {
				t.Fatalf("%q read as %s %q, the reference refuses it", text, u.Factor(), u.Base())
			}
			if u.Factor().Cmp(want) != 0 {
				t.Fatalf("%q is %s, the reference says %s", text, u.Factor(), want)
			}
			if base := refBase(text, dims); base != u.Base() {
				t.Fatalf("%q has base %q, the reference says %q", text, u.Base(), base)
			}
		}
		checkScale(t, u, n)
	})
}

// checkScale compares Bytes with exact arithmetic.
func checkScale(t *testing.T, u rasd.Unit, n uint64) {
	t.Helper()
	exact := new(big.Rat).SetInt(new(big.Int).SetUint64(n))
	exact.Mul(exact, u.Factor())
	switch u.Base() {
	case "bit":
		exact.Quo(exact, big.NewRat(8, 1))
	case "byte":
	default:
		if got, err := u.Bytes(n); err == nil {
			t.Fatalf("%d x %q is %d bytes", n, u.Text(), got)
		}
		return
	}
	got, err := u.Bytes(n)
	fits := exact.IsInt() && exact.Num().IsUint64()
	if fits != (err == nil) {
		t.Fatalf("%d x %q is exactly %s bytes; got %d, %v", n, u.Text(), exact, got, err)
	}
	if fits && exact.Num().Uint64() != got {
		t.Fatalf("%d x %q is exactly %s bytes; got %d", n, u.Text(), exact, got)
	}
}

func BenchmarkParseUnit(b *testing.B) {
	for _, text := range []string{"byte * 2^20", "MegaBytes", "byte*1024*1024"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rasd.ParseUnit(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
