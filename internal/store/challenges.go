package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// PutChallenge keeps a challenge. They lie in the database, so that another
// node, or this one after a restart, can take them.
func (s *Store) PutChallenge(ctx context.Context, c login.PendingChallenge) error {
	return s.write(ctx, "keep the challenge", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO challenges (hash, kind, user_id, parent, state, created_ms, expires_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hash) DO NOTHING`,
			c.Hash, c.Kind, nullable(string(c.User)), c.Parent, c.State, millis(c.CreatedAt), millis(c.ExpiresAt))
		return err
	})
}

// FindChallenge looks at a challenge that is alive.
func (s *Store) FindChallenge(ctx context.Context, hash []byte, now time.Time) (c login.PendingChallenge, ok bool, err error) {
	err = s.read(ctx, "look at the challenge", func(ctx context.Context, db *sql.DB) error {
		var (
			user             sql.NullString
			created, expires int64
		)
		err := db.QueryRowContext(ctx, `SELECT kind, user_id, parent, state, created_ms, expires_ms FROM challenges
			WHERE hash = $1 AND used_ms = 0 AND expires_ms > $2`, hash, millis(now)).
			Scan(&c.Kind, &user, &c.Parent, &c.State, &created, &expires)
		ok = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		c.Hash, c.User = hash, account.ID(user.String)
		c.CreatedAt, c.ExpiresAt = fromMillis(created), fromMillis(expires)
		return err
	})
	return c, ok, err
}
