package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// Waiting is a letter that has not left, for the operator: never what is in it.
type Waiting struct {
	ID   string
	Kind mail.Kind
	// To is the whole address; whoever prints it masks it.
	To        string
	Tries     int
	CreatedAt time.Time
	// NextAt is the next try, or the end of one that is under way.
	NextAt time.Time
	// GaveUpAt is zero while it is tried again.
	GaveUpAt time.Time
	// Cause is why the last try failed.
	Cause string
}

// WaitingLetters lists what has not left, the newest first.
func (s *Store) WaitingLetters(ctx context.Context, limit int) (list []Waiting, err error) {
	err = s.read(ctx, "list the letters", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT id, kind, recipient, tries, created_ms, next_ms, gave_up_ms, cause FROM outbox
			WHERE sent_ms = 0 ORDER BY created_ms DESC, id LIMIT $1`, []any{limit}, func(row scanner) error {
			var (
				l                     Waiting
				created, next, gaveUp int64
			)
			err := row.Scan(&l.ID, &l.Kind, &l.To, &l.Tries, &created, &next, &gaveUp, &l.Cause)
			l.CreatedAt, l.NextAt, l.GaveUpAt = fromMillis(created), fromMillis(next), fromMillis(gaveUp)
			list = append(list, l)
			return err
		})
	})
	return list, err
}

// LettersGivenUp counts the letters that were given up since then.
func (s *Store) LettersGivenUp(ctx context.Context, since time.Time) (n int, err error) {
	err = s.read(ctx, "count the letters given up", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT COUNT(*) FROM outbox WHERE gave_up_ms >= $1 AND sent_ms = 0`, millis(since)).Scan(&n)
	})
	return n, err
}
