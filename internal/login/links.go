package login

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// How long one-time links live (ASVS 6.4.1; a reset at most an hour).
const (
	setupLife  = 24 * time.Hour
	inviteLife = 7 * 24 * time.Hour
	resetLife  = time.Hour
)

// newLink makes a link of 256 bits; the token leaves, the hash stays.
func (s *Service) newLink(kind string, user account.ID, life time.Duration) (string, Link) {
	now := s.o.Now().UTC()
	text := base64.RawURLEncoding.EncodeToString(secret.Random(32))
	return text, Link{Hash: secret.Hash(text), Kind: kind, User: user, CreatedAt: now, ExpiresAt: now.Add(life)}
}

// LinkWorks says whether a link of that kind is alive, and whose it is. It
// takes nothing: opening a link, by a person or by a mail scanner, is free.
func (s *Service) LinkWorks(ctx context.Context, kind, token string) (account.User, bool, error) {
	l, ok, err := s.o.Store.FindLink(ctx, secret.Hash(token), kind, s.o.Now())
	if err != nil || !ok || l.User == "" {
		return account.User{}, ok, err
	}
	return s.o.Store.UserByID(ctx, l.User)
}

// SetupToken makes the link for the first administrator, or reuses the given
// one while it is alive. "" when an administrator has existed.
func (s *Service) SetupToken(ctx context.Context, kept string) (string, error) {
	ever, err := s.o.Store.AdminEver(ctx)
	if err != nil || ever {
		return "", err
	}
	if kept != "" {
		if _, ok, err := s.LinkWorks(ctx, LinkSetup, kept); err != nil || ok {
			return kept, err
		}
	}
	text, link := s.newLink(LinkSetup, "", setupLife)
	row := s.actorRow(audit.EventSetupIssued, Host())
	if err := s.o.Store.PutLink(ctx, link, row); err != nil {
		return "", err
	}
	s.heard(row)
	return text, nil
}

// Joining is what a new person fills in.
type Joining struct {
	// Token is the one-time link; empty for open registration.
	Token    string
	Email    string
	Name     string
	Password string
	Client   Client
}

// SetUp makes the first administrator and signs them in. The link is taken in
// the same transaction, so that of two people one becomes it.
func (s *Service) SetUp(ctx context.Context, j Joining) (*Grant, error) {
	dead := fault.New(api.CodeSetupTokenInvalid, "setup_link_dead",
		"This set-up link was used before or has expired. The host prints a new one with: aiwfe-auth setup-link")
	if _, ok, err := s.LinkWorks(ctx, LinkSetup, j.Token); err != nil {
		return nil, err
	} else if !ok {
		return nil, dead
	}
	n, err := s.joining(ctx, j)
	if err != nil {
		return nil, err
	}
	n.Role, n.Status, n.Verified, n.FirstAdmin = account.RoleAdmin, account.StatusActive, true, true
	n.Taken = &Link{Hash: secret.Hash(j.Token), Kind: LinkSetup}
	n.Row = s.row(audit.EventSetupCompleted, j.Client.Client)
	user, made, err := s.o.Store.CreateUser(ctx, n)
	if err != nil {
		return nil, err
	}
	if !made {
		if _, taken, err := s.o.Store.UserByEmail(ctx, n.Email); err == nil && taken {
			return nil, fault.Invalid("/email", "taken", "There is an account with this address already.")
		}
		return nil, dead
	}
	s.heard(n.Row)
	return s.begin(ctx, beginning{user: user, hash: user.Hash, client: j.Client, method: "setup"})
}

// joining checks what was filled in and hashes the password.
func (s *Service) joining(ctx context.Context, j Joining) (NewUser, error) {
	email, err := account.Canonical(j.Email)
	if err != nil {
		return NewUser{}, err
	}
	name, err := personName(j.Name)
	if err != nil {
		return NewUser{}, err
	}
	if f := s.o.Policy.Refuse(j.Password, false, email, name); f != nil {
		return NewUser{}, f
	}
	hash, err := s.o.Passwords.Hash(ctx, j.Password)
	if err != nil {
		return NewUser{}, err
	}
	return NewUser{Now: s.o.Now().UTC(), Email: email, Name: name, Hash: hash, Role: account.RoleUser}, nil
}

// Accept sets the password of an invited person. The invitation went to their
// address, so the address is proven with it.
func (s *Service) Accept(ctx context.Context, j Joining) (account.User, error) {
	dead := fault.New(api.CodeInvitationInvalid, "invitation_dead",
		"This invitation was used before or has expired. Please ask for a new one.")
	user, ok, err := s.LinkWorks(ctx, LinkInvite, j.Token)
	if err != nil {
		return account.User{}, err
	}
	if !ok || user.Status != account.StatusPending {
		return account.User{}, dead
	}
	j.Email = user.Email
	if j.Name == "" {
		j.Name = user.Name
	}
	n, err := s.joining(ctx, j)
	if err != nil {
		return account.User{}, err
	}
	pending, active, yes := account.StatusPending, account.StatusActive, true
	user, err = s.change(ctx, Change{
		ID: user.ID, IfStatus: &pending, Name: &n.Name, Hash: &n.Hash, Status: &active, Active: &yes, Verified: &yes,
		Taken: &Link{Hash: secret.Hash(j.Token), Kind: LinkInvite},
		Rows:  []audit.Row{s.row(audit.EventRegistered, j.Client.Client)},
	})
	if fault.Is(err, api.CodeResetTokenInvalid) || fault.Is(err, api.CodeInvalidCredentials) {
		return account.User{}, dead
	}
	return user, err
}

// Enter accepts an invitation and signs its owner in: the page that set the
// password is as good a proof as the form that would ask for it next.
func (s *Service) Enter(ctx context.Context, j Joining) (*Grant, error) {
	user, err := s.Accept(ctx, j)
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, beginning{user: user, hash: user.Hash, client: j.Client, method: "invitation"})
}

// Register makes an account by invitation, or for anybody where registration
// is open.
func (s *Service) Register(ctx context.Context, j Joining) (account.User, error) {
	if wait, ok := s.o.Addresses.Spend(j.Client.Network, s.o.Now()); !ok {
		return account.User{}, tooMany("address_limit", wait)
	}
	if j.Token != "" {
		return s.registerInvited(ctx, j)
	}
	if s.o.Registration != "open" {
		return account.User{}, fault.New(api.CodeRegistrationClosed, "registration_"+s.o.Registration,
			"New accounts are made by invitation here. Please ask an administrator for one.")
	}
	n, err := s.joining(ctx, j)
	if err != nil {
		return account.User{}, err
	}
	n.Status = account.StatusActive
	n.Row = s.row(audit.EventRegistered, j.Client.Client)
	user, made, err := s.o.Store.CreateUser(ctx, n)
	if err != nil {
		return account.User{}, err
	}
	if !made {
		return account.User{}, fault.New(api.CodeUserAlreadyExists, "", "There is an account with this address already.")
	}
	s.heard(n.Row)
	return user, nil
}

// registerInvited accepts an invitation by the API: the address sent must be
// the one invited.
func (s *Service) registerInvited(ctx context.Context, j Joining) (account.User, error) {
	email, err := account.Canonical(j.Email)
	if err != nil {
		return account.User{}, err
	}
	user, ok, err := s.LinkWorks(ctx, LinkInvite, j.Token)
	if err != nil {
		return account.User{}, err
	}
	if held, _ := account.Canonical(user.Email); ok && held != email {
		return account.User{}, fault.New(api.CodeInvitationInvalid, "invitation_for_another_address",
			"This invitation was used before or has expired. Please ask for a new one.")
	}
	return s.Accept(ctx, j)
}

// ResetPassword sets a new password by a one-time link. It ends all sessions
// and signs nobody in.
func (s *Service) ResetPassword(ctx context.Context, token, next string, c Client) error {
	dead := fault.New(api.CodeResetTokenInvalid, "reset_link_dead", "This link was used before or has expired. Please ask for a new one.")
	if wait, ok := s.o.Addresses.Spend(c.Network, s.o.Now()); !ok {
		return tooMany("address_limit", wait)
	}
	user, ok, err := s.LinkWorks(ctx, LinkReset, token)
	if err != nil {
		return err
	}
	if !ok {
		return dead
	}
	if f := s.o.Policy.Refuse(next, false, user.Email, user.Name); f != nil {
		return f
	}
	hash, err := s.o.Passwords.Hash(ctx, next)
	if err != nil {
		return err
	}
	row := s.row(audit.EventPasswordSet, c.Client)
	row.Detail = "reset link"
	_, err = s.change(ctx, Change{
		ID: user.ID, Hash: &hash, EndSessions: true, Reason: session.EndedPassword,
		Taken: &Link{Hash: secret.Hash(token), Kind: LinkReset}, Cleared: s.buckets(user.Email), Rows: []audit.Row{row},
	})
	return err
}

// buckets are the attempt buckets of an address that strangers fill.
func (s *Service) buckets(email string) [][]byte {
	canonical, err := account.Canonical(email)
	if err != nil {
		return nil
	}
	return [][]byte{s.accountBucket(canonical)}
}

// LinkPath is the page at which a link of that kind is opened.
func LinkPath(kind, token string) string {
	page := map[string]string{LinkSetup: "/setup", LinkInvite: "/invitation", LinkReset: "/reset-password"}[kind]
	return page + "?token=" + token
}
