package session

import (
	"context"
	"time"
)

// Run writes activity and reads the feed of revocations until ctx ends; then
// it writes what is left.
func (v *Service) Run(ctx context.Context) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	flush := time.NewTicker(max(50*time.Millisecond, min(time.Second, v.touchEvery)))
	defer flush.Stop()
	v.poll(ctx)
	for {
		select {
		case <-poll.C:
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

// poll reads what other nodes, or the command line, revoked. When it fails,
// the feed grows late and checks ask the database by themselves. What this
// node's clock says is not asked: the number finds what came since, however
// long this node slept, and the window finds lower numbers that committed late.
func (v *Service) poll(ctx context.Context) {
	began := v.o.Now()
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
	seen := v.pending
	v.pending = make(map[string]time.Time, len(seen))
	v.mu.Unlock()
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
