package login

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/password"
)

// Attempt is one try to sign in by password.
type Attempt struct {
	// Email is the address as typed.
	Email    string
	Password string
	Client   Client
	// TokensOnly gives bearer tokens and no cookie (the OAuth2 password form).
	TokensOnly bool
}

// Password signs a person in, or says what is still owed. Whatever is wrong with the pair or the account,
// the refusal is invalid_credentials, the same in text and in time; the reason
// is in the audit row.
func (s *Service) Password(ctx context.Context, a Attempt) (*Outcome, error) {
	email, err := account.Canonical(a.Email)
	if err != nil {
		return nil, err
	}
	if a.Password == "" {
		return nil, fault.Invalid("/password", "required", "Please enter your password.")
	}
	if len(a.Password) > password.MaxBytes {
		return nil, fault.Invalid("/password", "too_long", "This is longer than any password can be.")
	}
	ctx = s.o.Passwords.From(ctx, a.Client.Network)
	t, err := s.pass(ctx, email, a.Client)
	if err != nil {
		return nil, err
	}
	defer t.leave()

	user, _, err := s.o.Store.UserByEmail(ctx, email)
	if err != nil {
		t.giveBack(ctx)
		return nil, err
	}
	result, err := s.o.Passwords.Check(ctx, user.Hash, a.Password)
	if err != nil {
		t.giveBack(ctx)
		return nil, err
	}
	if reason := refusal(user, result); reason != "" {
		return nil, s.refuse(ctx, t, a, user, email, result, reason)
	}
	out, err := s.next(ctx, beginning{
		user: user, hash: user.Hash, upgrade: s.upgraded(ctx, result, a.Password),
		client: a.Client, method: "password", tokensOnly: a.TokensOnly, cleared: t.buckets(),
	})
	switch {
	case fault.Is(err, api.CodeInvalidCredentials): // the account changed while its password was checked
		return nil, s.refuse(ctx, t, a, user, email, result, fault.From(err).Reason)
	case err != nil:
		t.giveBack(ctx)
		return nil, err
	case out.Challenge != nil: // the password was no guess, and nothing is forgiven yet
		t.giveBack(ctx)
	}
	return out, nil
}

// refusal is the private reason why this account with this result may not go
// on, or "".
func refusal(user account.User, r password.Result) string {
	switch {
	case user.ID == "":
		return "unknown_address"
	case r.Unusable != "":
		return r.Unusable
	case !r.OK:
		return "wrong_password"
	}
	return user.Refusal()
}

// refuse writes the audit row, frees the lane, and holds the answer until any
// other refusal would be due.
func (s *Service) refuse(ctx context.Context, t *ticket, a Attempt, u account.User, email string, r password.Result, reason string) error {
	row := s.row(audit.EventLogin, a.Client.Client)
	row.Outcome, row.Code, row.Reason = audit.Refused, api.CodeInvalidCredentials, reason
	row.User, row.Address, row.Device = u.ID, email, t.device
	if err := s.o.Store.Record(ctx, row); err != nil {
		return err
	}
	s.heard(row)
	t.leave()
	return r.Refuse(ctx, reason)
}

// upgraded makes a new hash where the old kind is weaker; "" keeps the old. A
// full queue puts the upgrade off until the next login.
func (s *Service) upgraded(ctx context.Context, r password.Result, text string) string {
	if !r.Upgrade {
		return ""
	}
	hash, err := s.o.Passwords.Hash(ctx, text)
	if err != nil {
		s.o.Log.Debug("a password hash was not upgraded this time", "error", err)
		return ""
	}
	return hash
}
