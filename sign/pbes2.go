package sign

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
)

// The object identifiers of PBES2 (RFC 8018).
var (
	oidPBES2      = oidOf(1, 2, 840, 113549, 1, 5, 13)
	oidPBKDF2     = oidOf(1, 2, 840, 113549, 1, 5, 12)
	oidHMACSHA1   = oidOf(1, 2, 840, 113549, 2, 7)
	oidHMACSHA256 = oidOf(1, 2, 840, 113549, 2, 9)
	oidHMACSHA384 = oidOf(1, 2, 840, 113549, 2, 10)
	oidHMACSHA512 = oidOf(1, 2, 840, 113549, 2, 11)
)

// aesKeySizes are the ciphers: AES in CBC mode and the bytes of their keys.
var aesKeySizes = map[string]int{
	oidOf(2, 16, 840, 1, 101, 3, 4, 1, 2):  16,
	oidOf(2, 16, 840, 1, 101, 3, 4, 1, 22): 24,
	oidOf(2, 16, 840, 1, 101, 3, 4, 1, 42): 32,
}

// maxIterations bounds the work that a key file can ask for: some seconds.
const maxIterations = 10_000_000

var errKeyScheme = errors.New("only PBES2 with PBKDF2 and AES-CBC is supported")

// decryptPKCS8 opens an EncryptedPrivateKeyInfo (RFC 5958) and returns the
// PrivateKeyInfo in it.
func decryptPKCS8(der, passphrase []byte) ([]byte, error) {
	top := derReader(der)
	info, err := top.take(tagSequence)
	if err != nil {
		return nil, err
	}
	scheme, params, err := info.algorithmID()
	if err != nil {
		return nil, err
	}
	data, err := info.take(tagOctetString)
	if err != nil {
		return nil, err
	}
	if scheme != oidPBES2 {
		return nil, fmt.Errorf("%w, not the scheme %s", errKeyScheme, oidText(scheme))
	}
	seq, err := params.take(tagSequence)
	if err != nil {
		return nil, err
	}
	kdf, kdfParams, err := seq.algorithmID()
	if err != nil {
		return nil, err
	}
	enc, encParams, err := seq.algorithmID()
	if err != nil {
		return nil, err
	}
	size, ok := aesKeySizes[enc]
	if kdf != oidPBKDF2 || !ok {
		return nil, fmt.Errorf("%w, not %s with %s", errKeyScheme, oidText(kdf), oidText(enc))
	}
	iv, err := encParams.take(tagOctetString)
	if err != nil {
		return nil, err
	}
	if len(iv) != aes.BlockSize || len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return nil, errDER
	}
	if len(passphrase) == 0 {
		return nil, ErrPassphrase
	}
	key, err := deriveKey(kdfParams, passphrase, size)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > aes.BlockSize || pad > len(plain) {
		return nil, ErrPassphrase
	}
	for _, b := range plain[len(plain)-pad:] {
		if int(b) != pad {
			return nil, ErrPassphrase
		}
	}
	return plain[:len(plain)-pad], nil
}

// deriveKey runs PBKDF2 with the parameters of the file.
func deriveKey(params derReader, passphrase []byte, size int) ([]byte, error) {
	seq, err := params.take(tagSequence)
	if err != nil {
		return nil, err
	}
	salt, err := seq.take(tagOctetString)
	if err != nil {
		return nil, err
	}
	iterations, err := seq.integer()
	if err != nil {
		return nil, err
	}
	if iterations < 1 || iterations > maxIterations {
		return nil, fmt.Errorf("%w, with 1 to %d iterations", errKeyScheme, maxIterations)
	}
	if length, there, err := seq.optionalInteger(); err != nil || there && length != size {
		return nil, errDER
	}
	hashes := map[string]func() hash.Hash{oidHMACSHA1: sha1.New, oidHMACSHA256: sha256.New, oidHMACSHA384: sha512.New384, oidHMACSHA512: sha512.New}
	prf := oidHMACSHA1 // the default
	if len(seq) > 0 {
		if prf, _, err = seq.algorithmID(); err != nil {
			return nil, err
		}
	}
	h, ok := hashes[prf]
	if !ok {
		return nil, fmt.Errorf("%w, not the function %s", errKeyScheme, oidText(prf))
	}
	return pbkdf2.Key(h, string(passphrase), salt, iterations, size)
}

// optionalInteger takes an INTEGER if the next value is one.
func (d *derReader) optionalInteger() (int, bool, error) {
	if len(*d) == 0 || (*d)[0] != tagInteger {
		return 0, false, nil
	}
	n, err := d.integer()
	return n, true, err
}
