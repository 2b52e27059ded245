package web

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// chart is one that the overview draws.
type chart struct {
	// id is its name in addresses and files; title and text are keys.
	id, title, text, unit string
	// target is the name of its target, "" for none; least says that it is the least and not the most there may be.
	target string
	least  bool
	// bars are stacked upon each other; else there are lines.
	bars bool
	// series are drawn, in this order; none stands for failures by reason.
	series []string
}

// charts are all of them, in the order of the page.
var charts = []chart{
	{
		id: "success", title: "overview.chart.success", text: "overview.chart.success.text", unit: unitRatio,
		target: "login_success_ratio", least: true, series: []string{"login_success_ratio"},
	},
	{
		id: "login-time", title: "overview.chart.login", text: "overview.chart.login.text", unit: unitSeconds,
		target: "login_p95_seconds", series: []string{"login_p50_seconds", "login_p95_seconds", "login_p99_seconds"},
	},
	{
		id: "attempts", title: "overview.chart.attempts", text: "overview.chart.attempts.text", unit: unitCount,
		bars: true, series: []string{"logins", "guessing"},
	},
	{id: "failures", title: "overview.chart.failures", text: "overview.chart.failures.text", unit: unitCount, bars: true},
	{
		id: "response", title: "overview.chart.response", text: "overview.chart.response.text", unit: unitSeconds,
		target: "response_p95_seconds", series: []string{"response_p95_seconds"},
	},
	{
		id: "pool", title: "overview.chart.pool", text: "overview.chart.pool.text", unit: unitRatio,
		target: "pool_use_ratio", series: []string{"pool_use_ratio"},
	},
	{
		id: "sessions", title: "overview.chart.sessions", text: "overview.chart.sessions.text", unit: unitCount,
		series: []string{"sessions_active"},
	},
	{
		id: "hashing", title: "overview.chart.hashing", text: "overview.chart.hashing.text", unit: unitSeconds,
		series: []string{"hash_queue_wait_seconds"},
	},
}

// seriesWords are how to call a series.
var seriesWords = map[string]string{
	"login_success_ratio": "overview.series.success", "logins": "overview.series.logins", "guessing": "overview.series.guessing",
	"login_p50_seconds": "overview.series.p50", "login_p95_seconds": "overview.series.p95",
	"login_p99_seconds": "overview.series.p99", "response_p95_seconds": "overview.series.p95",
	"pool_use_ratio": "overview.series.pool", "sessions_active": "overview.series.sessions",
	"hash_queue_wait_seconds": "overview.series.wait", otherReasons: "overview.series.other",
}

// line is one series of a chart under its name.
type line struct {
	name   string
	values []*float64
}

// lines are what a chart draws of the figures.
func (c chart) lines(s Series) []line {
	if len(c.series) == 0 {
		return reasons(s)
	}
	var out []line
	for _, name := range c.series {
		if _, ok := s.Series[name]; ok {
			out = append(out, line{name, s.points(name)})
		}
	}
	return out
}

// most is how many reasons have a colour of their own.
const most = 5

// otherReasons is the name of all the rest.
const otherReasons = "other"

// reasons are the failures by reason: the most frequent, in the order of their names, so that each keeps its colour
// while their numbers change, and all others as one.
func reasons(s Series) []line {
	names := slices.SortedFunc(maps.Keys(s.Failures), func(a, b string) int {
		return cmp.Or(cmp.Compare(sum(s.Failures[b]), sum(s.Failures[a])), strings.Compare(a, b))
	})
	names = slices.DeleteFunc(names, func(n string) bool { return sum(s.Failures[n]) == 0 })
	first := slices.Sorted(slices.Values(names[:min(most, len(names))]))
	var out []line
	for _, n := range first {
		out = append(out, line{n, fit(s.Failures[n], len(s.At))})
	}
	if len(names) > most {
		rest := make([]*float64, len(s.At))
		for _, n := range names[most:] {
			add(rest, fit(s.Failures[n], len(s.At)))
		}
		out = append(out, line{otherReasons, rest})
	}
	return out
}

func add(to, from []*float64) {
	for i, v := range from {
		switch {
		case v == nil:
		case to[i] == nil:
			x := *v
			to[i] = &x
		default:
			*to[i] += *v
		}
	}
}
