package monitor

import (
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/figures"
)

// Recent is what this node alone counted in the last five minutes.
type Recent struct {
	// Honest are sign-ins without those of guessers and those that the same
	// person made good, HonestFailed those of them that failed.
	Honest, HonestFailed int64
	// Queries are reads and transactions, Errors those that failed for want of
	// the database.
	Queries, Errors int64
	CSRFFailed      int64
	Routes          []RouteTime
}

// RouteTime is how long the answers of a route took, or sign-ins.
type RouteTime struct {
	Route string
	Count int64
	P95   time.Duration
}

// Recent adds up what alerts are judged by.
func (m *Monitor) Recent() Recent {
	s := &figures.Sheet{}
	for _, row := range m.book.Rows(m.now(), time.Minute, m.now().Add(-4*time.Minute)) {
		s.Merge(&row.Sheet)
	}
	succeeded := s.Count(figures.Succeeded)
	// What was made good in this span may have been tried in the one before.
	honest := max(succeeded, s.Count(figures.Attempts)-s.Count(figures.Guessing)-s.Count(figures.Slips))
	r := Recent{
		Honest: honest, HonestFailed: honest - succeeded, Queries: s.Count(figures.Queries), Errors: s.Count(figures.Errors),
		CSRFFailed: s.Count(figures.CSRFLost),
	}
	add := func(name string, t *figures.Times) {
		if t.N > 0 {
			r.Routes = append(r.Routes, RouteTime{name, t.N, t.Quantile(0.95)})
		}
	}
	add("a sign-in", s.Timed(figures.Login))
	for _, route := range s.Routes() {
		if figures.ClassOf(route) == figures.Auth || strings.HasSuffix(route, " /login") {
			add(route, s.Timed(figures.Route+route))
		}
	}
	return r
}
