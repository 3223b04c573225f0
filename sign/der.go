package sign

import (
	"encoding/asn1"
	"errors"
	"fmt"
)

// The DER tags that CMS and PKCS #8 need.
const (
	tagInteger     = 0x02
	tagOctetString = 0x04
	tagNull        = 0x05
	tagOID         = 0x06
	tagSequence    = 0x30
	tagSet         = 0x31
	tagContext     = 0xa0 // constructed, plus the number
	tagContextPrim = 0x80 // primitive, plus the number
)

var (
	errBER = errors.New("the encoding has an indefinite or padded length: it is BER, not DER")
	errDER = errors.New("the DER encoding is damaged")
)

// derReader walks through DER one value at a time. It copies nothing and never
// looks beyond its input, so its cost is bounded by the input's length.
type derReader []byte

// next takes one value and returns its tag, its content, and all of it.
func (d *derReader) next() (tag byte, body, full []byte, err error) {
	b := *d
	if len(b) < 2 {
		return 0, nil, nil, errDER
	}
	tag = b[0]
	if tag&0x1f == 0x1f {
		return 0, nil, nil, errDER // tags above 30 have no use here
	}
	n, head := int(b[1]), 2
	if n >= 0x80 {
		width := n & 0x7f
		if width == 0 {
			return 0, nil, nil, errBER
		}
		if width > 3 || len(b) < 2+width { // 16 MiB and more: beyond every limit
			return 0, nil, nil, errDER
		}
		n, head = 0, 2+width
		for _, c := range b[2:head] {
			n = n<<8 | int(c)
		}
		if n < 0x80 || n>>(8*(width-1)) == 0 {
			return 0, nil, nil, errBER
		}
	}
	if n > len(b)-head {
		return 0, nil, nil, errDER
	}
	full = b[:head+n]
	*d = b[head+n:]
	return tag, full[head:], full, nil
}

// take takes one value that must have the tag, and returns its content.
func (d *derReader) take(tag byte) (derReader, error) {
	got, body, _, err := d.next()
	if err != nil {
		return nil, err
	}
	if got != tag {
		return nil, fmt.Errorf("%w: tag %#02x where %#02x has to be", errDER, got, tag)
	}
	return body, nil
}

// optional takes a value if the next one has the tag.
func (d *derReader) optional(tag byte) (derReader, bool, error) {
	if len(*d) == 0 || (*d)[0] != tag {
		return nil, false, nil
	}
	body, err := d.take(tag)
	return body, true, err
}

// integer takes a small non-negative INTEGER.
func (d *derReader) integer() (int, error) {
	b, err := d.take(tagInteger)
	if err != nil {
		return 0, err
	}
	if len(b) == 0 || len(b) > 4 || b[0] >= 0x80 {
		return 0, errDER
	}
	n := 0
	for _, c := range b {
		n = n<<8 | int(c)
	}
	return n, nil
}

// algorithmID takes an AlgorithmIdentifier: the content of its OID, and its
// parameters in full (empty if absent).
func (d *derReader) algorithmID() (oid string, params derReader, err error) {
	seq, err := d.take(tagSequence)
	if err != nil {
		return "", nil, err
	}
	b, err := seq.take(tagOID)
	return string(b), seq, err
}

// oidText prints the content of an OBJECT IDENTIFIER with dots.
func oidText(content string) string {
	var oid asn1.ObjectIdentifier
	der := append([]byte{tagOID, byte(len(content))}, content...)
	if len(content) < 0x80 {
		if _, err := asn1.Unmarshal(der, &oid); err == nil {
			return oid.String()
		}
	}
	return fmt.Sprintf("%x", content)
}

// oidOf returns the content of the DER encoding of an OID.
func oidOf(arcs ...int) string {
	b, err := asn1.Marshal(asn1.ObjectIdentifier(arcs))
	if err != nil || len(b) < 2 {
		return ""
	}
	return string(b[2:])
}
