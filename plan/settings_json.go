package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// json reads a JSON object.
func (f *settingsFile) json() {
	dec := json.NewDecoder(bytes.NewReader(f.data))
	dec.UseNumber()
	// next returns a token and the offset at which it starts.
	next := func() (json.Token, int, bool) {
		start := int(dec.InputOffset())
		t, err := dec.Token()
		for start < len(f.data) && bytes.IndexByte([]byte(" \t\r\n,:"), f.data[start]) >= 0 {
			start++
		}
		if err == nil {
			return t, start, true
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			f.jsonError(len(f.data), "the file ends too early")
		} else {
			f.jsonError(start, err.Error()) // the place in err is not always that of the mistake
		}
		return nil, start, false
	}
	t, start, ok := next()
	if !ok {
		return
	}
	if t != json.Delim('{') {
		f.report("settings-structure", f.at(start), "the file is no JSON object").Hint = `write { "name": "value" }`
		return
	}
	for dec.More() {
		k, at, ok := next()
		if !ok {
			return
		}
		key, _ := k.(string) // the decoder takes nothing else for a key
		v, valueAt, ok := next()
		if !ok {
			return
		}
		switch v := v.(type) {
		case string:
			f.add(key, v, f.at(at))
		case json.Number:
			f.add(key, v.String(), f.at(at))
		case bool:
			f.add(key, strconv.FormatBool(v), f.at(at))
		case nil:
			f.empty(key, f.at(valueAt))
		default:
			f.nested(key, "a group or a list", f.at(valueAt))
			if !skipJSON(next) {
				return
			}
		}
	}
	if _, _, ok := next(); !ok {
		return
	}
	if rest := bytes.TrimLeft(f.data[dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		f.jsonError(len(f.data)-len(rest), "there is something after the object")
	}
}

func (f *settingsFile) jsonError(offset int, what string) {
	f.report("settings-syntax", f.at(offset), "the file is no JSON: %s", what).Hint = `write { "name": "value" }`
}

// skipJSON reads to the end of the group or list that has begun.
func skipJSON(next func() (json.Token, int, bool)) bool {
	for depth := 1; depth > 0; {
		t, _, ok := next()
		if !ok {
			return false
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return true
}
