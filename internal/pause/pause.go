// Package pause waits no longer than somebody needs the answer.
package pause

import (
	"context"
	"time"
)

// For waits, and is the error of a context that ended before.
func For(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
