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

// Spend counts one request. When the limit is reached it gives the time to wait.
func (l *Local) Spend(name string, now time.Time) (wait time.Duration, ok bool) {
	w, ok := l.spend(name, now)
	if !ok {
		wait = w.ends.Sub(now)
	}
	return wait, ok
}

func (l *Local) spend(name string, now time.Time) (w window, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w, there := l.m[name]
	// A clock that jumped back must not freeze a window beyond its length.
	if !there || !now.Before(w.ends) || w.ends.Sub(now) > l.per {
		if !there && len(l.m) >= capacity {
			l.makeRoom(now)
		}
		w = window{ends: now.Add(l.per)}
	}
	if w.used >= l.limit {
		l.m[name] = w
		return w, false
	}
	w.used++
	l.m[name] = w
	return w, true
}

// giveBack takes back what was spent in a window, if that is still the one.
func (l *Local) giveBack(name string, in window) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w, there := l.m[name]; there && w.ends.Equal(in.ends) {
		w.used--
		l.m[name] = w
	}
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
