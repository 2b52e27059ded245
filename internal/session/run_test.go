package session

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestRunPollsFlushesAndWritesTheRestAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, s, clock := build(t)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { v.Run(ctx); close(ended) }()
		synctest.Wait()
		if len(s.since) != 2 {
			t.Fatalf("the feed was read %d times, want 2: once in the set-up, once at the start of Run", len(s.since))
		}
		time.Sleep(pollEvery)
		synctest.Wait()
		if len(s.since) != 3 {
			t.Fatalf("the feed was read %d times after %s", len(s.since), pollEvery)
		}

		clock.set(2 * time.Minute)
		v.note("a", clock.now)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(s.touched) != 1 {
			t.Fatalf("%d writes a second after a use", len(s.touched))
		}

		v.note("a", clock.now.Add(time.Minute))
		cancel()
		<-ended
		if len(s.touched) != 2 {
			t.Errorf("%d writes: what waited at the end is lost", len(s.touched))
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
