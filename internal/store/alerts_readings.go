package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/alert"
)

// KeepReading writes what a node sees, for the one that judges.
func (s *Store) KeepReading(ctx context.Context, l alert.Local) error {
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return s.write(ctx, "tell what this node sees", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO alert_readings (node, host, at_ms, body) VALUES ($1, $2, `+s.clock()+`, $3)
			ON CONFLICT (node) DO UPDATE SET host = excluded.host, at_ms = excluded.at_ms, body = excluded.body`,
			l.Node, plain(l.Host), plain(string(body)))
		return err
	})
}

// DropReading takes away what a node saw that stops.
func (s *Store) DropReading(ctx context.Context, node string) error {
	return s.write(ctx, "take away what this node saw", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `DELETE FROM alert_readings WHERE node = $1`, node)
		return err
	})
}

// Readings are what nodes saw within fresh, by the clock of the database.
func (s *Store) Readings(ctx context.Context, fresh time.Duration) (list []alert.Local, err error) {
	err = s.read(ctx, "read what the nodes see", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT node, host, at_ms, body FROM alert_readings WHERE at_ms >= `+s.clock()+` - $1 ORDER BY host, node LIMIT 500`,
			[]any{fresh.Milliseconds()}, func(row scanner) error {
				var (
					l    alert.Local
					at   int64
					body string
				)
				if err := row.Scan(&l.Node, &l.Host, &at, &body); err != nil {
					return err
				}
				if err := json.Unmarshal([]byte(body), &l); err != nil {
					return err
				}
				l.At = fromMillis(at)
				list = append(list, l)
				return nil
			})
	})
	return list, err
}

// MailWaiting says for how long the oldest letter waits, how many were given up
// since then, and why the last try failed. Letters that later ones overtook do
// not count: one mailbox that takes none for a while holds nothing up.
func (s *Store) MailWaiting(ctx context.Context, now, since time.Time) (m alert.Mail, err error) {
	err = s.read(ctx, "look at the letters", func(ctx context.Context, db *sql.DB) error {
		var oldest int64
		m = alert.Mail{}
		err := db.QueryRowContext(ctx, `SELECT COALESCE(MIN(created_ms), 0) FROM outbox
			WHERE sent_ms = 0 AND gave_up_ms = 0 AND created_ms > COALESCE((SELECT MAX(created_ms) FROM outbox WHERE sent_ms > 0), 0)`).Scan(&oldest)
		if err != nil {
			return err
		}
		if oldest > 0 {
			m.Oldest = max(0, now.Sub(fromMillis(oldest)))
		}
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM outbox WHERE gave_up_ms >= $1 AND sent_ms = 0`, millis(since)).Scan(&m.Dead); err != nil {
			return err
		}
		return each(ctx, db, `SELECT cause FROM outbox WHERE cause <> '' AND sent_ms = 0 AND created_ms >= $1 ORDER BY created_ms DESC, id LIMIT 1`,
			[]any{millis(since.Add(-24 * time.Hour))}, func(row scanner) error { return row.Scan(&m.Cause) })
	})
	return m, err
}
