package csrf

import (
	"crypto/hmac"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// inHeader is what a program does about it. Our pages say it in other words,
// for people.
const inHeader = " from /api/v1/auth/csrf-token and send it in the X-CSRF-TOKEN header, with the cookies that came with it."

// strict refuses spare bits that are not zero: one token has one spelling.
var strict = base64.RawURLEncoding.Strict()

// Verify accepts a token of ours, within its life, that belongs to one of the
// allowed bindings. With none given, signature and age alone count: that is
// for clients that carry no cookie and no browser header.
//
// The token is no secret that guessing could find, but keys and bindings are
// compared in constant time all the same, and each of them always.
func (t *Tokens) Verify(token string, allowed ...Binding) error {
	if token == "" {
		return fault.New(api.CodeCSRFTokenMissing, "",
			"The CSRF token is missing. Please fetch one"+inHeader)
	}
	raw, err := decode(token)
	if err != nil {
		return invalid("malformed", err)
	}
	k, signed := t.signer(raw)
	if !signed {
		return invalid("signature_wrong", fmt.Errorf("the MAC matches none of the %d keys", len(t.keys)))
	}
	// Belonging comes before age: a stranger's token is none of ours to refresh.
	if len(allowed) > 0 && !bound(raw[bindingAt:macAt], k, allowed) {
		return invalid("bound_elsewhere", errors.New("the token belongs to another browser or session"))
	}
	return t.inTime(raw)
}

// decode wants exactly one length; that also refuses the line breaks which the
// decoder skips.
func decode(token string) ([]byte, error) {
	if len(token) != Length {
		return nil, fmt.Errorf("the token has %d characters, not %d", len(token), Length)
	}
	raw, err := strict.DecodeString(token)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the token is not strict base64url: %w", err)
	case len(raw) != rawLen:
		return nil, errors.New("the token contains a line break")
	case raw[0] != version:
		return nil, fmt.Errorf("the token is of version %d, which is not known", raw[0])
	}
	return raw, nil
}

// signer finds the key that made the token.
func (t *Tokens) signer(raw []byte) (k secret.Value, ok bool) {
	for _, candidate := range t.keys {
		if hmac.Equal(raw[macAt:], mac(candidate, raw)) {
			k, ok = candidate, true
		}
	}
	return k, ok
}

func bound(hash []byte, k secret.Value, allowed []Binding) bool {
	match := 0
	for _, b := range allowed {
		if b.id != "" { // a missing cookie matches no token
			match |= subtle.ConstantTimeCompare(hash, b.hash(k))
		}
	}
	return match == 1
}

// inTime counts in whole seconds, as the token does: one made late in a second
// is good for its whole life and up to a second more.
func (t *Tokens) inTime(raw []byte) error {
	issued := int64(binary.BigEndian.Uint64(raw[issuedAt:randomAt]))
	age := time.Duration(t.now().Unix()-issued) * time.Second
	switch {
	case age < -leeway:
		return invalid("from_the_future", fmt.Errorf("the token was made %s from now", -age))
	case age > t.ttl:
		return fault.New(api.CodeCSRFTokenExpired, "",
			"The CSRF token has expired. Please fetch a new one"+inHeader).
			Because(fmt.Errorf("the token was made %s ago and is good for %s", age, t.ttl))
	}
	return nil
}

func invalid(reason string, cause error) error {
	return fault.New(api.CodeCSRFTokenInvalid, reason,
		"The CSRF token is not one of this client. Please fetch one"+inHeader).
		Because(cause)
}
