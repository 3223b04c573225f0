package diag

import (
	"strconv"
	"unicode/utf8"
)

// maxQuoted is how many characters of a value a message shows.
const maxQuoted = 80

// Quote returns s in double quotes, ready for a message: control, format and
// other invisible characters and bytes that are not UTF-8 appear as Go escapes,
// and of a long value only the start is shown, followed by its length in bytes.
// A message that names a value from the input uses Quote, so that no input can
// flood the output or forge a line of it.
func Quote(s string) string {
	if len(s) <= maxQuoted {
		return strconv.Quote(s)
	}
	end := 0
	for n := 0; n < maxQuoted && end < len(s); n++ {
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	if end == len(s) {
		return strconv.Quote(s)
	}
	q := strconv.Quote(s[:end])
	return q[:len(q)-1] + "…\" (" + strconv.Itoa(len(s)) + " bytes)"
}
