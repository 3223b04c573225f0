package readers

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/xmltree"
	"github.com/vmware/govmomi/ovf"
)

// The names of the readers.
const (
	Decode   = "envelope.Decode"         // typed and lossless
	Rewrite  = "envelope.Decode + Write" // and written again, unchanged
	Parse    = "xmltree.Parse"           // the tree below it
	Libxml2  = "libxml2 DOM"             // xmlReadMemory and xmlFreeDoc, in C
	Govmomi  = "govmomi ovf.Unmarshal"   // typed, lossy
	RawToken = "encoding/xml RawToken"   // tokens, no model
)

// Reader reads a descriptor.
type Reader struct {
	Name string
	// Read returns the model that the reader makes, nil if it keeps none.
	Read func(data []byte) (any, error)
}

// All returns the readers that this build has.
func All() []Reader {
	all := []Reader{
		{Decode, func(data []byte) (any, error) { return decode(data) }},
		{Rewrite, rewrite},
		{Parse, func(data []byte) (any, error) { return xmltree.Parse("x.ovf", data, xmltree.Limits{}) }},
		{Govmomi, func(data []byte) (any, error) { return ovf.Unmarshal(bytes.NewReader(data)) }},
		{RawToken, rawTokens},
	}
	return append(all, libxml2()...)
}

// decode fails, too, if the descriptor has errors: it would be another amount
// of work.
func decode(data []byte) (*envelope.Envelope, error) {
	env, list, err := envelope.Decode(data, envelope.DecodeOptions{Name: "x.ovf"})
	if err == nil {
		err = list.Err()
	}
	return env, err
}

func rewrite(data []byte) (any, error) {
	env, err := decode(data)
	if err != nil {
		return nil, err
	}
	return env, envelope.Write(io.Discard, env)
}

func rawTokens(data []byte) (any, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := d.RawToken(); errors.Is(err, io.EOF) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
}
