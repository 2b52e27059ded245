package store

import (
	"encoding/json"
	"fmt"
	"time"

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
	mark, err := json.Marshal(RestoredMark{ID: r.ID, At: r.Now.UTC().Truncate(time.Millisecond), Of: l.from.At})
	if err != nil {
		return err
	}
	if _, err := l.ExecContext(l.ctx, `INSERT INTO facts (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, RestoredFact, string(mark)); err != nil {
		return err
	}
	if r.Marks != nil {
		roots, err := auditRoots(l.ctx, l.Tx)
		if err != nil {
			return err
		}
		keys, err := r.Marks(roots)
		if err != nil {
			return err
		}
		l.s.MarkAudit(keys)
	}
	return l.record(l.ctx, r.Row)
}

var _ backup.Sink = (*loading)(nil)
