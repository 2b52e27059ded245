package login

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/password"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// ChangePassword sets a new password. It needs the current one, through the
// same gate as a login, and ends the other sessions.
func (s *Service) ChangePassword(ctx context.Context, p *Person, present, next string, c Client) error {
	user := *p.User()
	switch {
	case present == "":
		return fault.Invalid("/current_password", "required", "Please enter your current password.")
	case next == "":
		return fault.Invalid("/new_password", "required", "Please enter a new password.")
	case len(present) > password.MaxBytes:
		return fault.Invalid("/current_password", "too_long", "This is longer than any password can be.")
	}
	if err := s.Recent(p); err != nil {
		return err
	}
	if f := s.o.Policy.At("/new_password").Refuse(next, s.demanded(&user), user.Email, user.Name); f != nil {
		return f
	}
	ctx = s.o.Passwords.From(ctx, c.Network)
	t, err := s.pass(ctx, s.gateName(&user), c)
	if err != nil {
		return err
	}
	defer t.leave()
	result, err := s.o.Passwords.Check(ctx, user.Hash, present)
	if err != nil {
		t.giveBack(ctx)
		return err
	}
	if reason := refusal(user, result); reason != "" {
		row := s.row(audit.EventPasswordChanged, c.Client)
		row.Outcome, row.Code, row.Reason = audit.Refused, api.CodeInvalidCredentials, reason
		row.User, row.Session = user.ID, p.Session.ID
		if err := s.o.Store.Record(ctx, row); err != nil {
			return err
		}
		s.heard(row)
		t.leave()
		f := *result.Refuse(ctx, reason)
		f.Detail = "The current password is not right."
		return &f
	}
	hash, short, err := s.newPassword(ctx, next, &user, "/new_password")
	if err != nil {
		t.giveBack(ctx)
		return err
	}
	row := s.row(audit.EventPasswordChanged, c.Client)
	row.Actor, row.Session = user.ID, p.Session.ID
	letters, links, err := s.notice(user, c, mail.Message{Kind: mail.KindPasswordChanged})
	if err != nil {
		t.giveBack(ctx)
		return err
	}
	_, err = s.change(ctx, Change{
		ID: user.ID, IfHash: &user.Hash, Hash: &hash, Short: &short, Letters: letters, Links: links,
		EndSessions: true, Except: p.Session.ID, Reason: session.EndedPassword, Cleared: t.buckets(),
		Rows: []audit.Row{row},
	})
	if err != nil { // the current password was right, so it was no guess
		t.giveBack(ctx)
	}
	return err
}

// SetLanguage keeps the language of pages and letters; "" follows the browser.
func (s *Service) SetLanguage(ctx context.Context, p *Person, lang string, c Client) (account.User, error) {
	row := s.row(audit.EventProfileUpdated, c.Client)
	row.Actor, row.Detail = p.User().ID, "language"
	return s.change(ctx, Change{ID: p.User().ID, Lang: &lang, Rows: []audit.Row{row}})
}

// maxName is the longest name of a person, in code points.
const maxName = 120

// Rename sets the name that the person is shown by.
func (s *Service) Rename(ctx context.Context, p *Person, name string, c Client) (account.User, error) {
	name, err := personName(name)
	if err != nil {
		return account.User{}, err
	}
	row := s.row(audit.EventProfileUpdated, c.Client)
	row.Actor, row.Detail = p.User().ID, "name"
	return s.change(ctx, Change{ID: p.User().ID, Name: &name, Rows: []audit.Row{row}})
}

// personName is the one form of a name: NFC, outer blanks dropped, no control
// or formatting characters that could disguise one name as another.
func personName(name string) (string, error) {
	name = norm.NFC.String(strings.TrimSpace(strings.ToValidUTF8(name, "\uFFFD")))
	if utf8.RuneCountInString(name) > maxName {
		return "", fault.Invalid("/name", "too_long", "Please use a name of at most 120 characters.")
	}
	for _, r := range name {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200D' && r != '\u200C' {
			return "", fault.Invalid("/name", "not_text", "Please use a name without control characters.")
		}
	}
	return name, nil
}

// change applies a change and turns what stood against it into a fault.
func (s *Service) change(ctx context.Context, c Change) (account.User, error) {
	c.Now = s.o.Now().UTC()
	out, err := s.o.Store.ChangeUser(ctx, c)
	if err != nil {
		return account.User{}, err
	}
	if err := stands(out); err != nil {
		return account.User{}, err
	}
	s.heard(c.Rows...)
	return out.User, nil
}

func stands(out Changed) error {
	switch {
	case out.LinkDead:
		return fault.New(api.CodeResetTokenInvalid, "link_dead", "This link was used before or has expired. Please ask for a new one.")
	case out.Missing:
		return notFound("user_unknown", "There is no such account.")
	case out.Stale:
		return fault.New(api.CodeInvalidCredentials, "account_changed", "The password was changed at the same moment. Please sign in again.")
	case out.LastAdmin:
		return fault.New(api.CodeLastAdmin, "", "This is the last administrator who can sign in. Make somebody else an administrator first.")
	case out.Conflict:
		return fault.New(api.CodeUserAlreadyExists, "", "There is an account with this address already.")
	}
	return nil
}
