package password

import (
	"context"
	"time"
)

// source is where a job comes from, and since when it is waited for.
type source struct {
	network string
	since   time.Time
	// kept is the cost of the place that Room keeps for its job; the pool's lock
	// is its own.
	kept time.Duration
}

type sourceKey struct{}

// From names where the hashes that are asked for under the context come from,
// the network of the client's address, and that their client waits from now on.
// The queue is fair between networks, and what else the client waits for until
// it stands in it counts for the bound.
func (h *Hasher) From(ctx context.Context, network string) context.Context {
	return h.pool.since(ctx, network, h.now())
}

func (p *pool) since(ctx context.Context, network string, at time.Time) context.Context {
	return context.WithValue(ctx, sourceKey{}, &source{network: network, since: at})
}

// from is what From said; without it, the client begins to wait now.
func (p *pool) from(ctx context.Context) *source {
	if s, ok := ctx.Value(sourceKey{}).(*source); ok {
		return s
	}
	return &source{since: p.now()}
}

// keep has a place kept for the job that is to come; drop lets it go. The lock
// is held.
func (p *pool) keep(s *source, cost time.Duration) {
	p.drop(s)
	s.kept = cost
	p.coming += cost
}

func (p *pool) drop(s *source) {
	p.coming -= s.kept
	s.kept = 0
}

func named(ctx context.Context) bool {
	_, ok := ctx.Value(sourceKey{}).(*source)
	return ok
}

// left is how long the client may still be kept waiting.
func (p *pool) left(s *source) time.Duration { return p.maxWait - p.now().Sub(s.since) }
