package token

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

const (
	// maxLength bounds what is looked at, before anything is split or decoded
	// (CVE-2025-30204, CVE-2025-27144).
	maxLength = 4096
	// minKey is the size of the hash: RFC 7518 section 3.2.
	minKey = 32
	// leeway is for the clocks of two nodes: nbf and iat may lie so far ahead,
	// and exp so far back; see Tokens.late.
	leeway = 30 * time.Second
	// maxLifetime bounds exp: a token good until the year 9999 is no token of ours.
	maxLifetime = 366 * 24 * time.Hour
	// legacyLifetime is how long the old system's tokens lived; it tells when
	// one of them was made.
	legacyLifetime = 60 * time.Minute
	// maxLegacyPeriod is how far ahead LEGACY_TOKENS_UNTIL may lie.
	maxLegacyPeriod = 90 * 24 * time.Hour
	// maxText bounds a claim that is text.
	maxText = 1024

	typeCurrent = "at+jwt" // RFC 9068 section 2.1: no other kind of JWT passes as an access token
	typeLegacy  = "JWT"
)

// Options is what the package needs.
type Options struct {
	// Issuer is PUBLIC_URL without a trailing slash.
	Issuer string
	// Audience is who the tokens are for.
	Audience string
	// Key signs, and verifies what it signed. At least 32 bytes.
	Key secret.Value
	// Previous keys verify only, so that a rotation logs nobody out.
	Previous []secret.Value
	// Refused are fingerprints of keys that count no more, though they be given
	// above. Where the signing key is one of them, nothing can be made.
	Refused map[string]bool
	// TTL is the longest life of a token.
	TTL time.Duration
	// LegacyUntil is when tokens of the old form stop; zero refuses them all.
	LegacyUntil time.Time
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Claims is what a token says of its bearer.
type Claims struct {
	Subject           account.ID
	Email             string
	Scopes            []string
	SessionID         string
	DeviceFingerprint string
}

// Tokens makes and reads tokens. It is safe for use by many goroutines.
type Tokens struct {
	issuer, audience string
	ttl              time.Duration
	legacyUntil      time.Time
	now              func() time.Time

	signer jose.Signer
	// made is the kid of what is made; refused says that its key is compromised.
	made    string
	refused bool
	// keys are the current key and then the previous ones.
	keys []key
	// byID picks by kid among these keys alone: a kid is never a path, a query
	// or an address (RFC 8725 section 3.10).
	byID map[string]key
}

// late is how long after its exp a token is still accepted, for the clock of
// the node that made it: the leeway, but never more than a hundred-and-
// twentieth of its life, so that a life of seconds is one of seconds.
func (t *Tokens) late() time.Duration { return min(leeway, t.ttl/120) }

type key struct {
	id    string
	bytes []byte
}

// New refuses keys too short for HS256, a life that is none, and a missing name.
func New(o Options) (*Tokens, error) {
	var faults []error
	if o.Issuer == "" || o.Audience == "" {
		faults = append(faults, errors.New("the issuer and the audience must be named"))
	}
	if o.TTL < time.Second || o.TTL > maxLifetime {
		faults = append(faults, fmt.Errorf("the life of a token must lie between 1s and %s, it is %s", maxLifetime, o.TTL))
	}
	if o.Key.Len() < minKey {
		faults = append(faults, fmt.Errorf("the signing key must have at least %d bytes, it has %d", minKey, o.Key.Len()))
	}
	for i, p := range o.Previous {
		if p.Len() < minKey {
			faults = append(faults, fmt.Errorf("previous key %d must have at least %d bytes, it has %d", i+1, minKey, p.Len()))
		}
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	if o.LegacyUntil.After(now().Add(maxLegacyPeriod)) {
		faults = append(faults, fmt.Errorf("tokens of the old form can be accepted for 90 days at most, not until %s",
			o.LegacyUntil.UTC().Format(time.RFC3339)))
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("tokens: %w", errors.Join(faults...))
	}

	t := &Tokens{
		issuer: o.Issuer, audience: o.Audience, ttl: o.TTL,
		legacyUntil: o.LegacyUntil, now: now, byID: map[string]key{},
	}
	t.made = o.Key.Fingerprint()
	t.refused = o.Refused[t.made]
	for _, v := range append([]secret.Value{o.Key}, o.Previous...) {
		k := key{id: v.Fingerprint(), bytes: v.Reveal()}
		if _, known := t.byID[k.id]; !known && !o.Refused[k.id] { // the current key may be named again as a previous one
			t.keys = append(t.keys, k)
			t.byID[k.id] = k
		}
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.HS256, Key: o.Key.Reveal()},
		(&jose.SignerOptions{}).WithType(typeCurrent).WithHeader("kid", t.made))
	if err != nil {
		return nil, fmt.Errorf("tokens: prepare the signing key: %w", err)
	}
	t.signer = signer
	return t, nil
}

// KeyID is the kid of the tokens made now: the fingerprint of the signing key.
func (t *Tokens) KeyID() string { return t.made }
