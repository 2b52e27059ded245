package passkey

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

// refusedVectors are those that must not register here, and why. Three are made
// of what only their own makers can vouch for; a browser leaves that out when
// it is asked for no attestation.
var refusedVectors = map[string]string{
	"none.ES256.crossOrigin": "cross_origin",
	"none.ES256.topOrigin":   "cross_origin",
	"packed.ES384":           "response_refused", // an algorithm nobody asked for
	"tpm.ES256":              "response_refused", // its maker is none of those of TPMs
	"android-key.ES256":      "response_refused", // its lists of what the key may do are empty
	"apple.ES256":            "response_refused", // its root is not Apple's
}

// At their relying party the vectors of WebAuthn Level 3 register and prove,
// and no byte of what was signed can be another.
func TestSpecificationVectors(t *testing.T) {
	s, _ := service(t, vectors.WebAuthnOrigin)
	for _, v := range vectors.WebAuthn() {
		if len(v.Registration.Challenge) != challengeBytes {
			continue // see TestChallengeOfAnotherLengthIsRefused
		}
		t.Run(v.Name, func(t *testing.T) {
			c := register(t, s, v.Registration.Challenge)
			cred, err := s.FinishRegistration(c, marie, vectorRegistration(t, v))
			if Reason(err) != refusedVectors[v.Name] || (err == nil) != (refusedVectors[v.Name] == "") {
				t.Fatalf("got %v, expected %q", err, refusedVectors[v.Name])
			}
			if v.Name == "packed-self.ES256" { // signed by the key itself
				flipRegistration(t, s, c, v, cred)
			}
			if err != nil {
				cred = unchecked(t, v)
			}
			c = second(t, s, cred, v.Authentication.Challenge)
			p, err := s.Finish(c, []Credential{cred}, vectorAssertion(t, v))
			if refusedVectors[v.Name] == "cross_origin" {
				if Reason(err) != "cross_origin" {
					t.Errorf("within a frame: %v", err)
				}
				return
			}
			if err != nil || p.WentBack || p.Synced != (v.Authentication.AuthenticatorData[32]&bs != 0) {
				t.Fatalf("%+v, %v", p, err)
			}
			flipAssertion(t, s, c, cred, v)
		})
	}
}

func TestChallengeOfAnotherLengthIsRefused(t *testing.T) {
	found := false
	for _, v := range vectors.WebAuthn() {
		if len(v.Registration.Challenge) == challengeBytes {
			continue
		}
		found = true
		if _, err := ChallengeOf(vectorRegistration(t, v)); Reason(err) != "challenge_malformed" {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
	if !found {
		t.Error("the vector of 16.9 has a challenge of 128 bytes")
	}
}

// unchecked is the credential of a vector that does not register here.
func unchecked(t *testing.T, v vectors.WebAuthnCase) Credential {
	t.Helper()
	var raw protocol.CredentialCreationResponse
	if err := json.Unmarshal(vectorRegistration(t, v), &raw); err != nil {
		t.Fatal(err)
	}
	parsed, err := raw.Parse()
	if err != nil {
		t.Fatal(err)
	}
	record, err := webauthn.NewCredential(nil, parsed)
	if err != nil {
		t.Fatal(err)
	}
	cred, err := stored(marie, record)
	if err != nil {
		t.Fatal(err)
	}
	return cred
}

func flipAssertion(t *testing.T, s *Service, c Ceremony, cred Credential, v vectors.WebAuthnCase) {
	for name, field := range map[string][]byte{
		"clientDataJSON":    v.Authentication.ClientDataJSON,
		"authenticatorData": v.Authentication.AuthenticatorData,
		"signature":         v.Authentication.Signature,
	} {
		flip(t, name, field, func() error {
			_, err := s.Finish(c, []Credential{cred}, vectorAssertion(t, v))
			return err
		})
	}
}

// flipRegistration allows for one thing: the names in the wrapper around what
// was signed are read in any case of letters, to the very same credential.
func flipRegistration(t *testing.T, s *Service, c Ceremony, v vectors.WebAuthnCase, cred Credential) {
	for name, field := range map[string][]byte{
		"clientDataJSON":    v.Registration.ClientDataJSON,
		"attestationObject": v.Registration.AttestationObject,
	} {
		flip(t, name, field, func() error {
			got, err := s.FinishRegistration(c, marie, vectorRegistration(t, v))
			if err == nil && name == "attestationObject" && cmp.Equal(got, cred) {
				return ErrRefused
			}
			return err
		})
	}
}

// flip turns one bit of each byte and wants a refusal for it.
func flip(t *testing.T, name string, field []byte, finish func() error) {
	t.Helper()
	for i := range field {
		bit := byte(1) << (i % 8)
		field[i] ^= bit
		if err := finish(); !errors.Is(err, ErrRefused) {
			t.Errorf("byte %d of %s may be %#x: %v", i, name, field[i], err)
		}
		field[i] ^= bit
	}
}

func vectorRegistration(t *testing.T, v vectors.WebAuthnCase) []byte {
	a := answer{id: v.CredentialID, kind: "public-key", results: "{}"}
	return a.envelope(t, map[string]any{
		"clientDataJSON":    base64url(v.Registration.ClientDataJSON),
		"attestationObject": base64url(v.Registration.AttestationObject),
	})
}

func vectorAssertion(t *testing.T, v vectors.WebAuthnCase) []byte {
	a := answer{id: v.CredentialID, kind: "public-key", results: "{}"}
	return a.assemble(t, v.Authentication.ClientDataJSON, v.Authentication.AuthenticatorData, v.Authentication.Signature)
}

// register and second begin a ceremony whose challenge is the vector's.
func register(t *testing.T, s *Service, challenge []byte) Ceremony {
	t.Helper()
	_, c, err := s.BeginRegistration(marie, nil)
	if err != nil {
		t.Fatal(err)
	}
	return challenged(t, c, challenge)
}

func second(t *testing.T, s *Service, cred Credential, challenge []byte) Ceremony {
	t.Helper()
	_, c, err := s.BeginSecond([]Credential{cred})
	if err != nil {
		t.Fatal(err)
	}
	return challenged(t, c, challenge)
}

func challenged(t *testing.T, c Ceremony, challenge []byte) Ceremony {
	t.Helper()
	var session webauthn.SessionData
	if err := json.Unmarshal(c.State, &session); err != nil {
		t.Fatal(err)
	}
	session.Challenge = base64url(challenge)
	c.Challenge, c.State = challenge, encode(t, session)
	return c
}
