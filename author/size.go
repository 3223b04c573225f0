package author

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// Size is a count or a number of bytes. Its text form is a whole number, which may
// have a unit: "64 MiB", "2GiB", "10 GB".
type Size uint64

var sizeUnits = map[string]uint64{
	"": 1, "b": 1,
	"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
}

// ParseSize reads the text form. Letter case has no meaning.
func ParseSize(text string) (Size, error) {
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	unit, ok := sizeUnits[strings.ToLower(text[len(number):])]
	n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 64)
	if !ok || err != nil {
		return 0, fmt.Errorf("%s is no size; write a whole number with a unit, as 512 MiB or 2 GiB", diag.Quote(text))
	}
	high, low := bits.Mul64(n, unit)
	if high != 0 {
		return 0, fmt.Errorf("%s is more than 2^64 bytes", diag.Quote(text))
	}
	return Size(low), nil
}

// String returns the shortest exact text with a unit of the power of two.
func (s Size) String() string {
	for _, u := range []struct {
		shift uint
		name  string
	}{{40, "TiB"}, {30, "GiB"}, {20, "MiB"}, {10, "KiB"}} {
		if n := uint64(s); n>>u.shift != 0 && n%(1<<u.shift) == 0 {
			return strconv.FormatUint(n>>u.shift, 10) + " " + u.name
		}
	}
	return strconv.FormatUint(uint64(s), 10)
}
