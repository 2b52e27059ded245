package monitor

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// scrape serves Prometheus.
func (m *Monitor) scrape() http.HandlerFunc {
	serve := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		EnableOpenMetrics: true, MaxRequestsInFlight: 4, ErrorHandling: promhttp.ContinueOnError,
		ErrorLog: slog.NewLogLogger(m.o.Log.Handler(), slog.LevelWarn),
	})
	return func(w http.ResponseWriter, r *http.Request) {
		q := httpkit.From(w)
		m.guarded(q, func() {
			out := &scraped{ResponseWriter: q}
			serve.ServeHTTP(out, r)
			if out.gone != nil {
				m.o.Log.Debug("whoever asked for the metrics hung up", "request_id", q.ID, "error", out.gone)
			}
		})
	}
}

// scraped takes what is left of an answer that nobody reads any more: the
// library warns of each metric that it could not send.
type scraped struct {
	http.ResponseWriter
	gone error
}

// Write passes on until it fails once.
func (s *scraped) Write(b []byte) (int, error) {
	if s.gone == nil {
		_, s.gone = s.ResponseWriter.Write(b)
	}
	return len(b), nil
}

// authMetrics answers the guide's figures, each with its target.
func (m *Monitor) authMetrics(w http.ResponseWriter, r *http.Request) {
	q := httpkit.From(w)
	m.guarded(q, func() {
		windows := m.figures.windows(m.o.Now())
		out := api.AuthMetrics{
			Since: m.figures.since, Windows: map[string]api.MetricsWindow{}, Pools: map[string]api.PoolUse{}, Hashing: *m.hashing(),
		}
		for name, b := range windows {
			out.Windows[name] = b.shown()
		}
		for name, p := range m.o.Sources.Pools() {
			out.Pools[name] = api.PoolUse{Size: p.Size, InUse: p.InUse, Idle: p.Idle, Waits: p.Waits, Use: use(p)}
		}
		if n, err := m.sessions(r.Context()); err == nil {
			out.SessionsActive = &n
		}
		out.Targets = targets(windows["1h"], out.Pools)
		q.JSON(http.StatusOK, out)
	})
}

func use(p Pool) float64 {
	if p.Size == 0 {
		return 0
	}
	return float64(p.InUse) / float64(p.Size)
}

func (b *bucket) shown() api.MetricsWindow {
	w := api.MetricsWindow{
		Attempts: b.attempts, Succeeded: b.succeeded,
		SuccessRate: rate(b.succeeded, b.attempts), HonestSuccessRate: rate(b.succeeded, b.attempts-b.guesses),
		Failures: named(b.failures), LoginTime: b.loginTime.summary(), Endpoints: []api.EndpointTimes{},
		CSRF:   api.CSRFFigures{Issued: b.csrfIssued, Failed: b.csrfFailed, Refused: named(b.csrfRefused)},
		Tokens: api.TokenFigures{Access: b.access, Refresh: b.refresh, Legacy: b.legacy},
	}
	for _, route := range slices.Sorted(maps.Keys(b.routes)) {
		w.Endpoints = append(w.Endpoints, api.EndpointTimes{Route: route, Times: b.routes[route].summary()})
	}
	return w
}

func rate(part, whole int64) *float64 {
	if whole <= 0 {
		return nil
	}
	r := float64(part) / float64(whole)
	return &r
}

func named(m map[api.Code]int64) map[string]int64 {
	out := make(map[string]int64, len(m))
	for c, n := range m {
		out[string(c)] = n
	}
	return out
}

// The guide's targets.
const (
	leastSuccess  = 0.995
	mostLogin     = 2000.0 // ms
	mostPool      = 0.8
	mostResponse  = 500.0 // ms
	authEndpoints = "/api/v1/auth/"
)

// targets judges an hour. Of several routes or pools the worst is shown.
func targets(b *bucket, pools map[string]api.PoolUse) []api.Target {
	var login *float64
	if b.loginTime.n > 0 {
		mean := round(b.loginTime.mean())
		login = &mean
	}
	var busiest, slowest *float64
	var pool, slow string
	for name, p := range pools {
		if p.Size < 2 {
			continue // SQLite's one writer: used wholly or not at all, and waits tell more
		}
		if busiest == nil || p.Use > *busiest || p.Use == *busiest && name < pool {
			busiest, pool = &p.Use, name
		}
	}
	for name, t := range b.routes {
		if !strings.Contains(name, authEndpoints) {
			continue
		}
		if p95 := round(t.quantile(0.95)); slowest == nil || p95 > *slowest || p95 == *slowest && name < slow {
			slowest, slow = &p95, name
		}
	}
	return []api.Target{
		{Name: "success_rate", Target: "> 0.995", Value: rate(b.succeeded, b.attempts), Verdict: over(rate(b.succeeded, b.attempts))},
		{
			Name: "honest_success_rate", Target: "> 0.995", Value: rate(b.succeeded, b.attempts-b.guesses),
			Verdict: over(rate(b.succeeded, b.attempts-b.guesses)),
		},
		{Name: "login_time", Target: "mean < 2000 ms", Value: login, Verdict: under(login, mostLogin)},
		{Name: "pool_use", Target: "< 0.8", Value: busiest, Verdict: under(busiest, mostPool), Of: pool},
		{Name: "response_time", Target: "p95 < 500 ms", Value: slowest, Verdict: under(slowest, mostResponse), Of: slow},
	}
}

func over(v *float64) string { return verdict(v, v != nil && *v > leastSuccess) }

func under(v *float64, most float64) string { return verdict(v, v != nil && *v < most) }

func verdict(v *float64, met bool) string {
	switch {
	case v == nil:
		return "no_data"
	case met:
		return "met"
	}
	return "missed"
}
