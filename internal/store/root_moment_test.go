package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// hurried gives a row its place between two questions of a verification.
type hurried struct {
	*chain
	asked int
	at    int // the question after which it does
}

func (h *hurried) answered() {
	if h.asked++; h.asked == h.at {
		h.seal()
	}
}

func (h *hurried) AuditChain(ctx context.Context) (audit.Chain, error) {
	defer h.answered()
	return h.chain.AuditChain(ctx)
}

func (h *hurried) AuditWaiting(ctx context.Context, after int64, most int) ([]audit.Link, error) {
	defer h.answered()
	return h.chain.AuditWaiting(ctx, after, most)
}

// TestNoRowSlipsThroughAVerification by getting its place in the very moment.
func TestNoRowSlipsThroughAVerification(t *testing.T) {
	t.Parallel()
	for at := range 5 {
		engine, dsn := places[store.SQLite](t)
		f := newThief(t, engine, dsn)
		f.insert(nil)
		h := &hurried{chain: f.chain, at: at}
		_, err := audit.Verify(t.Context(), h, f.keys, nil)
		if w, ok := errors.AsType[*audit.Wrong](err); !ok || w.Kind != audit.Stale {
			t.Errorf("placed after question %d: %v", at, err)
		}
	}
}
