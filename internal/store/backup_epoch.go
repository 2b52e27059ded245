package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/backup"
)

// EndedRestored is why sessions end that a backup brought back.
const EndedRestored = "restored"

// idGap is how many numbers of accounts are passed over after a restore. Those
// who came after the backup are gone, and their numbers are still known to
// others: nobody new may be taken for them.
const idGap = 100_000

// totpPeriod is how long a step of an authenticator app lasts.
const totpPeriod = 30

// RestoredFact is when the database was last restored, and from what.
const RestoredFact = "restored"

// RestoredMark is the value of that fact.
type RestoredMark struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
	Of time.Time `json:"of"`
	// Owed is set while the audit does not tell of it: its table is still that of
	// the backup's schema, which this program writes no rows into.
	Owed bool `json:"owed,omitempty"`
}

// count sets the counters at least to where they were, so that no number is
// given out twice.
func (l *loading) count(r Restoring) error {
	for _, t := range l.target {
		last, counted := l.from.Counters[t.Name]
		if !counted {
			continue
		}
		if t.Name == "users" && !r.Exact {
			last += idGap
		}
		var err error
		if l.s.engine == SQLite {
			err = l.countSQLite(t.Name, last)
		} else {
			_, err = l.ExecContext(l.ctx, `SELECT setval(pg_get_serial_sequence($1, 'id'), GREATEST($2, (SELECT COALESCE(MAX(id), 1) FROM `+
				quoted(t.Name)+`))) WHERE pg_get_serial_sequence($1, 'id') IS NOT NULL`, quoted(t.Name), max(1, last))
		}
		if err != nil {
			return fmt.Errorf("set the counter of %s: %w", t.Name, err)
		}
	}
	return nil
}

func (l *loading) countSQLite(table string, last int64) error {
	n, err := l.changed(l.ctx, `UPDATE sqlite_sequence SET seq = max(seq, $2) WHERE name = $1`, table, last)
	if err != nil || n > 0 {
		return err
	}
	_, err = l.ExecContext(l.ctx, `INSERT INTO sqlite_sequence (name, seq) SELECT $1, $2
		WHERE EXISTS (SELECT 1 FROM sqlite_master WHERE name = $1 AND upper(sql) LIKE '%AUTOINCREMENT%')`, table, last)
	return err
}

// epoch ends what may have been ended, used or given away since the backup was
// made, of which it knows nothing.
func (l *loading) epoch(r Restoring, c *Carried) error {
	now := millis(r.Now)
	steps := []struct {
		query string
		args  []any
	}{
		// What is for one time may have been used since, and never comes back.
		{`DELETE FROM challenges`, nil},
		{`UPDATE links SET used_ms = $1 WHERE used_ms = 0`, []any{now}},
		{`UPDATE outbox SET gave_up_ms = $1, cause = 'restored' WHERE sent_ms = 0 AND gave_up_ms = 0`, []any{now}},
		// The step after this one may have been taken just before the database was lost.
		{`UPDATE factors SET counter = $1 WHERE kind = 'totp' AND counter < $1`, []any{r.Now.Unix()/totpPeriod + 1}},
	}
	if !r.KeepSessions {
		n, err := l.changed(l.ctx, `UPDATE sessions SET ended_ms = $1, end_reason = $2 WHERE ended_ms = 0`, now, EndedRestored)
		if err != nil {
			return err
		}
		l.done.Ended = n
		steps = append(steps, []struct {
			query string
			args  []any
		}{
			{`UPDATE devices SET trusted_ms = 0 WHERE trusted_ms > 0`, nil},
			{`UPDATE users SET tokens_after_ms = $1 WHERE tokens_after_ms < $1`, []any{now}},
		}...)
	}
	for _, step := range steps {
		if _, err := l.ExecContext(l.ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	if err := l.applyCarried(c, r); err != nil {
		return err
	}
	newest, _, err := l.s.known()
	if err != nil {
		return err
	}
	owed := l.from.Schema < newest
	mark, err := json.Marshal(RestoredMark{ID: r.ID, At: r.Now.UTC().Truncate(time.Millisecond), Of: l.from.At, Owed: owed})
	if err != nil {
		return err
	}
	if _, err := l.ExecContext(l.ctx, `INSERT INTO facts (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, RestoredFact, string(mark)); err != nil {
		return err
	}
	if owed {
		return nil
	}
	if err := l.s.markBy(l.ctx, l.Tx, r.Marks); err != nil {
		return err
	}
	return l.record(l.ctx, r.Row)
}

// markBy takes the keys of the audit that came with the backup.
func (s *Store) markBy(ctx context.Context, db querier, marks AuditMarks) error {
	if marks == nil {
		return nil
	}
	roots, err := auditRoots(ctx, db)
	if err != nil {
		return err
	}
	keys, err := marks(roots)
	if err == nil {
		s.MarkAudit(keys)
	}
	return err
}

// FinishRestore writes the row that is owed, once the schema is that of this
// program; call it after Migrate.
func (s *Store) FinishRestore(ctx context.Context, row audit.Row, marks AuditMarks) error {
	return s.write(ctx, "write that the database was restored", func(ctx context.Context, t *tx) error {
		if err := t.lockName(ctx, RestoredFact); err != nil {
			return err
		}
		var text string
		var mark RestoredMark
		if err := t.QueryRowContext(ctx, `SELECT value FROM facts WHERE name = $1`, RestoredFact).Scan(&text); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &mark); err != nil || !mark.Owed {
			return err
		}
		mark.Owed = false
		told, err := json.Marshal(mark)
		if err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `UPDATE facts SET value = $2 WHERE name = $1`, RestoredFact, string(told)); err != nil {
			return err
		}
		if err := s.markBy(ctx, t.Tx, marks); err != nil {
			return err
		}
		row.At = mark.At
		return t.record(ctx, row)
	})
}

var _ backup.Sink = (*loading)(nil)
