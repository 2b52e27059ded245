package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// deadline bounds every transaction and every read, so that a hung database
// never holds a request for longer.
const deadline = 5 * time.Second

// tries is how often a transaction that met a conflict is run.
const tries = 4

// tx is one transaction, and what is to be told after its commit.
type tx struct {
	*sql.Tx
	s       *Store
	revoked []session.Revocation
	// posted is set when a letter waits to be sent.
	posted bool
}

// write runs f in one transaction. A conflict runs it again, and so does a
// connection that was lost before the commit was sent, so f must not keep
// anything outside that it would add twice.
func (s *Store) write(ctx context.Context, step string, f func(context.Context, *tx) error) error {
	return s.persist(ctx, step, func(ctx context.Context) (bool, error) {
		for try := 1; ; try++ {
			undone, err := s.writeOnce(ctx, f)
			if !errors.Is(err, errOtherRoot) || try == tries {
				return undone, err
			}
			if err := s.renewRoots(ctx); err != nil {
				return undone, err
			}
		}
	})
}

// writeOnce says with an error whether nothing of it can have been kept.
func (s *Store) writeOnce(ctx context.Context, f func(context.Context, *tx) error) (undone bool, err error) {
	if s.pool == nil {
		return s.writeTogether(ctx, f)
	}
	t, end, err := s.begin(ctx)
	if err != nil {
		return true, err
	}
	wrapped := &tx{Tx: t, s: s}
	if err := f(ctx, wrapped); err != nil {
		_ = t.Rollback()
		return true, end(err)
	}
	if err := end(t.Commit()); err != nil {
		return pgconn.SafeToRetry(err), err
	}
	s.tell(wrapped)
	return false, nil
}

// tell says after the commit what was to be told then.
func (s *Store) tell(t *tx) {
	for _, r := range t.revoked {
		s.revoked(r)
	}
	if t.posted {
		s.posted()
	}
}

// read runs f with a bounded context on the readers. f may run again, so it
// begins by emptying what it gathers.
func (s *Store) read(ctx context.Context, step string, f func(context.Context, *sql.DB) error) error {
	return s.persist(ctx, step, func(ctx context.Context) (bool, error) { return true, f(ctx, s.ro) })
}

// changed runs a statement and says how many rows it touched.
func (t *tx) changed(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// lockName makes concurrent transactions that name the same fact follow one
// another, on both engines: the row is written, so the second one waits.
func (t *tx) lockName(ctx context.Context, name string) error {
	_, err := t.ExecContext(ctx,
		`INSERT INTO facts (name, value) VALUES ($1, '') ON CONFLICT (name) DO UPDATE SET value = facts.value`, name)
	return err
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
