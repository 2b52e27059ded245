package login

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Actor is who decides about somebody's account: the person, an administrator,
// or the host's command line.
type Actor struct {
	ID     account.ID
	Client audit.Client
	// Reason is the end reason that sessions get from this actor.
	Reason string
	// person is who is signed in and decides; nil for the host.
	person *Person
}

// mayDecide refuses somebody whose last proof is too old for it.
func (s *Service) mayDecide(a Actor) error {
	if a.person == nil {
		return nil
	}
	return s.Recent(a.person)
}

// Self is the person acting on the own account.
func Self(p *Person, c audit.Client) Actor {
	return Actor{ID: p.User().ID, Client: c, Reason: session.EndedByUser, person: p}
}

// Admin is an administrator acting on another account.
func Admin(p *Person, c audit.Client) Actor {
	return Actor{ID: p.User().ID, Client: c, Reason: session.EndedByAdmin, person: p}
}

// Host is the command line on the machine itself, server up or down.
func Host() Actor {
	return Actor{ID: "host", Client: audit.Client{IP: "local"}, Reason: session.EndedByHost}
}

func (s *Service) actorRow(e audit.Event, a Actor) audit.Row {
	row := s.row(e, a.Client)
	row.Actor = a.ID
	return row
}

// Logout ends the person's own session, everywhere at once.
func (s *Service) Logout(ctx context.Context, p *Person, c Client) error {
	row := s.row(audit.EventLogout, c.Client)
	row.User, row.Session, row.Device = p.User().ID, p.Session.ID, p.Session.Device
	done, err := s.o.Store.EndSession(ctx, p.User().ID, p.Session.ID, session.EndedLogout, row)
	if done {
		s.heard(row)
	}
	return err
}

// Sessions lists an account's live sessions.
func (s *Service) Sessions(ctx context.Context, id account.ID) ([]session.Session, error) {
	return s.o.Store.ListSessions(ctx, id, s.o.Now(), s.o.Sessions.Idle())
}

// End ends one session of an account; not found when there is none alive.
func (s *Service) End(ctx context.Context, a Actor, user account.ID, id string) error {
	own := a.person != nil && a.person.Session.ID == id
	if err := s.mayDecide(a); err != nil && !own {
		return err
	}
	row := s.actorRow(audit.EventSessionEnded, a)
	row.Reason = a.Reason
	done, err := s.o.Store.EndSession(ctx, user, id, a.Reason, row)
	if err != nil {
		return err
	}
	if !done {
		return notFound("session_unknown", "There is no such session.")
	}
	s.heard(row)
	return nil
}

// EndOthers ends all sessions of an account but one ("" for all of them), and
// old-form tokens made until now. It returns how many ended.
func (s *Service) EndOthers(ctx context.Context, a Actor, user account.ID, except string) (int, error) {
	if err := s.mayDecide(a); err != nil {
		return 0, err
	}
	row := s.actorRow(audit.EventSessionsEnded, a)
	row.Reason = a.Reason
	n, err := s.o.Store.EndSessions(ctx, user, except, a.Reason, row)
	if err == nil {
		s.heard(row)
	}
	return n, err
}

func notFound(reason, detail string) error { return fault.New(api.CodeNotFound, reason, detail) }
