package monitor

import (
	"context"
	"math"
	"net/http"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// authMetrics answers the guide's figures, each with its target.
func (m *Monitor) authMetrics(w http.ResponseWriter, r *http.Request) {
	q := httpkit.From(w)
	m.guarded(q, func() { q.JSON(http.StatusOK, m.Figures(r.Context(), r.URL.Query().Get("node"))) })
}

// windows are what the figures are added up over.
var windows = map[string]struct {
	step  time.Duration
	spans int
}{"5m": {time.Minute, 5}, "1h": {time.Minute, 60}, "24h": {15 * time.Minute, 96}}

// window adds up the last span of that name, the present minute included.
func (m *Monitor) window(ctx context.Context, name, node string) *gathered {
	w := windows[name]
	since := m.now().Truncate(w.step).Add(-time.Duration(w.spans-1) * w.step)
	return m.gather(ctx, figures.Query{Step: w.step, Since: since, Node: node})
}

// Figures are those of all nodes, or of one.
func (m *Monitor) Figures(ctx context.Context, node string) api.AuthMetrics {
	out := api.AuthMetrics{
		Since: m.since, Windows: map[string]api.MetricsWindow{}, Pools: map[string]api.PoolUse{}, Hashing: *m.hashing(),
	}
	var hour *figures.Sheet
	for name := range windows {
		g := m.window(ctx, name, node)
		s := g.sum()
		out.Windows[name] = shown(s)
		out.Alone = out.Alone || g.alone
		switch name {
		case "1h":
			hour = s
		case "24h":
			out.Nodes = g.nodes()
		}
	}
	for name, p := range m.o.Sources.Pools() {
		out.Pools[name] = api.PoolUse{Size: p.Size, InUse: p.InUse, Idle: p.Idle, Waits: p.Waits, Use: use(p)}
	}
	if n, err := m.sessions(ctx); err == nil {
		out.SessionsActive = &n
	}
	pool, of := fullest(out.Pools)
	out.Targets, out.Alerts = targets(hour, pool, of), m.firing()
	return out
}

// firing leaves out what does not fire.
func (m *Monitor) firing() []api.AlertFiring {
	list := []api.AlertFiring{}
	for _, a := range m.o.Sources.Alerts() {
		if a.Count > 0 {
			list = append(list, a)
		}
	}
	return list
}

func use(p Pool) float64 {
	if p.Size == 0 {
		return 0
	}
	return float64(p.InUse) / float64(p.Size)
}

func shown(s *figures.Sheet) api.MetricsWindow {
	pool, of := busiest(s)
	w := api.MetricsWindow{
		Attempts: s.Count(figures.Attempts), Succeeded: s.Count(figures.Succeeded),
		SuccessRate: rate(s.Count(figures.Succeeded), s.Count(figures.Attempts)), HonestSuccessRate: honestRate(s),
		Failures: s.Under(figures.Failure), LoginTime: summary(s.Timed(figures.Login)), Endpoints: []api.EndpointTimes{},
		CSRF:     api.CSRFFigures{Issued: s.Count(figures.CSRFMade), Failed: s.Count(figures.CSRFLost), Refused: s.Under(figures.Refused)},
		Tokens:   api.TokenFigures{Access: s.Count(figures.Access), Refresh: s.Count(figures.Refresh), Legacy: s.Count(figures.Legacy)},
		Guessing: s.Count(figures.Guessing), Slips: s.Count(figures.Slips), HashWait: summary(s.Timed(figures.Wait)),
		Database: api.DatabaseFigures{
			Queries: s.Count(figures.Queries), Errors: s.Count(figures.Errors), ErrorRatio: rate(s.Count(figures.Errors), s.Count(figures.Queries)),
		},
		Pools: map[string]api.PoolLevel{}, SessionsActive: mean(figures.Sessions)(s), Targets: targets(s, pool, of),
	}
	for name, l := range s.Pools() {
		w.Pools[name] = api.PoolLevel{Mean: round(l.Mean()), Max: round(l.Max)}
	}
	for _, route := range s.Routes() {
		w.Endpoints = append(w.Endpoints, api.EndpointTimes{Route: route, Times: summary(s.Timed(figures.Route + route))})
	}
	return w
}

// honestRate leaves out what guessers tried, and what a person made good.
func honestRate(s *figures.Sheet) *float64 {
	honest := s.Count(figures.Attempts) - s.Count(figures.Guessing) - s.Count(figures.Slips)
	// What was made good in this span may have been tried in the one before.
	return rate(s.Count(figures.Succeeded), max(honest, s.Count(figures.Succeeded)))
}

func rate(part, whole int64) *float64 {
	if whole <= 0 {
		return nil
	}
	r := float64(part) / float64(whole)
	return &r
}

func summary(t *figures.Times) api.Times {
	return api.Times{
		Count: t.N, MeanMS: ms(t.Mean()), P50MS: ms(t.Quantile(0.50)), P95MS: ms(t.Quantile(0.95)), P99MS: ms(t.Quantile(0.99)),
	}
}

// ms is in milliseconds, to the microsecond.
func ms(d time.Duration) float64 { return round(float64(d) / float64(time.Millisecond)) }

// round keeps three places, and of what is small six.
func round(v float64) float64 {
	if math.Abs(v) < 1 {
		return math.Round(v*1e6) / 1e6
	}
	return math.Round(v*1000) / 1000
}
