// Package diag is how every package of this module says what is wrong with an
// input, and where.
//
// # Findings
//
// A [Diagnostic] is one finding: how grave it is ([Severity]), which stage of
// reading found it ([Layer]), which rule was broken and where that rule stands,
// the place in the input ([Location]), a message that names the value, and a
// hint what to do about it. Many findings are a [List]. A List with an entry of
// severity [Error] is an error, too, and errors.Is and errors.As look into every
// entry:
//
//	env, list, err := envelope.Decode(data, envelope.DecodeOptions{Name: "petstore.ovf"})
//	if err != nil {
//		return err // nothing could be read
//	}
//	if err := list.Err(); err != nil {
//		return err // errors.As(err, &diag.List{}) gives the list back
//	}
//
// # Reporting
//
// Code that finds something appends to a List, or adds to a [Collector] where
// the input decides how much there is to find: it keeps a bounded number of
// diagnostics and counts the rest. A message is one line; a value from the input goes
// into it through [Quote], which bounds it and makes it printable. Each package
// that reports has a function Rules that returns its table of [Rule].
//
// # Showing
//
// [WriteText] is for people: each finding with its source line, the range marked
// below. [List.Summary] counts. The JSON form, by encoding/json, is for
// programs, and [WriteSARIF] for code hosts that annotate files. All three are
// safe with hostile content: no input can forge a line of the text, send a
// command to a terminal, or make the JSON invalid.
//
// [List.Filter] applies a user's [Overrides]: rules to ignore, and other
// severities.
//
// # Positions
//
// Lines and columns count from 1, columns in characters (Unicode code points, a
// tab is one), and the end column is the one after the last character. 0 is "not known"
// throughout. [Location.Offset] counts the bytes of the file as it was read,
// before any decoding of UTF-16 or Latin-1.
package diag
