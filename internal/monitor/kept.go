package monitor

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
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

// gathered are the sheets of all nodes, or of one, by the beginning of their spans.
type gathered struct {
	sheets map[int64]*figures.Sheet
	hosts  map[string]string // by node
	// alone is set where the database could not be asked.
	alone bool
}

// gather reads what was counted. What this process counted is its own to tell:
// its rows are a little old. While the database is away that is all there is.
func (m *Monitor) gather(ctx context.Context, q figures.Query) *gathered {
	g := &gathered{sheets: map[int64]*figures.Sheet{}, hosts: map[string]string{}}
	ours := map[int64]bool{}
	if q.Node == "" || q.Node == m.o.Node || q.Node == m.o.Host {
		for _, r := range m.book.Rows(m.now(), q.Step, q.Since) {
			r.Node, r.Host = m.o.Node, m.o.Host
			ours[r.At.Unix()] = true
			g.add(&r)
		}
	}
	if m.o.Kept == nil {
		g.alone = true
		return g
	}
	rows, err := m.o.Kept.Figures(ctx, q)
	if err != nil {
		m.o.Log.Debug("the figures of other nodes and earlier times could not be read", "error", err)
		g.alone = true
	}
	for _, r := range rows {
		if r.Node != m.o.Node || !ours[r.At.Unix()] {
			g.add(&r)
		}
	}
	return g
}

func (g *gathered) add(r *figures.Row) {
	at := r.At.Unix()
	if g.sheets[at] == nil {
		g.sheets[at] = &figures.Sheet{}
	}
	g.sheets[at].Merge(&r.Sheet)
	g.hosts[r.Node] = r.Host
}

// sum adds all sheets up.
func (g *gathered) sum() *figures.Sheet {
	s := &figures.Sheet{}
	for _, one := range g.sheets {
		s.Merge(one)
	}
	return s
}

func (g *gathered) nodes() []api.MetricsNode {
	list := []api.MetricsNode{}
	for _, id := range slices.Sorted(maps.Keys(g.hosts)) {
		list = append(list, api.MetricsNode{ID: id, Host: g.hosts[id]})
	}
	return list
}
