package token

import (
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

// claims are the members of the payload, each still as it was written.
type claims map[string]jsontext.Value

// Names of the claims of both forms.
var names = [...]string{
	"iss", "aud", "sub", "email", "scopes", "session_id", "device_fingerprint", "iat", "nbf", "exp", "jti", "id",
}

// readClaims refuses a known name in another case ("SUB" beside "sub"): some
// reader downstream may fold them. Other unknown claims pass, so that in a
// rolling upgrade the old version reads the tokens of the new one.
func readClaims(payload []byte) (claims, error) {
	c, err := object(payload, "claims")
	if err != nil {
		return nil, err
	}
	for name := range c {
		for _, known := range names {
			if name != known && strings.EqualFold(name, known) {
				return nil, refuse("claim_wrong_case", "the claim %q is written %q", known, short(name))
			}
		}
	}
	return c, nil
}

// readCurrent judges the claims of the current form. Expiry comes last, so
// that token_expired means: this was a good token of ours.
func (t *Tokens) readCurrent(c claims) (*Parsed, error) {
	r := reader{c: c}
	issuer := r.text("iss")
	audience := r.list("aud", true)
	p := &Parsed{
		ID: r.text("jti"),
		Claims: Claims{
			Subject:           account.ID(r.text("sub")),
			SessionID:         r.text("session_id"),
			Email:             r.optional("email"),
			DeviceFingerprint: r.optional("device_fingerprint"),
		},
		IssuedAt:  r.moment("iat"),
		ExpiresAt: r.moment("exp"),
	}
	if _, ok := c["scopes"]; ok {
		p.Claims.Scopes = r.list("scopes", false)
	}
	var notBefore time.Time
	if _, ok := c["nbf"]; ok {
		notBefore = r.moment("nbf")
	}
	p.MadeAt = p.IssuedAt
	if r.err != nil {
		return nil, r.err
	}

	now := t.now()
	switch {
	case issuer != t.issuer:
		return nil, refuse("issuer_wrong", "the token is of the issuer %q, this server is %q", short(issuer), t.issuer)
	case !slices.Contains(audience, t.audience):
		return nil, refuse("audience_wrong", "the token is for %q, this server expects %q",
			short(strings.Join(audience, ",")), t.audience)
	case notBefore.After(now.Add(leeway)):
		return nil, refuse("not_yet_valid", "the token is not valid before %s", stamp(notBefore))
	}
	if err := times(p, now, t.late(), maxLifetime, "exp_too_far"); err != nil {
		return nil, err
	}
	return p, nil
}

// times judges iat and exp. A token is accepted within the whole second of its
// exp, for exp is cut to seconds: one made late in a second with a life of one
// second would otherwise be dead on arrival.
func times(p *Parsed, now time.Time, late, longest time.Duration, tooFar string) error {
	switch {
	case p.IssuedAt.After(now.Add(leeway)):
		return refuse("issued_in_future", "the token was issued at %s, which is in the future", stamp(p.IssuedAt))
	case p.ExpiresAt.Before(p.IssuedAt):
		return refuse("expires_before_issued", "the token expires before it was issued")
	case p.ExpiresAt.After(now.Add(longest + leeway)):
		return refuse(tooFar, "the token expires at %s, more than %s ahead", stamp(p.ExpiresAt), longest)
	case now.Add(-late).Unix() > p.ExpiresAt.Unix():
		return expired("the token expired at %s", stamp(p.ExpiresAt))
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
