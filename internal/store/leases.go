package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Held is a lease in hand: the right to do a job that one node alone does.
type Held struct {
	Name, Holder string
	// Number grows with each holder. What is written under a lease is written
	// only while the row still has this number.
	Number int64
	// For is how long each renewal lasts.
	For time.Duration
	// At is when it was taken or renewed, by the clock of the database.
	At time.Time
}

// Lease is a row of the table, as others see it.
type Lease struct {
	Name, Holder string
	Number       int64
	Until        time.Time
}

// ErrLeaseLost is met by whoever writes under a lease that is no longer theirs.
var ErrLeaseLost = errors.New("another node does this now: the lease ran out")

// Hold takes a lease that is free, or renews one's own, by one conditional
// write. It is nil while another node has it. A lease that ran out is a new one
// even for who had it: somebody else may have had it in between.
func (s *Store) Hold(ctx context.Context, name, holder string, d time.Duration) (h *Held, err error) {
	err = s.write(ctx, "take the lease "+name, func(ctx context.Context, t *tx) error {
		h = nil
		var number, at int64
		err := t.QueryRowContext(ctx, `INSERT INTO leases AS l (name, holder, until_ms, number) VALUES ($1, $2, `+s.clock()+` + $3, 1)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms,
				number = CASE WHEN l.until_ms > `+s.clock()+` THEN l.number ELSE l.number + 1 END
			WHERE l.holder = excluded.holder OR l.until_ms <= `+s.clock()+`
			RETURNING number, until_ms - $3`, name, holder, d.Milliseconds()).Scan(&number, &at)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		h = &Held{Name: name, Holder: holder, Number: number, For: d, At: fromMillis(at)}
		return err
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

// hold renews the lease in the transaction that writes under it. A node that
// slept through the end of its lease writes nothing, even if nobody took it.
func (t *tx) hold(ctx context.Context, h *Held) error {
	if h == nil {
		return nil
	}
	n, err := t.changed(ctx, `UPDATE leases SET until_ms = `+t.s.clock()+` + $4
		WHERE name = $1 AND holder = $2 AND number = $3 AND until_ms > `+t.s.clock(), h.Name, h.Holder, h.Number, h.For.Milliseconds())
	if err == nil && n == 0 {
		return fmt.Errorf("%s: %w", h.Name, ErrLeaseLost)
	}
	return err
}

// Release gives a lease back, so that nobody waits for its end.
func (s *Store) Release(ctx context.Context, h Held) error {
	return s.write(ctx, "give the lease "+h.Name+" back", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `UPDATE leases SET holder = '', until_ms = 0 WHERE name = $1 AND holder = $2 AND number = $3`,
			h.Name, h.Holder, h.Number)
		return err
	})
}

// Leases lists those that somebody has at this moment.
func (s *Store) Leases(ctx context.Context) (list []Lease, err error) {
	err = s.read(ctx, "list the leases", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT name, holder, number, until_ms FROM leases WHERE until_ms > `+s.clock()+` ORDER BY name`, nil,
			func(row scanner) error {
				var (
					l  Lease
					ms int64
				)
				err := row.Scan(&l.Name, &l.Holder, &l.Number, &ms)
				l.Until = fromMillis(ms)
				list = append(list, l)
				return err
			})
	})
	return list, err
}
