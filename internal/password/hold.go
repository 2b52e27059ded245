package password

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/pause"
)

// Hold sleeps, without a worker, until work that began at since has lasted as
// long as the dearest kind of hash in the table. Result.Refuse does it for a
// check; this is for a path that refuses without one.
func (h *Hasher) Hold(ctx context.Context, since time.Time) {
	h.sleep(ctx, since.Add(h.costs.dearest()))
}

// sleep returns early only when the client went away.
func (h *Hasher) sleep(ctx context.Context, until time.Time) {
	if d := until.Sub(h.now()); d > 0 {
		_ = pause.For(ctx, d)
	}
}

// KnowKinds says which kinds of hash the table holds, each by the name that
// Kind gives. Refusals are held for the dearest of them, so an account with a
// bcrypt hash from before does not show among argon2id ones. A kind that was
// never measured is measured once, in the background and through the pool;
// until then a guess stands in. Kinds that never run do not count.
func (h *Hasher) KnowKinds(names []string) {
	kinds := []kind{h.kind}
	for _, name := range names {
		if k, _, unusable := parseKind(name); unusable == "" && k != h.kind {
			kinds = append(kinds, k)
		}
	}
	// Where there are more kinds than are remembered, the dearest are.
	slices.SortFunc(kinds, func(a, b kind) int { return cmp.Compare(b.guess(), a.guess()) })
	unmeasured := h.costs.replace(kinds)
	if len(unmeasured) == 0 {
		return
	}
	h.measuring.Go(func() {
		for _, k := range unmeasured {
			h.measure(k)
		}
	})
}

func (h *Hasher) measure(k kind) {
	// The error is Close, and then nobody asks any more.
	_, _ = h.pool.do(h.background, job{cost: h.costs.expected(k), patient: true, run: func() {
		h.timed(k, func() { h.engine.dummy(k) })
	}})
}
