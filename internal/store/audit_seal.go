package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// Seal says how rows are given their place.
type Seal struct {
	Under *Held
	Keys  *audit.Keys
	// Most is how many rows in one transaction, Counted whether those that refusals
	// were added to are looked at, once their minute has been over for a while.
	Most    int
	Counted bool
	// Every and Often say after how many rows and how long a checkpoint is kept.
	Every int64
	Often time.Duration
	// Strict ends the time in which rows may lack a mark.
	Strict bool
}

// countedFor is how long after its minute began refusals may be added to a row:
// two minutes, and a clock that is off.
const countedFor = 3 * time.Minute

// waiting is the table, by the index of the few rows that wait for their place.
// SQLite would take the one of tallies, which nearly all rows lack, and read them
// all, every second.
func (s *Store) waiting() string {
	if s.engine == SQLite {
		return `audit INDEXED BY audit_waiting`
	}
	return `audit`
}

// AnyWaiting says cheaply whether a row waits for its place.
func (s *Store) AnyWaiting(ctx context.Context) (due bool, err error) {
	err = s.read(ctx, "look whether rows of the audit wait for their place", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+s.waiting()+` WHERE seq IS NULL AND tally IS NULL)`).Scan(&due)
	})
	return due, err
}

// SealAudit gives rows their place in the chain, all of a batch or none. What
// commits later than its neighbours gets a later place: nobody waits for it.
func (s *Store) SealAudit(ctx context.Context, o Seal) (n int, err error) {
	err = s.write(ctx, "give rows of the audit their place in the chain", func(ctx context.Context, t *tx) error {
		n = 0
		if err := t.hold(ctx, o.Under); err != nil {
			return err
		}
		before, err := t.state(ctx, o.Keys)
		if err != nil {
			return err
		}
		rows, err := t.due(ctx, o)
		if err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		after := before.State
		strict, err := t.mayBeStrict(ctx, o, after)
		if err != nil || len(rows) == 0 && !strict {
			return err
		}
		if strict {
			after.Marked = after.Seq + 1
		}
		place(o.Keys, rows, &after, now)
		if err := t.putPlaces(ctx, rows); err != nil {
			return err
		}
		signed := o.Keys.Sign(after)
		if err := t.putState(ctx, signed, before.Seq); err != nil {
			return err
		}
		n = len(rows)
		return t.maybeCheckpoint(ctx, o, signed)
	})
	return n, err
}

// mayBeStrict says whether rows without a mark end here: none waits any more.
func (t *tx) mayBeStrict(ctx context.Context, o Seal, s audit.State) (yes bool, err error) {
	if !o.Strict || s.Marked > 0 {
		return false, nil
	}
	err = t.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM `+t.s.waiting()+` WHERE seq IS NULL AND mark IS NULL)`).Scan(&yes)
	return yes, err
}

func place(k *audit.Keys, rows []audit.Link, s *audit.State, now time.Time) {
	for i := range rows {
		l := &rows[i]
		s.Seq++
		k.Bind(l, s.Hash, s.Seq)
		s.Hash = l.Hash
		if len(l.Mark) == 0 {
			s.Unmarked++
		}
	}
	s.At = now
}

// state is the end of the chain, which nobody else may move meanwhile. One that
// we did not sign is not gone on with: what comes after it would look sound.
func (t *tx) state(ctx context.Context, k *audit.Keys) (audit.Signed, error) {
	c, err := scanState(t.QueryRowContext(ctx, `SELECT `+stateColumns+` FROM audit_chain WHERE name = 'audit'`+t.s.forUpdate()))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return audit.Signed{State: audit.Empty()}, nil
	case err != nil:
		return c, err
	case !k.Knows(c.Key):
		if roots, err := auditRoots(ctx, t); err != nil || roots[c.Key] != nil {
			return c, cmp.Or(err, errOtherRoot)
		}
	}
	if !k.Current(&c) {
		return c, &audit.Wrong{Seq: c.Seq, Kind: audit.Forged, Detail: "does not bear our signature, so the chain is not gone on with"}
	}
	return c, nil
}

// due are the rows that can have their place now.
func (t *tx) due(ctx context.Context, o Seal) (list []audit.Link, err error) {
	query, args := `tally IS NULL ORDER BY id LIMIT $1`, []any{o.Most}
	if o.Counted {
		query = `tally IS NOT NULL AND at_ms < ` + t.s.clock() + ` - $2 ORDER BY id LIMIT $1`
		args = append(args, countedFor.Milliseconds())
	}
	err = each(ctx, t, `SELECT id, `+auditColumns+`, `+linkColumns+` FROM `+t.s.waiting()+` WHERE seq IS NULL AND `+query+t.s.forUpdate(), args,
		func(row scanner) error {
			l, err := scanLink(row)
			list = append(list, l)
			return err
		})
	return list, err
}

// putPlaces writes the places. A name under which refusals were counted is
// given up with it: whatever is counted later is a row of its own.
func (t *tx) putPlaces(ctx context.Context, rows []audit.Link) error {
	if t.s.engine == Postgres { // in one statement: each of many would cost a way to the server and back
		ids, seqs := make([]int64, len(rows)), make([]int64, len(rows))
		hashes, seals := make([][]byte, len(rows)), make([][]byte, len(rows))
		for i, l := range rows {
			ids[i], seqs[i], hashes[i], seals[i] = l.ID, l.Seq, l.Hash, l.Seal
		}
		n, err := t.changed(ctx, `UPDATE audit SET seq = v.seq, hash = v.hash, seal = v.seal, tally = NULL
			FROM UNNEST($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[]) AS v (id, seq, hash, seal)
			WHERE audit.id = v.id AND audit.seq IS NULL`, ids, seqs, hashes, seals)
		if err == nil && n != int64(len(rows)) {
			err = errTaken
		}
		return err
	}
	one, err := t.PrepareContext(ctx, `UPDATE audit SET seq = $1, hash = $2, seal = $3, tally = NULL WHERE id = $4 AND seq IS NULL`)
	if err != nil {
		return err
	}
	defer func() { _ = one.Close() }()
	for _, l := range rows {
		if _, err := one.ExecContext(ctx, l.Seq, l.Hash, l.Seal, l.ID); err != nil {
			return err
		}
	}
	return nil
}

// errTaken is a row that was there a moment ago.
var errTaken = errors.New("a row of the audit that was to be given its place is gone or has one")

// maybeCheckpoint keeps the state when enough rows or time have gone by.
func (t *tx) maybeCheckpoint(ctx context.Context, o Seal, c audit.Signed) error {
	var seq, at int64
	err := t.QueryRowContext(ctx, `SELECT seq, at_ms FROM audit_checkpoints ORDER BY seq DESC LIMIT 1`).Scan(&seq, &at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if c.Seq-seq < o.Every && c.At.Sub(fromMillis(at)) < o.Often {
		return nil
	}
	return t.putCheckpoint(ctx, c)
}

// KeepCheckpoint keeps the state of the chain as it is, and returns it.
func (s *Store) KeepCheckpoint(ctx context.Context, k *audit.Keys) (c audit.Signed, err error) {
	err = s.write(ctx, "keep a checkpoint of the audit", func(ctx context.Context, t *tx) error {
		var err error
		if c, err = t.state(ctx, k); err != nil {
			return err
		}
		if c.Signature == nil {
			return errors.New("the audit has no rows in its chain yet")
		}
		return t.putCheckpoint(ctx, c)
	})
	return c, err
}

// now is the time by the database's clock.
func (t *tx) now(ctx context.Context) (time.Time, error) {
	var ms int64
	err := t.QueryRowContext(ctx, `SELECT `+t.s.clock()).Scan(&ms)
	return fromMillis(ms), err
}

// forUpdate keeps what is read from changing until the end of the transaction;
// of SQLite the transaction has the only pen.
func (s *Store) forUpdate() string {
	if s.engine == Postgres {
		return " FOR UPDATE"
	}
	return ""
}
