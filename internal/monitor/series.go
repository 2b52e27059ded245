package monitor

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
)

// ranges are the spans of time that a chart may show: how many points of which
// width, and of which rows they are made.
var ranges = map[string]struct {
	step, rows time.Duration
	points     int
}{
	"1h":  {time.Minute, time.Minute, 60},
	"24h": {15 * time.Minute, 15 * time.Minute, 96},
	"7d":  {time.Hour, time.Hour, 168},
	"30d": {2 * time.Hour, time.Hour, 360},
}

// Series is what charts draw: the figures of all nodes, or of one, up to now.
func (m *Monitor) Series(ctx context.Context, name, node string) (api.Series, error) {
	r, ok := ranges[name]
	if !ok {
		return api.Series{}, fault.Invalid("/range", "not_allowed", "Please use 1h, 24h, 7d or 30d.")
	}
	last := m.now().Truncate(r.step)
	first := last.Add(-time.Duration(r.points-1) * r.step)
	by := m.gather(ctx, figures.Query{Step: r.rows, Since: first, Node: node})
	out := api.Series{
		Range: name, StepSeconds: int(r.step / time.Second), At: make([]int64, r.points),
		Series: map[string][]*float64{}, Failures: map[string][]*float64{}, Targets: goals(),
	}
	for name := range drawn {
		out.Series[name] = make([]*float64, r.points)
	}
	sheets := make([]*figures.Sheet, r.points)
	for i := range r.points {
		out.At[i] = first.Add(time.Duration(i) * r.step).Unix()
	}
	for at, s := range by.sheets {
		if i := int(at-first.Unix()) / out.StepSeconds; at >= first.Unix() && i < r.points {
			if sheets[i] == nil {
				sheets[i] = &figures.Sheet{}
			}
			sheets[i].Merge(s)
		}
	}
	for i, s := range sheets {
		if s != nil {
			draw(&out, i, s)
		}
	}
	return out, nil
}

// draw puts one span on the curves.
func draw(out *api.Series, i int, s *figures.Sheet) {
	for name, value := range drawn {
		out.Series[name][i] = value(s)
	}
	for reason, n := range s.Under(figures.Reason) {
		if out.Failures[reason] == nil {
			out.Failures[reason] = make([]*float64, len(out.At))
		}
		v := float64(n)
		out.Failures[reason][i] = &v
	}
}

// drawn are the curves. What did not happen has no value, but a count has zero
// where somebody was there to count.
var drawn = map[string]func(*figures.Sheet) *float64{
	"login_success_ratio": honestRate,
	"logins":              counts(figures.Succeeded),
	"guessing":            counts(figures.Guessing),
	"login_p50_seconds":   quantile(figures.Login, 0.50),
	"login_p95_seconds":   quantile(figures.Login, 0.95),
	"login_p99_seconds":   quantile(figures.Login, 0.99),
	"sessions_active":     mean(figures.Sessions),
	"pool_use_ratio": func(s *figures.Sheet) *float64 {
		use, _ := busiest(s)
		return use
	},
	"response_p95_seconds": quantile(
		figures.Class+figures.Auth, 0.95),
	"database_error_ratio": func(s *figures.Sheet) *float64 {
		return rate(s.Count(figures.Errors), s.Count(figures.Queries))
	},
	"csrf_issued":             counts(figures.CSRFMade),
	"csrf_refused":            func(s *figures.Sheet) *float64 { return number(total(s.Under(figures.Refused))) },
	"hash_queue_wait_seconds": quantile(figures.Wait, 0.95),
}

func counts(name string) func(*figures.Sheet) *float64 {
	return func(s *figures.Sheet) *float64 { return number(s.Count(name)) }
}

func number(n int64) *float64 {
	v := float64(n)
	return &v
}

func total(by map[string]int64) (n int64) {
	for _, one := range by {
		n += one
	}
	return n
}

func quantile(name string, q float64) func(*figures.Sheet) *float64 {
	return func(s *figures.Sheet) *float64 {
		t := s.Timed(name)
		if t.N == 0 {
			return nil
		}
		v := round(t.Quantile(q).Seconds())
		return &v
	}
}

func mean(name string) func(*figures.Sheet) *float64 {
	return func(s *figures.Sheet) *float64 {
		l := s.Levels[name]
		if l.N == 0 {
			return nil
		}
		v := round(l.Mean())
		return &v
	}
}
