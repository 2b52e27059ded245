package login

import (
	"context"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Report is "this was not me": it ends every session, personal token and trust
// in devices, locks the account, and gives the link by which the owner, who
// holds the mailbox, sets a new password at once. An address that was changed
// since the letter went out is changed back, and a passkey added since then
// signs nobody in by itself any more. The last administrator is not
// locked out; all else is done. reset is "" where no link can be given.
func (s *Service) Report(ctx context.Context, token string, c Client) (reset string, err error) {
	if wait, ok := s.o.Addresses.Spend(c.Network, s.o.Now()); !ok {
		return "", tooMany("address_limit", wait)
	}
	l, ok, err := s.o.Store.FindLink(ctx, secret.Hash(token), LinkAlarm, s.o.Now())
	if err != nil {
		return "", err
	}
	u, known, err := s.o.Store.UserByID(ctx, l.User)
	if err != nil {
		return "", err
	}
	if !ok || !known {
		return "", linkDead("alarm_link_dead")
	}
	in, reset, err := s.reported(l, u, c)
	if err != nil {
		return "", err
	}
	_, err = s.change(ctx, in)
	if fault.Is(err, api.CodeUserAlreadyExists) {
		var gave bool
		if gave, err = s.giveWay(ctx, *in.Email, err, c); gave {
			_, err = s.change(ctx, in)
		}
	}
	if fault.Is(err, api.CodeUserAlreadyExists) {
		// The address before belongs to another account by now. Neither mailbox
		// may open this one: an administrator must look.
		nobody := ""
		if in.LockedBy != nil {
			in.LockedBy = &nobody
		}
		in.Email, in.Link, in.Letters, reset = nil, nil, nil, ""
		in.Rows[0].Detail = "address not changed back: taken"
		_, err = s.change(ctx, in)
	}
	if fault.Is(err, api.CodeLastAdmin) {
		in.Status, in.LockedBy = nil, nil
		in.Rows[0].Detail = strings.TrimPrefix(in.Rows[0].Detail+", not locked: the last administrator", ", ")
		_, err = s.change(ctx, in)
	}
	if fault.Is(err, api.CodeResetTokenInvalid) {
		err = linkDead("alarm_link_dead")
	}
	if err != nil {
		return "", err
	}
	return reset, nil
}

// giveWay removes an account that somebody registered for an address and never
// proved: with open registration whoever moved an account away from its address
// could keep its owner out by nothing more. It gives back what stood in the way
// where that is anything else.
func (s *Service) giveWay(ctx context.Context, email string, taken error, c Client) (bool, error) {
	u, ok, err := s.o.Store.UserByEmail(ctx, email)
	switch {
	case err != nil:
		return false, err
	case !ok:
		return true, nil
	case u.Status != account.StatusPending || u.Verified || u.Hash == "": // "" is one that an administrator invited
		return false, taken
	}
	row := s.row(audit.EventUserDeleted, c.Client)
	row.Detail = "never proven, gave way to a report"
	out, err := s.o.Store.DeleteUser(ctx, u.ID, row)
	if err != nil {
		return false, err
	}
	if err := stands(out); err != nil && !fault.Is(err, api.CodeNotFound) {
		return false, err
	}
	s.heard(row)
	return true, nil
}

// reported is what follows from a report, and the token of the reset link.
func (s *Service) reported(l Link, u account.User, c Client) (in Change, reset string, err error) {
	locked, owner := account.StatusLocked, account.LockedByOwner
	in = Change{
		ID: u.ID, Status: &locked, LockedBy: &owner, EndSessions: true, EndTokens: true, Reason: session.EndedReported,
		Taken: &Link{Hash: l.Hash, Kind: LinkAlarm},
		// A passkey that the intruder added would open the account alone, whatever
		// the new password. To remove it would make a mailbox stronger than a
		// factor; so it stays, and counts beside the password only.
		DoubtSince: l.CreatedAt.Add(-time.Minute),
	}
	row := s.row(audit.EventReported, c.Client)
	// Whoever moved the account to a mailbox of theirs must not get the reset.
	if l.Address != "" && l.Address != u.Email {
		row.Detail = "address back from " + u.Email
		u.Email, in.Email = l.Address, &l.Address
	}
	row.Address = u.Email
	if s.o.Letters != nil {
		text, link := s.newLink(LinkReset, u.ID, resetLife)
		letter, err := s.letter(u, c, mail.Message{Kind: mail.KindReset, Link: s.url(LinkReset, text), Life: resetLife})
		if err != nil {
			return in, "", err
		}
		reset, in.Link, in.Letters = text, &link, []mail.Letter{letter}
	}
	switch u.Status {
	case account.StatusDisabled, account.StatusLocked, account.StatusPending:
		in.Status, in.LockedBy = nil, nil // shut already, by somebody whose word counts more
	}
	in.Rows = []audit.Row{row}
	return in, reset, nil
}
