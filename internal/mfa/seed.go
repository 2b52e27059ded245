package mfa

import (
	"encoding/base32"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Sizes of a seed in bytes: 160 bits are recommended and 128 the least
// (RFC 4226 section 4, R6).
const (
	seedLen = 20
	minSeed = 16
)

var seedText = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSeed makes the secret that an authenticator app and the server share.
func NewSeed() secret.Value { return secret.New(secret.Random(seedLen)) }

// Base32 spells a seed as authenticator apps read it: RFC 4648 in capitals,
// without padding, 32 characters. It is the secret itself: shown once, at
// set-up, and never logged.
func Base32(seed secret.Value) string { return seedText.EncodeToString(seed.Reveal()) }

// Grouped is Base32 in groups of four, for people who type it.
func Grouped(seed secret.Value) string { return groups(Base32(seed), " ") }

// URI gives the otpauth link that a QR code holds and a phone opens. It
// contains the seed: shown once, at set-up, and never logged.
//
// Everything but letters, digits and -._~ is percent-encoded, a blank as %20:
// several apps show a plus sign as it stands. No colon can be told in a name,
// for it ends the issuer however it is escaped: it becomes a blank.
func URI(issuer, account string, seed secret.Value) string {
	issuer, account = escape(issuer), escape(account)
	return "otpauth://totp/" + issuer + ":" + account +
		"?secret=" + Base32(seed) + "&issuer=" + issuer + "&algorithm=SHA1&digits=6&period=30"
}

func escape(name string) string {
	name = strings.Join(strings.Fields(strings.ReplaceAll(name, ":", " ")), " ")
	return strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// groups sets the separator between every four characters of ASCII text.
func groups(text, separator string) string {
	var b strings.Builder
	for i := 0; i < len(text); i += 4 {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(text[i:min(i+4, len(text))])
	}
	return b.String()
}
