package login

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

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
func (s *Service) SetUp(ctx context.Context, j Joining) (*Outcome, error) {
	if _, ok, err := s.LinkWorks(ctx, LinkSetup, j.Token); err != nil {
		return nil, err
	} else if !ok {
		return nil, s.setupDead(ctx)
	}
	n, err := s.joining(ctx, j, account.RoleAdmin)
	if err != nil {
		return nil, err
	}
	n.Status, n.Verified, n.FirstAdmin = account.StatusActive, true, true
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
		return nil, s.setupDead(ctx)
	}
	s.heard(n.Row)
	return s.next(ctx, beginning{user: user, hash: user.Hash, client: j.Client, method: "setup"})
}

// setupDead says what to do instead. Whether there is an administrator is no
// secret: a server without one shows nothing but the way to make one.
func (s *Service) setupDead(ctx context.Context) error {
	ever, err := s.o.Store.AdminEver(ctx)
	switch {
	case err != nil:
		return err
	case ever:
		return fault.New(api.CodeSetupTokenInvalid, "setup_done",
			"This set-up link is of no more use, since there is an administrator already. Please sign in.")
	}
	return fault.New(api.CodeSetupTokenInvalid, "setup_link_dead",
		"This set-up link was used before or has expired. The host prints a new one with: aiwfe-auth setup-link")
}

// joining checks what was filled in and hashes the password.
func (s *Service) joining(ctx context.Context, j Joining, role string) (NewUser, error) {
	email, err := account.Canonical(j.Email)
	if err != nil {
		return NewUser{}, err
	}
	name, err := personName(j.Name)
	if err != nil {
		return NewUser{}, err
	}
	n := NewUser{Now: s.o.Now().UTC(), Email: email, Name: name, Role: role, Lang: j.Client.Lang}
	ctx = s.o.Passwords.From(ctx, j.Client.Network)
	n.Hash, n.Short, err = s.newPassword(ctx, j.Password, &account.User{Email: email, Name: name, Role: role}, "")
	return n, err
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
	n, err := s.joining(ctx, j, user.Role)
	if err != nil {
		return account.User{}, err
	}
	pending, active, yes := account.StatusPending, account.StatusActive, true
	user, err = s.change(ctx, Change{
		ID: user.ID, IfStatus: &pending, Name: &n.Name, Hash: &n.Hash, Short: &n.Short, Lang: &n.Lang, Status: &active, Active: &yes, Verified: &yes,
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
func (s *Service) Enter(ctx context.Context, j Joining) (*Outcome, error) {
	user, err := s.Accept(ctx, j)
	if err != nil {
		return nil, err
	}
	return s.next(ctx, beginning{user: user, hash: user.Hash, client: j.Client, method: "invitation"})
}
