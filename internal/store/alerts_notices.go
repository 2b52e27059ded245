package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/alert"
)

// LeaseNotice takes the oldest notice of a receiver that is due, until its lease
// ends; false when there is none. A worker that died leaves it to the next.
func (s *Store) LeaseNotice(ctx context.Context, receiver string, now, until time.Time) (n alert.Stored, ok bool, err error) {
	err = s.write(ctx, "lease a notice", func(ctx context.Context, t *tx) error {
		skip := "" // SQLite has one writer, who finds nothing half taken
		if s.engine == Postgres {
			skip = " FOR UPDATE SKIP LOCKED"
		}
		var created int64
		var body string
		err := t.QueryRowContext(ctx, `WITH due AS MATERIALIZED (SELECT id FROM alert_notices
				WHERE receiver = $1 AND sent_ms = 0 AND gave_up_ms = 0 AND next_ms <= $2 ORDER BY next_ms, created_ms, id LIMIT 1`+skip+`)
			UPDATE alert_notices SET next_ms = $3, tries = tries + 1
			WHERE id IN (SELECT id FROM due) AND next_ms <= $2 RETURNING id, receiver, body, tries, created_ms`,
			receiver, millis(now), millis(until)).Scan(&n.ID, &n.Receiver, &body, &n.Tries, &created)
		n.Body, n.CreatedAt, ok = []byte(body), fromMillis(created), err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return n, ok && err == nil, err
}

// NoticeSent ends a notice.
func (s *Store) NoticeSent(ctx context.Context, id string, now time.Time) error {
	return s.write(ctx, "note a notice as sent", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `UPDATE alert_notices SET sent_ms = $2, cause = '' WHERE id = $1`, id, millis(now))
		return err
	})
}

// NoticeFailed sets the next try, or gives the notice up. A worker that lost its
// lease says nothing of one that has left.
func (s *Store) NoticeFailed(ctx context.Context, id string, next time.Time, gaveUp bool, cause string, now time.Time) error {
	return s.write(ctx, "note a notice as not sent", func(ctx context.Context, t *tx) error {
		given := int64(0)
		if gaveUp {
			given = millis(now)
		}
		_, err := t.ExecContext(ctx, `UPDATE alert_notices SET next_ms = $2, gave_up_ms = $3, cause = $4
			WHERE id = $1 AND sent_ms = 0 AND gave_up_ms = 0`, id, millis(next), given, plain(cause))
		return err
	})
}

// NoticeState is one notice of the last days, as an operator may see it.
type NoticeState struct {
	ID, Receiver, Cause string
	Tries               int
	CreatedAt           time.Time
	SentAt, GaveUpAt    time.Time
}

// Notices lists them, the newest first.
func (s *Store) Notices(ctx context.Context, limit int) (list []NoticeState, err error) {
	err = s.read(ctx, "list the notices", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT id, receiver, cause, tries, created_ms, sent_ms, gave_up_ms FROM alert_notices
			ORDER BY created_ms DESC, id LIMIT $1`, []any{limit}, func(row scanner) error {
			var (
				n                     NoticeState
				created, sent, gaveUp int64
			)
			err := row.Scan(&n.ID, &n.Receiver, &n.Cause, &n.Tries, &created, &sent, &gaveUp)
			n.CreatedAt, n.SentAt, n.GaveUpAt = fromMillis(created), fromMillis(sent), fromMillis(gaveUp)
			list = append(list, n)
			return err
		})
	})
	return list, err
}
