package monitor

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
)

// How often levels are looked at, and rows are written: a server that is killed
// takes so much with it, and others see of it what is so old.
const (
	lookEvery = 5 * time.Second
	keepEvery = 15 * time.Second
)

// Run keeps what is counted until ctx ends, and then all that is left.
func (m *Monitor) Run(ctx context.Context) {
	if m.o.Kept == nil {
		return
	}
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	m.keep(ctx)
	kept := m.o.Now()
	for {
		select {
		case <-every.C:
			m.look(ctx)
			if now := m.o.Now(); now.Sub(kept).Abs() >= keepEvery {
				m.keep(ctx)
				kept = now
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			m.keep(last)
			return
		}
	}
}

// look notes how full pools and queue are, and once a minute how many sessions
// there are, which takes longer to find out.
func (m *Monitor) look(ctx context.Context) {
	heights := map[string]float64{figures.Queue: float64(m.o.Sources.HashStats().Waiting)}
	for name, p := range m.o.Sources.Pools() {
		if p.Size > 1 { // SQLite's one writer is used wholly or not at all
			heights[figures.Pool+name] = use(p)
		}
	}
	now := m.now()
	if minute := now.Unix() / 60; minute != m.sessionsAt {
		if n, err := m.sessions(ctx); err == nil {
			m.sessionsAt, heights[figures.Sessions] = minute, float64(n)
		}
	}
	m.book.Look(now, heights)
}

// keep writes the rows that changed, and compares the clocks on the way: the
// database's is read about halfway between question and answer. What could not be
// written stays for the next time.
func (m *Monitor) keep(ctx context.Context) {
	rows, saved := m.book.Unsaved(m.now())
	for i := range rows {
		rows[i].Node, rows[i].Host = m.o.Node, m.o.Host
	}
	asked := m.o.Now()
	at, err := m.o.Kept.KeepFigures(ctx, rows)
	if err != nil {
		if ctx.Err() == nil {
			m.o.Log.Debug("figures could not be kept yet", "rows", len(rows), "error", err)
		}
		return
	}
	saved()
	if took := m.o.Now().Sub(asked); took < time.Second { // a clock that was long on its way tells little
		m.ahead.Store(int64(asked.Add(took / 2).Sub(at)))
	}
}

// Asked is told of every question to the database, and how it ended.
func (m *Monitor) Asked(err error) {
	m.begin()
	m.counted.queries.Add(1)
	switch {
	case fault.Is(err, api.CodeDatabaseUnavailable), fault.Is(err, api.CodeStorageFull):
		m.counted.errors.Add(1)
		m.metrics.queries.of(string(fault.From(err).Code)).Inc()
	default: // a conflict, a refusal and a client who went away are no fault of the database
		m.metrics.queries.of(success).Inc()
	}
}
