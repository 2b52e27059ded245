package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// post keeps letters for the outbox, in the transaction of what they tell of.
func (t *tx) post(ctx context.Context, now time.Time, letters []mail.Letter) error {
	for _, l := range letters {
		_, err := t.ExecContext(ctx, `INSERT INTO outbox (id, kind, recipient, sealed, created_ms, next_ms) VALUES ($1, $2, $3, $4, $5, $5)`,
			l.ID, string(l.Kind), plain(l.To), l.Sealed, millis(now))
		if err != nil {
			return err
		}
		t.posted = true
	}
	return nil
}

// Post keeps letters, and the links in them, that go with no other change.
func (s *Store) Post(ctx context.Context, letters []mail.Letter, links []login.Link, rows ...audit.Row) error {
	return s.write(ctx, "keep the letters", func(ctx context.Context, t *tx) error {
		now := time.Now()
		if len(rows) > 0 {
			now = rows[0].At
		}
		return t.tell(ctx, now, letters, links, rows...)
	})
}

// LeaseLetters takes letters that are due for one worker, until its lease ends:
// a worker that died leaves them to the next. The oldest come first. Letters
// that another worker is just taking are passed over, not waited for: of eight
// workers each finds one of its own.
func (s *Store) LeaseLetters(ctx context.Context, now, until time.Time, limit int) (list []mail.Stored, err error) {
	err = s.write(ctx, "lease letters", func(ctx context.Context, t *tx) error {
		list = nil
		skip := "" // SQLite has one writer, who finds nothing half taken
		if s.engine == Postgres {
			skip = " FOR UPDATE SKIP LOCKED"
		}
		return each(ctx, t, `WITH due AS MATERIALIZED (SELECT id FROM outbox
				WHERE sent_ms = 0 AND gave_up_ms = 0 AND next_ms <= $1 ORDER BY next_ms, created_ms, id LIMIT $3`+skip+`)
			UPDATE outbox SET next_ms = $2, tries = tries + 1
			WHERE id IN (SELECT id FROM due) AND next_ms <= $1 RETURNING id, kind, recipient, sealed, tries, created_ms`,
			[]any{millis(now), millis(until), limit}, func(row scanner) error {
				var (
					l       mail.Stored
					created int64
				)
				err := row.Scan(&l.ID, &l.Kind, &l.To, &l.Sealed, &l.Tries, &created)
				l.CreatedAt = fromMillis(created)
				list = append(list, l)
				return err
			})
	})
	slices.SortFunc(list, func(a, b mail.Stored) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.ID, b.ID))
	})
	return list, err
}

// LetterSent forgets what was in it.
func (s *Store) LetterSent(ctx context.Context, id string, now time.Time) error {
	return s.write(ctx, "note the letter as sent", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `UPDATE outbox SET sent_ms = $2, sealed = $3, cause = '' WHERE id = $1`, id, millis(now), []byte{})
		return err
	})
}

// LetterFailed sets the next try, or gives the letter up and forgets what was
// in it. A worker that lost its lease says nothing of a letter that has left.
func (s *Store) LetterFailed(ctx context.Context, id string, next time.Time, gaveUp bool, cause string, now time.Time) error {
	return s.write(ctx, "note the letter as not sent", func(ctx context.Context, t *tx) error {
		given, sealed := int64(0), []byte(nil)
		if gaveUp {
			given, sealed = millis(now), []byte{}
		}
		_, err := t.ExecContext(ctx, `UPDATE outbox SET next_ms = $2, gave_up_ms = $3, cause = $4, sealed = COALESCE($5, sealed)
			WHERE id = $1 AND sent_ms = 0 AND gave_up_ms = 0`, id, millis(next), given, plain(cause), sealed)
		return err
	})
}
