package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

const factorColumns = `id, user_id, kind, name, pending, data, credential, handle, model, synced, second_only, counter, created_ms, used_ms`

func scanFactor(row scanner) (login.Factor, error) {
	var (
		f                                    login.Factor
		pending, synced, only, created, used int64
	)
	err := row.Scan(&f.ID, (*string)(&f.User), &f.Kind, &f.Name, &pending, &f.Data, &f.Credential, &f.Handle,
		&f.Model, &synced, &only, &f.Counter, &created, &used)
	f.Pending, f.Synced, f.SecondOnly = pending != 0, synced != 0, only != 0
	f.CreatedAt, f.UsedAt = fromMillis(created), fromMillis(used)
	return f, err
}

// Factors lists the factors of an account, oldest first.
func (s *Store) Factors(ctx context.Context, user account.ID) (list []login.Factor, err error) {
	err = s.read(ctx, "list the second factors", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT `+factorColumns+` FROM factors WHERE user_id = $1 ORDER BY created_ms, id`,
			[]any{plain(string(user))}, func(row scanner) error {
				f, err := scanFactor(row)
				list = append(list, f)
				return err
			})
	})
	if notAnID(err) {
		return nil, nil
	}
	return list, err
}

// FactorByCredential finds a confirmed passkey by its credential id.
func (s *Store) FactorByCredential(ctx context.Context, credential []byte) (f login.Factor, ok bool, err error) {
	err = s.read(ctx, "look for the passkey", func(ctx context.Context, db *sql.DB) error {
		var err error
		f, err = scanFactor(db.QueryRowContext(ctx, `SELECT `+factorColumns+` FROM factors
			WHERE credential = $1 AND pending = 0`, credential))
		ok = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return f, ok, err
}

// PutFactor keeps a factor that is not confirmed yet in place of an older one.
func (s *Store) PutFactor(ctx context.Context, f login.Factor) error {
	return s.write(ctx, "keep the second factor", func(ctx context.Context, t *tx) error {
		// Two at once would not see each other, and both would wait to be confirmed.
		if _, err := t.lockUser(ctx, f.User); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, `DELETE FROM factors WHERE user_id = $1 AND kind = $2 AND pending = 1`, string(f.User), f.Kind)
		if err != nil {
			return err
		}
		return t.insertFactor(ctx, f)
	})
}

func (t *tx) insertFactor(ctx context.Context, f login.Factor) error {
	pending, synced, only := 0, 0, 0
	if f.Pending {
		pending = 1
	}
	if f.Synced {
		synced = 1
	}
	if f.SecondOnly {
		only = 1
	}
	_, err := t.ExecContext(ctx, `INSERT INTO factors (`+factorColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		f.ID, string(f.User), f.Kind, plain(f.Name), pending, f.Data, f.Credential, f.Handle,
		plain(f.Model), synced, only, f.Counter, millis(f.CreatedAt), millis(f.UsedAt))
	return err
}

// Enroll confirms a pending factor or adds one. Trust in devices ends with it,
// and so do the proofs of other sessions, which were given without it.
func (s *Store) Enroll(ctx context.Context, e login.Enrollment) (out login.Enrolled, err error) {
	err = s.write(ctx, "add the second factor", func(ctx context.Context, t *tx) error {
		out = login.Enrolled{}
		found, err := t.lockUser(ctx, e.User)
		if err != nil {
			return err
		}
		if !found {
			out.Missing = true
			return nil
		}
		if ok, err := t.mayEnroll(ctx, e); err != nil || !ok {
			out.Stale = !ok
			return err
		}
		if err := t.addFactor(ctx, e, &out); err != nil {
			return err
		}
		if out.Missing || out.Full {
			return t.undo()
		}
		if out.Spent, err = t.takeProof(ctx, e.User, e.Proof, e.Now); err != nil {
			return err
		}
		if out.Spent != "" {
			return t.undo()
		}
		if err := t.factorsChanged(ctx, e.User, e.Session, e.Now); err != nil {
			return err
		}
		if out.Left, err = t.codesLeft(ctx, e.User); err != nil {
			return err
		}
		return t.tell(ctx, e.Now, e.Letters, e.Links, e.Row)
	})
	switch {
	case errors.Is(err, errUndone):
		return out, nil
	case doubled(err):
		return login.Enrolled{Doubled: true}, nil
	}
	return out, err
}

func (t *tx) addFactor(ctx context.Context, e login.Enrollment, out *login.Enrolled) error {
	if e.Confirm {
		// The one confirmed before gives way: a new phone takes the old one's place.
		_, err := t.ExecContext(ctx, `DELETE FROM factors WHERE user_id = $1 AND kind = $2 AND pending = 0
			AND EXISTS (SELECT 1 FROM factors p WHERE p.id = $3 AND p.user_id = $1 AND p.pending = 1)`,
			string(e.User), e.Factor.Kind, e.Factor.ID)
		if err != nil {
			return err
		}
		n, err := t.changed(ctx, `UPDATE factors SET pending = 0 WHERE id = $1 AND user_id = $2 AND pending = 1`,
			e.Factor.ID, string(e.User))
		out.Missing = n == 0
		return err
	}
	var have int
	err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM factors WHERE user_id = $1 AND kind = $2 AND pending = 0`,
		string(e.User), e.Factor.Kind).Scan(&have)
	if err != nil {
		return err
	}
	if have >= e.Most {
		out.Full = true
		return nil
	}
	return t.insertFactor(ctx, e.Factor)
}

// lockUser makes changes of what hangs on one account follow one another;
// false when there is no such account. It comes before every other row of the
// account, in every transaction, so that no two wait for each other.
func (t *tx) lockUser(ctx context.Context, user account.ID) (bool, error) {
	n, err := t.changed(ctx, `UPDATE users SET second_factor = second_factor WHERE id = $1`, plain(string(user)))
	return n == 1, err
}

// factorsChanged notes whether a factor is demanded from now on, and ends what
// rested on the factors as they were: trust in devices, and proofs of sessions
// but the one at hand.
func (t *tx) factorsChanged(ctx context.Context, user account.ID, current string, now time.Time) error {
	id := string(user)
	if err := t.lockSessions(ctx, user); err != nil {
		return err
	}
	for _, change := range []struct {
		query string
		args  []any
	}{
		{`UPDATE users SET second_factor = EXISTS (SELECT 1 FROM factors f WHERE f.user_id = $1 AND f.pending = 0)
			WHERE id = $1`, []any{id}},
		{`UPDATE devices SET trusted_ms = 0 WHERE user_id = $1`, []any{id}},
		{`UPDATE sessions SET auth_ms = 0 WHERE user_id = $1 AND id <> $2 AND ended_ms = 0`, []any{id, current}},
	} {
		if _, err := t.ExecContext(ctx, change.query, change.args...); err != nil {
			return err
		}
	}
	return t.revoke(ctx, session.RevokedUser, id) // nodes read the account anew
}

// tell writes what goes with a change: letters, the links in them, audit rows.
func (t *tx) tell(ctx context.Context, now time.Time, letters []mail.Letter, links []login.Link, rows ...audit.Row) error {
	for _, l := range links {
		if err := t.insertLink(ctx, l); err != nil {
			return err
		}
	}
	if err := t.post(ctx, now, letters); err != nil {
		return err
	}
	return t.record(ctx, rows...)
}

// RenameFactor gives a factor another name; false when there is none.
func (s *Store) RenameFactor(ctx context.Context, user account.ID, id, name string, row audit.Row) (done bool, err error) {
	err = s.write(ctx, "rename the second factor", func(ctx context.Context, t *tx) error {
		n, err := t.changed(ctx, `UPDATE factors SET name = $3 WHERE id = $1 AND user_id = $2 AND pending = 0`,
			plain(id), string(user), plain(name))
		if done = n == 1; err != nil || !done {
			return err
		}
		return t.record(ctx, row)
	})
	return done && err == nil, err
}

// RemoveFactor takes one factor away, or all with the backup codes.
func (s *Store) RemoveFactor(ctx context.Context, r login.Removal) (out login.Removed, err error) {
	err = s.write(ctx, "remove the second factor", func(ctx context.Context, t *tx) error {
		out = login.Removed{}
		if _, err := t.lockUser(ctx, r.User); err != nil {
			return err
		}
		if err := t.dropFactors(ctx, r, &out); err != nil {
			return err
		}
		if out.Missing || out.Last {
			return t.undo()
		}
		if err := t.factorsChanged(ctx, r.User, r.Row.Session, r.Now); err != nil {
			return err
		}
		if r.EndSessions {
			if _, _, err := t.endSessions(ctx, r.User, "", r.Reason, r.Now); err != nil {
				return err
			}
		}
		return t.tell(ctx, r.Now, r.Letters, r.Links, r.Row)
	})
	if errors.Is(err, errUndone) {
		err = nil
	}
	return out, err
}

func (t *tx) dropFactors(ctx context.Context, r login.Removal, out *login.Removed) error {
	user := string(r.User)
	if r.All {
		n, err := t.changed(ctx, `DELETE FROM factors WHERE user_id = $1`, user)
		if err != nil {
			return err
		}
		codes, err := t.changed(ctx, `DELETE FROM backup_codes WHERE user_id = $1`, user)
		out.Missing = n+codes == 0
		return err
	}
	var err error
	out.Factor, err = scanFactor(t.QueryRowContext(ctx, `SELECT `+factorColumns+` FROM factors
		WHERE id = $1 AND user_id = $2 AND pending = 0`, plain(r.ID), user))
	if errors.Is(err, sql.ErrNoRows) {
		out.Missing = true
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, `DELETE FROM factors WHERE id = $1`, out.Factor.ID); err != nil {
		return err
	}
	var left int
	if err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM factors WHERE user_id = $1 AND pending = 0`, user).Scan(&left); err != nil {
		return err
	}
	if left == 0 && r.KeepOne {
		out.Last = true
		return nil
	}
	if left == 0 { // codes stand in for a factor, and there is none any more
		_, err = t.ExecContext(ctx, `DELETE FROM backup_codes WHERE user_id = $1`, user)
	}
	return err
}
