package main

import (
	"bytes"
	"unicode/utf8"
)

// hidePasswords returns the text of a descriptor with an asterisk for each
// character in the values of password properties, since diagnostics show lines
// of it. The text may be no XML at all: this goes by the tags that it sees, and
// hides too much rather than too little.
func hidePasswords(text []byte) []byte {
	if !bytes.Contains(text, []byte("password")) {
		return text
	}
	var out []byte
	secret := false // inside of a property that mentions a password
	for len(text) > 0 {
		end := len(text) // a tag ends at the next one at the latest
		if k := bytes.IndexByte(text[1:], '<'); k >= 0 {
			end = k + 1
		}
		tag := text[:end]
		text = text[end:]
		name := tag[:len(tag)-len(bytes.TrimLeftFunc(tag, func(r rune) bool { return r > ' ' && r != '>' }))]
		if k := bytes.IndexByte(name, ':'); k >= 0 {
			name = name[k+1:]
		}
		switch string(bytes.TrimLeft(name, "<")) {
		case "Property":
			secret = bytes.Contains(tag, []byte("password"))
		case "Value":
		default:
			out = append(out, tag...)
			continue
		}
		if secret {
			out = appendHidden(out, tag)
		} else {
			out = append(out, tag...)
		}
	}
	return out
}

// appendHidden appends a tag with what its attributes named value hold hidden.
func appendHidden(out, tag []byte) []byte {
	for {
		k := bytes.Index(tag, []byte("value"))
		if k < 0 {
			return append(out, tag...)
		}
		k += len("value")
		out, tag = append(out, tag[:k]...), tag[k:]
		rest := bytes.TrimLeft(tag, " \t\r\n=")
		if len(rest) == len(tag) || len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			continue
		}
		out = append(out, tag[:len(tag)-len(rest)+1]...)
		value, after, closed := bytes.Cut(rest[1:], rest[:1])
		for range utf8.RuneCount(value) {
			out = append(out, '*')
		}
		if tag = after; closed {
			out = append(out, rest[0])
		}
	}
}
