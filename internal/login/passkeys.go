package login

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/passkey"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// ceremonyState is a WebAuthn ceremony as it is kept.
type ceremonyState struct {
	Ceremony passkey.Ceremony `json:"ceremony"`
	// Browser is the hash of the browser id that asked, nil for none.
	Browser []byte `json:"browser,omitempty"`
	// Handle is the user handle of a registration.
	Handle []byte `json:"handle,omitempty"`
}

// keepCeremony keeps a ceremony under the hash of its challenge. parent is what
// it belongs to: a pending login, or a session.
func (s *Service) keepCeremony(ctx context.Context, user account.ID, parent []byte, c Client, state ceremonyState) error {
	if c.BrowserID != "" {
		state.Browser = secret.Hash(c.BrowserID)
	}
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	now := s.o.Now().UTC()
	return s.o.Store.PutChallenge(ctx, PendingChallenge{
		Hash: secret.Hash(string(state.Ceremony.Challenge)), Kind: ChallengeCeremony, User: user, Parent: parent, State: string(text),
		CreatedAt: now, ExpiresAt: now.Add(passkey.Lifetime),
	})
}

// ceremonyOf finds the ceremony that a response answers: alive, of this
// account, and asked for by the same pending login, session and browser.
func (s *Service) ceremonyOf(ctx context.Context, user account.ID, parent []byte, c Client, response []byte) (ceremonyState, []byte, error) {
	var state ceremonyState
	challenge, err := passkey.ChallengeOf(response)
	if err != nil {
		return state, nil, err
	}
	hash := secret.Hash(string(challenge))
	pending, ok, err := s.o.Store.FindChallenge(ctx, hash, s.o.Now())
	if err != nil {
		return state, nil, err
	}
	if !ok || pending.Kind != ChallengeCeremony || pending.User != user || !secret.New(pending.Parent).Equal(secret.New(parent)) {
		return state, nil, challengeExpired("ceremony_unknown")
	}
	if err := json.Unmarshal([]byte(pending.State), &state); err != nil {
		return state, nil, err
	}
	if state.Browser != nil && !secret.New(state.Browser).Equal(secret.New(secret.Hash(c.BrowserID))) {
		return state, nil, challengeExpired("ceremony_of_another_browser")
	}
	return state, hash, nil
}

// credential is a factor as the ceremonies know it.
func (f *Factor) credential() passkey.Credential {
	return passkey.Credential{
		ID: f.ID, CredentialID: f.Credential, UserHandle: f.Handle, Data: f.Data, Name: f.Name, AAGUID: f.Model,
		SignCount: uint32(f.Counter), Synced: f.Synced,
	}
}

func (s *Service) credentials(ctx context.Context, user account.ID) ([]passkey.Credential, error) {
	factors, err := s.o.Store.Factors(ctx, user)
	return credentialsOf(factors), err
}

func credentialsOf(factors []Factor) (list []passkey.Credential) {
	for i := range factors {
		if factors[i].Kind == FactorWebAuthn && !factors[i].Pending {
			list = append(list, factors[i].credential())
		}
	}
	return list
}

// unusable is the plain sentence where no passkey can work at PUBLIC_URL, or
// the page is open at another address: a browser would refuse without saying why.
func (s *Service) unusable(c Client) error {
	why := s.o.Passkeys.Unusable()
	if why == "" && c.Origin != "" {
		why = s.o.Passkeys.Fits(c.Origin)
	}
	if why == "" {
		return nil
	}
	return fault.New(api.CodePasskeysUnusable, "passkeys_unusable", why)
}

// PasskeyOptions are the options for signing in by a passkey, whoever it is:
// nothing in them tells who has an account.
func (s *Service) PasskeyOptions(ctx context.Context, c Client) ([]byte, error) {
	if err := s.unusable(c); err != nil {
		return nil, err
	}
	if wait, ok := s.o.Ceremonies.Spend(c.Network, s.o.Now()); !ok {
		return nil, tooMany("address_limit", wait)
	}
	options, ceremony, err := s.o.Passkeys.BeginDiscoverable()
	if err != nil {
		return nil, err
	}
	return options, s.keepCeremony(ctx, "", nil, c, ceremonyState{Ceremony: ceremony})
}

// AnswerOptions are the options for answering a pending login by a passkey.
func (s *Service) AnswerOptions(ctx context.Context, token string, c Client) ([]byte, error) {
	w, err := s.resume(ctx, token, c, ChallengeLogin)
	if err != nil {
		return nil, err
	}
	return s.secondOptions(ctx, w.user.ID, w.Hash, c)
}

// ReauthOptions are the options for a step-up by a passkey.
func (s *Service) ReauthOptions(ctx context.Context, p *Person, c Client) ([]byte, error) {
	return s.secondOptions(ctx, p.User().ID, secret.Hash(p.Session.ID), c)
}

func (s *Service) secondOptions(ctx context.Context, user account.ID, parent []byte, c Client) ([]byte, error) {
	if err := s.unusable(c); err != nil {
		return nil, err
	}
	creds, err := s.credentials(ctx, user)
	if err != nil {
		return nil, err
	}
	if len(creds) == 0 {
		return nil, notFound("passkey_none", "This account has no passkey.")
	}
	options, ceremony, err := s.o.Passkeys.BeginSecond(creds)
	if err != nil {
		return nil, err
	}
	return options, s.keepCeremony(ctx, user, parent, c, ceremonyState{Ceremony: ceremony})
}

// provePasskey checks an answer to secondOptions.
func (s *Service) provePasskey(ctx context.Context, u *account.User, a Answer, parent []byte) (proven, error) {
	state, hash, err := s.ceremonyOf(ctx, u.ID, parent, a.Client, a.Credential)
	if err != nil {
		return proven{}, passkeyRefused(err)
	}
	factors, err := s.o.Store.Factors(ctx, u.ID)
	if err != nil {
		return proven{}, err
	}
	p, err := s.finish(ctx, u, credentialsOf(factors), state.Ceremony, hash, a)
	for _, f := range factors {
		if f.ID == p.proof.Factor && f.SecondOnly {
			p.verified = false // it confirms nothing by itself either
		}
	}
	return p, err
}

func (s *Service) finish(ctx context.Context, u *account.User, creds []passkey.Credential, ceremony passkey.Ceremony, hash []byte, a Answer) (proven, error) {
	got, err := s.o.Passkeys.Finish(ceremony, creds, a.Credential)
	if err != nil {
		return proven{}, passkeyRefused(err)
	}
	p := proven{verified: got.UserVerified}
	for _, c := range creds {
		if string(c.CredentialID) != string(got.CredentialID) {
			continue
		}
		p.proof = Proof{
			Challenges: [][]byte{hash}, Factor: c.ID, Data: got.Data, Sign: max(int64(got.SignCount), int64(c.SignCount)),
		}
		if got.WentBack {
			if err := s.wentBack(ctx, u, c, a.Client); err != nil {
				return proven{}, err
			}
		}
	}
	return p, nil
}

// wentBack notes a signature counter that is not above the one before: the
// device may have been copied (WebAuthn L3 section 6.1.1). It is an event and
// no refusal, for synced passkeys and some keys count by themselves or not at
// all; the owner is told by the activity list.
func (s *Service) wentBack(ctx context.Context, u *account.User, c passkey.Credential, client Client) error {
	row := s.row(audit.EventCounterWentBack, client.Client)
	row.User, row.Address, row.Detail = u.ID, u.Email, c.ID
	err := s.o.Store.Record(ctx, row)
	if err == nil {
		s.heard(row)
	}
	return err
}

// passkeyRefused turns a refusal of a response into the one public fault.
func passkeyRefused(err error) error {
	if !errors.Is(err, passkey.ErrRefused) {
		return err
	}
	return wrongCode("passkey_"+passkey.Reason(err), "This passkey was not accepted.").Because(err)
}

// Passkey signs a person in by a passkey alone: it is two factors in one, for
// the device has checked its user (WebAuthn user verification is demanded).
// Whatever is wrong is invalid_credentials, as with a password.
func (s *Service) Passkey(ctx context.Context, response []byte, c Client) (*Grant, error) {
	if wait, ok := s.o.Addresses.Spend(c.Network, s.o.Now()); !ok {
		return nil, tooMany("address_limit", wait)
	}
	u, p, err := s.provenPasskey(ctx, response, c)
	if err == nil && u.Refusal() != "" {
		err = wrongCode(u.Refusal(), "")
	}
	var g *Grant
	if err == nil {
		g, err = s.begin(ctx, beginning{user: u, hash: u.Hash, client: c, method: "passkey", proof: &p.proof})
	}
	if err == nil {
		return g, nil
	}
	f := fault.From(err)
	switch f.Code {
	case api.CodeInvalidCode, api.CodeChallengeExpired, api.CodeInvalidCredentials:
	default:
		return nil, err
	}
	row := s.row(audit.EventLogin, c.Client)
	row.Outcome, row.Code, row.Reason, row.User, row.Address = audit.Refused, api.CodeInvalidCredentials, f.Reason, u.ID, u.Email
	row.Detail = "passkey"
	if err := s.o.Store.Record(ctx, row); err != nil {
		return nil, err
	}
	s.heard(row)
	return nil, fault.New(api.CodeInvalidCredentials, f.Reason, "This passkey does not sign anybody in here.").Because(f.Cause)
}

func (s *Service) provenPasskey(ctx context.Context, response []byte, c Client) (account.User, proven, error) {
	state, hash, err := s.ceremonyOf(ctx, "", nil, c, response)
	if err != nil {
		return account.User{}, proven{}, passkeyRefused(err)
	}
	id, err := passkey.CredentialOf(response)
	if err != nil {
		return account.User{}, proven{}, passkeyRefused(err)
	}
	f, ok, err := s.o.Store.FactorByCredential(ctx, id)
	if err != nil {
		return account.User{}, proven{}, err
	}
	if !ok {
		return account.User{}, proven{}, wrongCode("passkey_credential_unknown", "")
	}
	if f.SecondOnly {
		return account.User{ID: f.User}, proven{}, wrongCode("passkey_reported", "")
	}
	u, ok, err := s.o.Store.UserByID(ctx, f.User)
	if err != nil {
		return account.User{}, proven{}, err
	}
	if !ok {
		return account.User{}, proven{}, wrongCode("unknown_address", "")
	}
	p, err := s.finish(ctx, &u, []passkey.Credential{f.credential()}, state.Ceremony, hash, Answer{Credential: response, Client: c})
	return u, p, err
}
