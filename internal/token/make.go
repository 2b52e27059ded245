package token

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// refusedPause is what clients wait while the server has no key to sign with.
const refusedPause = 2 * time.Second

// idBytes of randomness make a jti: 128 bits.
const idBytes = 16

// written is the current form as it is signed.
type written struct {
	Issuer            string   `json:"iss"`
	Audience          string   `json:"aud"`
	Subject           string   `json:"sub"`
	Email             string   `json:"email"`
	Scopes            []string `json:"scopes"`
	SessionID         string   `json:"session_id"`
	DeviceFingerprint string   `json:"device_fingerprint"`
	IssuedAt          int64    `json:"iat"`
	NotBefore         int64    `json:"nbf"`
	ExpiresAt         int64    `json:"exp"`
	ID                string   `json:"jti"`
}

// Make signs a token for c and says when it expires: after the configured
// life, and never later than notAfter, the end of its session. A zero notAfter
// sets no bound.
func (t *Tokens) Make(c Claims, notAfter time.Time) (string, time.Time, error) {
	if c.Subject == "" || c.SessionID == "" {
		return "", time.Time{}, errors.New("make a token: it needs an account and a session")
	}
	if t.refused {
		return "", time.Time{}, fault.New(api.CodeOverloaded, "signing_key_refused",
			"The signing key of this server is being exchanged. Please try again shortly.").After(refusedPause)
	}
	now := t.now()
	if !notAfter.IsZero() && !notAfter.After(now) {
		return "", time.Time{}, fault.New(api.CodeSessionEnded, "session_over",
			"The session has ended. Please sign in again.")
	}
	// Whole seconds from the same start, so that exp - iat is the life told.
	start := now.Truncate(time.Second)
	expires := start.Add(t.ttl).Truncate(time.Second)
	if !notAfter.IsZero() && notAfter.Before(expires) {
		expires = notAfter.Truncate(time.Second)
	}
	scopes := c.Scopes
	if scopes == nil {
		scopes = []string{}
	}
	payload, err := json.Marshal(written{
		Issuer: t.issuer, Audience: t.audience,
		Subject: string(c.Subject), Email: c.Email, Scopes: scopes,
		SessionID: c.SessionID, DeviceFingerprint: c.DeviceFingerprint,
		IssuedAt: start.Unix(), NotBefore: start.Unix(), ExpiresAt: expires.Unix(),
		ID: secret.RandomText(idBytes),
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("make a token: encode the claims: %w", err)
	}
	signed, err := t.signer.Sign(payload)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("make a token: sign: %w", err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		return "", time.Time{}, fmt.Errorf("make a token: write: %w", err)
	}
	if len(raw) > maxLength { // our own reader would refuse it
		return "", time.Time{}, fmt.Errorf("make a token: it would have %d bytes, more than the %d that are read",
			len(raw), maxLength)
	}
	return raw, expires, nil
}
