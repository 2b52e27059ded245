package login_test

import (
	"testing"

	"github.com/descope/virtualwebauthn"

	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// device is an authenticator with one passkey.
type device struct {
	w    *world
	auth virtualwebauthn.Authenticator
	cred virtualwebauthn.Credential
	id   string // of the factor
}

var party = virtualwebauthn.RelyingParty{ID: "auth.example.com", Name: "aiwfe", Origin: "https://auth.example.com"}

// newKey makes a key whose coordinates are 32 bytes each: the library writes
// them without leading zeros, which COSE forbids (RFC 9053 section 7.1.1).
func newKey(t *testing.T) virtualwebauthn.Credential {
	t.Helper()
	for range 100 {
		if c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(c.Key.AttestationData()) == 77 {
			return c
		}
	}
	t.Fatal("no key of the right length in a hundred")
	return virtualwebauthn.Credential{}
}

// passkey adds a passkey to the account of who is signed in.
func (w *world) passkey(p *login.Person) *device {
	w.t.Helper()
	e, err := w.EnrolleeOf(p, curl())
	w.must(err)
	d, _, err := w.enrolPasskey(e)
	w.must(err)
	return d
}

func (w *world) enrolPasskey(e *login.Enrollee) (*device, *login.Added, error) {
	w.t.Helper()
	options, err := w.RegisterOptions(w.t.Context(), e)
	w.must(err)
	asked, err := virtualwebauthn.ParseAttestationOptions(string(options))
	w.must(err)
	d := &device{w: w, cred: newKey(w.t)}
	d.auth = virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(asked.UserID)})
	added, err := w.RegisterPasskey(w.t.Context(), e, []byte(virtualwebauthn.CreateAttestationResponse(party, d.auth, d.cred, *asked)), "")
	if err == nil {
		d.id = added.Factor.ID
	}
	return d, added, err
}

// register answers new options with a credential that the device has already.
func (w *world) register(e *login.Enrollee, cred virtualwebauthn.Credential) (response []byte, err error) {
	w.t.Helper()
	options, err := w.RegisterOptions(w.t.Context(), e)
	w.must(err)
	asked, err := virtualwebauthn.ParseAttestationOptions(string(options))
	w.must(err)
	auth := virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(asked.UserID)})
	response = []byte(virtualwebauthn.CreateAttestationResponse(party, auth, cred, *asked))
	_, err = w.RegisterPasskey(w.t.Context(), e, response, "")
	return response, err
}

// touchOnly is the same key when nobody's finger or PIN was checked.
func (d *device) touchOnly() *device {
	other := *d
	other.auth.Options.UserNotVerified = true
	return &other
}

// signs answers options; each use counts, as devices with a counter do.
func (d *device) signs(options []byte, err error) []byte {
	d.w.t.Helper()
	d.w.must(err)
	asked, err := virtualwebauthn.ParseAssertionOptions(string(options))
	d.w.must(err)
	d.cred.Counter++
	return []byte(virtualwebauthn.CreateAssertionResponse(party, d.auth, d.cred, *asked))
}

// alone signs in by the passkey and nothing else.
func (d *device) alone(c login.Client) (*login.Grant, error) {
	d.w.t.Helper()
	return d.w.Passkey(d.w.t.Context(), d.signs(d.w.PasskeyOptions(d.w.t.Context(), c)), c)
}

// second is the answer to a login that waits.
func (d *device) second(ch *login.Challenge, c login.Client) login.Answer {
	d.w.t.Helper()
	return login.Answer{Token: ch.Token, Credential: d.signs(d.w.AnswerOptions(d.w.t.Context(), ch.Token, c)), Client: c}
}

// again is the answer to a step-up.
func (d *device) again(p *login.Person, c login.Client) login.Answer {
	d.w.t.Helper()
	return login.Answer{Credential: d.signs(d.w.ReauthOptions(d.w.t.Context(), p, c)), Client: c}
}
