package outside

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// pace keeps a visitor from running into the limits of a proxy, which are no
// fault: once it was told to slow down it asks one thing after the other.
type pace struct {
	mu sync.Mutex
	// served is set once the server itself answered: what stands behind is alive.
	served bool
	// slow is set once it was refused as too hasty, proven once patience helped.
	slow, proven bool
	next         time.Time
}

const (
	// step is between two requests of somebody who was told to slow down.
	step = 120 * time.Millisecond
	// patience is how often a refused request is sent again; once, as long as
	// nobody knows whether anything but an upstream that is down says so.
	patience = 4
)

// hasty says whether an answer means that too much was asked at once: 429, or
// the 503 by which nginx says the same, and not by the server.
func (p *pace) hasty(a *answer, attempt int) bool {
	if a.Get("X-Request-Id") != "" {
		p.mu.Lock()
		p.served = true
		p.mu.Unlock()
		return false
	}
	if a.status != http.StatusTooManyRequests && a.status != http.StatusServiceUnavailable {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.served || a.status == http.StatusTooManyRequests
	p.slow = p.slow || known
	return attempt < patience && (known || attempt == 0)
}

// wait holds a request back while the visitor is slow.
func (p *pace) wait(ctx context.Context) error {
	p.mu.Lock()
	now := time.Now()
	at := now
	if p.slow {
		if p.next.After(now) {
			at = p.next
		}
		p.next = at.Add(step)
	}
	p.mu.Unlock()
	return pause(ctx, at.Sub(now))
}

// again waits before a request is sent anew.
func (p *pace) again(ctx context.Context, a *answer, attempt int) error {
	d := time.Duration(attempt+1) * 300 * time.Millisecond
	if s, err := strconv.Atoi(a.Get("Retry-After")); err == nil && s > 0 && s <= 2 {
		d = time.Duration(s) * time.Second
	}
	return pause(ctx, d)
}

func (p *pace) helped() {
	p.mu.Lock()
	p.proven = true
	p.mu.Unlock()
}

// limited says that a limit on requests was met.
func (p *pace) limited() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.proven
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
