package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/ovfkit/ovf/diag"
)

// Bounds of what an external command may print, and of how long it may hold
// its output open after it was told to stop.
const (
	commandOutput = 64 << 10
	commandErrors = 4 << 10
	commandWait   = 5 * time.Second
)

// CommandSigner signs by running a command: for a key in a hardware module or
// a signing service. It is a crypto.Signer and a crypto.MessageSigner; [Sign]
// takes it like any key. It may be used from several goroutines.
//
// The command gets its input on standard input and has to print the raw
// signature (binary: PKCS #1 v1.5 or PSS for RSA, ASN.1 for ECDSA) on standard
// output, and nothing else. It is started without a shell. In its environment
// are OVF_SIGN_DIGEST (sha1, sha256, sha384, sha512) and OVF_SIGN_PADDING
// (pkcs1, pss, none). With openssl:
//
//	openssl dgst -sha256 -sign key.pem                          (whole message)
//	openssl pkeyutl -sign -inkey key.pem -pkeyopt digest:sha256 (digest)
type CommandSigner struct {
	ctx    context.Context // as in exec.CommandContext: the Signer interface has no place for it
	public crypto.PublicKey
	digest bool
	name   string
	args   []string
}

// NewCommandSigner returns a signer that runs name with args. public is the key
// of the certificate: what the command prints is checked with it. The end of
// ctx kills a running command.
//
// With digest false, the usual case, the command reads the manifest and makes
// the digest itself; with digest true it reads the binary digest.
func NewCommandSigner(ctx context.Context, public crypto.PublicKey, digest bool, name string, args ...string) *CommandSigner {
	return &CommandSigner{ctx: ctx, public: public, digest: digest, name: name, args: args}
}

// Public returns the key that was handed in.
func (s *CommandSigner) Public() crypto.PublicKey { return s.public }

// Sign runs the command with a digest on its input. A signer that gives its
// command whole messages returns an error.
func (s *CommandSigner) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if !s.digest {
		return nil, s.fail("it expects the whole message and was asked to sign a digest", "use crypto.SignMessage, or make the signer with digest true", nil)
	}
	return s.run(digest, opts)
}

// SignMessage runs the command with the message or its digest on its input.
func (s *CommandSigner) SignMessage(_ io.Reader, msg []byte, opts crypto.SignerOpts) ([]byte, error) {
	if s.digest {
		h := opts.HashFunc()
		if !h.Available() {
			return nil, s.fail("the digest "+h.String()+" is not available", "use SHA256", nil)
		}
		msg = hashOf(h, msg)
	}
	return s.run(msg, opts)
}

func (s *CommandSigner) run(input []byte, opts crypto.SignerOpts) ([]byte, error) {
	padding := "none"
	if _, ok := s.public.(*rsa.PublicKey); ok {
		padding = "pkcs1"
		if _, ok := opts.(*rsa.PSSOptions); ok {
			padding = "pss"
		}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.name, s.args...)
	cmd.WaitDelay = commandWait
	cmd.Env = append(os.Environ(), "OVF_SIGN_PADDING="+padding,
		"OVF_SIGN_DIGEST="+strings.ToLower(strings.ReplaceAll(opts.HashFunc().String(), "-", "")))
	cmd.Stdin = bytes.NewReader(input)
	stdout := &boundedBuffer{most: commandOutput, full: cancel}
	stderr := &boundedBuffer{most: commandErrors}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	said := ""
	if len(stderr.kept) > 0 {
		said = "; it says: " + quoteLong(strings.TrimSpace(string(stderr.kept)))
	}
	switch {
	case stdout.dropped:
		return nil, s.fail("it printed more than "+plural(commandOutput, "byte", "bytes")+", which is no signature", "let it print the raw signature alone", nil)
	case s.ctx.Err() != nil:
		return nil, s.fail("it was stopped before it had signed"+said, "allow it more time", s.ctx.Err())
	case err != nil:
		return nil, s.fail("it failed ("+printable(err.Error())+")"+said, "run it by hand with the manifest on its standard input", err)
	case len(stdout.kept) == 0:
		return nil, s.fail("it printed nothing"+said, "let it print the raw signature on standard output", nil)
	}
	if k, ok := s.public.(*rsa.PublicKey); ok && len(stdout.kept) != k.Size() {
		return nil, s.fail(fmt.Sprintf("it printed %d bytes; a signature of this key has %d", len(stdout.kept), k.Size()),
			"let it print the raw signature: no hexadecimal, no base64 (pipe it through base64 -d), no line feed", nil)
	}
	return stdout.kept, nil
}

func (s *CommandSigner) fail(what, hint string, err error) error {
	return refuse(ruleSignerCommand, diag.Location{}, "the signing command "+diag.Quote(s.name)+" gave no signature: "+what, hint, err)
}

// quoteLong is quote for the output of a command, which may be longer.
func quoteLong(s string) string {
	var parts []string
	for l := range strings.Lines(s) {
		parts = append(parts, diag.Quote(strings.TrimRight(l, "\r\n")))
		if len(parts) == 5 {
			break
		}
	}
	return strings.Join(parts, " ")
}

// boundedBuffer keeps the first bytes written to it and drops the rest, calling
// full once.
type boundedBuffer struct {
	kept    []byte
	most    int
	full    func()
	dropped bool
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	room := min(b.most-len(b.kept), len(p))
	b.kept = append(b.kept, p[:room]...)
	if room < len(p) {
		if !b.dropped && b.full != nil {
			b.full()
		}
		b.dropped = true
	}
	return len(p), nil
}
