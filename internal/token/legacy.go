package token

import (
	"strconv"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

// maxLegacyID bounds the old system's account id: a 64-bit number or a UUID.
const maxLegacyID = 64

// readLegacy judges the old form. Any claim beyond its own four means another
// kind of token: the old system signed reset and verification tokens with the
// same key, told apart by nothing but an "aud".
func (t *Tokens) readLegacy(c claims) (*Parsed, error) {
	for name := range c {
		if name != "sub" && name != "id" && name != "exp" && name != "iat" {
			return nil, refuse("legacy_extra_claim", "a token of the old form has no claim %q", short(name))
		}
	}
	r := reader{c: c}
	p := &Parsed{
		Claims:    Claims{Email: r.text("sub"), Subject: r.legacyID()},
		ExpiresAt: r.moment("exp"),
	}
	if _, ok := c["iat"]; ok {
		p.IssuedAt = r.moment("iat")
	}
	if r.err != nil {
		return nil, r.err
	}
	p.MadeAt = p.ExpiresAt.Add(-legacyLifetime)

	now := t.now()
	switch {
	case t.legacyUntil.IsZero():
		return nil, refuse("legacy_off", "tokens of the old form are not accepted here (LEGACY_TOKENS is off)")
	case !now.Before(t.legacyUntil):
		return nil, retired("tokens of the old form were accepted until %s", stamp(t.legacyUntil))
	}
	if err := times(p, now, 0, legacyLifetime, "legacy_exp_too_far"); err != nil {
		return nil, err
	}
	return p, nil
}

// legacyID reads the account's id, which Python wrote as a whole number and
// others may have written as text. Both name the same account.
func (r *reader) legacyID() account.ID {
	if !r.has("id") {
		return ""
	}
	v := r.c["id"]
	if v.Kind() == '0' {
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil && string(v) == strconv.FormatInt(n, 10) {
			return account.ID(v)
		}
	}
	if s, ok := textOf(v); ok && s != "" && len(s) <= maxLegacyID {
		return account.ID(s)
	}
	r.wrongType("id")
	return ""
}
