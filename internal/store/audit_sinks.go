package store

import (
	"context"
	"database/sql"
	"time"
)

// Sink is how far rows of the audit were sent to one place elsewhere.
type Sink struct {
	Name string
	// Seq is the last row that was taken.
	Seq int64
	// Tries counts what failed since, and Failed says how; SentAt is the last success.
	Tries  int64
	SentAt time.Time
	Failed string
	// Lag is how many rows wait to be sent, and Since how long the first of them.
	Lag   int64
	Since time.Duration
}

// AuditSinks lists all places that rows were ever sent to.
func (s *Store) AuditSinks(ctx context.Context) (list []Sink, err error) {
	err = s.read(ctx, "list where the audit is sent", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT s.name, s.seq, s.tries, s.sent_ms, s.failed, COALESCE(c.seq, 0) - s.seq,
			COALESCE((SELECT `+s.clock()+` - a.at_ms FROM audit a WHERE a.seq = s.seq + 1), 0)
			FROM audit_sinks s LEFT JOIN audit_chain c ON c.name = 'audit' ORDER BY s.name`, nil, func(row scanner) error {
			var one Sink
			var sent, since int64
			err := row.Scan(&one.Name, &one.Seq, &one.Tries, &sent, &one.Failed, &one.Lag, &since)
			one.SentAt, one.Since, one.Lag = fromMillis(sent), time.Duration(max(since, 0))*time.Millisecond, max(one.Lag, 0)
			list = append(list, one)
			return err
		})
	})
	return list, err
}

// OpenSink begins with a place at the oldest row that is kept.
func (s *Store) OpenSink(ctx context.Context, name string) (seq int64, err error) {
	err = s.write(ctx, "begin to send the audit elsewhere", func(ctx context.Context, t *tx) error {
		return t.QueryRowContext(ctx, `INSERT INTO audit_sinks (name, seq)
			VALUES ($1, COALESCE((SELECT first_seq - 1 FROM audit_chain WHERE name = 'audit'), 0))
			ON CONFLICT (name) DO UPDATE SET seq = audit_sinks.seq RETURNING seq`, name).Scan(&seq)
	})
	return seq, err
}

// SinkTook notes that rows up to seq were taken.
func (s *Store) SinkTook(ctx context.Context, held *Held, name string, seq int64) error {
	return s.write(ctx, "note how far the audit was sent", func(ctx context.Context, t *tx) error {
		if err := t.hold(ctx, held); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, `UPDATE audit_sinks SET seq = $2, tries = 0, failed = '', sent_ms = `+t.s.clock()+`
			WHERE name = $1 AND seq < $2`, name, seq)
		return err
	})
}

// SinkFailed notes that rows were not taken, and why.
func (s *Store) SinkFailed(ctx context.Context, held *Held, name, why string) error {
	return s.write(ctx, "note that the audit was not sent", func(ctx context.Context, t *tx) error {
		if err := t.hold(ctx, held); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, `UPDATE audit_sinks SET tries = tries + 1, failed = $2 WHERE name = $1`, name, plain(why))
		return err
	})
}
