package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ovfkit/ovf/sign"
)

// passphraseVariable is the environment variable with the passphrase of a key. A
// passphrase is never an argument: everyone can see those of a running program.
const passphraseVariable = "OVF_PASSPHRASE"

// signKey is the flags of verbs that sign.
type signKey struct {
	key, cert, passphrase, command string
}

func (k *signKey) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&k.key, "key", "", "`file` with the private key: PEM or PKCS #12")
	f.StringVar(&k.cert, "cert", "", "`file` with the certificate of the key and its intermediates, PEM; not needed if the key's file has them")
	f.StringVar(&k.passphrase, "passphrase-file", "", "`file` with the passphrase of the key; else "+passphraseVariable+" is taken, or a terminal asked")
	f.StringVar(&k.command, "sign-command", "", "`command` that reads the manifest and prints the raw signature, in place of a key; it is run without a shell")
	cmd.MarkFlagsMutuallyExclusive("key", "sign-command")
}

// given tells whether anything is to be signed.
func (k *signKey) given() bool { return k.key != "" || k.command != "" }

// check makes sure that the flags fit together.
func (k *signKey) check() error {
	switch {
	case k.cert != "" && !k.given():
		return errors.New("--cert needs --key or --sign-command")
	case k.command != "" && k.cert == "":
		return errors.New("--sign-command needs --cert")
	case k.passphrase != "" && k.key == "":
		return errors.New("--passphrase-file needs --key")
	}
	return nil
}

// loadKey reads key and certificates. Without either it returns nil.
func (c *cli) loadKey(ctx context.Context, k *signKey) (crypto.Signer, []*x509.Certificate, error) {
	if !k.given() {
		return nil, nil, nil
	}
	var key crypto.Signer
	var chain []*x509.Certificate
	if k.key != "" {
		data, err := readKeyFile(k.key)
		if err != nil {
			return nil, nil, err
		}
		if key, chain, err = c.parseKey(k, data); err != nil {
			return nil, nil, err
		}
		if k.cert == "" && chain == nil {
			if chain, err = sign.ParseChain(k.key, data); err != nil {
				return nil, nil, usagef("%s: has no certificate; give it with --cert", k.key)
			}
		}
	}
	if k.cert != "" {
		data, err := readKeyFile(k.cert)
		if err != nil {
			return nil, nil, err
		}
		if chain, err = sign.ParseChain(k.cert, data); err != nil {
			return nil, nil, err
		}
	}
	if k.command != "" {
		words := strings.Fields(k.command)
		key = sign.NewCommandSigner(ctx, chain[0].PublicKey, false, words[0], words[1:]...)
	}
	return key, chain, nil
}

// parseKey reads a key in either form, asking for the passphrase if it needs one.
func (c *cli) parseKey(k *signKey, data []byte) (key crypto.Signer, chain []*x509.Certificate, err error) {
	parse := func(passphrase []byte) error {
		if block, _ := pem.Decode(data); block == nil && bytes.HasPrefix(data, []byte{0x30}) { // DER
			key, chain, err = sign.ParsePKCS12(k.key, data, passphrase)
		} else {
			key, err = sign.ParseKey(k.key, data, passphrase)
		}
		return err
	}
	passphrase, given, err := k.stored()
	if err != nil {
		return nil, nil, err
	}
	if err := parse(passphrase); !errors.Is(err, sign.ErrPassphrase) || given {
		return key, chain, err
	}
	if passphrase, given = c.ask("Passphrase of " + k.key + ": "); given {
		err = parse(passphrase)
	}
	return key, chain, err
}

// stored returns the passphrase of the file or of the environment.
func (k *signKey) stored() (passphrase []byte, given bool, err error) {
	if k.passphrase != "" {
		data, err := readKeyFile(k.passphrase)
		return bytes.TrimRight(data, "\r\n"), true, err
	}
	s, given := os.LookupEnv(passphraseVariable)
	return []byte(s), given, nil
}

// ask asks for a secret at the terminal, if there is one.
func (c *cli) ask(question string) ([]byte, bool) {
	in, ok := c.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return nil, false
	}
	fmt.Fprint(c.stderr, question)
	secret, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(c.stderr)
	return secret, err == nil
}

// readKeyFile reads a small file.
func readKeyFile(name string) ([]byte, error) {
	most := int64(sign.DefaultLimits().CertificateSize)
	f, err := open(name)
	if err != nil {
		return nil, &fileError{err}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, &fileError{plainPath(name, err)}
	case int64(len(data)) > most:
		return nil, usagef("%s: has more than %d bytes; is this the right file?", name, most)
	}
	return data, nil
}
