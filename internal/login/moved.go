package login

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// Mails says whether this installation sends letters.
func (s *Service) Mails() bool { return s.o.Letters != nil }

// InviteMoved mails the link by which somebody sets a first password whose old
// one could not come along from another system. It does so once: false where a
// link that lives was sent before, or where the account waits for none.
func (s *Service) InviteMoved(ctx context.Context, a Actor, id account.ID) (sent bool, err error) {
	if err := s.mayDecide(a); err != nil {
		return false, err
	}
	user, err := s.Find(ctx, id)
	if err != nil || user.Hash != "" || user.Status != account.StatusPending {
		return false, err
	}
	if _, lives, err := s.o.Store.NewestLink(ctx, id, LinkInvite, s.o.Now()); err != nil || lives {
		return false, err
	}
	text, link := s.newLink(LinkInvite, id, inviteLife)
	letter, err := s.letter(user, Client{Client: a.Client}, mail.Message{
		Kind: mail.KindInvitation, Link: s.url(LinkInvite, text), Life: inviteLife,
	})
	if err != nil {
		return false, err
	}
	row := s.actorRow(audit.EventInvited, a)
	row.Detail = "role " + user.Role
	pending := account.StatusPending
	_, err = s.change(ctx, Change{
		ID: id, IfStatus: &pending, Link: &link, Letters: []mail.Letter{letter}, Rows: []audit.Row{row},
	})
	return err == nil, err
}
