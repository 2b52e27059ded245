package app

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// leaseTime is how long a node that does a job for all may be silent before
// another takes it over. It asks three times as often.
const leaseTime = 15 * time.Second

// job is something that one node alone does for all.
type job struct {
	name  string
	every time.Duration
	// do is given the lease and writes under it.
	do func(ctx context.Context, held store.Held) error
}

// alone does the job whenever this node has its lease, until ctx ends; then it
// gives the lease back. Whoever takes it over does the job at once: when the
// last one ended is known to nobody but the one who is gone.
func (c *Core) alone(ctx context.Context, j job) {
	every := time.NewTicker(c.lease / 3)
	defer every.Stop()
	var held *store.Held
	defer func() {
		if held == nil {
			return
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := c.Store.Release(last, *held); err != nil {
			c.Log.Debug("a job could not be left to another server", "job", j.name, "error", err)
		}
	}()
	var number int64
	var done time.Time
	for {
		got, err := c.Store.Hold(ctx, j.name, c.node, c.lease)
		switch {
		case err != nil: // whether it is ours is unknown; what is written under it asks again
			if ctx.Err() == nil {
				c.Log.Debug("it is not known who does a job", "job", j.name, "error", err)
			}
		case got == nil:
			held = nil
		default:
			held = got
			if held.Number != number || time.Since(done) >= j.every {
				if err := j.do(ctx, *held); err != nil && ctx.Err() == nil {
					c.Log.Warn("a job that one server does for all was not finished", "job", j.name, "error", err)
				}
				number, done = held.Number, time.Now()
			}
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}
