package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// AuditBrokenFact names the fact that holds the row which was found wrong last.
const AuditBrokenFact = "audit_broken"

const stateColumns = `seq, hash, at_ms, first_seq, prior_hash, unmarked, marked_seq, key_number, signature`

// AuditChain reads the end of the chain.
func (s *Store) AuditChain(ctx context.Context) (c audit.Chain, err error) {
	err = s.read(ctx, "read the end of the audit's chain", func(ctx context.Context, db *sql.DB) error {
		c = audit.Chain{}
		row := db.QueryRowContext(ctx, `SELECT `+stateColumns+`, (SELECT COALESCE(MAX(seq), 0) FROM audit WHERE seq IS NOT NULL)
			FROM audit_chain WHERE name = 'audit'`)
		var err error
		c.Signed, err = scanState(row, &c.Last)
		if errors.Is(err, sql.ErrNoRows) {
			c.State = audit.Empty()
			return db.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM audit WHERE seq IS NOT NULL`).Scan(&c.Last)
		}
		c.Begun = true
		return err
	})
	if keys := s.marks.Load(); err == nil && c.Begun && keys != nil && !keys.Knows(c.Key) {
		err = s.RenewAudit(ctx) // another root has begun: what follows is judged by it
	}
	return c, err
}

// AuditLinks gives rows behind a place, in their order.
func (s *Store) AuditLinks(ctx context.Context, after int64, most int) ([]audit.Link, error) {
	return s.links(ctx, `audit WHERE seq > $1 ORDER BY seq, id LIMIT $2`, after, most)
}

// AuditWaiting gives rows behind an id that have no place in the chain.
func (s *Store) AuditWaiting(ctx context.Context, after int64, most int) ([]audit.Link, error) {
	return s.links(ctx, s.waiting()+` WHERE seq IS NULL AND id > $1 ORDER BY id LIMIT $2`, after, most)
}

func (s *Store) links(ctx context.Context, from string, args ...any) (list []audit.Link, err error) {
	err = s.read(ctx, "read the audit's chain", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT id, `+auditColumns+`, `+linkColumns+` FROM `+from, args, func(row scanner) error {
			l, err := scanLink(row)
			list = append(list, l)
			return err
		})
	})
	return list, err
}

func scanLink(row scanner) (l audit.Link, err error) {
	var seq sql.NullInt64
	l.Row, err = scanAudit(row, &seq, &l.Hash, &l.Seal, &l.Mark, &l.Counting)
	l.Seq = seq.Int64
	return l, err
}

// AuditCheckpoints lists what was signed on the way, behind a place and in order.
func (s *Store) AuditCheckpoints(ctx context.Context, after int64) (list []audit.Signed, err error) {
	err = s.read(ctx, "list the checkpoints of the audit", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT `+stateColumns+` FROM audit_checkpoints WHERE seq > $1 ORDER BY seq`, []any{after}, func(row scanner) error {
			c, err := scanState(row)
			list = append(list, c)
			return err
		})
	})
	return list, err
}

func scanState(row scanner, more ...any) (c audit.Signed, err error) {
	var at, number int64
	err = row.Scan(append([]any{
		&c.Seq, &c.Hash, &at, &c.First, &c.Before, &c.Unmarked, &c.Marked, &number, &c.Signature,
	}, more...)...)
	c.At, c.Key = fromMillis(at), byte(number)
	return c, err
}

func stateValues(c audit.Signed) []any {
	return []any{c.Seq, c.Hash, millis(c.At), c.First, c.Before, c.Unmarked, c.Marked, int64(c.Key), c.Signature}
}

// putState writes the end of the chain, which must still be what it was.
func (t *tx) putState(ctx context.Context, c audit.Signed, was int64) error {
	n, err := t.changed(ctx, `INSERT INTO audit_chain AS c (`+stateColumns+`, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'audit')
		ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at_ms = excluded.at_ms, first_seq = excluded.first_seq,
			prior_hash = excluded.prior_hash, unmarked = excluded.unmarked, marked_seq = excluded.marked_seq,
			key_number = excluded.key_number, signature = excluded.signature
		WHERE c.seq = $10`, append(stateValues(c), was)...)
	if err == nil && n == 0 {
		return errors.New("another server has gone on with the audit's chain")
	}
	return err
}

// putCheckpoint keeps a signed state.
func (t *tx) putCheckpoint(ctx context.Context, c audit.Signed) error {
	_, err := t.ExecContext(ctx, `INSERT INTO audit_checkpoints (`+stateColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (seq) DO NOTHING`, stateValues(c)...)
	return err
}
