package moving

import (
	"encoding/base32"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// minSeed is the least length of a key in bytes that codes are taken of here
// (RFC 4226 section 4, R6).
const minSeed = 16

// takeSeed keeps an authenticator app whose key is in base32. What is not said
// of its codes is what all apps take it for.
func (r *Record) takeSeed(text, name, algorithm, digits, period string) {
	clean := strings.ToUpper(strings.TrimRight(strings.Map(func(c rune) rune {
		if c == ' ' || c == '-' {
			return -1
		}
		return c
	}, text), "="))
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(clean)
	if err != nil {
		r.FactorLost = "the key of its authenticator app is no base32"
		return
	}
	r.takeKey(raw, name, algorithm, digits, period)
}

// takeKey keeps an authenticator app by the bytes of its key. Codes here are of
// six digits, every 30 seconds, by SHA-1: what every app shows.
func (r *Record) takeKey(key []byte, name, algorithm, digits, period string) {
	algorithm = strings.ReplaceAll(strings.ToUpper(strings.TrimPrefix(algorithm, "Hmac")), "-", "")
	switch {
	case algorithm != "" && algorithm != "SHA1":
		r.FactorLost = "its authenticator app makes codes by " + short(algorithm) + ", and here by SHA-1 only"
	case digits != "" && digits != "6":
		r.FactorLost = "its authenticator app makes codes of " + short(digits) + " digits, and here of six only"
	case period != "" && period != "30":
		r.FactorLost = "its authenticator app makes codes of " + short(period) + " seconds, and here of 30 only"
	case len(key) < minSeed:
		r.FactorLost = "the key of its authenticator app has less than 128 bits"
	case len(key) > 128:
		r.FactorLost = "the key of its authenticator app is too long"
	case len(r.Factors) > 0:
		r.Left = append(r.Left, "a further authenticator app")
	default:
		r.Factors = append(r.Factors, Factor{Seed: secret.New(key), Name: name})
	}
}

// takeLink keeps an authenticator app by its otpauth link.
func (r *Record) takeLink(link string) {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "otpauth" {
		r.FactorLost = "the link of its authenticator app is none"
		return
	}
	if u.Host != "totp" {
		r.FactorLost = "its authenticator app counts, where here it goes by the clock"
		return
	}
	q := u.Query()
	r.takeSeed(q.Get("secret"), "", q.Get("algorithm"), q.Get("digits"), q.Get("period"))
}

// short shows a word of the file in a reason.
func short(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, s)
	return s[:min(len(s), 24)]
}
