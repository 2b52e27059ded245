package monitor

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/figures"
)

// Kept is where rows of figures are kept: each node writes its own, and all are
// read together.
type Kept interface {
	// KeepFigures writes rows, each in the place of the one it continues, and
	// gives the time by the clock that all nodes share.
	KeepFigures(ctx context.Context, rows []figures.Row) (at time.Time, err error)
	Figures(ctx context.Context, q figures.Query) ([]figures.Row, error)
}

// gather gives the sheets of all nodes, or of one, by the beginning of their
// spans. What this process counted is its own to tell: its rows may be a minute
// old. While the database is away that is all there is, and alone says so.
func (m *Monitor) gather(ctx context.Context, q figures.Query) (by map[int64]*figures.Sheet, alone bool) {
	by = map[int64]*figures.Sheet{}
	add := func(r *figures.Row) {
		at := r.At.Unix()
		if by[at] == nil {
			by[at] = &figures.Sheet{}
		}
		by[at].Merge(&r.Sheet)
	}
	ours := map[int64]bool{}
	if q.Node == "" || q.Node == m.o.Node || q.Node == m.o.Host {
		for _, r := range m.book.Rows(m.now(), q.Step, q.Since) {
			ours[r.At.Unix()] = true
			add(&r)
		}
	}
	if m.o.Kept == nil {
		return by, true
	}
	rows, err := m.o.Kept.Figures(ctx, q)
	if err != nil {
		m.o.Log.Debug("the figures of other nodes and earlier times could not be read", "error", err)
		return by, true
	}
	for _, r := range rows {
		if r.Node != m.o.Node || !ours[r.At.Unix()] {
			add(&r)
		}
	}
	return by, false
}

// sum adds sheets up.
func sum(by map[int64]*figures.Sheet) *figures.Sheet {
	s := &figures.Sheet{}
	for _, one := range by {
		s.Merge(one)
	}
	return s
}
