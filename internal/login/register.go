package login

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// Registered is an account just made; or, where addresses are proven by mail,
// nothing but that a letter is on its way, whoever has an account.
type Registered struct {
	User   account.User
	Mailed bool
}

// Register makes an account by invitation, or for anybody where registration
// is open.
func (s *Service) Register(ctx context.Context, j Joining) (Registered, error) {
	if wait, ok := s.o.Addresses.Spend(j.Client.Network, s.o.Now()); !ok {
		return Registered{}, tooMany("address_limit", wait)
	}
	if j.Token != "" {
		u, err := s.registerInvited(ctx, j)
		return Registered{User: u}, err
	}
	if s.o.Registration != "open" {
		return Registered{}, fault.New(api.CodeRegistrationClosed, "registration_"+s.o.Registration,
			"New accounts are made by invitation here. Please ask an administrator for one.")
	}
	if s.o.VerifyAddresses {
		return Registered{Mailed: true}, s.registerByMail(ctx, j)
	}
	n, err := s.joining(ctx, j, account.RoleUser)
	if err != nil {
		return Registered{}, err
	}
	n.Status = account.StatusActive
	n.Row = s.row(audit.EventRegistered, j.Client.Client)
	u, err := s.create(ctx, n)
	return Registered{User: u}, err
}

// registerByMail answers the same, in words and in time, for a new address and
// for one that has an account: its owner gets a letter instead. Everything that
// costs is done for both.
func (s *Service) registerByMail(ctx context.Context, j Joining) error {
	began := time.Now()
	n, err := s.joining(ctx, j, account.RoleUser)
	if err != nil {
		return err
	}
	defer s.steady(ctx, began)
	may, err := s.mayMail(ctx, n.Email)
	if err != nil || !may {
		return err
	}
	u, known, err := s.o.Store.UserByEmail(ctx, n.Email)
	switch {
	case err != nil:
		return err
	case !known:
		return s.registerNew(ctx, n, j.Client)
	case u.Status == account.StatusPending && u.Hash != "":
		return s.registerAgain(ctx, u, n, j.Client)
	case u.Status == account.StatusPending:
		return s.mailLink(ctx, u, j.Client, LinkInvite, inviteLife, mail.KindInvitation, nil)
	}
	return s.tellOwner(ctx, u, j.Client)
}

// verification makes the link of a registration, bound to this browser.
func (s *Service) verification(u account.User, c Client) (Link, mail.Letter, error) {
	text, link := s.newLink(LinkVerify, u.ID, verifyLife)
	link.Browser = s.askedBy(c)
	letter, err := s.letter(u, c, mail.Message{Kind: mail.KindVerify, Link: s.url(LinkVerify, text), Life: verifyLife})
	return link, letter, err
}

func (s *Service) registerNew(ctx context.Context, n NewUser, c Client) error {
	link, letter, err := s.verification(account.User{Email: n.Email, Name: n.Name, Lang: n.Lang}, c)
	if err != nil {
		return err
	}
	n.Status, n.Link, n.Letters = account.StatusPending, &link, []mail.Letter{letter}
	n.Row = s.row(audit.EventRegistered, c.Client)
	_, err = s.create(ctx, n)
	if fault.Is(err, api.CodeUserAlreadyExists) {
		return nil // made at the same moment by another request, which sent the letter
	}
	return err
}

// registerAgain lets the newest registration of an address that nobody proved
// take the place of the one before.
func (s *Service) registerAgain(ctx context.Context, u account.User, n NewUser, c Client) error {
	link, letter, err := s.verification(u, c)
	if err != nil {
		return err
	}
	pending := account.StatusPending
	row := s.row(audit.EventRegistered, c.Client)
	row.Address, row.Detail = n.Email, "again"
	_, err = s.change(ctx, Change{
		ID: u.ID, IfStatus: &pending, IfHash: &u.Hash, Hash: &n.Hash, Short: &n.Short, Name: &n.Name, Link: &link,
		Letters: []mail.Letter{letter}, Rows: []audit.Row{row},
	})
	if fault.Is(err, api.CodeInvalidCredentials) {
		return nil
	}
	return err
}

// tellOwner writes to somebody whose address was used to register.
func (s *Service) tellOwner(ctx context.Context, u account.User, c Client) error {
	letter, err := s.letter(u, c, mail.Message{Kind: mail.KindKnown, Link: s.o.PublicURL + "/login"})
	if err != nil {
		return err
	}
	row := s.row(audit.EventMailAsked, c.Client)
	row.User, row.Address, row.Detail = u.ID, u.Email, "registered already"
	if err := s.o.Store.Post(ctx, []mail.Letter{letter}, nil, row); err != nil {
		return err
	}
	s.heard(row)
	return nil
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
