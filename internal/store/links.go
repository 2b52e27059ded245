package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// PutLink keeps a one-time link.
func (s *Store) PutLink(ctx context.Context, l login.Link, rows ...audit.Row) error {
	return s.write(ctx, "keep the link", func(ctx context.Context, t *tx) error {
		if err := t.putLink(ctx, l); err != nil {
			return err
		}
		return t.record(ctx, rows...)
	})
}

// putLink keeps a link and ends older ones of its kind for the same user: only
// the newest works.
func (t *tx) putLink(ctx context.Context, l login.Link) error {
	// Two at once would not see each other, and both would live.
	var err error
	if l.User == "" {
		err = t.lockName(ctx, "lock_links")
	} else {
		_, err = t.lockUser(ctx, l.User)
	}
	if err != nil {
		return err
	}
	user := nullable(string(l.User))
	where := `user_id IS NULL`
	args := []any{l.Kind, millis(l.CreatedAt)}
	if user.Valid {
		where = `user_id = $3`
		args = append(args, string(l.User))
	}
	if _, err := t.ExecContext(ctx, `UPDATE links SET used_ms = $2 WHERE kind = $1 AND used_ms = 0 AND `+where, args...); err != nil {
		return err
	}
	return t.insertLink(ctx, l)
}

// insertLink keeps a link beside older ones of its kind.
func (t *tx) insertLink(ctx context.Context, l login.Link) error {
	_, err := t.ExecContext(ctx, `INSERT INTO links (hash, kind, user_id, created_ms, expires_ms, browser, address)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, l.Hash, l.Kind, nullable(string(l.User)),
		millis(l.CreatedAt), millis(l.ExpiresAt), l.Browser, plain(l.Address))
	return err
}

// voidResets ends the links that lead into an account whose password was just
// set: one that went astray must not undo what its owner did about it. Nor may
// an intruder who asked for a new address still move the account to it. The link
// of a registration sets a password as well, where another browser opens it.
func (t *tx) voidResets(ctx context.Context, user account.ID, now time.Time) error {
	_, err := t.ExecContext(ctx, `UPDATE links SET used_ms = $5 WHERE user_id = $1 AND kind IN ($2, $3, $4, $6) AND used_ms = 0`,
		string(user), login.LinkReset, login.LinkUnlock, login.LinkEmail, millis(now), login.LinkVerify)
	return err
}

// voidAlarms ends the alarms that went to another address since the one that
// just took the account's address back: whoever had moved the account to a
// mailbox of theirs would otherwise take it back once more, with a link to a new
// password. Older ones stay, for of two addresses the earlier one's word counts.
func (t *tx) voidAlarms(ctx context.Context, c login.Change, user account.ID) error {
	if c.Email == nil || c.Taken == nil || c.Taken.Kind != login.LinkAlarm {
		return nil
	}
	_, err := t.ExecContext(ctx, `UPDATE links SET used_ms = $5 WHERE user_id = $1 AND kind = $2 AND used_ms = 0 AND address <> $3
		AND created_ms > (SELECT taken.created_ms FROM links taken WHERE taken.hash = $4)`,
		string(user), login.LinkAlarm, plain(*c.Email), c.Taken.Hash, millis(c.Now))
	return err
}

// takeLink takes a link once: of thirty requests at the same instant, one.
// Where an account is named, the link must be one of that account.
func (t *tx) takeLink(ctx context.Context, l login.Link, user account.ID, now time.Time) (bool, error) {
	query := `UPDATE links SET used_ms = $3 WHERE hash = $1 AND kind = $2 AND used_ms = 0 AND expires_ms > $3`
	args := []any{l.Hash, l.Kind, millis(now)}
	if user != "" {
		query += ` AND user_id = $4`
		args = append(args, plain(string(user)))
	}
	n, err := t.changed(ctx, query, args...)
	return n == 1, err
}

// FindLink looks at a live link without taking it.
func (s *Store) FindLink(ctx context.Context, hash []byte, kind string, now time.Time) (l login.Link, ok bool, err error) {
	err = s.read(ctx, "look at the link", func(ctx context.Context, db *sql.DB) error {
		var (
			user             sql.NullString
			created, expires int64
		)
		l = login.Link{Hash: hash, Kind: kind}
		err := db.QueryRowContext(ctx, `SELECT user_id, created_ms, expires_ms, browser, address FROM links
			WHERE hash = $1 AND kind = $2 AND used_ms = 0 AND expires_ms > $3`, hash, plain(kind), millis(now)).
			Scan(&user, &created, &expires, &l.Browser, &l.Address)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		ok = err == nil
		l.User, l.CreatedAt, l.ExpiresAt = account.ID(user.String), fromMillis(created), fromMillis(expires)
		return err
	})
	return l, ok, err
}

// NewestLink finds the newest live link of a kind of an account.
func (s *Store) NewestLink(ctx context.Context, user account.ID, kind string, now time.Time) (l login.Link, ok bool, err error) {
	var hash []byte
	err = s.read(ctx, "look for the link", func(ctx context.Context, db *sql.DB) error {
		hash = nil
		err := db.QueryRowContext(ctx, `SELECT hash FROM links WHERE user_id = $1 AND kind = $2 AND used_ms = 0 AND expires_ms > $3
			ORDER BY created_ms DESC LIMIT 1`, string(user), kind, millis(now)).Scan(&hash)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil || hash == nil {
		return login.Link{}, false, err
	}
	return s.FindLink(ctx, hash, kind, now)
}

// LinkOpened notes the first opening of a link; the row tells whose it is.
func (s *Store) LinkOpened(ctx context.Context, hash []byte, row audit.Row) (first bool, err error) {
	err = s.write(ctx, "note the opening of the link", func(ctx context.Context, t *tx) error {
		var user sql.NullString
		err := t.QueryRowContext(ctx, `UPDATE links SET opened_ms = $2 WHERE hash = $1 AND opened_ms = 0 AND used_ms = 0
			RETURNING user_id`, hash, millis(row.At)).Scan(&user)
		first = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		row.User = account.ID(user.String)
		return t.record(ctx, row)
	})
	return first && err == nil, err
}
