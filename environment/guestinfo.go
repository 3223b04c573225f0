package environment

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/xmltree"
)

// The variables in which a guest on VMware finds its document (interop; VMware),
// and the one encoding of them that is not plain text.
const (
	GuestInfoKey         = "guestinfo.ovfEnv"
	GuestInfoEncodingKey = "guestinfo.ovfEnv.encoding"
	GuestInfoGzip        = "gzip+base64"
)

// GuestInfoLimit is the most bytes of a guestinfo variable: the platform keeps
// them in the configuration file of the machine, which it bounds.
const GuestInfoLimit = 1 << 20

// ErrGuestInfoSize is the cause of the error for a document that is too long
// for a guestinfo variable.
var ErrGuestInfoSize = errors.New("too long for a guestinfo variable")

// GuestInfo returns the variables of the guestinfo transport for a document: the
// text as it is, or compressed together with the name of the encoding. Guests
// older than that encoding read the plain text only.
func GuestInfo(document []byte, compress bool) ([]Pair, error) {
	out := []Pair{{Key: GuestInfoKey}}
	if compress {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err == nil {
			_, err = z.Write(document)
			err = errors.Join(err, z.Close())
		}
		if err != nil {
			return nil, err
		}
		out[0].Value = base64.StdEncoding.EncodeToString(b.Bytes())
		out = append(out, Pair{GuestInfoEncodingKey, GuestInfoGzip})
	} else {
		out[0].Value = string(document)
	}
	if n := len(out[0].Value); n > GuestInfoLimit {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d; use the transport \"iso\"", ErrGuestInfoSize, n, GuestInfoLimit)
	}
	return out, nil
}

// ReadGuestInfo returns the document in a guestinfo variable and its encoding:
// nothing or "plain" for text, "base64", or "gzip+base64", with the short forms
// "b64" and "gz+b64". What it returns is bounded by the limit of bytes.
func ReadGuestInfo(value, encoding string, limits xmltree.Limits) ([]byte, error) {
	var r io.Reader = strings.NewReader(value)
	var zipped bool
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "plain":
	case GuestInfoGzip, "gz+b64", "gzip+b64", "gz+base64":
		zipped = true
		fallthrough
	case "base64", "b64":
		r = base64.NewDecoder(base64.StdEncoding, strings.NewReader(strings.TrimSpace(value)))
	default:
		return nil, fmt.Errorf("%s is %s: use %q, or leave it empty for plain text", GuestInfoEncodingKey, diag.Quote(encoding), GuestInfoGzip)
	}
	if zipped {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", GuestInfoKey, err)
		}
		r = z
	}
	most := limits.WithDefaults().Bytes
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", GuestInfoKey, err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s: holds more than the %d bytes that a document may have", GuestInfoKey, most)
	}
	return data, nil
}
