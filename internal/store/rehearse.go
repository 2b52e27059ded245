package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Rehearse writes a session, finds it by its secret and ends it, in one
// transaction that is undone: no row of it is ever seen by anybody else.
func (s *Store) Rehearse(ctx context.Context, now time.Time) error {
	err := s.write(ctx, "rehearse a session", func(ctx context.Context, t *tx) error {
		var user string
		err := t.QueryRowContext(ctx, `SELECT CAST(id AS TEXT) FROM users LIMIT 1`).Scan(&user)
		if errors.Is(err, sql.ErrNoRows) {
			return t.rehearseAlone(ctx)
		}
		if err != nil {
			return err
		}
		hash := secret.Hash(secret.RandomText(20))
		one := session.Session{
			ID:         "ses_" + secret.RandomText(10),
			Kind:       session.KindBrowser,
			Method:     "rehearsal",
			SecretHash: hash,
			IP:         "local",
			CreatedAt:  now, ExpiresAt: now.Add(time.Minute),
		}
		one.User.ID = account.ID(user)
		if err := t.insertSession(ctx, one); err != nil {
			return fmt.Errorf("write a session: %w", err)
		}
		var found string
		if err := t.QueryRowContext(ctx, `SELECT id FROM sessions WHERE secret_hash = $1`, hash).Scan(&found); err != nil {
			return fmt.Errorf("find the session that was just written: %w", err)
		}
		n, err := t.changed(ctx, `UPDATE sessions SET ended_ms = $2, end_reason = 'logout'
			WHERE id = $1 AND ended_ms = 0`, one.ID, millis(now))
		if err != nil || n != 1 {
			return fmt.Errorf("end the session that was just written (%d rows): %w", n, err)
		}
		return t.undo()
	})
	if errors.Is(err, errUndone) {
		return nil
	}
	return err
}

// rehearseAlone is for a database without people: a session belongs to one.
func (t *tx) rehearseAlone(ctx context.Context) error {
	if err := t.lockName(ctx, "rehearsal"); err != nil {
		return err
	}
	return t.undo()
}
