// Package cells fits text from untrusted files into the columns of a terminal:
// one line, nothing invisible, nothing that a terminal obeys, wide characters
// counted as two.
//
//	s := cells.Clean("Pet\nstore \x1b[2J") // "Pet store ␛[2J"
//	s = cells.Cut(s, 10)                  // "Pet store…"
//
// Cut, Pad, Wrap and Width expect clean text.
package cells
