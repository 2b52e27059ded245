package password

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// slow is an engine whose argon2id takes a second of the bubble's clock for
// each pass, and bcrypt three seconds. It counts what ran.
type slow struct{ argon, bcrypt, most, now atomic.Int64 }

func (s *slow) work(n *atomic.Int64, d time.Duration) {
	n.Add(1)
	s.most.Store(max(s.most.Load(), s.now.Add(1)))
	time.Sleep(d)
	s.now.Add(-1)
}

func (s *slow) engine() engine {
	return engine{
		argon: func(_, _ []byte, p Params, n int) []byte {
			s.work(&s.argon, time.Duration(p.Time)*time.Second)
			return make([]byte, n)
		},
		compare: func(_, _ []byte) error {
			s.work(&s.bcrypt, 3*time.Second)
			return errors.New("no")
		},
	}
}

func slowHasher(t *testing.T, o Options) (*Hasher, *slow) {
	t.Helper()
	s := &slow{}
	o.Argon = Params{Memory: 8, Time: 1, Lanes: 1}
	h, err := newHasher(o, s.engine())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Dummy(t.Context()); err != nil { // so that the cost is known
		t.Fatal(err)
	}
	s.argon.Store(0)
	t.Cleanup(h.Close)
	return h, s
}

func TestPoolRunsNoMoreThanItsWorkersAndBoundsItsQueueInSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, s := slowHasher(t, Options{Workers: 2, MaxWait: 4 * time.Second})
		var refused atomic.Int64
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if _, err := h.Dummy(t.Context()); err != nil {
					f := fault.From(err)
					if f.Code != api.CodeOverloaded || f.RetryAfter < time.Second {
						t.Errorf("refused with %v, after %s", err, f.RetryAfter)
					}
					refused.Add(1)
				}
			})
			synctest.Wait() // they come one after the other, in no time
		}
		if err := h.Room(t.Context()); !fault.Is(err, api.CodeOverloaded) {
			t.Errorf("a full queue has room: %v", err)
		}
		// 2 run and are half done: (4 + 1) / 2 s is within the 3 s, (6 + 1) / 2 s is not.
		want := Stats{Workers: 2, Running: 2, Waiting: 6, Wait: 3500 * time.Millisecond, Refused: 33, Sources: 1} // Room among them
		if d := cmp.Diff(want, h.Stats()); d != "" {
			t.Error(d)
		}
		wg.Wait()
		if s.argon.Load() != 8 || refused.Load() != 32 || s.most.Load() != 2 {
			t.Errorf("%d ran, %d at once, %d refused", s.argon.Load(), s.most.Load(), refused.Load())
		}
		if err := h.Room(t.Context()); err != nil {
			t.Errorf("an empty queue has no room: %v", err)
		}
	})
}

func TestJobWhoseClientLeftNeverRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, s := slowHasher(t, Options{Workers: 1, MaxWait: time.Minute})
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = h.Dummy(t.Context()) })
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		for range 5 {
			wg.Go(func() {
				if _, err := h.Check(ctx, "", "x"); !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
			})
		}
		synctest.Wait()
		cancel()
		wg.Wait()
		if _, err := h.Check(ctx, "", "x"); !errors.Is(err, context.Canceled) {
			t.Errorf("who left before is served: %v", err)
		}
		if s.argon.Load() != 1 {
			t.Errorf("%d hashes ran, want 1", s.argon.Load())
		}
		if d := cmp.Diff(Stats{Workers: 1, Left: 6}, h.Stats()); d != "" {
			t.Error(d)
		}
	})
}

func TestWorkerIsFreeAgainAfterAPanic(t *testing.T) {
	h := hasher(t, Options{Workers: 1})
	func() {
		defer func() { _ = recover() }()
		_, _ = h.pool.do(t.Context(), job{run: func() { panic("x") }})
	}()
	if r := check(t, h, hash(t, h, "correct"), "correct"); !r.OK {
		t.Error("the pool is stuck")
	}
}

func TestRefusalsTakeTheSameTimeWhateverTheAccountHas(t *testing.T) {
	const (
		bcrypt = "$2b$12$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		argon  = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	)
	for _, c := range []struct {
		name, hash, password string
		want                 time.Duration
	}{
		{"unknown", "", "wrong", 3 * time.Second},
		{"argon2id", argon, "wrong", 3 * time.Second},
		{"bcrypt", bcrypt, "wrong", 3 * time.Second},
		{"too dear to run", "$2b$20$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "wrong", 3 * time.Second},
		{"no hash at all", "!", "wrong", 3 * time.Second},
		{"73 bytes, unknown", "", strings.Repeat("x", 73), 3 * time.Second},
		{"73 bytes, bcrypt", bcrypt, strings.Repeat("x", 73), 3 * time.Second},
		{"257 code points, unknown", "", strings.Repeat("x", 257), 3 * time.Second},
		{"257 code points, argon2id", argon, strings.Repeat("x", 257), 3 * time.Second},
		{"257 code points, bcrypt", bcrypt, strings.Repeat("x", 257), 3 * time.Second},
		// Two forms are tried of a known account, so of an unknown one too.
		{"NFD, unknown", "", "e\u0301", 6 * time.Second},
		{"NFD, argon2id", argon, "e\u0301", 6 * time.Second},
		{"NFD, bcrypt", bcrypt, "e\u0301", 6 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			h, _ := slowHasher(t, Options{Workers: 1, MaxWait: time.Hour})
			h.KnowKinds([]string{"$2b$12$", "$2b$20$", "nonsense"})
			h.measuring.Wait()
			// Others stand in the queue: that time is everybody's.
			start := time.Now()
			var wg sync.WaitGroup
			wg.Go(func() { _, _ = h.Dummy(t.Context()) })
			synctest.Wait()
			r, err := h.Check(t.Context(), c.hash, c.password)
			if err != nil || r.OK {
				t.Errorf("%s: %+v, %v", c.name, r, err)
			}
			f := r.Refuse(t.Context(), "wrong_password")
			if took := time.Since(start) - time.Second; took != c.want || f.Code != api.CodeInvalidCredentials {
				t.Errorf("%s: refused after %s with %v, want %s", c.name, took, f, c.want)
			}
			if wg.Wait(); h.Stats().Running != 0 {
				t.Error("a worker is held")
			}
		})
	}
}

func TestMaximumSinksBackToTheMean(t *testing.T) {
	now := time.Unix(0, 0)
	c := newCosts(func() time.Time { return now })
	k := kind{algorithm: Bcrypt, cost: 12}
	c.see(k)
	c.record(k, 100*time.Millisecond)
	c.record(k, 500*time.Millisecond) // the mean goes to 180 ms
	for _, w := range []struct{ after, want time.Duration }{
		{0, 500 * time.Millisecond},
		{halving, 340 * time.Millisecond},
		{2 * halving, 260 * time.Millisecond},
		{time.Hour, 180 * time.Millisecond},
	} {
		now = time.Unix(0, 0).Add(w.after)
		if got := c.dearest().Round(time.Millisecond); got != w.want {
			t.Errorf("after %s: %s, want %s", w.after, got, w.want)
		}
	}
	if c.record(k, time.Hour); c.dearest() > longest {
		t.Error("one machine that stood still holds every refusal for an hour")
	}
}

func TestKindsAreMeasuredOnceAndForgottenWhenGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, s := slowHasher(t, Options{Workers: 1})
		h.KnowKinds([]string{"$2b$12$", "$2b$12$"})
		h.KnowKinds([]string{"$2b$12$"}) // before it was measured
		h.measuring.Wait()
		h.KnowKinds([]string{"$2b$12$"})
		h.measuring.Wait()
		if s.bcrypt.Load() != 1 || h.costs.dearest() != 3*time.Second {
			t.Errorf("measured %d times, dearest %s", s.bcrypt.Load(), h.costs.dearest())
		}
		h.KnowKinds(nil)
		if h.costs.dearest() != time.Second {
			t.Errorf("the last bcrypt hash is gone, dearest still %s", h.costs.dearest())
		}
		h.Close()
	})
}

func TestHugePasswordRunsNothing(t *testing.T) {
	var ran atomic.Int64
	h := hasher(t, Options{Observe: func(string, time.Duration) { ran.Add(1) }})
	_, err := h.Check(t.Context(), "", strings.Repeat("x", 1<<20))
	if !fault.Is(err, api.CodeValidationFailed) || ran.Load() != 0 {
		t.Errorf("got %v after %d hashes", err, ran.Load())
	}
}

func TestManyAtOnce(t *testing.T) {
	var ran atomic.Int64
	h := hasher(t, Options{Workers: 2, MaxWait: time.Hour, Observe: func(string, time.Duration) { ran.Add(1) }})
	s := hash(t, h, "correct")
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			password := "correct"
			if i%2 == 0 {
				password = "wrong"
			}
			if r, err := h.Check(context.Background(), s, password); err != nil || r.OK != (i%2 == 1) {
				t.Errorf("%s: %+v, %v", password, r, err)
			}
		})
	}
	wg.Wait()
	if d := cmp.Diff(Stats{Workers: 2}, h.Stats()); d != "" || ran.Load() != 201 {
		t.Errorf("%d ran; %s", ran.Load(), d)
	}
}
