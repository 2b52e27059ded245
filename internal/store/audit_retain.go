package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// Retain says which rows are old enough to be deleted.
type Retain struct {
	Under *Held
	Keys  *audit.Keys
	// Before is the age; a row of this moment or later stays.
	Before time.Time
	// Sinks are those that must have been sent a row before it may go.
	Sinks []string
	Most  int
}

// RetainAudit deletes the oldest rows of the chain, in its order and up to the
// first that has to stay. What is left begins behind a checkpoint that is
// signed in the same transaction, so that it can be proven as before.
func (s *Store) RetainAudit(ctx context.Context, o Retain) (n int64, err error) {
	err = s.write(ctx, "delete old rows of the audit", func(ctx context.Context, t *tx) error {
		n = 0
		if err := t.hold(ctx, o.Under); err != nil {
			return err
		}
		c, err := t.state(ctx, o.Keys)
		if err != nil || c.Signature == nil {
			return err
		}
		last, hash, err := t.oldest(ctx, c.First, o)
		if err != nil || last < c.First {
			return err
		}
		anchor, err := t.anchor(ctx, c.State, last, hash)
		if err != nil {
			return err
		}
		if err := t.putCheckpoint(ctx, o.Keys.Sign(anchor)); err != nil {
			return err
		}
		if n, err = t.changed(ctx, `DELETE FROM audit WHERE seq >= $1 AND seq <= $2`, c.First, last); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `DELETE FROM audit_checkpoints WHERE seq < $1`, last); err != nil {
			return err
		}
		after := c.State
		after.First, after.Before = last+1, hash
		return t.putState(ctx, o.Keys.Sign(after), c.Seq)
	})
	return n, err
}

// oldest finds the last row of those that may go. The very last of the chain
// stays, so that there is something to prove.
func (t *tx) oldest(ctx context.Context, first int64, o Retain) (last int64, hash []byte, err error) {
	end := first + int64(o.Most)
	if len(o.Sinks) > 0 {
		marks, args := make([]string, len(o.Sinks)), []any{}
		for i, name := range o.Sinks {
			marks[i] = fmt.Sprintf("$%d", i+1)
			args = append(args, name)
		}
		var sent, known int64
		if err := t.QueryRowContext(ctx, `SELECT COALESCE(MIN(seq), 0), COUNT(*) FROM audit_sinks WHERE name IN (`+
			strings.Join(marks, ", ")+`)`, args...).Scan(&sent, &known); err != nil {
			return 0, nil, err
		}
		if known < int64(len(o.Sinks)) {
			return 0, nil, nil // one of them was sent nothing yet
		}
		end = min(end, sent+1)
	}
	stop := errors.New("stop")
	err = each(ctx, t, `SELECT seq, at_ms, hash FROM audit WHERE seq >= $1 AND seq < $2
		AND seq < (SELECT seq FROM audit_chain WHERE name = 'audit') ORDER BY seq`, []any{first, end}, func(row scanner) error {
		var seq, at int64
		var sum []byte
		if err := row.Scan(&seq, &at, &sum); err != nil {
			return err
		}
		if at >= millis(o.Before) {
			return stop
		}
		last, hash = seq, sum
		return nil
	})
	if errors.Is(err, stop) {
		err = nil
	}
	return last, hash, err
}

// anchor is the state of the chain at the row before the first that stays.
func (t *tx) anchor(ctx context.Context, c audit.State, last int64, hash []byte) (audit.State, error) {
	a := c
	a.Seq, a.Hash = last, hash
	if c.Marked > last {
		a.Marked = 0
	}
	now, err := t.now(ctx)
	a.At = now
	return a, err
}
