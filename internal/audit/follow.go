package audit

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// Chain is the signed end of the chain, and the highest place that a row has.
type Chain struct {
	Signed
	// Begun is false before the first row has a place.
	Begun bool
	// Last is the highest place that any row has; what it is beyond Seq nobody signed.
	Last int64
}

// Source gives what is verified.
type Source interface {
	AuditChain(ctx context.Context) (Chain, error)
	// AuditCheckpoints gives what was signed behind a place.
	AuditCheckpoints(ctx context.Context, after int64) ([]Signed, error)
	// AuditLinks gives rows behind a place, AuditWaiting rows behind an id that
	// have no place.
	AuditLinks(ctx context.Context, after int64, most int) ([]Link, error)
	AuditWaiting(ctx context.Context, after int64, most int) ([]Link, error)
}

// Report is what was verified.
type Report struct {
	// Rows were followed, from First to Last; Waiting have no place yet.
	Rows, First, Last, Waiting int64
	// Unmarked were written by a version without marks; Checkpoints were checked.
	Unmarked    int64
	Checkpoints int
	End         Signed
}

// batch is how many rows are read at a time.
const batch = 2000

// Verify follows the chain from its first row to its end, and looks at the rows
// that have no place yet. A *Wrong is the first row that is not as it was
// written; any other error says that it could not be read. Rows may be written,
// placed and deleted by retention meanwhile. What was kept of checkpoints
// elsewhere must still hold.
func Verify(ctx context.Context, src Source, k *Keys, progress func(done, total int64), kept ...Signed) (Report, error) {
	if k == nil {
		return Report{}, errors.New("the key of the audit cannot be opened: DATA_ENCRYPTION_KEY is not the key of this database")
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	for try := 1; ; try++ {
		r, c, err := verify(ctx, src, k, progress, kept)
		w, ok := errors.AsType[*Wrong](err)
		if !ok || try == 5 {
			return r, err
		}
		// Retention may have deleted the row under our hands, or another root have
		// begun; the end says so.
		now, other := src.AuditChain(ctx)
		deleted := (w.Kind == Missing || w.Kind == Cut) && now.First != c.First && w.Seq < now.First
		if other != nil || !deleted && now.Key == c.Key {
			return r, errors.Join(err, other)
		}
	}
}

func verify(ctx context.Context, src Source, k *Keys, progress func(done, total int64), kept []Signed) (r Report, c begun, err error) {
	c, v, points, err := begin(ctx, src, k, kept)
	if err != nil {
		return r, c, err
	}
	r.First, r.Checkpoints = c.First, points
	after := int64(math.MinInt64) // what stands before the first row is wrong too
	for {
		for v.next <= c.Seq {
			rows, err := src.AuditLinks(ctx, after, batch)
			if err != nil {
				return r, c, err
			}
			if n := len(rows); n == 0 || n == 1 && rows[0].ID == v.last {
				return r, c, v.End()
			}
			for i := range rows {
				if rows[i].ID == v.last {
					continue
				}
				if v.next > c.Seq && rows[i].Seq > c.Seq {
					break // it came while we read; the next look at the end knows it
				}
				if err := v.Row(&rows[i]); err != nil {
					return r, c, err
				}
				r.Rows, r.Last = v.next-c.First, v.next-1
			}
			after = v.next - 2 // the last one once more: another may have the same place
			progress(r.Rows, c.Seq-c.First+1)
		}
		if err := v.End(); err != nil {
			return r, c, err
		}
		// Read before the end is: what is given a place between the two moves the end,
		// and what is neither here nor before the end came later.
		rows, err := src.AuditWaiting(ctx, 0, batch)
		if err != nil {
			return r, c, err
		}
		newer, err := src.AuditChain(ctx)
		if err != nil {
			return r, c, err
		}
		r.End, r.Unmarked = newer.Signed, newer.Unmarked
		if newer.Seq <= c.Seq {
			if err := ends(newer, c); err != nil {
				return r, c, err
			}
			r.Waiting, err = waiting(rows, v)
			return r, c, err
		}
		if err := v.Extend(newer.Signed); err != nil {
			return r, c, err
		}
		c.Chain = newer
	}
}

// begun is the end of the chain as it was when a verification began.
type begun struct{ Chain }

func begin(ctx context.Context, src Source, k *Keys, kept []Signed) (begun, *Verifier, int, error) {
	points, err := src.AuditCheckpoints(ctx, -1)
	if err != nil {
		return begun{}, nil, 0, err
	}
	c, err := src.AuditChain(ctx) // after the checkpoints, none of which may lie beyond
	if err != nil {
		return begun{}, nil, 0, err
	}
	if !c.Begun {
		if len(points)+len(kept) > 0 || c.Last > 0 {
			return begun{c}, nil, 0, &Wrong{Seq: max(c.Last, 1), Kind: Forged, Detail: "is not vouched for: the signed end of the chain is gone"}
		}
		c.Signed = k.Sign(Empty())
	}
	points = append(points, kept...)
	v, err := NewVerifier(k, c.Signed, points)
	return begun{c}, v, len(points), err
}

// ends says what is wrong at the end of a chain that did not come further.
func ends(now Chain, before begun) error {
	switch {
	case now.Seq < before.Seq:
		return &Wrong{Seq: now.Seq + 1, Kind: Cut, Detail: fmt.Sprintf("is gone, and all after it: the chain was signed up to row %d", before.Seq)}
	case now.Last > now.Seq:
		return &Wrong{Seq: now.Seq + 1, Kind: Inserted, Detail: "stands beyond the end of the chain that was signed"}
	}
	return nil
}

// waiting looks at rows that have no place yet. Their number is not bounded
// while an older table is taken in, so only the first are looked at.
func waiting(rows []Link, v *Verifier) (n int64, err error) {
	for i := range rows {
		if err := v.Waiting(&rows[i]); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
