package session

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// counting is a store that the test and Run look at from two goroutines.
type counting struct {
	*shelf
	polls, writes atomic.Int64
	takes         time.Duration
}

func (c *counting) Revocations(context.Context, int64, time.Duration) ([]Revocation, error) {
	c.polls.Add(1)
	time.Sleep(c.takes)
	return nil, nil
}

func (c *counting) Touch(context.Context, map[string]time.Time) error {
	c.writes.Add(1)
	return nil
}

func TestRunPollsFlushesAndWritesTheRestAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &counting{}
		v, _, _ := build(t, func(o *Options) { o.Store, o.Now = s, time.Now })
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { v.Run(ctx); close(ended) }()
		synctest.Wait()
		if n := s.polls.Load(); n != 2 {
			t.Fatalf("the feed was read %d times, want 2: once in the set-up, once at the start of Run", n)
		}
		time.Sleep(pollEvery)
		synctest.Wait()
		if n := s.polls.Load(); n != 3 {
			t.Fatalf("the feed was read %d times after %s", n, pollEvery)
		}

		v.note("a", time.Now())
		time.Sleep(time.Second)
		synctest.Wait()
		if n := s.writes.Load(); n != 1 {
			t.Fatalf("%d writes a second after a use", n)
		}

		v.note("a", time.Now())
		cancel()
		<-ended
		if n := s.writes.Load(); n != 2 {
			t.Errorf("%d writes: what waited at the end is lost", n)
		}
	})
}

// A database that stands still must not keep the program from ending.
func TestRunEndsThoughTheLastWriteHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, s, _ := build(t)
		v.note("a", noon)
		v.o.Store = hanging{s}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		began := time.Now()
		v.Run(ctx)
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("it took %s, want 2s", took)
		}
	})
}

type hanging struct{ *shelf }

func (hanging) Touch(ctx context.Context, _ map[string]time.Time) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestFeedIsReadWhenSomebodyCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &counting{}
		v, _, _ := build(t, func(o *Options) { o.Store, o.Now = s, time.Now })
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { v.Run(ctx); close(ended) }()
		time.Sleep(pollEvery / 4)
		before := s.polls.Load()
		v.Look()
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if n := s.polls.Load(); n != before+1 {
			t.Errorf("read %d times after a call, want once", n-before)
		}
		cancel()
		<-ended
		v.Look() // whoever calls later is not held up
		v.Look()
	})
}

// Calls without end, forged or not, leave most of the time to the rest.
func TestCallsWithoutEndKeepNothingBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const takes = 5 * time.Millisecond
		s := &counting{takes: takes}
		v, _, _ := build(t, func(o *Options) { o.Store, o.Now = s, time.Now })
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { v.Run(ctx); close(ended) }()
		for range 10_000 {
			v.Look()
			time.Sleep(100 * time.Microsecond)
		}
		if n := s.polls.Load(); n > 25 || n < 15 {
			t.Errorf("read %d times in a second, and each takes %s", n, takes)
		}
		cancel()
		<-ended
	})
}
