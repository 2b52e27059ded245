package web

import (
	"context"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// OverviewSources is whom the overview asks. Each may be nil: what nobody knows is left out of the page.
type OverviewSources struct {
	// Figures are those over a span, which is one of Spans, of all servers or of one.
	Figures interface {
		Series(ctx context.Context, span, node string) (api.Series, error)
	}
	// Certificate is what browsers are shown; not ok where nobody knows it, as of a proxy in front.
	Certificate func(ctx context.Context) (notAfter time.Time, ok bool)
	// Keys are those in use.
	Keys func(ctx context.Context) ([]Key, error)
	// Backup is the last one.
	Backup func(ctx context.Context) (Backup, error)
	// Nodes are the servers on this database.
	Nodes func(ctx context.Context) ([]Node, error)
}

// Spans are the spans of time that figures are shown over; the first is shown where none is asked for.
var Spans = []string{"1h", "24h", "7d", "30d"}

// spanOr is the span that an address asks for.
func spanOr(asked string) string {
	if slices.Contains(Spans, asked) {
		return asked
	}
	return Spans[0]
}

// Key is one key in use.
type Key struct {
	// Use is "signing" or "data", ID is its fingerprint.
	Use, ID string
	Since   time.Time
	// Due is when it should be replaced; zero where nothing says so.
	Due time.Time
}

// Backup is the last one there is.
type Backup struct {
	// At is when it was made; zero where there never was one.
	At time.Time
	// Late says that the next is overdue.
	Late bool
}

// Node is one server on this database.
type Node struct {
	Host, Version string
	Since         time.Time
}

// Series are figures in steps of equal length. A value is nil where nothing was measured.
type Series api.Series

// points are one series, as long as there are steps.
func (s Series) points(name string) []*float64 { return fit(s.Series[name], len(s.At)) }

// fit makes a list as long as there are steps, whatever its source gave.
func fit(list []*float64, n int) []*float64 {
	out := make([]*float64, n)
	copy(out, list)
	return out
}
