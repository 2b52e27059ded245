package session

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestActivityIsWrittenAtMostOncePerInterval(t *testing.T) {
	for _, c := range []struct {
		name        string
		idle, every time.Duration
	}{
		{"a minute at most", 24 * time.Hour, time.Minute},
		{"a tenth of a short limit", 5 * time.Minute, 30 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, s, clock := build(t, func(o *Options) { o.Idle, o.Max = c.idle, 48*time.Hour })
			for _, step := range []struct {
				at     time.Duration
				writes int
			}{
				{0, 0}, // the login itself counts
				{c.every - 1, 0},
				{c.every, 1},
				{c.every + 1, 1},
				{2*c.every - 1, 1},
				{2 * c.every, 2},
			} {
				clock.set(step.at)
				v.poll(t.Context())
				wantAlive(t, v)
				v.flush(t.Context())
				if len(s.touched) != step.writes {
					t.Fatalf("at %s: %d writes, want %d", step.at, len(s.touched), step.writes)
				}
			}
		})
	}
}

func TestUsesOfManySessionsAreOneWrite(t *testing.T) {
	v, s, clock := build(t)
	other := s.rows["a"]
	other.ID = "b"
	s.rows["b"] = other
	clock.set(2 * time.Minute)
	for range 3 {
		for _, id := range []string{"a", "b"} {
			if _, reason, err := v.ByID(t.Context(), id); reason != "" || err != nil {
				t.Fatal(reason, err)
			}
		}
	}
	if len(s.touched) != 0 {
		t.Fatal("a check wrote to the database")
	}
	v.flush(t.Context())
	at := noon.Add(2 * time.Minute)
	if d := cmp.Diff([]map[string]time.Time{{"a": at, "b": at}}, s.touched); d != "" {
		t.Error(d)
	}
	v.flush(t.Context())
	if len(s.touched) != 1 {
		t.Error("nothing happened, and it was written")
	}
}

func TestActivityKeepsASessionAliveUntilItsAge(t *testing.T) {
	v, _, clock := build(t)
	for clock.now.Before(noon.Add(10*time.Hour - 45*time.Minute)) {
		clock.forward(45 * time.Minute) // less than idle, each time
		v.poll(t.Context())
		wantAlive(t, v)
		v.flush(t.Context())
	}
	clock.set(10*time.Hour - 1)
	wantAlive(t, v)
	clock.set(10 * time.Hour)
	wantDead(t, v, "absolute_end")
}

func TestUnusedSessionEnds(t *testing.T) {
	v, _, clock := build(t)
	wantAlive(t, v)
	clock.set(time.Hour)
	wantDead(t, v, "idle_end")
}

// The use waits to be written: whoever reads the row anew must not find the
// session idle, nor note the same use again.
func TestUseThatWaitsToBeWrittenCounts(t *testing.T) {
	v, s, clock := build(t)
	clock.set(59 * time.Minute)
	v.poll(t.Context())
	wantAlive(t, v)
	clock.set(61 * time.Minute) // the row still says noon
	v.poll(t.Context())
	wantAlive(t, v)
	if s.reads != 2 {
		t.Fatalf("%d reads: the row was not read anew", s.reads)
	}
}

// A session is remembered once by its cookie and once by its handle. Use by
// one of them must keep it alive for the other, however short the limit.
func TestUseByCookieCountsForTheToken(t *testing.T) {
	v, _, clock := build(t, func(o *Options) { o.Idle = 2 * time.Second })
	wantAlive(t, v)
	clock.set(1500 * time.Millisecond)
	v.poll(t.Context())
	if _, reason, err := v.BySecret(t.Context(), "a"); reason != "" || err != nil {
		t.Fatal(reason, err)
	}
	clock.set(2500 * time.Millisecond)
	v.poll(t.Context())
	wantAlive(t, v)
}

func TestFailedWriteKeepsWhatWaits(t *testing.T) {
	v, s, clock := build(t)
	clock.set(2 * time.Minute)
	wantAlive(t, v)
	s.down = errAway
	v.flush(t.Context())
	s.down = nil
	v.flush(t.Context())
	if d := cmp.Diff([]map[string]time.Time{{"a": noon.Add(2 * time.Minute)}}, s.touched); d != "" {
		t.Error(d)
	}
}

// failing notes a newer use while a write is under way, and then fails.
type failing struct {
	*shelf
	meanwhile func()
}

func (f *failing) Touch(ctx context.Context, seen map[string]time.Time) error {
	f.meanwhile()
	return f.shelf.Touch(ctx, seen)
}

func TestFailedWriteDoesNotReplaceANewerUse(t *testing.T) {
	v, s, clock := build(t)
	clock.set(2 * time.Minute)
	wantAlive(t, v)
	f := &failing{shelf: s, meanwhile: func() { v.note("a", noon.Add(3*time.Minute)) }}
	v.o.Store = f
	s.down = errAway
	v.flush(t.Context())
	s.down = nil
	f.meanwhile = func() {}
	v.flush(t.Context())
	if d := cmp.Diff([]map[string]time.Time{{"a": noon.Add(3 * time.Minute)}}, s.touched); d != "" {
		t.Error(d)
	}
}
