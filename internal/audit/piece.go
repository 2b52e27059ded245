package audit

import (
	"context"
	"errors"
)

// Piece verifies up to so many rows behind a place, and says to which it came.
// That the row at the place itself is one of ours is told by its seal. Copies of
// rows are not looked for: Verify does that.
func Piece(ctx context.Context, src Source, k *Keys, after int64, most int) (to int64, err error) {
	for try := 1; ; try++ {
		c, err := src.AuditChain(ctx)
		if err != nil || !c.Begun {
			return 0, err
		}
		points, err := src.AuditCheckpoints(ctx, max(after, c.First-2))
		if err != nil {
			return 0, err
		}
		to, err = piece(ctx, src, k, c, points, after, most)
		if _, ok := errors.AsType[*Wrong](err); !ok || try == 3 {
			return to, err
		}
		// Retention may have deleted the rows under our hands,
		// or another root has begun; the end says so.
		if now, other := src.AuditChain(ctx); other != nil || now.First == c.First && now.Key == c.Key {
			return to, errors.Join(err, other)
		}
	}
}

func piece(ctx context.Context, src Source, k *Keys, c Chain, points []Signed, after int64, most int) (to int64, err error) {
	var known []Signed
	for i, p := range points { // those in between have their turn with their rows
		if p.Seq <= max(after, c.First-1)+int64(most) || i == len(points)-1 {
			known = append(known, p)
		}
	}
	v, err := NewVerifier(k, c.Signed, known)
	if err != nil {
		return 0, err
	}
	if after >= c.First {
		at, err := src.AuditLinks(ctx, after-1, 1)
		switch {
		case err != nil:
			return 0, err
		case len(at) == 0:
			return after, &Wrong{Seq: after, Kind: Cut, Detail: "is gone, and all after it"}
		case at[0].Seq != after:
			return after, &Wrong{Seq: after, Kind: Missing, Detail: "is missing: it was deleted"}
		case !v.keys.bound(&at[0]):
			return after, &Wrong{
				Seq: after, ID: at[0].ID, Kind: Moved, Detail: "was not given this place by us: it was moved, or its hash or seal was changed",
			}
		}
		v.Resume(after, at[0].Hash)
	}
	rows, err := src.AuditLinks(ctx, v.Next()-1, most)
	if err != nil {
		return 0, err
	}
	for i := range rows {
		if v.Next() > c.Seq && rows[i].Seq > c.Seq {
			break // it came while we read
		}
		if err := v.Row(&rows[i]); err != nil {
			return v.Next() - 1, err
		}
	}
	if len(rows) < most || v.Next() > c.Seq {
		return v.Next() - 1, v.End()
	}
	return v.Next() - 1, nil
}
