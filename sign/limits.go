package sign

// Limits bounds what a hostile manifest or certificate file can cost. A field
// that is zero or negative takes its default, so the zero value is ready.
type Limits struct {
	ManifestSize    int // bytes of a manifest; default 16 MiB
	CertificateSize int // bytes of a certificate or key file; default 1 MiB
	LineLength      int // bytes of one line of either file; default 16 KiB
	Entries         int // entries of a manifest; default 100 000
	Certificates    int // X.509 certificates in one file, those of a CMS block included; default 16
	Diagnostics     int // diagnostics for one file; default 100
}

// DefaultLimits returns the limits that a zero [Limits] stands for.
func DefaultLimits() Limits {
	return Limits{
		ManifestSize:    16 << 20,
		CertificateSize: 1 << 20,
		LineLength:      16 << 10,
		Entries:         100_000,
		Certificates:    16,
		Diagnostics:     100,
	}
}

// Keys outside these bounds are not used at all: below, the standard library
// refuses them; above, one verification costs seconds.
const (
	minRSABits = 1024
	maxRSABits = 16384
)

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ v, def *int }{
		{&l.ManifestSize, &d.ManifestSize},
		{&l.CertificateSize, &d.CertificateSize},
		{&l.LineLength, &d.LineLength},
		{&l.Entries, &d.Entries},
		{&l.Certificates, &d.Certificates},
		{&l.Diagnostics, &d.Diagnostics},
	} {
		if *f.v <= 0 {
			*f.v = *f.def
		}
	}
	return l
}
