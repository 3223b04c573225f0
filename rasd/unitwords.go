package rasd

import (
	"math/big"
	"strings"
)

const (
	baseByte  = "byte"
	baseBit   = "bit"
	baseHertz = "hertz"
	baseCount = "count"
)

// baseUnits maps the base units of DSP0004 Annex C.1 from their name in lower
// case to the name as the standard writes it. Another letter case than that is
// read with [Spelling].
var baseUnits = byLowerName(
	"percent", "permille", "decibel", "count",
	"revolution", "degree", "radian", "steradian",
	"bit", "byte", "dataword", "MSU",
	"meter", "inch", "rack unit", "foot", "yard", "mile",
	"liter", "fluid ounce", "liquid gallon",
	"mole", "kilogram", "ounce", "pound",
	"second", "minute", "hour", "day", "week",
	"hertz", "gravity",
	"degree celsius", "degree fahrenheit", "kelvin",
	"candela", "lumen", "nit", "lux",
	"newton", "pascal", "bar",
	"decibel(A)", "decibel(C)", "decibel(m)",
	"joule", "watt", "volt ampere", "volt ampere reactive",
	"british thermal unit", "ampere", "coulomb", "volt",
	"farad", "ohm", "siemens", "weber", "tesla", "henry",
	"becquerel", "gray", "sievert",
)

func byLowerName(names ...string) map[string]string {
	m := make(map[string]string, len(names))
	for _, n := range names {
		m[strings.ToLower(n)] = n
	}
	return m
}

// word is a unit outside DSP0004 that real descriptors use.
type word struct {
	base      string
	two, ten  uint // the factor is 2^two * 10^ten
	deviation Deviation
	why       string // for the note; empty if nothing needs to be explained
}

func (w word) factor() *big.Int {
	f := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(w.ten)), nil)
	return f.Lsh(f, w.two)
}

// The prefixes from kilo on, in steps of 2^10 or 10^3.
var (
	longPrefixes   = []string{"kilo", "mega", "giga", "tera", "peta", "exa"}
	binaryPrefixes = []string{"kibi", "mebi", "gibi", "tebi", "pebi", "exbi"}
)

// The abbreviations are matched as written, because "Mb" may be a megabit.
var abbreviations = map[string]word{
	"B":  {base: baseByte, deviation: Spelling},
	"KB": {base: baseByte, two: 10, deviation: Assumption, why: binaryWhy}, "kB": {base: baseByte, two: 10, deviation: Assumption, why: binaryWhy},
	"MB": {base: baseByte, two: 20, deviation: Assumption, why: binaryWhy},
	"GB": {base: baseByte, two: 30, deviation: Assumption, why: binaryWhy},
	"TB": {base: baseByte, two: 40, deviation: Assumption, why: binaryWhy},
	"PB": {base: baseByte, two: 50, deviation: Assumption, why: binaryWhy},

	"KiB": {base: baseByte, two: 10, deviation: Spelling},
	"MiB": {base: baseByte, two: 20, deviation: Spelling},
	"GiB": {base: baseByte, two: 30, deviation: Spelling},
	"TiB": {base: baseByte, two: 40, deviation: Spelling},
	"PiB": {base: baseByte, two: 50, deviation: Spelling},

	"Hz":  {base: baseHertz, deviation: Spelling},
	"kHz": {base: baseHertz, ten: 3, deviation: Spelling}, "KHz": {base: baseHertz, ten: 3, deviation: Spelling},
	"MHz": {base: baseHertz, ten: 6, deviation: Spelling}, "Mhz": {base: baseHertz, ten: 6, deviation: Spelling},
	"GHz": {base: baseHertz, ten: 9, deviation: Spelling}, "Ghz": {base: baseHertz, ten: 9, deviation: Spelling},

	// XenCenter writes what it counts in place of a unit.
	"Ports":           {base: baseCount, deviation: Assumption, why: xenWhy},
	"Processor Cores": {base: baseCount, deviation: Assumption, why: xenWhy},
	"Disk":            {base: baseCount, deviation: Assumption, why: xenWhy},
	"DVD Drives":      {base: baseCount, deviation: Assumption, why: xenWhy},
}

// Descriptors from before DSP0004 units mean powers of two by the words for
// powers of ten, for memory and for disks alike. VirtualBox, CloudStack and
// forklift read them so; govmomi takes 10^6 for a disk and 2^20 for memory.
const (
	binaryWhy = "read as a power of two, as the producers of these words mean it"
	xenWhy    = "read as a number of devices, as XenCenter means it"
)

// lookup finds a base unit or word. name has single blanks only.
func lookup(name string) (word, bool) {
	low := strings.ToLower(name)
	if baseUnits[low] == name || strings.Contains(name, ":") { // org:unit is a vendor's own unit
		return word{base: name}, true
	}
	if w, ok := abbreviations[name]; ok {
		return w, true
	}
	if w, ok := lookupLong(low); ok {
		return w, true
	}
	if s, ok := strings.CutSuffix(low, "s"); ok {
		return lookupLong(s)
	}
	return word{}, false
}

// lookupLong finds a spelt-out word in lower case and singular.
func lookupLong(low string) (word, bool) {
	if name, ok := baseUnits[low]; ok {
		return word{base: name, deviation: Spelling}, true
	}
	for i, p := range longPrefixes {
		switch step := uint(i) + 1; low {
		case p + baseByte:
			return word{base: baseByte, two: 10 * step, deviation: Assumption, why: binaryWhy}, true
		case p + baseHertz:
			return word{base: baseHertz, ten: 3 * step, deviation: Spelling}, true
		}
	}
	for i, p := range binaryPrefixes {
		if low == p+baseByte {
			return word{base: baseByte, two: 10 * (uint(i) + 1), deviation: Spelling}, true
		}
	}
	return word{}, false
}
