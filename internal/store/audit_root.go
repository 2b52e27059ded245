package store

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// NewRoot is how the audit's chain goes on under another root.
type NewRoot struct {
	// Keys are those of the chain as it is, Since the moment from which the root in
	// use may be known to others: one that is younger stays.
	Keys  *audit.Keys
	Since time.Time
	// Turn closes the root in use behind its last row and makes the next.
	Turn func(sealed map[byte][]byte, next byte, last int64) (TurnedRoot, error)
}

// TurnedRoot is what becomes of the roots: all that are sealed anew, the keys
// that they come to, and the row that says so.
type TurnedRoot struct {
	Sealed map[byte][]byte
	Keys   *audit.Keys
	Row    audit.Row
}

// BeginAuditRoot has the chain go on under another root. All rows that were
// written under the one before get their place before it ends: PostgreSQL waits
// for those who are writing, and has others wait for it; SQLite has one writer.
// Whoever comes later without knowing of it is told by insertMarked. The row that
// says so is the first under the new root.
func (s *Store) BeginAuditRoot(ctx context.Context, o NewRoot) (begun bool, err error) {
	err = s.write(ctx, "begin another root of the audit", func(ctx context.Context, t *tx) error {
		begun = false
		if _, err := t.state(ctx, o.Keys); err != nil { // who gives rows their place comes first
			return err
		}
		if err := t.lockAudit(ctx); err != nil {
			return err
		}
		made, last, err := t.newestRoot(ctx)
		if err != nil || made > millis(o.Since) {
			return err
		}
		if last >= AuditRootMost {
			return ErrAuditRoots
		}
		begun = true
		return t.turnRoot(ctx, o, byte(last+1))
	})
	return begun && err == nil, err
}

// lockAudit keeps others from writing into the audit. It does not wait long for
// one that hangs, for all others would wait behind us.
func (t *tx) lockAudit(ctx context.Context) error {
	if t.s.engine != Postgres {
		return nil
	}
	if _, err := t.ExecContext(ctx, `SET LOCAL lock_timeout = '500ms'`); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE`)
	return err
}

func (t *tx) turnRoot(ctx context.Context, o NewRoot, next byte) error {
	before, err := t.state(ctx, o.Keys)
	if err != nil {
		return err
	}
	now, err := t.now(ctx)
	if err != nil {
		return err
	}
	rows, err := t.unplaced(ctx)
	if err != nil {
		return err
	}
	after := before.State
	place(o.Keys, rows, &after, now)
	if err := t.putPlaces(ctx, rows); err != nil {
		return err
	}
	old := o.Keys.Sign(after)
	roots, err := auditRoots(ctx, t)
	if err != nil {
		return err
	}
	turned, err := o.Turn(roots, next, after.Seq)
	if err != nil {
		return err
	}
	made := max(millis(now), millis(o.Since)+1) // whatever becomes of the clock
	for n, sealed := range turned.Sealed {
		if err := t.putRoot(ctx, n, sealed, made); err != nil {
			return err
		}
	}
	turned.Row.At = now
	if err := t.insertMarked(ctx, turned.Row, turned.Keys); err != nil {
		return err
	}
	if rows, err = t.unplaced(ctx); err != nil {
		return err
	}
	place(turned.Keys, rows, &after, now)
	if err := t.putPlaces(ctx, rows); err != nil {
		return err
	}
	signed := turned.Keys.Sign(after)
	if err := t.putState(ctx, signed, before.Seq); err != nil {
		return err
	}
	if old.Seq > 0 {
		if err := t.putCheckpoint(ctx, old); err != nil {
			return err
		}
	}
	return t.putCheckpoint(ctx, signed)
}

// unplaced are all rows without a place, those that refusals are added to as well.
func (t *tx) unplaced(ctx context.Context) (list []audit.Link, err error) {
	err = each(ctx, t, `SELECT id, `+auditColumns+`, `+linkColumns+` FROM `+t.s.waiting()+` WHERE seq IS NULL ORDER BY id`, nil,
		func(row scanner) error {
			l, err := scanLink(row)
			list = append(list, l)
			return err
		})
	return list, err
}
