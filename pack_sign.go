package ovf

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"

	"github.com/ovfkit/ovf/internal/atomicfile"
	"github.com/ovfkit/ovf/internal/ova"
	"github.com/ovfkit/ovf/internal/pathname"
	"github.com/ovfkit/ovf/internal/source"
	"github.com/ovfkit/ovf/sign"
)

// ErrNotLocal says that a package cannot be signed where it is.
var ErrNotLocal = errors.New("only an archive can be signed to another file, and only a folder in its place")

// Signing says how [Package.Sign] signs.
type Signing struct {
	// Key signs; Chain is its certificate, and its intermediates if they are to be
	// stored (see [sign.Sign]).
	Key   crypto.Signer
	Chain []*x509.Certificate
	// Renew makes the manifest anew: after an edit of the package, or for another
	// digest. Without it a manifest that is there is kept, byte for byte, after all
	// files were compared with it.
	Renew bool
	// Digest is the algorithm of the signature, and of a new manifest. Zero means
	// SHA-256.
	Digest sign.Algorithm
	// First puts manifest and certificate behind the descriptor of an archive, not at
	// the end.
	First bool
}

// Sign signs the package: it adds the certificate file, or replaces it, and makes
// the manifest if there is none or it is to be renewed (DSP0243 5.1). All files are
// read first, and a package that does not match its manifest is not signed: the
// error is that of [Package.Verify].
//
// An archive is written anew, with the same files, to name, which may be its own:
// it is replaced as a whole at the end. For a folder name must be empty: manifest
// and certificate are put beside the descriptor. Sign returns the names of the two.
// p still is the package as it was opened.
func (p *Package) Sign(ctx context.Context, name string, s Signing) (manifest, certificate string, err error) {
	archive := p.Archive()
	_, folder := p.store.(*source.Folder)
	if archive != (name != "") || !archive && !folder {
		return "", "", ErrNotLocal
	}
	if s.Digest == 0 {
		s.Digest = sign.SHA256
	}
	in := p.signInput()
	if err := in.Problems.Err(); err != nil {
		return "", "", err
	}
	if in.Manifest, err = p.manifestToSign(ctx, s); err != nil {
		return "", "", err
	}
	_, cert := siblings(p.descriptor)
	in.Certificate = sign.Document{Name: cert}
	if in.Certificate.Data, err = sign.Sign(in.Manifest.Name, in.Manifest.Data, s.Key, s.Chain, sign.Options{Digest: s.Digest}); err != nil {
		return "", "", err
	}
	if !archive {
		err = writeBeside(filepath.Dir(p.name), in)
	} else {
		err = p.writeSigned(ctx, name, &in, s.First)
	}
	return in.Manifest.Name, in.Certificate.Name, err
}

// manifestToSign returns the manifest of the package, verified, or a new one.
func (p *Package) manifestToSign(ctx context.Context, s Signing) (sign.Document, error) {
	v := verification{pkg: p, ctx: ctx, seals: map[string]*source.Sealer{}}
	defer v.close()
	in := p.signInput()
	for i := range in.Members {
		v.content(&in.Members[i])
	}
	in.Members = append(in.Members, v.remotes()...)
	if p.manifest.Name != "" && !s.Renew {
		in.Certificate = sign.Document{} // it goes; what the files are is all that counts
		_, err := sign.Verify(ctx, in, p.policy(sign.Policy{Level: sign.Unsigned, AllowSHA1: true}))
		return p.manifest, err
	}
	name, _ := siblings(p.descriptor)
	m, err := sign.NewManifest(ctx, name, s.Digest, in.Members, 0)
	if err != nil {
		return sign.Document{}, err
	}
	for i, mb := range in.Members {
		if mb.Href != "" && pathname.Problem(mb.Href) == "" {
			m.Entries[i].Name = mb.Href // as References have it
		}
	}
	var b bytes.Buffer
	_, err = m.WriteTo(&b)
	return sign.Document{Name: name, Data: b.Bytes()}, err
}

// writeBeside writes manifest and certificate into a folder. A certificate that
// does not fit goes first: without one nobody is misled.
func writeBeside(folder string, in sign.Input) error {
	cert := filepath.Join(folder, in.Certificate.Name)
	manifest := filepath.Join(folder, in.Manifest.Name)
	if old, err := os.ReadFile(manifest); err != nil || !bytes.Equal(old, in.Manifest.Data) {
		if err := os.Remove(cert); err != nil && !os.IsNotExist(err) {
			return err
		}
		if err := atomicfile.WriteFile(manifest, in.Manifest.Data); err != nil {
			return err
		}
	}
	return atomicfile.WriteFile(cert, in.Certificate.Data)
}

// writeSigned writes the archive anew, and verifies once more what it copies.
func (p *Package) writeSigned(ctx context.Context, name string, in *sign.Input, first bool) error {
	f, err := atomicfile.Create(name)
	if err != nil {
		return err
	}
	defer f.Discard()
	m, list := sign.ParseManifest(in.Manifest.Name, in.Manifest.Data, p.options.Limits.Sign)
	if err := list.Err(); err != nil {
		return err
	}
	if err := p.copyTo(ctx, &archiveSink{ova.NewWriter(f)}, in, first, algorithms(m)); err != nil {
		return err
	}
	for _, mb := range in.Members {
		e, ok := m.Lookup(mb.Name)
		if !ok {
			e, ok = m.Lookup(mb.Href)
		}
		if got := mb.Digests[e.Algorithm]; ok && !bytes.Equal(got, e.Digest) {
			return &sign.DigestError{Name: mb.Name, Algorithm: e.Algorithm, Want: e.Digest, Got: got}
		}
	}
	return f.Commit()
}
