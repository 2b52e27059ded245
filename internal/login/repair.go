package login

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// RawStore reads and mends rows that are not as an account should be.
type RawStore interface {
	// RawUsers reads rows as they stand: the one of an id, those of an address in
	// any spelling, or, when both are empty, those that look flawed.
	RawUsers(ctx context.Context, id account.ID, address string, now time.Time) ([]RawUser, error)
	// MendUser writes columns of one row, unless its hash is another by now;
	// false then.
	MendUser(ctx context.Context, m Mend) (bool, error)
}

// Mend is what is written to one row, with its audit row.
type Mend struct {
	Now     time.Time
	ID      account.ID
	Columns map[string]any
	// IfHash is the hash that was looked at, nil for NULL.
	IfHash *string
	Link   *Link
	Row    audit.Row
}

// Repaired is what a repair did to one account, or would do.
type Repaired struct {
	ID    account.ID
	Email string
	Flaws []Flaw
	// Changed are the columns that were written.
	Changed []string
	// Kind and Token are of the one-time link, where a new password is needed.
	Kind, Token string
	// Left are flaws that nobody can mend without knowing more.
	Left []Flaw
	// Stale is set when the row changed meanwhile.
	Stale bool
}

// Repair mends what can be mended of rows without guessing a credential. Where
// the hash is of no use it gives a one-time link, as a reset does.
func (s *Service) Repair(
	ctx context.Context, a Actor, rows RawStore, id account.ID, address string, dry bool,
) ([]Repaired, error) {
	now := s.o.Now().UTC()
	list, err := rows.RawUsers(ctx, id, address, now)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 && (id != "" || address != "") {
		return nil, notFound("user_unknown", "There is no such account.")
	}
	var done []Repaired
	for _, raw := range list {
		r := Repaired{ID: raw.ID, Flaws: raw.Flaws()}
		if raw.Email != nil {
			r.Email = *raw.Email
		}
		if len(r.Flaws) == 0 {
			continue
		}
		if err := s.repair(ctx, a, rows, raw, &r, dry); err != nil {
			return done, fmt.Errorf("repair account %s: %w", raw.ID, err)
		}
		done = append(done, r)
	}
	return done, nil
}

func (s *Service) repair(ctx context.Context, a Actor, rows RawStore, raw RawUser, r *Repaired, dry bool) error {
	m := Mend{
		Now: s.o.Now().UTC(), ID: raw.ID, Columns: map[string]any{}, IfHash: raw.Hash,
		Row: s.actorRow(audit.EventUserUpdated, a),
	}
	link := false
	for _, f := range r.Flaws {
		maps.Copy(m.Columns, f.Mended)
		link = link || f.Link
		if len(f.Mended) == 0 && !f.Link {
			r.Left = append(r.Left, f)
		}
	}
	r.Changed = slices.Sorted(maps.Keys(m.Columns))
	if link {
		r.Kind = LinkReset
	}
	if dry || len(m.Columns) == 0 && !link {
		return nil
	}
	if link {
		text, l := s.newLink(LinkReset, raw.ID, resetLife)
		r.Token, m.Link = text, &l
	}
	m.Row.User, m.Row.Address = raw.ID, r.Email
	m.Row.Detail = strings.TrimSpace("repair " + strings.Join(r.Changed, " "))
	written, err := rows.MendUser(ctx, m)
	if err != nil {
		return err
	}
	r.Stale = !written
	if !written {
		r.Token = ""
		return nil
	}
	s.heard(m.Row)
	return nil
}
