// Package sign checks and makes the two files that protect an OVF package: the
// manifest (.mf), a list of digests, and the certificate file (.cert), a
// signature over that list (DSP0243 5.1). It knows nothing of XML: to it a
// package is a list of named contents.
//
// # The two files
//
// A manifest has one line for each file of the package, the descriptor first:
//
//	SHA256(petstore.ovf)= 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
//	SHA256(petstore-disk1.vmdk)= fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9
//
// The certificate file has a line of the same form, whose hexadecimal digits
// are the signature over the bytes of the manifest, and the signer's X.509
// certificate:
//
//	SHA256(petstore.mf)= 5a1c…
//	-----BEGIN CERTIFICATE-----
//	…
//	-----END CERTIFICATE-----
//
// VirtualBox adds the signature once more as a CMS block; it is checked too.
//
// # Verifying
//
// [Verify] does everything at once and returns a [Report] with one [Row] for
// each check and file, also when it refuses:
//
//	report, err := sign.Verify(ctx, sign.Input{
//		Manifest:    sign.Document{Name: "petstore.mf", Data: mf},
//		Certificate: sign.Document{Name: "petstore.cert", Data: cert},
//		Members: []sign.Member{
//			{Name: "petstore.ovf", Role: sign.RoleDescriptor, Size: n, Content: ovf},
//			{Name: "petstore-disk1.vmdk", Size: m, Content: disk},
//		},
//	}, sign.Policy{Roots: roots})
//
// The [Policy] says what is asked for. Its zero value asks for everything and
// trusts nobody, so it refuses every package. A [Level] says what may be absent:
//
//	Trusted     the signature chains to one of your roots (zero value)
//	AnyIssuer   signed, but nobody needs to vouch for the signer
//	Unsigned    a complete and right manifest, no signature
//	NoManifest  nothing
//
// What is present is checked at every level: a wrong digest or a signature that
// does not match is refused even at NoManifest. The Allow fields give up single
// checks, and Report.GaveUp names those that an accepted package needed.
// To accept one publisher and nobody else, pin it in Policy.Publishers; a pinned
// fingerprint needs no roots (with the level AnyIssuer), and a pin makes a
// removed signature an error at every level.
//
// A check passed, failed, was skipped (did not apply), or is inconclusive: could
// not be made, as for a file that is not at hand. Inconclusive refuses like
// failed, with one exception: a CMS block in a form that is not read here, since
// the standard's signature line decides.
//
// # Reading after the verdict
//
// Between [Verify] and the use of a file its bytes can change. [NewReader] checks
// them again on the way: in place of io.EOF it returns a [*DigestError] or a
// [*SizeError]. For a stream whose manifest comes last, compute the digests on
// the way with a [Hasher] and hand them to Verify in Member.Digests.
//
// # Signing
//
// [NewManifest] computes the digests of all files side by side,
// [Manifest.WriteTo] writes the strict form, and [Sign] returns the content of
// the certificate file. The key is any crypto.Signer: [ParseKey] reads PEM files,
// [ParsePKCS12] PKCS #12 files, [CommandSigner] runs an external command. After an edit, change the manifest
// with [Manifest.Set] and sign its new bytes.
//
// # What is read and what is written
//
// Readers are tolerant, writers are strict. [ParseManifest] and
// [ParseCertificate] take what real producers write (CR LF, other spacing,
// SHA2-256 for SHA256, padding) with a warning each, and refuse whatever leaves
// a doubt about a file: an unknown algorithm, a digest of the wrong length, a
// name listed twice, a line that is no entry. Every refusal is a rule with a
// stable name; [Rules] lists them.
//
// SHA-1, SHA-256, SHA-384 and SHA-512 are read; SHA-256 is the default for
// writing. RSA PKCS #1 v1.5 is the standard's signature; RSA-PSS and ECDSA are
// accepted with a warning, since other products refuse them.
//
// # Security notes
//
// Everything is bounded by [Limits]. Nothing is fetched: no issuer, no
// revocation list. Names from a package are quoted in messages, but [Row] and
// [Signer] hold them as they are. Keys of fewer than 1024 bits are never used,
// and those above 16384 bits are refused, since one check with them takes too
// long. The standard library builds no chain over certificates signed with MD5
// or SHA-1; such a signer can only be accepted by putting its certificate into
// the roots or by the level AnyIssuer.
//
// A signature does not say when it was made. Policy.Time is the moment at which
// certificates are judged, usually now; to accept a package that was good once,
// set it to a time you know the package existed.
package sign
