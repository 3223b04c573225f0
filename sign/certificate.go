package sign

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// Certificate is the content of a .cert file (DSP0243 5.1): a line
//
//	SHA256(name.mf)= hex of the signature
//
// over the bytes of the manifest, and the signer's X.509 certificate as PEM.
// Further certificates are taken as intermediates. VirtualBox adds the same
// signature once more as a CMS block.
//
// Nothing in it is trusted by being here: [Verify] decides.
type Certificate struct {
	Name         string // name of the .cert file, for messages
	Algorithm    Algorithm
	Manifest     string // the file that the line names
	Signature    []byte
	Certificates []*x509.Certificate // in the order of the file; the first should be the signer's
	CMS          []byte              // DER of the CMS block, nil if there is none
	line         int                 // of the signature line
}

// ParseCertificate reads a certificate file. name is the file's name; data is
// not kept. Like [ParseManifest] it is tolerant and says so; the result is
// never nil and holds what could be read.
func ParseCertificate(name string, data []byte, lim Limits) (*Certificate, diag.List) {
	lim = lim.withDefaults()
	c := &Certificate{Name: name}
	if len(data) > lim.CertificateSize {
		return c, diag.List{problem(ruleCertificateLimit, diag.Location{File: name},
			"the certificate file is larger than "+plural(lim.CertificateSize, "byte", "bytes")+" and is not read",
			"see whether this is a certificate file at all; Limits.CertificateSize can be raised", nil)}
	}
	if wideText(data) {
		return c, diag.List{wideTextProblem(name)}
	}
	p := certificateParser{c: c, lim: lim, notes: notes{file: name}}
	r := lineReader{data: data}
	if rest, ok := bytes.CutPrefix(data, utf8BOM); ok {
		p.notes.add(devBOM, diag.Location{File: name, Line: 1, Column: 1})
		r = lineReader{data: rest, offset: int64(len(utf8BOM))}
	}
	for l, ok := r.next(); ok; l, ok = r.next() {
		if len(p.list) >= lim.Diagnostics {
			p.report(ruleCertificateLimit, l.at(name, 0), "the certificate file has too many faults; the lines from here on were not looked at",
				"see whether this is a certificate file at all", nil)
			break
		}
		p.line(l)
	}
	return c, p.finish()
}

type certificateParser struct {
	c     *Certificate
	lim   Limits
	notes notes
	list  diag.List

	signatureAt diag.Location // of the first signature line
	afterLine   bool          // the last line with content was a signature line
	certs       int
	block       *pemBlock // the block that is open
}

type pemBlock struct {
	kind string
	at   diag.Location
	text strings.Builder
}

func (p *certificateParser) report(rule string, at diag.Location, message, hint string, err error) {
	p.list = append(p.list, problem(rule, at, message, hint, err))
}

func (p *certificateParser) line(l line) {
	at := l.at(p.c.Name, 0)
	if blank(l.text) {
		if p.block != nil {
			p.block.text.WriteString("\n")
		}
		p.notes.add(devBlank, at)
		return
	}
	p.notes.add(l.dev, at)
	if len(l.text) > p.lim.LineLength {
		p.report(ruleCertificateLimit, at, "the line is longer than "+plural(p.lim.LineLength, "byte", "bytes")+" and is not read",
			"see whether this is a certificate file at all; Limits.LineLength can be raised", nil)
		return
	}
	after := p.afterLine
	p.afterLine = false
	kind, begins := strings.CutPrefix(strings.TrimRight(l.text, " \t"), "-----BEGIN ")
	switch {
	case begins:
		p.unfinished()
		p.block = &pemBlock{kind: strings.TrimSuffix(kind, "-----"), at: at}
		p.block.text.WriteString(l.text + "\n")
	case p.block != nil:
		p.block.text.WriteString(l.text + "\n")
		if strings.HasPrefix(l.text, "-----END ") {
			b := p.block
			p.block = nil
			p.endBlock(b)
		}
	case p.signatureLine(l):
		p.afterLine = true
	case after && hexDigits(strings.TrimSpace(l.text)) == len(strings.TrimSpace(l.text)):
		p.report(ruleCertificateLineWrapped, at, "the signature goes on in this line, but it has to stand in one line with its file name, so it would be read cut off",
			"join the two lines, or sign again", nil)
		p.afterLine = true
	default:
		p.report(ruleCertificateText, at, "the text "+diag.Quote(l.text)+" is neither the signature line nor part of a PEM block; it is ignored",
			"remove it", nil)
	}
}

// unfinished reports an open block that nothing closes.
func (p *certificateParser) unfinished() {
	if p.block != nil {
		p.report(ruleCertificatePEM, p.block.at, "the PEM block "+diag.Quote(p.block.kind)+" has no end, so its content is lost",
			"add the line -----END "+printable(p.block.kind)+"-----, or write the file again", nil)
		p.block = nil
	}
}

// signatureLine reads "ALG(name)= hex" and reports whether it was one.
func (p *certificateParser) signatureLine(l line) bool {
	d, ok := cutDigestLine(l.text)
	if !ok {
		return false
	}
	at := l.at(p.c.Name, 0)
	if p.signatureAt.Line > 0 {
		p.report(ruleCertificateLines, at, "this is a second signature line; it is not known which one counts", "keep the one for the manifest", nil)
		p.list[len(p.list)-1].Related = []diag.Related{{Location: p.signatureAt, Message: "the first one"}}
		return true
	}
	p.signatureAt = at
	p.c.line, p.c.Manifest, p.c.Algorithm = l.number, d.name, d.alg
	if p.certs > 0 || p.c.CMS != nil {
		p.report(ruleCertificateOrder, at, "the signature line comes after a PEM block", "put it first", nil)
	}
	if d.alg == 0 {
		p.list = append(p.list, unknownAlgorithm(ruleCertificateAlgorithm, l.at(p.c.Name, d.labelAt), d.label, "of the signature line"))
	}
	text := strings.ReplaceAll(d.value, " ", "")
	if text != d.value {
		d.dev |= devSpacing
	}
	sig, err := hex.DecodeString(text)
	if err != nil || len(sig) == 0 {
		sig = nil // the part before the fault is no signature
		p.report(ruleCertificateSignature, l.at(p.c.Name, d.valueAt), "the signature "+diag.Quote(d.value)+" is not an even number of hexadecimal digits, so it cannot be checked",
			"write the signature in hexadecimal, or sign again", err)
	} else if strings.ContainsAny(text, "ABCDEF") {
		d.dev |= devHexCase
	}
	p.c.Signature = sig
	p.notes.add(d.dev, at)
	return true
}

// endBlock takes a complete PEM block.
func (p *certificateParser) endBlock(b *pemBlock) {
	text := []byte(b.text.String())
	block, _ := pem.Decode(text)
	if block == nil {
		p.report(ruleCertificatePEM, b.at, "the PEM block "+diag.Quote(b.kind)+" is damaged: it is not base64 between matching BEGIN and END lines",
			"write the file again", nil)
		return
	}
	if !bytes.Equal(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}), text) {
		p.report(ruleCertificatePEMForm, b.at, "the PEM block "+diag.Quote(b.kind)+" is not in the usual form: 64 characters a line, no headers, nothing after the padding",
			"write it with openssl x509", nil)
	}
	switch {
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		p.report(ruleCertificatePrivateKey, b.at, "the certificate file holds a private key; whoever has the package can sign in the publisher's name",
			"have the certificate revoked, make a new key, and write only certificates into the file", nil)
	case block.Type == "CERTIFICATE" || block.Type == "X509 CERTIFICATE":
		p.certificate(b, block.Bytes)
	case (block.Type == "CMS" || block.Type == "PKCS7" || block.Type == "PKCS #7 SIGNED DATA") && p.c.CMS == nil:
		p.c.CMS = block.Bytes
	default:
		p.report(ruleCertificateBlock, b.at, "the PEM block "+diag.Quote(block.Type)+" is not looked at: a certificate file has certificates and at most one CMS block",
			"remove it", nil)
	}
}

func (p *certificateParser) certificate(b *pemBlock, der []byte) {
	p.certs++
	if p.certs > p.lim.Certificates {
		if p.certs == p.lim.Certificates+1 {
			p.report(ruleCertificateLimit, b.at, "the file holds more than "+plural(p.lim.Certificates, "certificate", "certificates"),
				"keep the signer's and its intermediates; Limits.Certificates can be raised", nil)
		}
		return
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		p.report(ruleCertificateX509, b.at, "the certificate cannot be parsed ("+printable(err.Error())+"), so its key cannot be used",
			"put the signer's X.509 certificate here", err)
		return
	}
	if bits := oversized(c); bits > 0 {
		p.report(ruleCertificateKeySize, b.at, "the certificate has an RSA key of "+plural(bits, "bit", "bits")+"; keys above "+plural(maxRSABits, "bit", "bits")+" are not used, since one check takes too long",
			"use a key of 2048 to 4096 bits", nil)
		return
	}
	if p.certs == 2 {
		p.report(ruleCertificateExtra, b.at, "there is more than one certificate; those after the signer's are taken as intermediates",
			"nothing, if the consumers of the package take intermediates", nil)
	}
	p.c.Certificates = append(p.c.Certificates, c)
}

// oversized returns the length of an RSA key that is too long to use, else 0.
func oversized(c *x509.Certificate) int {
	if k, ok := c.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() > maxRSABits {
		return k.N.BitLen()
	}
	return 0
}

func (p *certificateParser) finish() diag.List {
	p.unfinished()
	file := diag.Location{File: p.c.Name}
	if p.signatureAt.Line == 0 {
		p.report(ruleCertificateLine, file, "the file has no signature line, so the certificate proves nothing about the package",
			"start the file with SHA256(name.mf)= and the signature of the manifest in hexadecimal, or sign again", nil)
	}
	if p.certs == 0 {
		p.report(ruleCertificateMissing, file, "the file has no X.509 certificate, so the signature cannot be checked",
			"append the signer's certificate as a PEM block", nil)
	}
	p.list = append(p.list, p.notes.list()...)
	p.list.Sort()
	return p.list
}
