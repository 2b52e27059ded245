package login

import (
	"context"
	"slices"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// Invitee is a person to be made an account for.
type Invitee struct {
	Email, Name, Role string
}

// Invite makes an account without a password and gives the one-time link by
// which its owner sets one. Nobody else ever knows that password.
func (s *Service) Invite(ctx context.Context, a Actor, in Invitee) (account.User, string, error) {
	if err := s.mayDecide(a); err != nil {
		return account.User{}, "", err
	}
	n, err := s.newcomer(in)
	if err != nil {
		return account.User{}, "", err
	}
	text, link := s.newLink(LinkInvite, "", inviteLife)
	n.Status, n.Link = account.StatusPending, &link
	n.Row = s.actorRow(audit.EventInvited, a)
	n.Row.Detail = "role " + n.Role
	if s.o.Letters != nil {
		letter, err := s.letter(account.User{Email: n.Email, Name: n.Name}, Client{Client: a.Client}, mail.Message{
			Kind: mail.KindInvitation, Link: s.url(LinkInvite, text), Life: inviteLife,
		})
		if err != nil {
			return account.User{}, "", err
		}
		n.Letters = []mail.Letter{letter}
	}
	user, err := s.create(ctx, n)
	return user, text, err
}

// CreateWithPassword makes an account that can sign in at once. Only the host's
// command line may: the API never takes somebody else's password.
func (s *Service) CreateWithPassword(ctx context.Context, a Actor, in Invitee, text string) (account.User, error) {
	n, err := s.newcomer(in)
	if err != nil {
		return account.User{}, err
	}
	if n.Hash, n.Short, err = s.newPassword(ctx, text, &account.User{Email: n.Email, Name: n.Name, Role: n.Role}, ""); err != nil {
		return account.User{}, err
	}
	n.Status, n.Verified = account.StatusActive, true
	n.Row = s.actorRow(audit.EventUserCreated, a)
	n.Row.Detail = "role " + n.Role
	return s.create(ctx, n)
}

// RefusePassword says why CreateWithPassword would not take a password.
func (s *Service) RefusePassword(in Invitee, text string) error {
	n, err := s.newcomer(in)
	if err != nil {
		return err
	}
	if f := s.o.Policy.Refuse(text, s.demanded(&account.User{Role: n.Role}), n.Email, n.Name); f != nil {
		return f
	}
	return nil
}

func (s *Service) newcomer(in Invitee) (NewUser, error) {
	email, err := account.Canonical(in.Email)
	if err != nil {
		return NewUser{}, err
	}
	name, err := personName(in.Name)
	if err != nil {
		return NewUser{}, err
	}
	if in.Role == "" {
		in.Role = account.RoleUser
	}
	if err := oneOf("/role", in.Role, account.RoleUser, account.RoleAdmin); err != nil {
		return NewUser{}, err
	}
	return NewUser{Now: s.o.Now().UTC(), Email: email, Name: name, Role: in.Role}, nil
}

func (s *Service) create(ctx context.Context, n NewUser) (account.User, error) {
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

// Edit is what an administrator changes of an account; nil leaves it.
type Edit struct {
	Name, Role, Status *string
	Verified           *bool
}

// Edit changes an account. What takes rights away ends its sessions.
func (s *Service) Edit(ctx context.Context, a Actor, id account.ID, e Edit) (account.User, error) {
	if err := s.mayDecide(a); err != nil {
		return account.User{}, err
	}
	c := Change{ID: id, Role: e.Role, Status: e.Status, Verified: e.Verified, Reason: a.Reason}
	row := s.actorRow(audit.EventUserUpdated, a)
	if e.Name != nil {
		name, err := personName(*e.Name)
		if err != nil {
			return account.User{}, err
		}
		c.Name = &name
		row.Detail += "name "
	}
	if e.Role != nil {
		if err := oneOf("/role", *e.Role, account.RoleUser, account.RoleAdmin); err != nil {
			return account.User{}, err
		}
		row.Detail += "role=" + *e.Role + " "
	}
	if e.Status != nil {
		if err := oneOf("/status", *e.Status, account.StatusActive, account.StatusDisabled, account.StatusLocked); err != nil {
			return account.User{}, err
		}
		open := *e.Status == account.StatusActive
		if open || *e.Status == account.StatusDisabled {
			c.Active = &open
		}
		nobody := ""
		c.EndSessions, c.LockedBy = !open, &nobody
		row.Detail += "status=" + *e.Status
	}
	c.Rows = []audit.Row{row}
	return s.change(ctx, c)
}

// Unlock opens an account that was locked or shut by too many guesses.
func (s *Service) Unlock(ctx context.Context, a Actor, id account.ID) (account.User, error) {
	if err := s.mayDecide(a); err != nil {
		return account.User{}, err
	}
	user, err := s.Find(ctx, id)
	if err != nil {
		return account.User{}, err
	}
	c := Change{ID: id, Cleared: append(s.buckets(user.Email), s.accountBucket("factor ", s.gateName(&user))), Rows: []audit.Row{s.actorRow(audit.EventUserUnlocked, a)}}
	if user.Status == account.StatusLocked {
		active, nobody := account.StatusActive, ""
		c.Status, c.LockedBy = &active, &nobody
	}
	return s.change(ctx, c)
}

// IssueReset gives a one-time link by which the owner sets a new password. An
// account that never had one gets a new invitation instead.
func (s *Service) IssueReset(ctx context.Context, a Actor, id account.ID) (kind, token string, err error) {
	if err := s.mayDecide(a); err != nil {
		return "", "", err
	}
	user, err := s.Find(ctx, id)
	if err != nil {
		return "", "", err
	}
	kind, life := LinkReset, resetLife
	if user.Status == account.StatusPending {
		kind, life = LinkInvite, inviteLife
	}
	text, link := s.newLink(kind, user.ID, life) // as the table spells it: SQLite reads "07" as 7
	row := s.actorRow(audit.EventResetIssued, a)
	row.Detail = kind
	_, err = s.change(ctx, Change{ID: id, Link: &link, Rows: []audit.Row{row}})
	return kind, text, err
}

// Delete removes an account for ever; the audit keeps what it did.
func (s *Service) Delete(ctx context.Context, a Actor, id account.ID) error {
	if err := s.mayDecide(a); err != nil {
		return err
	}
	row := s.actorRow(audit.EventUserDeleted, a)
	user, err := s.Find(ctx, id)
	if err != nil {
		return err
	}
	var letters []mail.Letter
	if s.o.Letters != nil && user.Status != account.StatusPending {
		letter, err := s.letter(user, Client{Client: a.Client}, mail.Message{Kind: mail.KindAccountDeleted})
		if err != nil {
			return err
		}
		letters = append(letters, letter)
	}
	out, err := s.o.Store.DeleteUser(ctx, id, row, letters...)
	if err != nil {
		return err
	}
	if err := stands(out); err != nil {
		return err
	}
	s.heard(row)
	return nil
}

// Find reads one account.
func (s *Service) Find(ctx context.Context, id account.ID) (account.User, error) {
	user, ok, err := s.o.Store.UserByID(ctx, id)
	if err == nil && !ok {
		err = notFound("user_unknown", "There is no such account.")
	}
	return user, err
}

// FindByEmail reads one account by its address, in any spelling.
func (s *Service) FindByEmail(ctx context.Context, address string) (account.User, error) {
	email, err := account.Canonical(address)
	if err != nil {
		return account.User{}, err
	}
	user, ok, err := s.o.Store.UserByEmail(ctx, email)
	if err == nil && !ok {
		err = notFound("user_unknown", "There is no account with this address.")
	}
	return user, err
}

// List lists accounts.
func (s *Service) List(ctx context.Context, q UserQuery) ([]account.User, error) {
	return s.o.Store.ListUsers(ctx, q)
}

func oneOf(pointer, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	detail := "Please use one of: "
	for i, v := range allowed {
		if i > 0 {
			detail += ", "
		}
		detail += v
	}
	return fault.Invalid(pointer, "not_allowed", detail+".")
}
