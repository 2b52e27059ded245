package figures

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Counter grows while requests are served, without a lock.
type Counter struct {
	n   atomic.Int64
	cut int64 // how far it was taken into sheets
}

// Add counts.
func (c *Counter) Add(n int64) {
	if c != nil {
		c.n.Add(n)
	}
}

// Timer is Times for many goroutines. One that is nil observes nothing.
type Timer struct {
	sum atomic.Int64
	in  [Classes]atomic.Int64
	cut Times
}

// Observe counts one duration.
func (t *Timer) Observe(d time.Duration) {
	if t == nil {
		return
	}
	t.in[class(d)].Add(1)
	t.sum.Add(int64(d))
}

// since gives what came since it was asked last; nil for nothing.
func (t *Timer) since() *Times {
	var d Times
	for i := range t.in {
		n := t.in[i].Load()
		d.In[i], t.cut.In[i] = n-t.cut.In[i], n
		d.N += d.In[i]
	}
	if d.N == 0 {
		return nil
	}
	sum := time.Duration(t.sum.Load())
	d.Sum, t.cut.Sum = sum-t.cut.Sum, sum
	return &d
}

// Board holds counters and timers by name. Names come from our own lists; if
// ever they do not, what is beyond the bound is not counted.
type Board struct {
	mu       sync.RWMutex
	counters map[string]*Counter
	timers   map[string]*Timer
}

// most bounds the counters, and the timers.
const most = 400

// NewBoard makes an empty one.
func NewBoard() *Board { return &Board{counters: map[string]*Counter{}, timers: map[string]*Timer{}} }

// Counter gives the one of that name; nil beyond the bound.
func (b *Board) Counter(name string) *Counter { return entry(b, b.counters, name) }

// Timer gives the one of that name; nil beyond the bound.
func (b *Board) Timer(name string) *Timer { return entry(b, b.timers, name) }

func entry[T any](b *Board, m map[string]*T, name string) *T {
	b.mu.RLock()
	one := m[name]
	b.mu.RUnlock()
	if one != nil {
		return one
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if m[name] == nil && len(m) < most {
		m[name] = new(T)
	}
	return m[name]
}

// cut takes what came since the last cut. One caller at a time.
func (b *Board) cut() Sheet {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var s Sheet
	for name, c := range b.counters {
		if n := c.n.Load(); n != c.cut {
			s.count(name, n-c.cut)
			c.cut = n
		}
	}
	for name, t := range b.timers {
		d := t.since()
		if d == nil {
			continue
		}
		s.times(name).Merge(d)
		if route, ok := strings.CutPrefix(name, Route); ok {
			s.times(Class + ClassOf(route)).Merge(d)
		}
	}
	return s
}
