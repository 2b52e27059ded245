package vectors

import _ "embed"

//go:embed data/webauthn.json
var webAuthn []byte

// The relying party of every WebAuthn vector.
const (
	WebAuthnRPID   = "example.org"
	WebAuthnOrigin = "https://example.org"
)

// WebAuthnCase is one credential of WebAuthn Level 3 chapter 16: how it was
// registered and what it signed afterwards. All bytes are as printed there.
type WebAuthnCase struct {
	// Section is the number there, Name the label of its derivation, such as
	// "none.ES256".
	Section, Name string
	CredentialID  []byte

	Registration struct {
		Challenge, ClientDataJSON, AttestationObject []byte
	}
	Authentication struct {
		Challenge, ClientDataJSON, AuthenticatorData, Signature []byte
	}
}

// WebAuthn returns the 14 credentials of sections 16.2 to 16.11 and 16.13 to
// 16.16. Ed448 (16.12), which nothing here reads, is left out.
func WebAuthn() []WebAuthnCase {
	var stored []struct {
		Section, Name string
		CredentialID  string            `json:"credential_id"`
		R             map[string]string `json:"registration"`
		A             map[string]string `json:"authentication"`
	}
	mustDecode(webAuthn, &stored)
	cases := make([]WebAuthnCase, len(stored))
	for i, s := range stored {
		c := WebAuthnCase{Section: s.Section, Name: s.Name, CredentialID: unhex(s.CredentialID)}
		c.Registration.Challenge = unhex(s.R["challenge"])
		c.Registration.ClientDataJSON = unhex(s.R["client_data_json"])
		c.Registration.AttestationObject = unhex(s.R["attestation_object"])
		c.Authentication.Challenge = unhex(s.A["challenge"])
		c.Authentication.ClientDataJSON = unhex(s.A["client_data_json"])
		c.Authentication.AuthenticatorData = unhex(s.A["authenticator_data"])
		c.Authentication.Signature = unhex(s.A["signature"])
		cases[i] = c
	}
	return cases
}
