package passkey

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// The purposes of a ceremony. An answer to one is none to another.
const (
	PurposeRegister = "register"
	PurposeFirst    = "first"  // nothing else was proven
	PurposeSecond   = "second" // after a password, or again within a session
)

// Ceremony is what is to be kept from begin to finish, for one use.
type Ceremony struct {
	// Challenge is 32 random bytes. Keep the ceremony under their hash.
	Challenge []byte
	// State is the library's session as JSON.
	State []byte
	// Purpose is one of the three above.
	Purpose string
	// Expires is when an answer comes too late.
	Expires time.Time
}

func (s *Service) ceremony(purpose string, session *webauthn.SessionData) (Ceremony, error) {
	challenge, err := base64.RawURLEncoding.DecodeString(session.Challenge)
	if err != nil || len(challenge) != challengeBytes {
		return Ceremony{}, fmt.Errorf("passkey: the library made a challenge of %d bytes", len(challenge))
	}
	state, err := json.Marshal(session)
	if err != nil {
		return Ceremony{}, fmt.Errorf("passkey: write ceremony: %w", err)
	}
	return Ceremony{challenge, state, purpose, s.now().Add(Lifetime)}, nil
}

// open gives the library's session back if it may still be answered. What a
// purpose stands for is asked of the session as well: a first factor without
// verification must not come of a purpose stored wrongly.
func (s *Service) open(c Ceremony, purposes ...string) (webauthn.SessionData, error) {
	var session webauthn.SessionData
	if s.library == nil {
		return session, fmt.Errorf("%w: %s", ErrUnusable, s.unusable)
	}
	if err := json.Unmarshal(c.State, &session); err != nil {
		return session, fmt.Errorf("passkey: read ceremony: %w", err)
	}
	challenge, err := base64.RawURLEncoding.DecodeString(session.Challenge)
	if err != nil || len(challenge) != challengeBytes || !bytes.Equal(challenge, c.Challenge) {
		return session, fmt.Errorf("passkey: the challenge of the ceremony is not that of its state")
	}
	switch {
	case !slices.Contains(purposes, c.Purpose) || !means(c.Purpose, session):
		return session, refuse("purpose_wrong")
	case !s.now().Before(c.Expires):
		return session, refuse("expired")
	case session.RelyingPartyID != s.rpID:
		return session, refuse("rp_changed") // PUBLIC_URL is another since it began
	}
	return session, nil
}

func means(purpose string, session webauthn.SessionData) bool {
	switch purpose {
	case PurposeRegister:
		return len(session.UserID) > 0 && len(session.CredParams) > 0
	case PurposeFirst:
		return len(session.UserID) == 0 && len(session.AllowedCredentialIDs) == 0 &&
			session.UserVerification == protocol.VerificationRequired
	case PurposeSecond:
		return len(session.UserID) > 0 && len(session.AllowedCredentialIDs) > 0 && len(session.CredParams) == 0
	}
	return false
}
