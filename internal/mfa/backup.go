package mfa

import (
	"encoding/base32"
	"strings"

	"golang.org/x/text/width"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// A person gets ten backup codes of 80 bits, of which each serves once.
const (
	Codes = 10

	codeBytes = 10
	codeLen   = codeBytes * 8 / 5
)

// alphabet is Crockford's base32 in lower case: no i, l and o beside 1 and 0,
// and no u.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

var codeText = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// NewCodes makes a set of backup codes as a person sees them:
// xxxx-xxxx-xxxx-xxxx. They are shown once. What is kept of each is a slow
// hash of its CanonicalCode, for 80 bits are below the 112 from which a fast
// one is enough (ASVS 6.5.2).
func NewCodes() []string {
	codes := make([]string, Codes)
	for i := range codes {
		codes[i] = groups(codeText.EncodeToString(secret.Random(codeBytes)), "-")
	}
	return codes
}

// readAs are the letters outside the alphabet that are read for a digit.
var readAs = strings.NewReplacer("o", "0", "i", "1", "l", "1")

// CanonicalCode brings what a person typed to the one form that is hashed:
// sixteen characters of the alphabet. Case, blanks, hyphens and full-width
// letters do not count, o is 0, i and l are 1. It is false for what cannot be
// a backup code, which needs no hash to be refused but is an attempt all the
// same.
func CanonicalCode(typed string) (string, bool) {
	if len(typed) > maxTyped {
		return "", false
	}
	code := strings.Map(func(r rune) rune {
		switch {
		case separates(r):
			return -1
		case 'A' <= r && r <= 'Z':
			// Not unicode.ToLower: it makes a k of the Kelvin sign.
			return r + 'a' - 'A'
		}
		return r
	}, width.Fold.String(typed))
	code = readAs.Replace(code)
	if len(code) != codeLen || strings.Trim(code, alphabet) != "" {
		return "", false
	}
	return code, true
}
