package sign

import (
	"slices"

	"github.com/ovfkit/ovf/diag"
)

// The names of the rules. They are stable: scripts match on them.
const (
	ruleLineSpacing    = "line-spacing"
	ruleLineLabelCase  = "line-label-case"
	ruleLineLabelAlias = "line-label-alias"
	ruleLineHexCase    = "line-hex-case"
	ruleLineEnding     = "line-ending"
	ruleLineBlank      = "line-blank"
	ruleLineBOM        = "line-bom"
	ruleLineEncoding   = "line-encoding"

	ruleManifestMissing       = "manifest-missing"
	ruleManifestLimit         = "manifest-limit"
	ruleManifestEmpty         = "manifest-empty"
	ruleManifestSyntax        = "manifest-syntax"
	ruleManifestCoreutils     = "manifest-coreutils"
	ruleManifestAlgorithm     = "manifest-algorithm"
	ruleManifestDigest        = "manifest-digest"
	ruleManifestName          = "manifest-name"
	ruleManifestSelf          = "manifest-self"
	ruleManifestDuplicate     = "manifest-duplicate"
	ruleManifestDuplicateCase = "manifest-duplicate-case"
	ruleManifestFileName      = "manifest-file-name"
	ruleManifestDescriptor    = "manifest-descriptor"
	ruleManifestUnlisted      = "manifest-unlisted"
	ruleManifestChunk         = "manifest-chunk"
	ruleManifestExtra         = "manifest-extra"

	ruleDigestMismatch = "digest-mismatch"
	ruleDigestWeak     = "digest-weak"
	ruleSizeMismatch   = "size-mismatch"
	ruleFileUnreadable = "file-unreadable"
	ruleFileUnread     = "file-unread"

	ruleCertificateWithoutManifest = "certificate-without-manifest"
	ruleCertificateLimit           = "certificate-limit"
	ruleCertificateLine            = "certificate-line"
	ruleCertificateLines           = "certificate-lines"
	ruleCertificateLineName        = "certificate-line-name"
	ruleCertificateLineWrapped     = "certificate-line-wrapped"
	ruleCertificateAlgorithm       = "certificate-algorithm"
	ruleCertificateSignature       = "certificate-signature"
	ruleCertificateMissing         = "certificate-missing"
	ruleCertificatePEM             = "certificate-pem"
	ruleCertificatePEMForm         = "certificate-pem-form"
	ruleCertificateX509            = "certificate-x509"
	ruleCertificateOrder           = "certificate-order"
	ruleCertificateExtra           = "certificate-extra"
	ruleCertificateText            = "certificate-text"
	ruleCertificateBlock           = "certificate-block"
	ruleCertificatePrivateKey      = "certificate-private-key"
	ruleCertificateKeySize         = "certificate-key-size"

	ruleSignatureMissing   = "signature-missing"
	ruleSignatureMismatch  = "signature-mismatch"
	ruleSignatureKey       = "signature-key"
	ruleSignatureAlgorithm = "signature-algorithm"
	ruleSignatureForm      = "signature-form"
	ruleSignatureWeak      = "signature-weak"
	ruleCMSMismatch        = "cms-mismatch"
	ruleCMSSigner          = "cms-signer"
	ruleCMSUnchecked       = "cms-unchecked"

	ruleTrustNoRoots       = "trust-no-roots"
	ruleTrustSelfSigned    = "trust-self-signed"
	ruleTrustUnknownIssuer = "trust-unknown-issuer"
	ruleTrustChain         = "trust-chain"
	ruleTrustExpired       = "trust-expired"
	ruleTrustNotYetValid   = "trust-not-yet-valid"
	ruleTrustKeyUsage      = "trust-key-usage"
	ruleTrustWeakKey       = "trust-weak-key"
	ruleTrustWeakDigest    = "trust-weak-digest"
	ruleTrustRevoked       = "trust-revoked"
	ruleTrustRevocation    = "trust-revocation-unknown"
	ruleTrustPublisher     = "trust-publisher"

	ruleVerifyInterrupted = "verify-interrupted"

	ruleSignerCertificate = "signer-certificate"
	ruleSignerKey         = "signer-key"
	ruleSignerKeyType     = "signer-key-type"
	ruleSignerFailed      = "signer-failed"
	ruleSignerCommand     = "signer-command"
	ruleKeyMissing        = "key-missing"
	ruleKeyEncrypted      = "key-encrypted"
	ruleKeyUnsupported    = "key-unsupported"
	ruleKeyFormat         = "key-format"
)

const (
	firstVersion = "0.1.0"
	packageForm  = "DSP0243 5.1" // structure of a package: manifest and certificate
	fileHref     = "DSP0243 7.1" // files and their references
)

// Rules returns every rule of this package, in the order of the checks. Rules
// without a clause are interop: their Why names the producer or the attack.
// The caller owns the slice.
func Rules() []diag.Rule { return slices.Clone(allRules) }

// allRules and ruleByName are never changed.
var (
	allRules   = joinRules()
	ruleByName = indexRules()
)

func joinRules() []diag.Rule {
	all := slices.Concat(lineRules, manifestRules, contentRules, certificateRules, trustRules, signerRules)
	for i := range all {
		all[i].Since = firstVersion
		if all[i].Layer == "" {
			all[i].Layer = diag.Trust
		}
		if all[i].Severity == 0 {
			all[i].Severity = diag.Error
		}
	}
	return all
}

func indexRules() map[string]*diag.Rule {
	m := make(map[string]*diag.Rule, len(allRules))
	for i := range allRules {
		m[allRules[i].Name] = &allRules[i]
	}
	return m
}

// problem makes the diagnostic of a rule of this package.
func problem(rule string, at diag.Location, message, hint string, err error) diag.Diagnostic {
	r := ruleByName[rule]
	return diag.Diagnostic{Severity: r.Severity, Layer: r.Layer, Rule: r.Name, Clause: r.Clause,
		Location: at, Message: message, Hint: hint, Err: err}
}
