package login

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Export is everything kept about a person (GDPR articles 15 and 20), without
// secrets.
type Export struct {
	Security Security
	Sessions []session.Session
	Tokens   []session.Session
	// Activity are the audit rows about the person, newest first, at most
	// maxExport of them.
	Activity []audit.Row
}

// maxExport bounds the rows of one export; older ones are given on request to
// an administrator.
const maxExport = 10_000

// ExportOwn gathers it, for the person only and after a recent proof.
func (s *Service) ExportOwn(ctx context.Context, p *Person, c Client) (out Export, err error) {
	if err := s.Recent(p); err != nil {
		return out, err
	}
	user := p.User()
	if out.Security, err = s.Security(ctx, user); err != nil {
		return out, err
	}
	if out.Sessions, err = s.Sessions(ctx, user.ID); err != nil {
		return out, err
	}
	if out.Tokens, err = s.Tokens(ctx, p); err != nil {
		return out, err
	}
	if out.Activity, err = s.o.Store.AuditRows(ctx, audit.Query{User: user.ID, Limit: maxExport}); err != nil {
		return out, err
	}
	row := s.row(audit.EventExported, c.Client)
	row.User, row.Session = user.ID, p.Session.ID
	if err := s.o.Store.Record(ctx, row); err != nil {
		return out, err
	}
	s.heard(row)
	return out, nil
}

// Activity are the last audit rows about the person.
func (s *Service) Activity(ctx context.Context, p *Person, before int64, limit int) ([]audit.Row, error) {
	return s.o.Store.AuditRows(ctx, audit.Query{User: p.User().ID, Before: before, Limit: limit})
}

// DeleteOwn removes the own account for ever. The audit keeps what it did: its
// rows name the account by a number that nobody else ever gets.
func (s *Service) DeleteOwn(ctx context.Context, p *Person, c Client) error {
	return s.Delete(ctx, Self(p, c.Client), p.User().ID)
}
