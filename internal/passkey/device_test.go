package passkey

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
)

// The flags of authenticator data (W 6.1).
const (
	up = 1 << 0
	uv = 1 << 2
	be = 1 << 3
	bs = 1 << 4
	at = 1 << 6
)

var marie = User{Handle: []byte("handle-of-marie-0123456789abcdef"), Email: "marie@example.com", Name: "Marie Curie"}

// clock is a time that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func service(t testing.TB, address string) (*Service, *clock) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{time.Date(2026, time.November, 3, 12, 0, 0, 0, time.UTC)}
	s, err := New(Options{PublicURL: u, Product: "Example", Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

// answer is what a browser and a device send. A device signs whatever it says:
// where a test alters a field, only the rule about that field can refuse it.
type answer struct {
	client    map[string]any
	rpID      string
	flags     byte
	count     uint32
	id        []byte
	handle    []byte
	key       *virtualwebauthn.Key // signs
	publicKey []byte               // COSE; of a registration
	attested  []byte               // the id within the signed data; of a registration
	kind      string               // "public-key"
	results   string               // clientExtensionResults
}

func base(kind, origin, rpID string, challenge []byte, key virtualwebauthn.Credential) *answer {
	return &answer{
		client: map[string]any{
			"type": kind, "challenge": base64url(challenge), "origin": origin, "crossOrigin": false,
		},
		rpID: rpID, flags: up | uv, id: key.ID, attested: key.ID, key: key.Key,
		publicKey: key.Key.AttestationData(), kind: "public-key", results: "{}",
	}
}

func (a *answer) data() []byte {
	rp := sha256.Sum256([]byte(a.rpID))
	return binary.BigEndian.AppendUint32(append(rp[:], a.flags), a.count)
}

// assertion is AuthenticationResponseJSON.
func (a *answer) assertion(t testing.TB) []byte {
	t.Helper()
	client, data := encode(t, a.client), a.data()
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := a.key.Sign(digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return a.assemble(t, client, data, signature)
}

func (a *answer) assemble(t testing.TB, client, data, signature []byte) []byte {
	t.Helper()
	response := map[string]any{
		"clientDataJSON": base64url(client), "authenticatorData": base64url(data), "signature": base64url(signature),
	}
	if a.handle != nil {
		response["userHandle"] = base64url(a.handle)
	}
	return a.envelope(t, response)
}

// registration is RegistrationResponseJSON with the attestation "none".
func (a *answer) registration(t testing.TB) []byte {
	t.Helper()
	data := a.data()
	data[32] |= at
	data = append(data, make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.attested)))
	data = append(append(data, a.attested...), a.publicKey...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"), byte(len(data)>>8), byte(len(data)))
	return a.envelope(t, map[string]any{
		"clientDataJSON": base64url(encode(t, a.client)), "attestationObject": base64url(append(object, data...)),
		"transports": []string{"usb", "nfc"},
	})
}

func (a *answer) envelope(t testing.TB, response map[string]any) []byte {
	t.Helper()
	return encode(t, map[string]any{
		"id": base64url(a.id), "rawId": base64url(a.id), "type": a.kind, "response": response,
		"clientExtensionResults": json.RawMessage(a.results),
	})
}

// device makes a key whose coordinates are 32 bytes each: virtualwebauthn
// writes them without leading zeros, which COSE forbids (RFC 9053 7.1.1).
func device(t testing.TB, kind virtualwebauthn.KeyType) virtualwebauthn.Credential {
	t.Helper()
	for range 100 {
		c := virtualwebauthn.NewCredential(kind)
		if kind != virtualwebauthn.KeyTypeEC2 || len(c.Key.AttestationData()) == 77 {
			return c
		}
	}
	t.Fatal("no key of the right length in a hundred")
	return virtualwebauthn.Credential{}
}

// registered is a credential of marie, made by a device that can verify.
func registered(t testing.TB, s *Service, key virtualwebauthn.Credential, flags byte) Credential {
	t.Helper()
	_, c, err := s.BeginRegistration(marie, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := base("webauthn.create", s.origin, s.rpID, c.Challenge, key)
	a.flags = flags
	cred, err := s.FinishRegistration(c, marie, a.registration(t))
	if err != nil {
		t.Fatal(err)
	}
	cred.ID = "pk_test"
	return cred
}

func begin(t testing.TB, options []byte, c Ceremony, err error) ([]byte, Ceremony) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return options, c
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
