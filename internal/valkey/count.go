package valkey

import (
	"context"
	"errors"
	"time"
)

var (
	errAway = errors.New("the Valkey server does not serve at the moment")
	errFull = errors.New("too many requests wait for the Valkey server already")
	errLate = errors.New("the Valkey server has not answered within " + countLimit.String())
)

// Count counts one request of a name for all nodes together. It answers within
// countLimit, whatever the library or the network do; an error means that
// nothing is known.
func (l *Link) Count(name string, limit int, per time.Duration) (wait time.Duration, ok bool, err error) {
	wait, err = l.ask(limitKey(l.o.Key, name), newPace(limit, per))
	switch {
	case err == nil:
		l.counted.Add(1)
		l.misses.Store(0)
	case errors.Is(err, errAway), errors.Is(err, errFull):
		l.fallen.Add(1)
	default:
		l.fallen.Add(1)
		l.miss(err)
	}
	return wait, err == nil && wait == 0, err
}

func (l *Link) ask(key string, p pace) (time.Duration, error) {
	c := l.client.Load()
	if c == nil || l.state.Load() != stateUp {
		return 0, errAway
	}
	select {
	case l.asking <- struct{}{}:
	default:
		return 0, errFull
	}
	type answer struct {
		wait time.Duration
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		defer func() { <-l.asking }()
		ctx, cancel := context.WithTimeout(context.Background(), countLimit)
		defer cancel()
		wait, err := c.spend(ctx, spendScript, key, p)
		done <- answer{wait, err}
	}()
	late := time.NewTimer(countLimit)
	defer late.Stop()
	select {
	case a := <-done:
		return a.wait, a.err
	case <-late.C:
		return 0, errLate
	}
}
