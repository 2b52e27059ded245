package password

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// crowd asks for hashes from addresses, one after the other, and keeps in which
// order they were done.
type crowd struct {
	h       *Hasher
	all     sync.WaitGroup
	mu      sync.Mutex
	served  []string
	refused []string
}

func (c *crowd) ask(t *testing.T, from string) {
	t.Helper()
	c.all.Go(func() {
		_, err := c.h.Dummy(c.h.From(t.Context(), from))
		c.mu.Lock()
		defer c.mu.Unlock()
		switch {
		case err == nil:
			c.served = append(c.served, from)
		case fault.Is(err, api.CodeOverloaded):
			c.refused = append(c.refused, from)
		default:
			t.Errorf("%s: %v", from, err)
		}
	})
	synctest.Wait() // it stands in the queue before the next comes
}

func TestAddressesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slowHasher(t, Options{Workers: 1, MaxWait: time.Minute})
		c := &crowd{h: h}
		for _, from := range []string{"bot", "bot", "bot", "bot", "ada", "bob", "ada"} {
			c.ask(t, from)
		}
		if got := h.Stats(); got.Sources != 3 || got.Waiting != 6 {
			t.Errorf("%+v", got)
		}
		c.all.Wait()
		if want := []string{"bot", "bot", "ada", "bob", "bot", "ada", "bot"}; !slices.Equal(c.served, want) {
			t.Errorf("served %v, want %v", c.served, want)
		}
	})
}

func TestFullQueueMakesRoomForWhoHoldsLessOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slowHasher(t, Options{Workers: 1, MaxWait: 4 * time.Second})
		c := &crowd{h: h}
		for range 6 {
			c.ask(t, "bot") // one runs, three wait, two are refused
		}
		if err := h.Room(h.From(t.Context(), "bot")); err == nil {
			t.Error("there is room for more of the same")
		}
		if err := h.Room(h.From(t.Context(), "ada")); err != nil {
			t.Errorf("there is no room for anybody else: %v", err)
		}
		c.ask(t, "ada") // takes the place of the bot's last one
		c.ask(t, "ada") // would hold as much as the bot does
		c.all.Wait()
		if want := []string{"bot", "bot", "ada", "bot"}; !slices.Equal(c.served, want) {
			t.Errorf("served %v, want %v", c.served, want)
		}
		if want := []string{"bot", "bot", "bot", "ada"}; !slices.Equal(c.refused, want) {
			t.Errorf("refused %v, want %v", c.refused, want)
		}
		if got := h.Stats(); got != (Stats{Workers: 1, Refused: 5}) {
			t.Errorf("left behind: %+v", got)
		}
	})
}

// What a hash costs is an estimate, and a machine may become slow; the bound
// holds all the same.
func TestNobodyWaitsLongerThanTheBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, s := slowHasher(t, Options{Workers: 1, MaxWait: 2 * time.Second})
		var longest, refused atomic.Int64
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				began := time.Now()
				_, err := h.pool.do(t.Context(), job{cost: 10 * time.Millisecond, run: func() {
					longest.Store(max(longest.Load(), int64(time.Since(began))))
					s.work(&s.argon, 900*time.Millisecond)
				}})
				if err != nil {
					refused.Add(1)
					longest.Store(max(longest.Load(), int64(time.Since(began))))
				}
			})
			synctest.Wait()
		}
		all.Wait()
		if d := time.Duration(longest.Load()); d > 2*time.Second || refused.Load() != 17 || s.argon.Load() != 3 {
			t.Errorf("somebody waited %s; %d refused, %d ran", d, refused.Load(), s.argon.Load())
		}
	})
}

// A turn that comes in the moment in which the client goes away is handed on.
func TestNoWorkerIsLostWhenClientsGoAway(t *testing.T) {
	h := hasher(t, Options{Workers: 2})
	hammer(t, h)
	if got := h.Stats(); got.Running != 0 || got.Waiting != 0 || got.Sources != 0 {
		t.Errorf("left behind: %+v", got)
	}
	if h.pool.under != 0 || h.pool.queue.cost != 0 {
		t.Errorf("expected costs are left behind: %s, %s", h.pool.under, h.pool.queue.cost)
	}
}

func hammer(t *testing.T, h *Hasher) {
	t.Helper()
	var all sync.WaitGroup
	for i := range 400 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(h.From(t.Context(), string(rune('a'+i%7))), time.Duration(i)*20*time.Microsecond)
			defer cancel()
			_, _ = h.pool.do(ctx, job{cost: time.Millisecond, run: func() { time.Sleep(50 * time.Microsecond) }})
		})
	}
	all.Wait()
}

// Who waited elsewhere before, such as behind other guesses at one account,
// waits for that much less here.
func TestWhatWasWaitedBeforeCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slowHasher(t, Options{Workers: 1, MaxWait: 4 * time.Second})
		var all sync.WaitGroup
		all.Go(func() { _, _ = h.Dummy(t.Context()) })
		synctest.Wait()
		began := time.Now()
		if _, err := h.Dummy(h.pool.since(t.Context(), "ada", began.Add(-3900*time.Millisecond))); !fault.Is(err, api.CodeOverloaded) {
			t.Errorf("got %v", err)
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("refused after %s, though it was clear before", d)
		}
		all.Wait()
	})
}

// A crowd that finds room all at once is told before its attempts are counted.
func TestPlaceIsKeptUntilTheJobComesOrLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slowHasher(t, Options{Workers: 1, MaxWait: 4 * time.Second})
		var kept []context.Context
		for range 6 {
			if ctx := h.From(t.Context(), "bot"); h.Keep(ctx) == nil {
				kept = append(kept, ctx)
			}
		}
		if len(kept) != 4 || h.Room(h.From(t.Context(), "bot")) == nil {
			t.Fatalf("%d places are kept, want 4", len(kept))
		}
		h.Leave(kept[0])
		h.Leave(kept[0])
		if err := h.Keep(t.Context()); err != nil || h.pool.coming != 3*h.Cost() {
			t.Errorf("a place that nobody can leave is kept: %v, %s", err, h.pool.coming)
		}
		if err := h.Room(h.From(t.Context(), "bot")); err != nil {
			t.Errorf("a place that was left is not free: %v", err)
		}
		var all sync.WaitGroup
		for _, ctx := range kept[1:] {
			all.Go(func() {
				if _, err := h.Dummy(ctx); err != nil {
					t.Errorf("a place was kept, and the job is refused: %v", err)
				}
				h.Leave(ctx)
			})
			synctest.Wait()
		}
		all.Wait()
		if h.pool.coming != 0 || h.Stats().Wait != 0 {
			t.Errorf("left behind: %s, %+v", h.pool.coming, h.Stats())
		}
	})
}

// Where the table holds cheaper hashes than new ones are, the queue is as long as
// they allow.
func TestRoomGoesByWhatHashesTakeLately(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slowHasher(t, Options{Workers: 1, MaxWait: 4 * time.Second})
		places := func() (n int) {
			ctx := h.From(t.Context(), "office")
			defer func() { h.pool.coming = 0 }()
			for h.Keep(ctx) == nil {
				n++
				ctx = h.From(t.Context(), "office")
			}
			return n
		}
		before := places()
		for range 40 {
			h.costs.record(kind{algorithm: Bcrypt, cost: 4}, h.Cost()/10)
		}
		if after := places(); after < 7*before {
			t.Errorf("there is room for %d hashes of a tenth of the cost, and was for %d before", after, before)
		}
	})
}
