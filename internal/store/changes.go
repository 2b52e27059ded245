package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// ChangeUser changes an account with all that follows from it, or nothing.
func (s *Store) ChangeUser(ctx context.Context, c login.Change) (out login.Changed, err error) {
	err = s.write(ctx, "change the account", func(ctx context.Context, t *tx) error {
		out = login.Changed{}
		return t.changeUser(ctx, c, &out)
	})
	switch {
	case errors.Is(err, errUndone):
		return out, nil
	case doubled(err):
		return login.Changed{Conflict: true}, nil
	case notAnID(err):
		return login.Changed{Missing: true}, nil
	}
	return out, err
}

// changeUser is a change inside a transaction.
func (t *tx) changeUser(ctx context.Context, c login.Change, out *login.Changed) error {
	if err := t.lockChange(ctx, c); err != nil {
		return err
	}
	if c.Taken != nil {
		ok, err := t.takeLink(ctx, *c.Taken, c.ID, c.Now)
		if err != nil {
			return err
		}
		if !ok {
			out.LinkDead = true
			return t.undo()
		}
	}
	if err := t.applyChange(ctx, c, out); err != nil {
		return err
	}
	if out.Missing || out.Stale || out.LastAdmin {
		return t.undo()
	}
	id := out.User.ID // as the table spells it
	if c.EndSessions {
		if _, _, err := t.endSessions(ctx, id, c.Except, c.Reason, c.Now); err != nil {
			return err
		}
	} else if err := t.revoke(ctx, session.RevokedUser, string(id)); err != nil {
		return err // role or name may have changed: nodes read the account anew
	}
	if c.Hash != nil || c.Email != nil || c.EndTokens {
		if err := t.endProofs(ctx, c, id); err != nil {
			return err
		}
	}
	if err := t.voidAlarms(ctx, c, id); err != nil {
		return err
	}
	if err := t.doubt(ctx, id, c.DoubtSince); err != nil {
		return err
	}
	if c.EndTokens || disables(c) {
		if err := t.endTokens(ctx, id, cmp.Or(c.Reason, session.EndedByAdmin), c.Now); err != nil {
			return err
		}
	}
	if c.Link != nil {
		if err := t.putLink(ctx, *c.Link); err != nil {
			return err
		}
	}
	if err := t.clearAttempts(ctx, c.Cleared...); err != nil {
		return err
	}
	for i := range c.Rows {
		c.Rows[i].User = id
	}
	return t.tell(ctx, c.Now, c.Letters, c.Links, c.Rows...)
}

// rights says whether a change can cost the installation an administrator.
func rights(c login.Change) bool { return c.Role != nil || c.Status != nil || c.Active != nil }

// disables says whether the account is shut for good: what was made under it
// must not come back to life with it.
func disables(c login.Change) bool {
	return (c.Status != nil && *c.Status == account.StatusDisabled) || (c.Active != nil && !*c.Active)
}

// lockChange takes the locks of a change in the one order: the administrators,
// for only what can cost one waits for others of its kind; then the account;
// and only then the link that pays, which another change of the same account
// may be about to void.
func (t *tx) lockChange(ctx context.Context, c login.Change) error {
	if rights(c) {
		if err := t.lockName(ctx, "lock_admins"); err != nil {
			return err
		}
	}
	_, err := t.lockUser(ctx, c.ID)
	return err
}

// endProofs ends what rested on the password or the address as they were, or on
// somebody whom the owner reported: links that went astray, trust in devices,
// and proofs of other sessions.
func (t *tx) endProofs(ctx context.Context, c login.Change, id account.ID) error {
	if err := t.voidResets(ctx, id, c.Now); err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, `UPDATE devices SET trusted_ms = 0 WHERE user_id = $1`, string(id)); err != nil {
		return err
	}
	if err := t.lockSessions(ctx, id); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `UPDATE sessions SET auth_ms = 0 WHERE user_id = $1 AND id <> $2 AND ended_ms = 0`, string(id), c.Except)
	return err
}

// doubt takes from passkeys added since then that they sign in by themselves.
func (t *tx) doubt(ctx context.Context, user account.ID, since time.Time) error {
	if since.IsZero() {
		return nil
	}
	_, err := t.ExecContext(ctx, `UPDATE factors SET second_only = 1 WHERE user_id = $1 AND kind = 'webauthn' AND created_ms >= $2`,
		string(user), millis(since))
	return err
}

// applyChange writes the columns and reads the row back.
func (t *tx) applyChange(ctx context.Context, c login.Change, out *login.Changed) error {
	before, err := t.user(ctx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		out.Missing = true
		return nil
	}
	if err != nil {
		return err
	}
	var set conditions
	id := set.arg(string(before.ID))
	column(&set, "email", c.Email)
	column(&set, "name", c.Name)
	column(&set, "hashed_password", c.Hash)
	f := t.s.fit.Load()
	column(&set, "role", f.spelled("role", c.Role))
	column(&set, "status", f.spelled("status", c.Status))
	column(&set, "is_active", c.Active)
	column(&set, "is_verified", c.Verified)
	column(&set, "short_password", c.Short)
	column(&set, "locked_by", c.LockedBy)
	column(&set, "ui_language", c.Lang)
	if c.Role != nil && f.superuser {
		admin := *c.Role == account.RoleAdmin
		column(&set, "is_superuser", &admin)
	}
	set.add("updated_at = " + set.arg(t.s.moment(c.Now)))
	where := " WHERE id = " + id
	if c.IfHash != nil {
		where += " AND COALESCE(hashed_password, '') = " + set.arg(*c.IfHash)
	}
	if c.IfStatus != nil {
		where += " AND lower(CAST(status AS TEXT)) = " + set.arg(*c.IfStatus)
	}
	n, err := t.changed(ctx, "UPDATE users SET "+strings.Join(set.parts, ", ")+where, set.args...)
	if err != nil {
		return err
	}
	if n == 0 {
		out.Stale = true
		return nil
	}
	out.User, err = t.user(ctx, c.ID)
	if err != nil || !rights(c) {
		return err
	}
	if out.User.IsAdmin() {
		if err := t.noteAdmin(ctx); err != nil {
			return err
		}
	}
	return t.keepAdmin(ctx, before, out)
}

func (t *tx) noteAdmin(ctx context.Context) error {
	_, err := t.ExecContext(ctx, `INSERT INTO facts (name, value) VALUES ('admin_ever', '1') ON CONFLICT (name) DO NOTHING`)
	return err
}

// keepAdmin refuses a change after which no administrator could sign in.
func (t *tx) keepAdmin(ctx context.Context, before account.User, out *login.Changed) error {
	was := before.IsAdmin() && before.Refusal() == ""
	if !was || (out.User.IsAdmin() && out.User.Refusal() == "") {
		return nil
	}
	var left bool
	// One without a password cannot sign in, however active.
	err := t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE lower(CAST(role AS TEXT)) = 'admin'
		AND is_active AND lower(CAST(status AS TEXT)) = 'active' AND COALESCE(hashed_password, '') <> '' AND id <> $1)`,
		string(before.ID)).Scan(&left)
	out.LastAdmin = !left
	return err
}

// DeleteUser removes an account; sessions, devices and links go with it, the
// audit stays.
func (s *Store) DeleteUser(ctx context.Context, id account.ID, row audit.Row, letters ...mail.Letter) (out login.Changed, err error) {
	err = s.write(ctx, "delete the account", func(ctx context.Context, t *tx) error {
		out = login.Changed{}
		if err := t.lockName(ctx, "lock_admins"); err != nil {
			return err
		}
		before, err := t.user(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			out.Missing = true
			return nil
		}
		if err != nil {
			return err
		}
		out.User = before
		gone := login.Changed{}
		if err := t.keepAdmin(ctx, before, &gone); err != nil {
			return err
		}
		if gone.LastAdmin {
			out.LastAdmin = true
			return nil
		}
		id := before.ID // as the table spells it
		if err := t.retire(ctx, id); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `DELETE FROM users WHERE id = $1`, string(id)); err != nil {
			return err
		}
		if err := t.revoke(ctx, session.RevokedUser, string(id)); err != nil {
			return err
		}
		row.User, row.Address = id, before.Email
		return t.tell(ctx, row.At, letters, nil, row)
	})
	if notAnID(err) {
		return login.Changed{Missing: true}, nil
	}
	return out, err
}

// column adds "name = $n" where a value is given.
func column[T any](set *conditions, name string, value *T) {
	if value != nil {
		set.add(name + " = " + set.arg(*value))
	}
}
