package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/moving"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// again looks at a person who was imported before.
func (b *importing) again(ctx context.Context, n *moving.Newcomer, m met) (moving.Outcome, error) {
	user, err := b.user(ctx, m.user)
	if errors.Is(err, sql.ErrNoRows) {
		return moving.Outcome{What: moving.Gone}, nil
	}
	if err != nil {
		return moving.Outcome{}, err
	}
	out := moving.Outcome{
		What: moving.Unchanged, User: user.ID, Fields: m.marks.Differ(n.Marks),
		Waits: user.Hash == "" && user.Status == account.StatusPending,
	}
	switch {
	case len(out.Fields) == 0:
		return out, nil
	case !b.Update:
		out.What = moving.Differs
		return out, nil
	}
	return b.update(ctx, n, m, user, out)
}

var errMeanwhile = errors.New("an account was changed at this very moment; please run the import again")

// update takes over what has changed there since, but for a password that was
// changed or upgraded here, a second factor, an address that is taken, and what
// would shut an administrator out.
func (b *importing) update(
	ctx context.Context, n *moving.Newcomer, m met, user account.User, out moving.Outcome,
) (moving.Outcome, error) {
	c := login.Change{ID: user.ID, Now: b.Now, Reason: session.EndedByHost}
	kept := []string{}
	for _, field := range out.Fields {
		switch field {
		case "address":
			if id, taken := b.taken[n.Address]; taken && id != user.ID {
				kept = append(kept, field)
				continue
			}
			c.Email = &n.Address
		case "name":
			c.Name = &n.Name
		case "status", "role":
			waits := field == "status" && n.Status == account.StatusPending && user.Hash != ""
			if user.IsAdmin() || waits { // whoever has a password here waits for none
				kept = append(kept, field)
				continue
			}
			if field == "role" {
				c.Role = &n.Role
				continue
			}
			open := n.Status != account.StatusDisabled
			c.Status, c.Active, c.EndSessions = &n.Status, &open, n.Status != account.StatusActive
		case "verified":
			c.Verified = &n.Verified
		case "password":
			if !m.marks.PasswordIs(n.Key, user.Hash) || n.Hash == "" {
				kept = append(kept, field)
				continue
			}
			c.Hash, c.IfHash, c.EndSessions = &n.Hash, &user.Hash, true
		default:
			kept = append(kept, field)
		}
	}
	if len(kept) == len(out.Fields) {
		out.What = moving.Kept
		return out, nil
	}
	row := b.Row
	row.At, row.Event, row.Address = b.Now, audit.EventUserUpdated, user.Email
	row.Detail = "import from " + b.Source + ": " + strings.Join(slices.DeleteFunc(slices.Clone(out.Fields),
		func(f string) bool { return slices.Contains(kept, f) }), ", ")
	c.Rows = []audit.Row{row}
	var done login.Changed
	if err := b.changeUser(ctx, c, &done); errors.Is(err, errUndone) {
		return out, errMeanwhile // to undo means the whole batch here
	} else if err != nil {
		return out, err
	}
	out.What = moving.Updated
	// What was kept stays told apart, so that it is told again.
	_, err := b.ExecContext(ctx, `UPDATE imported SET marks = $2, at_ms = $3 WHERE key = $1`,
		n.Key, []byte(m.marks.Taken(n.Marks, kept)), millis(b.Now))
	return out, err
}
