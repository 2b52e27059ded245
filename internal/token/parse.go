package token

import (
	"crypto/sha256"
	"time"
)

// Parsed is a token that is rightly signed, within its time and of this server.
type Parsed struct {
	Form   Form
	Claims Claims
	// ID is the jti; empty in the legacy form.
	ID string
	// IssuedAt is the iat; zero in a legacy token without one.
	IssuedAt  time.Time
	ExpiresAt time.Time
	// MadeAt is when the token was made. A legacy token need not say, so there
	// it is ExpiresAt less 60 minutes, the life the old system gave them.
	MadeAt time.Time
	// Sum is the SHA-256 of the raw token, under which it can be cached and a
	// legacy one revoked.
	Sum [32]byte
}

// Parse reads a token of either form. Of a legacy token Claims.Subject is its
// "id" and Claims.Email its "sub"; both must resolve to the same account,
// which the caller checks.
func (t *Tokens) Parse(raw string) (*Parsed, error) {
	h, payload, err := t.open(raw)
	if err != nil {
		return nil, err
	}
	c, err := readClaims(payload)
	if err != nil {
		return nil, err
	}
	read := t.readCurrent
	if h.form == FormLegacy {
		read = t.readLegacy
	}
	p, err := read(c)
	if err != nil {
		return nil, err
	}
	p.Form, p.Sum = h.form, sha256.Sum256([]byte(raw))
	return p, nil
}
