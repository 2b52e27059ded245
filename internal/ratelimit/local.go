package ratelimit

import (
	"sync"
	"time"
)

// capacity bounds the addresses remembered at once. When all of them are
// still counting, any one makes room: a flood from a million addresses may
// thus forget an address, never stop counting.
const capacity = 200_000

// Local counts in the memory of this node, in windows that start with the
// first request.
type Local struct {
	limit int
	per   time.Duration
	mu    sync.Mutex
	m     map[string]window
}

type window struct {
	ends time.Time
	used int
}

// NewLocal allows limit requests of one name within per.
func NewLocal(limit int, per time.Duration) *Local {
	return &Local{limit: limit, per: per, m: map[string]window{}}
}

// Spend counts one request, of a network of IPv6 for its site as well. When a
// limit is reached it gives the time to wait. What is refused counts nowhere:
// one loud network must not use up what its site has.
func (l *Local) Spend(name string, now time.Time) (wait time.Duration, ok bool) {
	_, wait, ok = l.spend(name, now)
	return wait, ok
}

// spent is the window that one request was counted in.
type spent struct {
	name string
	ends time.Time
}

func (l *Local) spend(name string, now time.Time) (cost []spent, wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if cost, wait, ok = l.take(nil, name, l.limit, now); !ok {
		return nil, wait, false
	}
	if site, wide := Site(name); wide {
		if cost, wait, ok = l.take(cost, site, SiteShare*l.limit, now); !ok {
			l.restore(cost)
		}
	}
	return cost, wait, ok
}

// take counts in one window. A clock that jumped back must not freeze it beyond
// its length.
func (l *Local) take(cost []spent, name string, limit int, now time.Time) ([]spent, time.Duration, bool) {
	w, there := l.m[name]
	if !there || !now.Before(w.ends) || w.ends.Sub(now) > l.per {
		if !there && len(l.m) >= capacity {
			l.makeRoom(now)
		}
		w = window{ends: now.Add(l.per)}
	}
	if w.used >= limit {
		l.m[name] = w
		return cost, w.ends.Sub(now), false
	}
	w.used++
	l.m[name] = w
	return append(cost, spent{name, w.ends}), 0, true
}

// giveBack takes back what was spent.
func (l *Local) giveBack(cost []spent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.restore(cost)
}

// restore does so in each window that is still the one.
func (l *Local) restore(cost []spent) {
	for _, one := range cost {
		if w, there := l.m[one.name]; there && w.ends.Equal(one.ends) {
			w.used--
			l.m[one.name] = w
		}
	}
}

// Resize sets other limits. What was counted stays counted; only a window that
// is longer than a new one would be begins anew.
func (l *Local) Resize(limit int, per time.Duration) {
	l.mu.Lock()
	l.limit, l.per = limit, per
	l.mu.Unlock()
}

func (l *Local) limits() (limit int, per time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limit, l.per
}

// Sweep forgets windows that have ended.
func (l *Local) Sweep(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, w := range l.m {
		if !now.Before(w.ends) {
			delete(l.m, name)
		}
	}
}

func (l *Local) makeRoom(now time.Time) {
	looked := 0
	var any string
	for name, w := range l.m { // map order is random
		any = name
		if looked++; looked > 32 || !now.Before(w.ends) {
			break
		}
	}
	delete(l.m, any)
}
