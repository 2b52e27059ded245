package app

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// twoCores are two servers on one database, with a lease that a test can outwait.
func twoCores(t *testing.T) [2]*Core {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	both := [2]*Core{open(t, dir), open(t, dir)}
	for _, c := range both {
		c.lease = 600 * time.Millisecond
	}
	return both
}

// works starts the job on a core; did hears of each time it was done.
func works(t *testing.T, c *Core, did chan<- string, do func(store.Held) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.alone(ctx, job{"job", time.Millisecond, func(_ context.Context, h store.Held) error {
			did <- h.Holder
			return do(h)
		}})
	}()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	return stop
}

func TestOneOfTwoServersDoesTheJobAndTheOtherSucceedsIt(t *testing.T) {
	both := twoCores(t)
	did := make(chan string, 1000)
	fine := func(store.Held) error { return nil }
	stops := map[string]func(){}
	for _, c := range both {
		stops[c.node] = works(t, c, did, fine)
	}
	first := <-did
	for range 3 {
		if again := <-did; again != first {
			t.Fatalf("%s did the job while %s does it", again, first)
		}
	}
	stops[first]()
	for len(did) > 0 {
		<-did
	}
	began := time.Now()
	if second := <-did; second == first || stops[second] == nil {
		t.Errorf("the job was done by %s after %s had stopped", second, first)
	}
	t.Logf("taken over after %s", time.Since(began).Round(time.Millisecond))
}

// A server that was killed gives nothing back.
func TestServerThatDiedIsSucceeded(t *testing.T) {
	c := twoCores(t)[0]
	dead, err := c.Store.Hold(t.Context(), "job", "dead", c.lease)
	if err != nil || dead == nil {
		t.Fatal(dead, err)
	}
	did := make(chan string, 1000)
	works(t, c, did, func(h store.Held) error {
		if h.Number != dead.Number+1 {
			t.Errorf("the number is %d after %d", h.Number, dead.Number)
		}
		// What the dead one still had on its way must not be done now.
		k := keep
		k.Under = dead
		ctx := context.WithoutCancel(t.Context()) // the job may be at work when the test ends
		if err := c.Store.Sweep(ctx, h.At, k); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("the dead server sweeps: %v", err)
		}
		return c.sweepAll(ctx, h)
	})
	if by := <-did; by != c.node {
		t.Errorf("done by %s", by)
	}
}
