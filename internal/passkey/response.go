package passkey

import (
	"bytes"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-webauthn/webauthn/protocol"
)

const (
	challengeBytes = 32
	// MaxResponse is the longest answer that is read, in bytes. RSA, a long
	// credential id and an attestation with certificates stay well below.
	MaxResponse = 16 << 10
)

// clientData is what is checked of clientDataJSON (W 5.8.1). Others may be
// there, and newer browsers add some to keep servers from comparing text.
type clientData struct {
	Type        string  `json:"type"`
	Challenge   string  `json:"challenge"`
	Origin      string  `json:"origin"`
	CrossOrigin bool    `json:"crossOrigin"`
	TopOrigin   *string `json:"topOrigin"`
}

// ChallengeOf reads the challenge out of the answer of a browser, for the
// caller to find the ceremony by. Nothing is proven by it. The error is
// ErrRefused.
func ChallengeOf(response []byte) ([]byte, error) {
	var r struct {
		Response struct {
			ClientDataJSON string `json:"clientDataJSON"`
		} `json:"response"`
	}
	if err := read(response, &r); err != nil {
		return nil, err
	}
	text, err := unbase64(r.Response.ClientDataJSON)
	if err != nil {
		return nil, refuseBecause("response_malformed", err)
	}
	var c clientData
	if err := read(text, &c); err != nil {
		return nil, err
	}
	challenge, err := unbase64(c.Challenge)
	if err != nil || len(challenge) != challengeBytes {
		return nil, refuse("challenge_malformed")
	}
	return challenge, nil
}

// read decodes JSON that a stranger sent, with each name once and in its case:
// encoding/json, which the library uses, would let two readers see two answers.
func read(text []byte, into any) error {
	if len(text) > MaxResponse {
		return refuse("response_too_large")
	}
	if err := json.Unmarshal(text, into); err != nil {
		return refuseBecause("response_malformed", err)
	}
	return nil
}

// unbase64 takes the one spelling of base64url without padding: Go's decoder
// skips line ends, and by default ignores bits behind the last byte.
func unbase64(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, base64.CorruptInputError(strings.IndexAny(text, "\r\n"))
	}
	return base64.RawURLEncoding.Strict().DecodeString(text)
}

// checkClient holds clientDataJSON against the ceremony (W 7.1 steps 7 to 12,
// W 7.2 steps 10 to 15).
func (s *Service) checkClient(text []byte, want protocol.CeremonyType, challenge []byte) error {
	var c clientData
	if err := read(text, &c); err != nil {
		return err
	}
	got, err := unbase64(c.Challenge)
	switch {
	case c.Type != string(want):
		return refuse("type_wrong")
	case err != nil || subtle.ConstantTimeCompare(got, challenge) != 1:
		return refuse("challenge_wrong")
	case c.Origin != s.origin:
		return refuseBecause("origin_wrong", fmt.Errorf("the answer was made at %q", short(c.Origin)))
	case c.CrossOrigin:
		return refuse("cross_origin") // we are never inside somebody's frame
	case c.TopOrigin != nil:
		return refuse("top_origin")
	}
	return nil
}

// why names the reason of the library's refusal. It looks at the answer once
// more to do so and decides nothing.
func (s *Service) why(err error, data protocol.AuthenticatorData, verify, present bool) error {
	rp := rpHash(s.rpID)
	return refuseBecause(reasonOf(err, data, rp[:], verify, present), err)
}

func reasonOf(err error, data protocol.AuthenticatorData, rp []byte, verify, present bool) string {
	flags := data.Flags
	switch {
	case !bytes.Equal(data.RPIDHash, rp):
		return "rp_wrong"
	case present && !flags.UserPresent():
		return "user_not_present"
	case verify && !flags.UserVerified():
		return "user_not_verified"
	case flags.HasBackupState() && !flags.HasBackupEligible():
		return "backup_flags_wrong"
	case isType(err, protocol.ErrAssertionSignature):
		return "signature_wrong"
	}
	return "response_refused"
}
