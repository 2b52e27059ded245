package passkey

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"
)

// algorithms are those that devices have: ES256 all, EdDSA the newer keys,
// RS256 Windows Hello. The first that a device knows is used.
var algorithms = []protocol.CredentialParameter{
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgEdDSA},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgRS256},
}

// BeginRegistration gives the options for navigator.credentials.create, as
// PublicKeyCredentialCreationOptionsJSON. The devices of the existing
// credentials say by themselves that they are registered already.
func (s *Service) BeginRegistration(user User, existing []Credential) ([]byte, Ceremony, error) {
	return s.register(user, existing, protocol.MediationDefault)
}

// BeginUpgrade is BeginRegistration for a passkey that the browser makes by
// itself after a password login (mediation "conditional"). Nobody touches the
// device for it, so presence is not asked (W 7.1 step 15).
func (s *Service) BeginUpgrade(user User, existing []Credential) ([]byte, Ceremony, error) {
	return s.register(user, existing, protocol.MediationConditional)
}

func (s *Service) register(
	user User, existing []Credential, mediation protocol.CredentialMediationRequirement,
) ([]byte, Ceremony, error) {
	if s.library == nil {
		return nil, Ceremony{}, fmt.Errorf("%w: %s", ErrUnusable, s.unusable)
	}
	if user.Email == "" {
		return nil, Ceremony{}, fmt.Errorf("passkey: a user without an address")
	}
	h, err := held(user, existing)
	if err != nil {
		return nil, Ceremony{}, err
	}
	creation, session, err := s.library.BeginMediatedRegistration(h, mediation,
		webauthn.WithCredentialParameters(algorithms),
		webauthn.WithExclusions(descriptors(h.records)),
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			// Preferred, not required: it becomes a passkey where the device
			// has room for one, and a second factor where it has not.
			ResidentKey:      protocol.ResidentKeyRequirementPreferred,
			UserVerification: protocol.VerificationPreferred,
		}),
		webauthn.WithExtensions(webauthn.WithExtensionCredProps()),
	)
	if err != nil {
		return nil, Ceremony{}, fmt.Errorf("passkey: begin registration: %w", err)
	}
	return s.began(PurposeRegister, creation.Response, session)
}

// began is the end of every Begin.
func (s *Service) began(purpose string, options any, session *webauthn.SessionData) ([]byte, Ceremony, error) {
	c, err := s.ceremony(purpose, session)
	if err != nil {
		return nil, Ceremony{}, err
	}
	text, err := json.Marshal(options)
	if err != nil {
		return nil, Ceremony{}, fmt.Errorf("passkey: write options: %w", err)
	}
	return text, c, nil
}

// FinishRegistration checks the answer and gives the credential to store; ID is
// for the caller to set, and to refuse a CredentialID that any account has
// (W 7.1 step 26). The error is ErrRefused, or ours.
func (s *Service) FinishRegistration(c Ceremony, user User, response []byte) (Credential, error) {
	session, err := s.open(c, PurposeRegister)
	if err != nil {
		return Credential{}, err
	}
	if !bytes.Equal(session.UserID, user.Handle) {
		return Credential{}, refuse("not_this_user")
	}
	parsed, err := s.parseRegistration(response, c.Challenge)
	if err != nil {
		return Credential{}, err
	}
	data := parsed.Response.AttestationObject.AuthData
	record, err := s.library.CreateCredential(holder{user: user}, session, parsed)
	if err != nil {
		return Credential{}, s.why(err, data, false, session.Mediation != protocol.MediationConditional)
	}
	// Without an attestation nothing was signed, so nobody looked at the key.
	if _, err := webauthncose.ParsePublicKey(record.PublicKey); err != nil {
		return Credential{}, refuseBecause("key_malformed", err)
	}
	return stored(user, record)
}

func (s *Service) parseRegistration(response, challenge []byte) (*protocol.ParsedCredentialCreationData, error) {
	var raw protocol.CredentialCreationResponse
	if err := read(response, &raw); err != nil {
		return nil, err
	}
	if err := s.checkClient(raw.AttestationResponse.ClientDataJSON, protocol.CreateCeremony, challenge); err != nil {
		return nil, err
	}
	parsed, err := raw.Parse()
	if err != nil {
		return nil, refuseBecause("response_malformed", err)
	}
	return parsed, nil
}
