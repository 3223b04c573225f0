package ovf

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/sign"
)

// emitter writes a draft.
type emitter struct {
	*draft
	sink     sink
	copier   copier
	manifest sign.Manifest
	written  []Stored
}

func (e *emitter) emit(ctx context.Context) error {
	e.manifest.Name = e.base + ".mf"
	if err := e.small(e.base+".ovf", e.desc, true); err != nil {
		return err
	}
	if e.w.ManifestFirst {
		if err := e.digests(ctx); err != nil {
			return err
		}
		for _, p := range e.parts {
			for i, c := range p.pieces {
				e.list(c.listed, p.sums[i])
			}
		}
		if err := e.seal(); err != nil {
			return err
		}
	}
	for _, p := range e.parts {
		if err := e.part(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", diag.Quote(p.file.Href), err)
		}
	}
	if !e.w.ManifestFirst {
		if err := e.seal(); err != nil {
			return err
		}
	}
	return e.sink.end()
}

func (e *emitter) list(name string, sum []byte) {
	e.manifest.Entries = append(e.manifest.Entries, sign.Entry{Algorithm: e.alg, Name: name, Digest: sum})
}

// small writes a file that is in memory.
func (e *emitter) small(name string, data []byte, listed bool) error {
	out, err := e.sink.begin(name, int64(len(data)))
	if err != nil {
		return err
	}
	if _, err := out.Write(data); err != nil {
		return err
	}
	s := Stored{Name: name, Size: int64(len(data))}
	if listed {
		h := e.alg.New()
		h.Write(data)
		s.Algorithm, s.Digest = e.alg, hex.EncodeToString(h.Sum(nil))
		e.list(name, h.Sum(nil))
	}
	e.written = append(e.written, s)
	return nil
}

// seal writes the manifest and, with a key, the certificate.
func (e *emitter) seal() error {
	var mf bytes.Buffer
	if _, err := e.manifest.WriteTo(&mf); err != nil {
		return err
	}
	if err := e.small(e.manifest.Name, mf.Bytes(), false); err != nil || e.w.Key == nil {
		return err
	}
	cert, err := sign.Sign(e.manifest.Name, mf.Bytes(), e.w.Key, e.w.Chain, sign.Options{Digest: e.alg})
	if err != nil {
		return err
	}
	return e.small(e.base+".cert", cert, false)
}

// digests reads all contents once, for a manifest that comes before them.
func (e *emitter) digests(ctx context.Context) error {
	for _, p := range e.parts {
		err := e.read(ctx, p, func(r io.Reader, c piece) error {
			h := e.alg.New()
			if _, err := e.copier.copy(ctx, nil, h, r, c.size); err != nil {
				return err
			}
			p.sums = append(p.sums, h.Sum(nil))
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s: %w", diag.Quote(p.file.Href), err)
		}
	}
	return nil
}

// part writes one file, in its chunks.
func (e *emitter) part(ctx context.Context, p *part) error {
	if p.remote && p.sums != nil {
		return nil
	}
	i := 0
	return e.read(ctx, p, func(r io.Reader, c piece) error {
		var out io.Writer
		if !p.remote {
			var err error
			if out, err = e.sink.begin(c.name, c.size); err != nil {
				return err
			}
		}
		h := e.alg.New()
		if _, err := e.copier.copy(ctx, out, h, r, c.size); err != nil {
			return err
		}
		sum := h.Sum(nil)
		if p.sums == nil {
			e.list(c.listed, sum)
		} else if !bytes.Equal(sum, p.sums[i]) {
			return &sign.DigestError{Name: c.listed, Algorithm: e.alg, Want: p.sums[i], Got: sum}
		}
		if i++; !p.remote {
			e.written = append(e.written, Stored{Name: c.name, Size: c.size, Algorithm: e.alg, Digest: hex.EncodeToString(sum)})
		}
		return nil
	})
}

// read opens a part and hands it out in its pieces.
func (e *emitter) read(ctx context.Context, p *part, each func(io.Reader, piece) error) error {
	r, err := p.src.Open(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	for _, c := range p.pieces {
		if err := each(r, c); err != nil {
			var short *sign.SizeError
			if errors.As(err, &short) && short.Name == "" {
				short.Name = c.listed
			}
			return err
		}
	}
	return atEnd(r, p.file.Href, p.size)
}
