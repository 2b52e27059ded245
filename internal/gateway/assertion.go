package gateway

import (
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/aiwfe/aiwfe-auth/internal/cache"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

const (
	// assertionLife is how long an application may take one for true.
	assertionLife = time.Minute
	// assertionKept is for how long the same one is given out again: to sign
	// takes as long as all the rest of a check.
	assertionKept = 30 * time.Second
	assertionMost = 10_000
	assertionType = "aiwfe-assertion+jwt"
)

// Assertions signs who somebody is, for one application and a minute (RFC 7519,
// EdDSA as in RFC 8037). The public key is at /.well-known/jwks.json.
type Assertions struct {
	issuer string
	now    func() time.Time
	public jose.JSONWebKey
	signer jose.Signer
	kept   *cache.Of[subject, *made]
}

// subject is whom an assertion is of and for. Of one session, token and cookie
// may have other scopes.
type subject struct {
	session, host string
	bearer        bool
}

// made is an assertion with what it says.
type made struct {
	text string
	says claims
	at   time.Time
}

// NewAssertions takes a seed of 32 bytes.
func NewAssertions(issuer string, seed secret.Value, now func() time.Time) (*Assertions, error) {
	key := ed25519.NewKeyFromSeed(seed.Reveal())
	public := jose.JSONWebKey{Key: key.Public(), Algorithm: string(jose.EdDSA), Use: "sig"}
	print, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("name the key of assertions: %w", err)
	}
	public.KeyID = fmt.Sprintf("%x", print[:8])
	o := new(jose.SignerOptions).WithType(assertionType)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: key, KeyID: public.KeyID}}, o)
	if err != nil {
		return nil, fmt.Errorf("sign assertions: %w", err)
	}
	return &Assertions{issuer, now, public, signer, cache.By[subject, *made](assertionMost)}, nil
}

// JWKS is the public key as a set (RFC 7517, 5).
func (a *Assertions) JWKS() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{a.public}}
}

// claims of an assertion.
type claims struct {
	person
	Groups   []string `json:"groups"`
	Scopes   []string `json:"scopes"`
	IssuedAt int64    `json:"iat"`
	Expires  int64    `json:"exp"`
}

// person is who it is, and for whom: the audience is the host of the application.
type person struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Subject  string `json:"sub"`
	Email    string `json:"email"`
	Name     string `json:"name"`
	Session  string `json:"sid"`
	Method   string `json:"method"`
	AuthTime int64  `json:"auth_time,omitempty"`
}

// For signs who a person is, for the application on a host. A stranger gets "".
func (a *Assertions) For(p *login.Person, host string) (string, error) {
	if p == nil {
		return "", nil
	}
	of, now := subject{p.Session.ID, host, p.Bearer}, a.now()
	if m, ok := a.kept.Get(of); ok && m.says.still(p) && now.Sub(m.at) < assertionKept && !now.Before(m.at) {
		return m.text, nil
	}
	c := a.says(p, host)
	c.IssuedAt, c.Expires = now.Unix(), now.Add(assertionLife).Unix()
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("write an assertion: %w", err)
	}
	jws, err := a.signer.Sign(text)
	if err != nil {
		return "", fmt.Errorf("sign an assertion: %w", err)
	}
	signed, err := jws.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("write an assertion: %w", err)
	}
	a.kept.Put(of, &made{signed, c, now})
	return signed, nil
}

// says is what an assertion says but for its times.
func (a *Assertions) says(p *login.Person, host string) claims {
	u := p.User()
	return claims{Groups: []string{u.Role}, Scopes: slices.Clone(p.Scopes), person: person{
		Issuer: a.issuer, Audience: host, Subject: string(u.ID), Email: u.Email, Name: u.Name, Session: p.Session.ID,
		Method: p.Session.Method, AuthTime: proven(p),
	}}
}

// still says whether what was said of a person, by the same session and for the
// same host, is so now.
func (c *claims) still(p *login.Person) bool {
	u := p.User()
	return c.Subject == string(u.ID) && c.Email == u.Email && c.Name == u.Name && c.Groups[0] == u.Role &&
		c.Method == p.Session.Method && c.AuthTime == proven(p) && slices.Equal(c.Scopes, p.Scopes)
}

// proven is when a person last proved who it is, 0 where it never did in full.
func proven(p *login.Person) int64 {
	if p.Session.AuthAt.IsZero() {
		return 0
	}
	return p.Session.AuthAt.Unix()
}
