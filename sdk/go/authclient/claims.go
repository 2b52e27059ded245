package authclient

import (
	"errors"
	"slices"
	"time"
)

// identity reads the claims of an assertion whose signature is right.
func (v *assertionVerifier) identity(c object) (*Identity, error) {
	var bad error
	text := func(name string, needed bool) string {
		s, err := c.text(name, needed)
		bad = errors.Join(bad, err)
		return s
	}
	list := func(name string) []string {
		s, err := c.list(name)
		bad = errors.Join(bad, err)
		return s
	}
	second := func(name string, needed bool) time.Time {
		n, err := c.seconds(name, needed)
		bad = errors.Join(bad, err)
		if n == 0 {
			return time.Time{}
		}
		return time.Unix(n, 0)
	}
	issuer, audience := text("iss", true), text("aud", true)
	issued, expires, from := second("iat", true), second("exp", true), second("nbf", false)
	who := &Identity{
		ID: text("sub", true), Email: text("email", false), Name: text("name", false),
		Groups: list("groups"), Scopes: list("scopes"),
		SessionID: text("sid", true), Method: text("method", false), AuthTime: second("auth_time", false), Until: expires,
	}
	now := v.o.Now()
	switch {
	case bad != nil:
		return nil, bad
	case issuer != v.o.Issuer:
		return nil, errors.New("iss of the assertion is another server")
	case !slices.Contains(v.o.Audience, audience):
		return nil, errors.New("aud of the assertion is another application")
	case !now.Before(expires.Add(leeway)):
		return nil, errors.New("the assertion has expired")
	case now.Before(issued.Add(-leeway)) || now.Before(from.Add(-leeway)):
		return nil, errors.New("the assertion is of a time to come; compare the clocks")
	case !expires.After(issued) || expires.Sub(issued) > longestLife:
		return nil, errors.New("the assertion says that it lives for longer than any does")
	}
	return who, nil
}
