package gateway

import (
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
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
	kept   *cache.Of[string, made]
}

type made struct {
	text string
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
	return &Assertions{issuer, now, public, signer, cache.ByText[made](assertionMost)}, nil
}

// JWKS is the public key as a set (RFC 7517, 5).
func (a *Assertions) JWKS() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{a.public}}
}

// claims of an assertion. Audience is the host of the application.
type claims struct {
	Issuer   string   `json:"iss"`
	Audience string   `json:"aud"`
	Subject  string   `json:"sub"`
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Groups   []string `json:"groups"`
	Scopes   []string `json:"scopes"`
	Session  string   `json:"sid"`
	Method   string   `json:"method"`
	AuthTime int64    `json:"auth_time,omitempty"`
	IssuedAt int64    `json:"iat"`
	Expires  int64    `json:"exp"`
}

// For signs who a person is, for the application on a host. A stranger gets "".
func (a *Assertions) For(p *login.Person, host string) (string, error) {
	if p == nil {
		return "", nil
	}
	u, now := p.User(), a.now()
	// All that is asserted is in the name of what is kept: one that changes is signed anew.
	name := joined(host, p.Session.ID, string(u.ID), u.Email, u.Name, u.Role, strings.Join(p.Scopes, " "), p.Session.Method, strconv.FormatInt(p.Session.AuthAt.Unix(), 10))
	if m, ok := a.kept.Get(name); ok && now.Sub(m.at) < assertionKept && !now.Before(m.at) {
		return m.text, nil
	}
	c := claims{
		Issuer: a.issuer, Audience: host, Subject: string(u.ID), Email: u.Email, Name: u.Name, Groups: []string{u.Role}, Scopes: p.Scopes,
		Session: p.Session.ID, Method: p.Session.Method, IssuedAt: now.Unix(), Expires: now.Add(assertionLife).Unix(),
	}
	if !p.Session.AuthAt.IsZero() {
		c.AuthTime = p.Session.AuthAt.Unix()
	}
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
	a.kept.Put(name, made{signed, now})
	return signed, nil
}

// joined puts the length before each part, so that no two lists make one name.
func joined(parts ...string) string {
	room := make([]byte, 0, 256)
	for _, p := range parts {
		room = strconv.AppendInt(room, int64(len(p)), 10)
		room = append(append(room, ':'), p...)
	}
	return string(room)
}
