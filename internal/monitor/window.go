package monitor

import (
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// bucket is what happened within one span. What a span does not use costs it
// nothing.
type bucket struct {
	attempts, succeeded, guesses int64
	access, refresh, legacy      int64
	csrfIssued, csrfFailed       int64
	failures, csrfRefused        map[api.Code]int64
	loginTime                    times
	routes                       map[string]*times
}

// maxTimed bounds the routes that one bucket times.
const maxTimed = 64

func (b *bucket) answered(route string, d time.Duration) {
	t := b.routes[route]
	if t == nil {
		if len(b.routes) >= maxTimed || route == "" {
			return
		}
		if b.routes == nil {
			b.routes = map[string]*times{}
		}
		t = &times{}
		b.routes[route] = t
	}
	t.observe(d)
}

func count(m *map[api.Code]int64, c api.Code) {
	if *m == nil {
		*m = map[api.Code]int64{}
	}
	(*m)[c]++
}

func (b *bucket) merge(o *bucket) {
	b.attempts += o.attempts
	b.succeeded += o.succeeded
	b.guesses += o.guesses
	b.access += o.access
	b.refresh += o.refresh
	b.legacy += o.legacy
	b.csrfIssued += o.csrfIssued
	b.csrfFailed += o.csrfFailed
	for _, pair := range []struct {
		to   *map[api.Code]int64
		from map[api.Code]int64
	}{{&b.failures, o.failures}, {&b.csrfRefused, o.csrfRefused}} {
		for c, n := range pair.from {
			if *pair.to == nil {
				*pair.to = map[api.Code]int64{}
			}
			(*pair.to)[c] += n
		}
	}
	b.loginTime.merge(&o.loginTime)
	for route, t := range o.routes {
		if b.routes == nil {
			b.routes = map[string]*times{}
		}
		if b.routes[route] == nil {
			b.routes[route] = &times{}
		}
		b.routes[route].merge(t)
	}
}

// ring holds the last spans, each of one width.
type ring struct {
	width time.Duration
	slots []slot
}

type slot struct {
	span int64 // which span of that width since 1970 it holds
	b    *bucket
}

func newRing(width time.Duration, n int) ring { return ring{width, make([]slot, n)} }

func (r *ring) span(now time.Time) int64 { return now.UnixNano() / int64(r.width) }

func (r *ring) at(now time.Time) *bucket {
	span := r.span(now)
	s := &r.slots[span%int64(len(r.slots))]
	if s.b == nil || s.span != span {
		*s = slot{span, &bucket{}}
	}
	return s.b
}

// last sums up the given number of spans, the present one included.
func (r *ring) last(now time.Time, n int64) *bucket {
	sum, span := &bucket{}, r.span(now)
	for _, s := range r.slots {
		if s.b != nil && s.span <= span && s.span > span-n {
			sum.merge(s.b)
		}
	}
	return sum
}

// figures are the windows: an hour of minutes, and a day of quarters.
type figures struct {
	since time.Time
	mu    sync.Mutex
	hour  ring
	day   ring
}

func newFigures(now time.Time) *figures {
	return &figures{since: now.UTC(), hour: newRing(time.Minute, 60), day: newRing(15*time.Minute, 96)}
}

func (f *figures) add(now time.Time, change func(*bucket)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f.hour.at(now))
	change(f.day.at(now))
}

// windows sums up each window by its name.
func (f *figures) windows(now time.Time) map[string]*bucket {
	f.mu.Lock()
	defer f.mu.Unlock()
	return map[string]*bucket{"5m": f.hour.last(now, 5), "1h": f.hour.last(now, 60), "24h": f.day.last(now, 96)}
}
