package session

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Run writes activity and reads the feed of revocations until ctx ends; then
// it writes what is left.
func (v *Service) Run(ctx context.Context) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	flush := time.NewTicker(max(50*time.Millisecond, min(time.Second, v.touchEvery)))
	defer flush.Stop()
	due := time.NewTimer(0)
	defer due.Stop()
	for {
		select {
		case <-poll.C:
			v.poll(ctx)
		case <-v.called:
			due.Reset(v.pause())
		case <-due.C:
			v.poll(ctx)
		case <-flush.C:
			v.flush(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			v.flush(last)
			return
		}
	}
}

// Look has the feed read now. It does not wait, and may be called by whoever
// heard, or thinks that he heard, that another node revoked something: the feed
// says what.
func (v *Service) Look() {
	select {
	case v.called <- struct{}{}:
	default:
	}
}

// pause is how long a call waits. Calls that come without end, from a storm of
// revocations or from somebody who forges them, take a tenth of the time at most.
func (v *Service) pause() time.Duration {
	return min(pollEvery, max(time.Millisecond, 10*v.took)-v.o.Now().Sub(v.polled))
}

// poll reads what other nodes, or the command line, revoked. When it fails,
// the feed grows late and checks ask the database by themselves. What this
// node's clock says is not asked: the number finds what came since, however
// long this node slept, and the window finds lower numbers that committed late.
func (v *Service) poll(ctx context.Context) {
	began := v.o.Now()
	defer func() { v.polled = v.o.Now(); v.took = v.polled.Sub(began) }()
	list, err := v.o.Store.Revocations(ctx, v.newest, overlap)
	if err != nil {
		v.o.Log.Debug("the feed of revocations cannot be read; sessions are checked in the database", "error", err)
		return
	}
	known := make(map[int64]struct{}, len(list))
	for _, r := range list {
		known[r.ID] = struct{}{}
		v.newest = max(v.newest, r.ID)
		if _, heard := v.known[r.ID]; !heard {
			v.Revoked(r)
		}
	}
	v.known = known
	v.fresh.Store(began.UnixNano())
}

// flush writes all noted uses in one transaction; what fails waits for the next.
func (v *Service) flush(ctx context.Context) {
	v.mu.Lock()
	seen, over := v.pending, v.over
	v.pending, v.over = make(map[string]time.Time, len(seen)), map[string]struct{}{}
	v.mu.Unlock()
	if len(over) > 0 {
		if err := v.o.Store.Expire(ctx, slices.Sorted(maps.Keys(over)), v.o.Idle); err != nil {
			v.o.Log.Debug("sessions whose time is over could not be ended", "sessions", len(over), "error", err)
		}
	}
	if len(seen) == 0 {
		return
	}
	if err := v.o.Store.Touch(ctx, seen); err != nil {
		v.o.Log.Warn("the activity of sessions could not be written", "sessions", len(seen), "error", err)
		v.mu.Lock()
		for id, at := range seen {
			if _, newer := v.pending[id]; !newer {
				v.pending[id] = at
			}
		}
		v.mu.Unlock()
	}
}
