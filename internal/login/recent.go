package login

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/password"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Recent refuses somebody whose last full proof is too old for a sensitive
// change (ASVS 7.5.1). A refresh, a trusted device or a personal access token
// never count as a proof.
func (s *Service) Recent(p *Person) error {
	if p.Session.Kind == session.KindPersonal {
		return fault.New(api.CodeForbidden, "personal_token_not_allowed",
			"A personal access token cannot do this. Please sign in and do it yourself.")
	}
	age := s.o.Now().Sub(p.Session.AuthAt)
	if p.Session.AuthAt.IsZero() || age < 0 || age > s.o.Recent {
		return fault.New(api.CodeReauthRequired, "reauth_required", "Please confirm that it is you before you change this.")
	}
	return nil
}

// Reauth takes a fresh full proof of somebody who is signed in: the password,
// and the second factor where the account has one; or a passkey alone, which
// is both when the device checked its user. The cookie gets a new value.
func (s *Service) Reauth(ctx context.Context, p *Person, text string, a Answer) (*Grant, error) {
	if p.Session.Kind == session.KindPersonal || p.Session.Kind == session.KindLegacy {
		return nil, fault.New(api.CodeForbidden, "session_cannot_step_up", "This kind of token cannot confirm anything. Please sign in.")
	}
	ctx = s.o.Passwords.From(ctx, a.Client.Network)
	// As it is now, not as this node remembers it: a factor that was added a
	// moment ago is asked for.
	user, ok, err := s.o.Store.UserByID(ctx, p.User().ID)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, ended("user_unknown")
	case user.Refusal() != "":
		return nil, ended(user.Refusal())
	}
	method := ""
	if a.Code != "" || len(a.Credential) > 0 {
		method = methodOf(a)
	}
	switch {
	case text == "" && method == MethodWebAuthn:
	case text == "":
		return nil, fault.Invalid("/password", "required", "Please enter your password.")
	case len(text) > password.MaxBytes:
		return nil, fault.Invalid("/password", "too_long", "This is longer than any password can be.")
	case user.SecondFactor && method == "":
		return nil, fault.Invalid("/code", "required", "Please enter the code of your second factor too.")
	}
	in := Reproof{Now: s.o.Now().UTC(), User: user.ID, Session: p.Session.ID, ProvenHash: user.Hash, Method: "password"}
	if text != "" {
		keys, err := s.reprovePassword(ctx, user, p.Session.ID, text, a.Client)
		if err != nil {
			return nil, err
		}
		in.Cleared = keys
	}
	if method != "" && (user.SecondFactor || text == "") {
		t, err := s.passFactor(ctx, &user, a.Client)
		if err != nil {
			return nil, err
		}
		defer t.leave()
		got, err := s.prove(ctx, &user, a, secret.Hash(p.Session.ID))
		if err == nil && text == "" && !got.verified {
			err = wrongCode("user_not_verified", "This device did not check that it is you. Please enter your password too.")
		}
		if err != nil {
			return nil, s.refuseFactor(ctx, t, audit.EventReauth, &user, p.Session.ID, a, err)
		}
		in.Proof, in.Cleared = got.proof, append(in.Cleared, t.buckets()...)
		in.Method = "passkey"
		if text != "" {
			in.Method = "password+" + method
		}
		in.Letters, in.Links = got.letters, got.links
	}
	return s.reprove(ctx, p, in, method, a.Client)
}

// reprovePassword checks the password through the one gate.
func (s *Service) reprovePassword(ctx context.Context, user account.User, session, text string, c Client) ([][]byte, error) {
	t, err := s.pass(ctx, s.gateName(&user), c)
	if err != nil {
		return nil, err
	}
	defer t.leave()
	result, err := s.o.Passwords.Check(ctx, user.Hash, text)
	if err != nil {
		t.giveBack(ctx)
		return nil, err
	}
	reason := refusal(user, result)
	if reason == "" {
		if user.SecondFactor {
			t.giveBack(ctx) // right, but the proof is not whole yet
			return nil, nil
		}
		return t.buckets(), nil
	}
	row := s.row(audit.EventReauth, c.Client)
	row.Outcome, row.Code, row.Reason, row.User, row.Session = audit.Refused, api.CodeInvalidCredentials, reason, user.ID, session
	if err := s.o.Store.Record(ctx, row); err != nil {
		return nil, err
	}
	s.heard(row)
	t.leave()
	f := *result.Refuse(ctx, reason)
	f.Detail = "The password is not right."
	return nil, &f
}

// reprove notes the proof and gives the session its new secret.
func (s *Service) reprove(ctx context.Context, p *Person, in Reproof, method string, c Client) (*Grant, error) {
	g := &Grant{User: *p.User()}
	if p.Session.SecretHash != nil {
		g.Cookie = base64.RawURLEncoding.EncodeToString(secret.Random(32))
		in.SecretHash = secret.Hash(g.Cookie)
	}
	in.Row = s.row(audit.EventReauth, c.Client)
	in.Row.User, in.Row.Session, in.Row.Device, in.Row.Detail = in.User, in.Session, p.Session.Device, method
	spent, stale, err := s.o.Store.Reprove(ctx, in)
	switch {
	case err != nil:
		return nil, err
	case stale:
		return nil, ended("account_changed")
	case spent == SpentChallenge:
		return nil, challengeExpired(spent)
	case spent != "":
		return nil, wrongCode(spent, "")
	}
	s.heard(in.Row)
	one := *p.Session
	one.AuthAt, one.Method = in.Now, in.Method
	if in.SecretHash != nil {
		one.SecretHash = in.SecretHash
	}
	g.Session = &one
	if err := s.issue(g, in.Now); err != nil {
		return nil, fmt.Errorf("make the access token: %w", err)
	}
	return g, nil
}
