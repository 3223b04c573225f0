package ova

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// The places of the fields of a header: first byte and the one behind.
var (
	fieldName     = [2]int{0, 100}
	fieldSize     = [2]int{124, 136}
	fieldChecksum = [2]int{148, 156}
	fieldMagic    = [2]int{257, 265}
	fieldPrefix   = [2]int{345, 500}
)

const fieldType = 156

// The types of members that mean something here.
const (
	typeOld      = 0
	typeFile     = '0'
	typeFolder   = '5'
	typePAX      = 'x'
	typeGlobal   = 'g'
	typeLongName = 'L'
	typeLongLink = 'K'
	typeSparse   = 'S'
)

// typeNames are for messages.
var typeNames = map[byte]string{'1': "a hard link", '2': "a symbolic link", '3': "a character device", '4': "a block device", '6': "a named pipe", '7': "a contiguous file"}

type format uint8

const (
	formatV7 format = iota
	formatUSTAR
	formatGNU
)

// memberHeader is one header block, taken apart.
type memberHeader struct {
	format    format
	typ       byte
	name      string
	size      int64
	large     bool // the size is in the binary form of GNU
	canonical bool // the checksum is in the usual form
}

func field(b *[block]byte, f [2]int) []byte { return b[f[0]:f[1]] }

// parseHeader reads a block that is not all zeros. The reason says what is wrong
// with it, "" if nothing.
func parseHeader(b *[block]byte) (h memberHeader, reason string) {
	want, ok := parseOctal(field(b, fieldChecksum))
	if !ok || want != checksum(b) {
		return h, "the checksum is wrong"
	}
	c := field(b, fieldChecksum)
	h.canonical = c[6] == 0 && c[7] == ' ' && bytes.IndexByte(c[:6], ' ') < 0
	switch magic := field(b, fieldMagic); {
	case bytes.HasPrefix(magic, []byte("ustar\x00")): // VMware's tools write a blank in place of the version "00"
		h.format = formatUSTAR
	case string(magic) == "ustar  \x00":
		h.format = formatGNU
	case bytes.HasPrefix(magic, []byte("ustar")):
		return h, "the version of the format is unknown"
	}
	h.typ = b[fieldType]
	name, ok := text(field(b, fieldName))
	if !ok {
		return h, "the name has bytes behind its end"
	}
	h.name = name
	if h.format == formatUSTAR {
		prefix, ok := text(field(b, fieldPrefix))
		if !ok {
			return h, "the name has bytes behind its end"
		}
		if prefix != "" {
			h.name = prefix + "/" + name
		}
	}
	size := field(b, fieldSize)
	if size[0]&0x80 != 0 {
		h.large = true
		if h.size, ok = binarySize(size); !ok {
			return h, "the size is negative or too large"
		}
		return h, ""
	}
	if h.size, ok = parseOctal(size); !ok {
		return h, "the size is no octal number"
	}
	return h, ""
}

// checksum adds all bytes, the checksum itself taken for spaces.
func checksum(b *[block]byte) int64 {
	var sum int64
	for i, c := range b {
		if i >= fieldChecksum[0] && i < fieldChecksum[1] {
			c = ' '
		}
		sum += int64(c)
	}
	return sum
}

// text returns a string that ends at the first NUL; ok is false if something
// follows it.
func text(b []byte) (string, bool) {
	s, rest, _ := bytes.Cut(b, []byte{0})
	return string(s), len(bytes.Trim(rest, "\x00")) == 0
}

// parseOctal reads a number of up to 12 digits, with spaces before it and spaces or
// NULs behind it.
func parseOctal(b []byte) (int64, bool) {
	s := strings.TrimRight(strings.TrimLeft(string(b), " "), " \x00")
	n, err := strconv.ParseUint(s, 8, 36)
	return int64(n), err == nil
}

// binarySize reads the form of GNU for sizes from 8 GiB.
func binarySize(b []byte) (int64, bool) {
	for _, c := range b[1:4] {
		if c != 0 {
			return 0, false
		}
	}
	n := binary.BigEndian.Uint64(b[4:])
	// so that offsets cannot overflow
	return int64(n), b[0] == 0x80 && n < 1<<62
}

// paxRecords reads the records of a PAX header that mean something here: path
// and size, and whether there are others that change what a member is.
type paxRecords struct {
	path    string
	size    int64 // -1 if there is none
	sparse  bool
	link    bool
	hasPath bool
}

func parsePAX(data []byte) (paxRecords, error) {
	p := paxRecords{size: -1}
	for len(data) > 0 {
		digits, _, ok := bytes.Cut(data[:min(len(data), 8)], []byte{' '})
		n, err := strconv.Atoi(string(digits))
		if !ok || err != nil || n <= len(digits)+1 || n > len(data) || data[n-1] != '\n' {
			return p, fmt.Errorf("a record is not of the form LENGTH KEY=VALUE")
		}
		key, value, ok := strings.Cut(string(data[len(digits)+1:n-1]), "=")
		if !ok || key == "" {
			return p, fmt.Errorf("a record is not of the form LENGTH KEY=VALUE")
		}
		data = data[n:]
		switch {
		case key == "path":
			if p.hasPath {
				return p, fmt.Errorf("it has two paths")
			}
			p.path, p.hasPath = value, true
		case key == "size":
			size, err := strconv.ParseUint(value, 10, 62)
			if err != nil || p.size >= 0 {
				return p, fmt.Errorf("the size %s is no number, or there are two", diag.Quote(value))
			}
			p.size = int64(size)
		case key == "linkpath":
			p.link = true
		case strings.HasPrefix(key, "GNU.sparse."):
			p.sparse = true
		}
	}
	return p, nil
}
