package passkey

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Proof is a checked answer of a registered credential.
type Proof struct {
	// CredentialID is the device's, and with it the account.
	CredentialID []byte
	// SignCount is the counter to store: the higher of the stored one and this.
	SignCount uint32
	// WentBack says that the counter is not above the stored one, while one
	// of them is not zero: a copy of the key may be about (W 6.1.1). It is an
	// event; whether the login stands is the caller's policy.
	WentBack bool
	// UserVerified says that the device asked for a finger, a face or a PIN.
	UserVerified bool
	// Synced is the backup state now.
	Synced bool
	// Data is the record to store in place of the old one.
	Data []byte
}

// BeginDiscoverable gives the options for navigator.credentials.get where
// nobody said who they are. The list of credentials is empty, the same for
// everybody, so that none can be asked about (W 14.6.2).
func (s *Service) BeginDiscoverable() ([]byte, Ceremony, error) {
	if s.library == nil {
		return nil, Ceremony{}, fmt.Errorf("%w: %s", ErrUnusable, s.unusable)
	}
	assertion, session, err := s.library.BeginDiscoverableLogin(
		webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, Ceremony{}, fmt.Errorf("passkey: begin login: %w", err)
	}
	return s.began(PurposeFirst, assertion.Response, session)
}

// BeginSecond gives the options for navigator.credentials.get where a password
// or a session says who it is; creds are all of that account, at least one.
//
// Verification is preferred. "discouraged" would spare the owner of a security
// key its PIN, but its proof could never be worth more than a touch, and
// confirming again within a session wants to know. A device that cannot verify
// still answers.
func (s *Service) BeginSecond(creds []Credential) ([]byte, Ceremony, error) {
	if s.library == nil {
		return nil, Ceremony{}, fmt.Errorf("%w: %s", ErrUnusable, s.unusable)
	}
	if len(creds) == 0 || len(creds[0].UserHandle) == 0 {
		return nil, Ceremony{}, errors.New("passkey: a second factor of nobody")
	}
	h, err := held(User{Handle: creds[0].UserHandle}, creds)
	if err != nil {
		return nil, Ceremony{}, err
	}
	assertion, session, err := s.library.BeginLogin(h, webauthn.WithUserVerification(protocol.VerificationPreferred))
	if err != nil {
		return nil, Ceremony{}, fmt.Errorf("passkey: begin second factor: %w", err)
	}
	return s.began(PurposeSecond, assertion.Response, session)
}

// Finish checks an answer to BeginDiscoverable or BeginSecond. creds are those
// of the one account, or the one found by CredentialOf; none is answered like
// any other refusal. The error is ErrRefused, or ours.
func (s *Service) Finish(c Ceremony, creds []Credential, response []byte) (Proof, error) {
	session, err := s.open(c, PurposeFirst, PurposeSecond)
	if err != nil {
		return Proof{}, err
	}
	parsed, err := s.parseAssertion(response, c.Challenge)
	if err != nil {
		return Proof{}, err
	}
	cred, err := choose(c.Purpose, &session, creds, parsed)
	if err != nil {
		return Proof{}, err
	}
	record, err := cred.record()
	if err != nil {
		return Proof{}, err
	}
	checked, err := s.validate(session, holder{User{Handle: cred.UserHandle}, []webauthn.Credential{record}}, parsed)
	if err != nil {
		return Proof{}, s.whyNot(err, record, parsed, session)
	}
	return proof(checked, parsed)
}

// CredentialOf reads the credential's id out of an answer, for the caller to
// find the credential of somebody who did not say who they are. Nothing is
// proven by it.
func CredentialOf(response []byte) ([]byte, error) {
	var r struct {
		ID string `json:"id"`
	}
	if err := read(response, &r); err != nil {
		return nil, err
	}
	id, err := unbase64(r.ID)
	if err != nil || len(id) == 0 || len(id) > maxCredentialID {
		return nil, refuse("response_malformed")
	}
	return id, nil
}

// maxCredentialID is the limit of W 7.1 step 25, in bytes.
const maxCredentialID = 1023

func (s *Service) parseAssertion(response, challenge []byte) (*protocol.ParsedCredentialAssertionData, error) {
	var raw protocol.CredentialAssertionResponse
	if err := read(response, &raw); err != nil {
		return nil, err
	}
	if err := s.checkClient(raw.AssertionResponse.ClientDataJSON, protocol.AssertCeremony, challenge); err != nil {
		return nil, err
	}
	parsed, err := raw.Parse()
	if err != nil {
		return nil, refuseBecause("response_malformed", err)
	}
	return parsed, nil
}

// choose finds the credential that answered and whether it may (W 7.2 steps 5
// and 6). The session is then narrowed to it: another key of the account,
// removed in the meantime, must not get in the way.
func choose(
	purpose string, session *webauthn.SessionData, creds []Credential, parsed *protocol.ParsedCredentialAssertionData,
) (Credential, error) {
	i := slices.IndexFunc(creds, func(c Credential) bool { return bytes.Equal(c.CredentialID, parsed.RawID) })
	if i < 0 {
		return Credential{}, refuse("credential_unknown")
	}
	cred, handle := creds[i], parsed.Response.UserHandle
	if len(cred.UserHandle) == 0 || len(handle) > 0 && !bytes.Equal(handle, cred.UserHandle) {
		return Credential{}, refuse("not_this_user")
	}
	if purpose == PurposeFirst {
		if len(handle) == 0 {
			return Credential{}, refuse("user_handle_missing")
		}
		return cred, nil
	}
	if !bytes.Equal(session.UserID, cred.UserHandle) {
		return Credential{}, refuse("not_this_user")
	}
	isIt := func(id []byte) bool { return bytes.Equal(id, cred.CredentialID) }
	if !slices.ContainsFunc(session.AllowedCredentialIDs, isIt) {
		return Credential{}, refuse("credential_not_asked")
	}
	session.AllowedCredentialIDs = [][]byte{cred.CredentialID}
	return cred, nil
}

func (s *Service) validate(
	session webauthn.SessionData, h holder, parsed *protocol.ParsedCredentialAssertionData,
) (*webauthn.Credential, error) {
	if len(session.UserID) > 0 {
		return s.library.ValidateLogin(h, session, parsed)
	}
	return s.library.ValidateDiscoverableLogin(
		func(_, _ []byte) (webauthn.User, error) { return h, nil }, session, parsed)
}

func proof(checked *webauthn.Credential, parsed *protocol.ParsedCredentialAssertionData) (Proof, error) {
	data, err := pack(checked)
	if err != nil {
		return Proof{}, err
	}
	flags := parsed.Response.AuthenticatorData.Flags
	return Proof{
		CredentialID: checked.ID,
		SignCount:    checked.Authenticator.SignCount,
		WentBack:     checked.Authenticator.CloneWarning,
		UserVerified: flags.UserVerified(),
		Synced:       flags.HasBackupState(),
		Data:         data,
	}, nil
}

func (s *Service) whyNot(
	err error, record webauthn.Credential, parsed *protocol.ParsedCredentialAssertionData, session webauthn.SessionData,
) error {
	data := parsed.Response.AuthenticatorData
	refused := s.why(err, data, session.UserVerification == protocol.VerificationRequired, true)
	if Reason(refused) == "response_refused" && record.Flags.BackupEligible != data.Flags.HasBackupEligible() {
		return refuseBecause("backup_eligible_changed", err)
	}
	return refused
}

func rpHash(rpID string) [sha256.Size]byte { return sha256.Sum256([]byte(rpID)) }

func isType(err error, want *protocol.Error) bool {
	e, ok := errors.AsType[*protocol.Error](err)
	return ok && e.Type == want.Type
}
