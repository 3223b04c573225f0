package ovf

import (
	"context"
	"net/http"

	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/sign"
	"github.com/ovfkit/ovf/xmltree"
)

// Options says how to open a package. The zero value is ready to use: default
// limits, and no file outside of the package is ever fetched.
type Options struct {
	// Limits bounds what a hostile package can cost.
	Limits Limits
	// Fetch opens the files of References whose href is a URL (DSP0243 7.1). Nil
	// leaves them unread: where a file comes from is for the caller to allow.
	// [FetchFrom] makes one for named hosts.
	Fetch Fetcher
	// HTTPClient is used for packages whose name is a URL. Nil means a client that
	// follows redirects, but never from https to http.
	HTTPClient *http.Client
	// Temp is the folder for temporary files: the content of a compressed file that
	// is read at random places, or a package of a server without ranges. Empty
	// means that of the system.
	Temp string
	// Progress is told how many bytes of the package were read since it was called
	// last, by [Package.Verify] and [VerifyStream]. It may be called from several
	// goroutines at a time. Nil is fine.
	Progress func(bytes int64)
}

// Fetcher opens a file outside of the package by its URL, for reading at any
// place, by several goroutines. The caller closes it.
type Fetcher func(ctx context.Context, href string) (disk.File, error)

// Limits bounds what a hostile package can cost. A zero field has the default.
type Limits struct {
	XML  xmltree.Limits // of the descriptor
	Sign sign.Limits    // of the manifest and the certificate

	// Members is the most members of an archive, and the most files of a folder
	// that are looked at; default 10,000.
	Members int
	// Files is the most File elements, and Chunks the most chunks of all of them;
	// defaults 10,000 and 100,000.
	Files, Chunks int
	// Expanded is the most bytes that one compressed file may have when it is
	// decompressed; default 1 TiB.
	Expanded int64
	// Ratio is the most bytes that one stored byte of a compressed file may
	// become, counted from the 64th MiB on; default 500.
	Ratio int64
	// Spool is the most bytes of all temporary files together; default 64 GiB.
	Spool int64
}

func (l Limits) withDefaults() Limits {
	l.XML = l.XML.WithDefaults()
	for _, f := range []struct {
		v   *int
		def int
	}{{&l.Members, 10_000}, {&l.Files, 10_000}, {&l.Chunks, 100_000}} {
		if *f.v <= 0 {
			*f.v = f.def
		}
	}
	for _, f := range []struct {
		v   *int64
		def int64
	}{{&l.Expanded, 1 << 40}, {&l.Ratio, 500}, {&l.Spool, 64 << 30}} {
		if *f.v <= 0 {
			*f.v = f.def
		}
	}
	if l.Sign.ManifestSize <= 0 {
		l.Sign.ManifestSize = sign.DefaultLimits().ManifestSize
	}
	if l.Sign.CertificateSize <= 0 {
		l.Sign.CertificateSize = sign.DefaultLimits().CertificateSize
	}
	return l
}
