package outside

import (
	"context"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/pause"
)

// haste keeps a visitor from running into the limits of a proxy, which are no
// fault: once it was told to slow down it asks one thing after the other.
type haste struct {
	mu sync.Mutex
	// slow is set once a request was held up, proven once patience helped.
	slow, proven bool
	next         time.Time
}

// step is between two requests of somebody who was told to slow down.
const step = 120 * time.Millisecond

// wait holds a request back while the visitor is slow.
func (h *haste) wait(ctx context.Context) error {
	h.mu.Lock()
	now := time.Now()
	at := now
	if h.slow {
		if h.next.After(now) {
			at = h.next
		}
		h.next = at.Add(step)
	}
	h.mu.Unlock()
	if at.Equal(now) {
		return nil
	}
	return pause.For(ctx, at.Sub(now))
}

// held notes that a request was held up.
func (h *haste) held() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.slow = true
}

// helped notes that it was answered when it was sent again.
func (h *haste) helped() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.proven = true
}

// limited says that a limit on requests was met.
func (h *haste) limited() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.proven
}
