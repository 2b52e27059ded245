package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Limits of an address, in bytes (RFC 5321 section 4.5.3.1).
const (
	maxAddress = 254
	maxLocal   = 64
)

// Canonical is the one canonicaliser of addresses. Every path that looks an
// account up, counts an attempt or stores an address goes through it, so that
// case, blanks and Unicode forms never make a second identity (CVE-2025-6004,
// CVE-2025-24806). Outer blanks are dropped, the text is NFC and lower case,
// the domain is in its ASCII form (IDNA, RFC 5891).
//
// It returns a validation fault for what is not one plain address: two at-signs,
// a list, a quoted local part, control characters, blanks inside.
func Canonical(address string) (string, error) {
	if len(address) > 4*maxAddress || !utf8.ValidString(address) {
		return "", notAnAddress()
	}
	s := strings.TrimFunc(address, unicode.IsSpace)
	if s == "" {
		return "", fault.Invalid("/email", "required", "Please enter an e-mail address.")
	}
	if strings.ContainsFunc(s, becomesASCII) {
		return "", notAnAddress()
	}
	s = norm.NFC.String(strings.ToLower(norm.NFC.String(s)))
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(local) > maxLocal || !plainLocal(local) {
		return "", notAnAddress()
	}
	domain, err := idna.Lookup.ToASCII(domain)
	if err != nil || !plainDomain(domain) {
		return "", notAnAddress()
	}
	s = local + "@" + domain
	if len(s) > maxAddress {
		return "", notAnAddress()
	}
	return s, nil
}

// becomesASCII finds letters such as the Kelvin sign and the dotted capital I,
// which lower-case or normalise to a plain one: their mailbox is another than
// the one that would be looked up (CVE-2019-19844).
func becomesASCII(r rune) bool {
	if r < utf8.RuneSelf {
		return false
	}
	folded, _ := utf8.DecodeRuneInString(norm.NFC.String(string(unicode.ToLower(r))))
	return folded < utf8.RuneSelf
}

// plainLocal accepts a dot-atom (RFC 5322 section 3.2.3) with letters and
// digits of any script (RFC 6531), without combining tricks or invisible runes.
func plainLocal(s string) bool {
	if s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.", r) {
				return false
			}
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			return false
		}
	}
	return true
}

// plainDomain accepts host names, "localhost" and a bare host included.
func plainDomain(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range label {
			if c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

func notAnAddress() error {
	return fault.Invalid("/email", "not_an_address", "This is not an e-mail address such as name@example.com.")
}
