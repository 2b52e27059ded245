package vectors_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

// The chapter derives each challenge from the label of its case, so a challenge
// proves that this is the case as printed. That of 16.9 has 128 bytes.
func TestWebAuthnVectorsAreThoseOfTheSpecification(t *testing.T) {
	cases := vectors.WebAuthn()
	if len(cases) != 14 {
		t.Fatalf("14 credentials are known, got %d", len(cases))
	}
	for _, c := range cases {
		derived, err := hkdf.Key(sha256.New, []byte("WebAuthn test vectors"), []byte{0}, c.Name, len(c.Registration.Challenge))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(derived, c.Registration.Challenge) {
			t.Errorf("%s %s: the challenge is %x", c.Section, c.Name, c.Registration.Challenge)
		}
		if !bytes.Contains(c.Registration.AttestationObject, c.CredentialID) {
			t.Errorf("%s %s: another credential was attested", c.Section, c.Name)
		}
		rp := sha256.Sum256([]byte(vectors.WebAuthnRPID))
		if !bytes.HasPrefix(c.Authentication.AuthenticatorData, rp[:]) {
			t.Errorf("%s %s: made for another relying party", c.Section, c.Name)
		}
	}
}
