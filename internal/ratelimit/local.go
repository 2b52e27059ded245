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
	site, wide := Site(name)
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.window(name, now)
	if one.used >= l.limit {
		l.m[name] = one
		return one.ends.Sub(now), false
	}
	if wide {
		all := l.window(site, now)
		if all.used >= SiteShare*l.limit {
			l.m[site] = all
			return all.ends.Sub(now), false
		}
		all.used++
		l.m[site] = all
	}
	one.used++
	l.m[name] = one
	return 0, true
}

// window is the one that counts now. A clock that jumped back must not freeze
// it beyond its length.
func (l *Local) window(name string, now time.Time) window {
	w, there := l.m[name]
	if !there || !now.Before(w.ends) || w.ends.Sub(now) > l.per {
		if !there && len(l.m) >= capacity {
			l.makeRoom(now)
		}
		w = window{ends: now.Add(l.per)}
	}
	return w
}

// Resize sets other limits. What was counted stays counted, until windows that
// are longer than the new ones would be begin anew.
func (l *Local) Resize(limit int, per time.Duration) {
	l.mu.Lock()
	l.limit, l.per = limit, per
	l.mu.Unlock()
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
