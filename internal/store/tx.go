package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
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

// write runs f in one transaction. A conflict runs it again, so f must not
// keep anything outside that it would add twice.
func (s *Store) write(ctx context.Context, step string, f func(context.Context, *tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	for try := 1; ; try++ {
		err := s.writeOnce(ctx, f)
		retry, stale := again(err)
		if !retry || try == tries {
			return classify(step, err)
		}
		if stale && s.pool != nil {
			s.pool.Reset()
		}
		jitter := time.Duration(secret.Random(1)[0]) / 8
		pause := time.Duration(try) * (5 + jitter) * time.Millisecond
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return classify(step, ctx.Err())
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, f func(context.Context, *tx) error) error {
	t, err := s.rw.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	wrapped := &tx{Tx: t, s: s}
	if err := f(ctx, wrapped); err != nil {
		_ = t.Rollback()
		return err
	}
	if err := t.Commit(); err != nil {
		return err
	}
	for _, r := range wrapped.revoked {
		s.revoked(r)
	}
	if wrapped.posted {
		s.posted()
	}
	return nil
}

// read runs f with a bounded context on the readers. A description that a
// migration made stale is fetched anew. f may run again, so it begins by
// emptying what it gathers.
func (s *Store) read(ctx context.Context, step string, f func(context.Context, *sql.DB) error) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	for try := 1; ; try++ {
		err := f(ctx, s.ro)
		retry, stale := again(err)
		if !retry || try == tries {
			return classify(step, err)
		}
		if stale && s.pool != nil {
			s.pool.Reset()
		}
	}
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
