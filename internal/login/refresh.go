package login

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Refresh takes a refresh token and gives its one child with an access token.
// The child is derived from the parent by a keyed hash, so that only hashes
// are stored and a retry can be answered with the same child.
func (s *Service) Refresh(ctx context.Context, refresh string, c Client) (*Grant, error) {
	if refresh == "" || len(refresh) > 200 {
		return nil, refreshFault("refresh_malformed")
	}
	now := s.o.Now().UTC()
	child := refreshPrefix + base64.RawURLEncoding.EncodeToString(secret.Sum(s.o.Keys.Refresh, []byte("child"), []byte(refresh)))
	out, err := s.o.Store.Rotate(ctx, Rotation{
		Now: now, Hash: secret.Hash(refresh), Child: secret.Hash(child),
		UsedBy: s.usedBy(c), Grace: s.o.Grace, Idle: s.o.Sessions.Idle(), Client: c.Client,
	})
	switch {
	case err != nil:
		return nil, err
	case out.Unknown:
		return nil, refreshFault("refresh_unknown")
	case out.Reused:
		row := s.row(audit.EventRefreshReuse, c.Client)
		row.Outcome = audit.Refused
		row.Detail = raced(out)
		if out.Owner != nil {
			row.User = out.Owner.ID
		}
		s.heard(row)
		s.o.Log.Warn("a used refresh token came back; its session was ended for everybody", "request_id", c.RequestID)
		s.tellReuse(ctx, out.Owner, c)
		return nil, ended("refresh_token_reused")
	case out.Ended != "":
		return nil, ended(out.Ended)
	}
	g := &Grant{Session: out.Session, User: out.Session.User, RefreshToken: child}
	row := s.row(audit.EventRefresh, c.Client)
	row.User, row.Session = g.User.ID, g.Session.ID
	s.heard(row)
	return g, s.issue(g, now)
}

// raceWithin is how soon a second use is that of another tab, or a retry after
// a lost answer, when it comes from the same device.
const raceWithin = time.Minute

// raced says of a reuse what tells a race from a theft, for who listens.
func raced(out Rotated) string {
	if out.Raced == 0 || out.Raced > raceWithin {
		return ""
	}
	return "race after " + out.Raced.Round(time.Millisecond).String()
}

// tellReuse writes to the owner of a session that was ended for a reuse. The
// answer does not wait for it to succeed: the session is over either way.
func (s *Service) tellReuse(ctx context.Context, u *account.User, c Client) {
	if u == nil || s.o.Letters == nil {
		return
	}
	letters, links, err := s.notice(*u, c, mail.Message{Kind: mail.KindRefreshReuse})
	if err == nil {
		err = s.o.Store.Post(ctx, letters, links)
	}
	if err != nil {
		s.o.Log.Warn("the owner of a session that was ended for a reuse could not be told", "error", err, "request_id", c.RequestID)
	}
}

// Renew gives a person who is signed in by cookie the next access token.
// Nothing rotates: the cookie is the browser's session.
func (s *Service) Renew(p *Person) (*Grant, error) {
	g := &Grant{Session: p.Session, User: p.Session.User}
	return g, s.issue(g, s.o.Now().UTC())
}

func refreshFault(reason string) error {
	return fault.New(api.CodeTokenInvalid, reason, "This refresh token is not valid. Please sign in again.")
}

func ended(reason string) error {
	return fault.New(api.CodeSessionEnded, reason, "This session has ended. Please sign in again.")
}
