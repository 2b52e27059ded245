package login

import (
	"context"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// verifyLife is how long the link of a registration works (NIST SP 800-63B-4
// section 4.2: at most 24 hours).
const verifyLife = 24 * time.Hour

// askers names the browser that asks by its cookie, and a client that is no
// browser by its program and place. A browser without our cookie is nobody that
// we know.
func (s *Service) askers(c Client) (list [][]byte) {
	if c.BrowserID != "" {
		list = append(list, secret.Sum(s.o.Keys.Devices, []byte("verify browser"), []byte(c.BrowserID)))
	}
	if !c.Browser {
		list = append(list, secret.Sum(s.o.Keys.Devices, []byte("verify agent"), []byte(c.UserAgent), []byte(c.IP)))
	}
	return list
}

// askedBy is what a link is bound to; nil for nobody that we know.
func (s *Service) askedBy(c Client) []byte {
	if list := s.askers(c); len(list) > 0 {
		return list[0]
	}
	return nil
}

// sameAsker says whether the one who asks is the one the link is bound to.
func (s *Service) sameAsker(l Link, c Client) bool {
	return slices.ContainsFunc(s.askers(c), func(one []byte) bool {
		return len(l.Browser) > 0 && secret.New(l.Browser).Equal(secret.New(one))
	})
}

// mailVerification sends the link once more. It stays bound to the browser that
// registered only where the same browser asks.
func (s *Service) mailVerification(ctx context.Context, u account.User, c Client) error {
	old, ok, err := s.o.Store.NewestLink(ctx, u.ID, LinkVerify, s.o.Now())
	if err != nil {
		return err
	}
	var browser []byte
	if ok && s.sameAsker(old, c) {
		browser = old.Browser
	}
	return s.mailLink(ctx, u, c, LinkVerify, verifyLife, mail.KindVerify, browser)
}

// AskVerification mails the link that proves an address.
func (s *Service) AskVerification(ctx context.Context, address string, c Client) error {
	return s.asked(ctx, address, LinkVerify, c, func(u account.User) error {
		switch {
		case u.Status == account.StatusPending && u.Hash == "":
			return s.mailLink(ctx, u, c, LinkInvite, inviteLife, mail.KindInvitation, nil)
		case u.Status == account.StatusPending, u.Refusal() == "" && !u.Verified:
			return s.mailVerification(ctx, u, c)
		}
		return s.refusedMail(ctx, u, c, LinkVerify)
	})
}

// Verification says what a link of a registration or of a new address needs.
type Verification struct {
	User account.User
	// Address is what is proven.
	Address string
	// NewPassword says that another browser registered: whoever holds the
	// mailbox sets a password, and the registered one is void. Otherwise a
	// stranger who registered somebody else's address would have a password
	// that its owner confirmed (pre-hijacking, CVE-2024-38351).
	NewPassword bool
	kind        string
}

// LookAtVerification looks at a link without taking it.
func (s *Service) LookAtVerification(ctx context.Context, token string, c Client) (Verification, error) {
	dead := fault.New(api.CodeVerifyTokenInvalid, "verify_link_dead", "This link was used before or has expired. Please ask for a new one.")
	for _, kind := range []string{LinkVerify, LinkEmail} {
		l, ok, err := s.o.Store.FindLink(ctx, secret.Hash(token), kind, s.o.Now())
		if err != nil {
			return Verification{}, err
		}
		if !ok {
			continue
		}
		u, ok, err := s.o.Store.UserByID(ctx, l.User)
		if err != nil {
			return Verification{}, err
		}
		if !ok || u.Status == account.StatusDisabled || u.Status == account.StatusLocked {
			return Verification{}, dead
		}
		v := Verification{User: u, Address: u.Email, kind: kind}
		if kind == LinkEmail {
			// What ended the sessions of the account (a reset, a new password, a
			// report) ended what one of them had begun: somebody who was thrown
			// out must not move the account to their own mailbox afterwards.
			if !l.CreatedAt.After(u.TokensAfter) {
				return Verification{}, dead
			}
			v.Address = l.Address
			return v, nil
		}
		v.NewPassword = !s.sameAsker(l, c)
		return v, nil
	}
	return Verification{}, dead
}

// Verify takes a link that proves an address: that of a registration, which
// opens the account, or a new one. password is needed where LookAtVerification
// says so. It signs nobody in.
func (s *Service) Verify(ctx context.Context, token, password string, c Client) (account.User, error) {
	if wait, ok := s.o.Addresses.Spend(c.Network, s.o.Now()); !ok {
		return account.User{}, tooMany("address_limit", wait)
	}
	v, err := s.LookAtVerification(ctx, token, c)
	if err != nil {
		return account.User{}, err
	}
	yes := true
	in := Change{ID: v.User.ID, Verified: &yes, Taken: &Link{Hash: secret.Hash(token), Kind: v.kind}}
	row := s.row(audit.EventVerified, c.Client)
	if v.kind == LinkEmail {
		row = s.row(audit.EventEmailChanged, c.Client)
		row.Detail = "from " + v.User.Email
		in.Email, in.Cleared = &v.Address, s.buckets(v.User.Email)
	}
	if v.NewPassword {
		if password == "" {
			return account.User{}, fault.Invalid("/password", "required",
				"This link was opened in another browser than the one that registered. Please choose a new password.")
		}
		hash, short, err := s.newPassword(s.o.Passwords.From(ctx, c.Network), password, &v.User, "")
		if err != nil {
			return account.User{}, err
		}
		in.Hash, in.Short, in.EndSessions, in.EndTokens, in.Reason = &hash, &short, true, true, session.EndedPassword
	}
	if v.User.Status == account.StatusPending {
		pending, active := account.StatusPending, account.StatusActive
		in.IfStatus, in.Status, in.Active = &pending, &active, &yes
	}
	row.Address = v.Address
	in.Rows = []audit.Row{row}
	u, err := s.change(ctx, in)
	if fault.Is(err, api.CodeResetTokenInvalid) || fault.Is(err, api.CodeInvalidCredentials) {
		err = fault.New(api.CodeVerifyTokenInvalid, "verify_link_dead", "This link was used before or has expired. Please ask for a new one.")
	}
	return u, err
}

// AskEmail begins the change of the own address: the new one gets a link, and
// the old one is told and can say "this was not me". Whether the new address
// has an account already is told to its mailbox alone.
func (s *Service) AskEmail(ctx context.Context, p *Person, address string, c Client) error {
	began := time.Now()
	if err := s.Recent(p); err != nil {
		return err
	}
	if s.o.Letters == nil {
		return fault.New(api.CodeMailNotConfigured, "mail_not_configured",
			"This server sends no mail, so a new address cannot be proven. Please ask an administrator.")
	}
	email, err := account.Canonical(address)
	if err != nil {
		return err
	}
	user := *p.User()
	if held, err := account.Canonical(user.Email); err == nil && held == email {
		return fault.Invalid("/email", "unchanged", "This is your address already.")
	}
	if wait, ok := s.o.Addresses.Spend(c.Network, s.o.Now()); !ok {
		return tooMany("address_limit", wait)
	}
	if err := s.seldom(ctx, "moves", user.ID, movesLimit); err != nil {
		return err
	}
	defer s.steady(ctx, began)
	ok, err := s.mayMail(ctx, email)
	if err != nil {
		return err
	}
	if !ok {
		return tooMany("mail_limit", mailWindow)
	}
	return s.mailNewAddress(ctx, user, p.Session.ID, email, c)
}

func (s *Service) mailNewAddress(ctx context.Context, user account.User, session, email string, c Client) error {
	_, taken, err := s.o.Store.UserByEmail(ctx, email)
	if err != nil {
		return err
	}
	row := s.row(audit.EventEmailAsked, c.Client)
	row.Session, row.Address, row.Detail = session, user.Email, "to "+email
	in := Change{ID: user.ID}
	if in.Letters, in.Links, err = s.notice(user, c, mail.Message{Kind: mail.KindEmailNotice, Address: email}); err != nil {
		return err
	}
	// A link is made either way, though nobody gets that of a taken address: it
	// voids the one before it, which whoever asks can see.
	text, link := s.newLink(LinkEmail, user.ID, verifyLife)
	link.Address, in.Link = email, &link
	m := mail.Message{Kind: mail.KindKnown, To: email, Link: s.o.PublicURL + "/login"}
	if !taken {
		m = mail.Message{Kind: mail.KindEmailConfirm, To: email, Address: email, Link: s.url(LinkEmail, text), Life: verifyLife}
	}
	letter, err := s.letter(user, c, m)
	if err != nil {
		return err
	}
	in.Letters, in.Rows = append(in.Letters, letter), []audit.Row{row}
	_, err = s.change(ctx, in)
	return err
}

// mayMail spends one of the letters that an address may be sent on request.
func (s *Service) mayMail(ctx context.Context, email string) (bool, error) {
	taken, err := s.o.Attempts.TakeAttempt(ctx, mailBucket(s.o.Keys.Attempts, email), s.o.Now())
	return taken.OK, err
}
