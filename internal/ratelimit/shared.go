package ratelimit

import "time"

// Limiter allows so many requests of one name in so much time.
type Limiter interface {
	// Spend counts one request. When the limit is reached it gives the time to wait.
	Spend(name string, now time.Time) (wait time.Duration, ok bool)
	// Sweep forgets what has ended.
	Sweep(now time.Time)
	// Resize sets another limit, and forgets nothing that was counted.
	Resize(limit int, per time.Duration)
}

// Counter counts the requests of all nodes together.
type Counter interface {
	// Count counts one request of a name, limit of which are allowed within per.
	// It answers soon, whatever happens: an error means that nobody knows what the
	// other nodes have counted.
	Count(name string, limit int, per time.Duration) (wait time.Duration, ok bool, err error)
}

// Shared allows what this node and all nodes together allow. This node goes on
// counting for itself, so that whoever reached the limit here has no fresh one
// when the others cannot be asked any more, or when all that they counted is
// lost.
type Shared struct {
	local   *Local
	purpose string
	all     Counter
}

// NewShared is as strict as NewLocal on each node. Limits of different purposes
// do not count each other's requests.
func NewShared(purpose string, limit int, per time.Duration, all Counter) *Shared {
	return &Shared{local: NewLocal(limit, per), purpose: purpose, all: all}
}

// Spend counts one request. It is not given up when the client goes away: one
// who hangs up must not be counted less.
func (s *Shared) Spend(name string, now time.Time) (wait time.Duration, ok bool) {
	cost, wait, ok := s.local.spend(name, now)
	if !ok {
		return wait, false
	}
	limit, per := s.local.limits()
	wait, ok, err := s.all.Count(s.purpose+" "+name, limit, per)
	if site, wide := Site(name); wide && ok && err == nil {
		wait, ok, err = s.all.Count(s.purpose+" "+site, SiteShare*limit, per)
	}
	if err != nil {
		return 0, true // this node alone allows it
	}
	if !ok {
		// It was not let through here: a window that filled up with refusals would
		// keep the client out for longer than it is told.
		s.local.giveBack(cost)
	}
	return wait, ok
}

// Resize sets other limits, here; each node does so for itself.
func (s *Shared) Resize(limit int, per time.Duration) { s.local.Resize(limit, per) }

// Sweep forgets windows that have ended.
func (s *Shared) Sweep(now time.Time) { s.local.Sweep(now) }
