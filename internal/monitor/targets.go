package monitor

import (
	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
)

// The guide's targets.
const (
	leastSuccess = 0.995
	mostLogin    = 2000.0 // ms
	mostPool     = 0.8
	mostResponse = 500.0 // ms
)

// goals are the targets by the names of their curves.
func goals() map[string]float64 {
	return map[string]float64{
		"login_success_ratio": leastSuccess, "login_p95_seconds": mostLogin / 1000, "pool_use_ratio": mostPool,
		"response_p95_seconds": mostResponse / 1000,
	}
}

// targets judges a window. Of several routes or pools the worst is shown.
func targets(s *figures.Sheet, pool *float64, ofPool string) []api.Target {
	var login *float64
	if t := s.Timed(figures.Login); t.N > 0 {
		mean := ms(t.Mean())
		login = &mean
	}
	slow, ofRoute := slowest(s)
	all, honest := rate(s.Count(figures.Succeeded), s.Count(figures.Attempts)), honestRate(s)
	return []api.Target{
		{Name: "success_rate", Target: "> 0.995", Value: all, Verdict: over(all)},
		{Name: "honest_success_rate", Target: "> 0.995", Value: honest, Verdict: over(honest)},
		{Name: "login_time", Target: "mean < 2000 ms", Value: login, Verdict: under(login, mostLogin)},
		{Name: "pool_use", Target: "< 0.8", Value: pool, Verdict: under(pool, mostPool), Of: ofPool},
		{Name: "response_time", Target: "p95 < 500 ms", Value: slow, Verdict: under(slow, mostResponse), Of: ofRoute},
	}
}

// fullest is the pool that is used most now. SQLite's one writer is used wholly
// or not at all, and its waits tell more.
func fullest(pools map[string]api.PoolUse) (use *float64, of string) {
	for name, p := range pools {
		if p.Size < 2 {
			continue
		}
		if use == nil || p.Use > *use || p.Use == *use && name < of {
			use, of = &p.Use, name
		}
	}
	return use, of
}

// busiest is the pool that was used most over a span.
func busiest(s *figures.Sheet) (use *float64, of string) {
	for name, l := range s.Pools() {
		if v := round(l.Mean()); use == nil || v > *use || v == *use && name < of {
			use, of = &v, name
		}
	}
	return use, of
}

// slowest is the endpoint of signing in whose 95th percentile is highest.
func slowest(s *figures.Sheet) (most *float64, of string) {
	for _, route := range s.Routes() {
		if figures.ClassOf(route) != figures.Auth {
			continue
		}
		if p95 := ms(s.Timed(figures.Route + route).Quantile(0.95)); most == nil || p95 > *most {
			most, of = &p95, route
		}
	}
	return most, of
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
