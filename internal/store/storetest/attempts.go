package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

var attemptChecks = []check{
	{"TwoHundredAtOnceSpendTheLimitExactly", attemptsAtOnce},
	{"WindowEndsAndBeginsAnew", attemptsWindow},
	{"StreakShutsTheBucket", attemptsStreak},
	{"AttemptIsGivenBack", attemptsReturned},
	{"BucketsAreEmptiedByName", attemptsCleared},
	{"LookingSpendsNothingAndTellsTheNextAnswer", attemptsLookedAt},
}

func bucketOf(key []byte) ratelimit.Bucket {
	return ratelimit.Bucket{Key: key, Limit: 10, Per: 15 * time.Minute, Streak: 100}
}

func (g ground) take(t *testing.T, b ratelimit.Bucket, at time.Time) ratelimit.Taken {
	t.Helper()
	return must[ratelimit.Taken](t)(g.TakeAttempt(t.Context(), b, at))
}

func attemptsAtOnce(t *testing.T, g ground) {
	b := bucketOf(secret.Random(32))
	var ok, refused atomic.Int64
	atOnce(20, func(int) { // twenty clients with ten requests each
		for range 10 {
			got, err := g.TakeAttempt(t.Context(), b, noon)
			switch {
			case err != nil:
				t.Error(err)
			case got.OK:
				ok.Add(1)
			case got.Wait == b.Per && !got.Shut:
				refused.Add(1)
			default:
				t.Errorf("refused with %+v", got)
			}
		}
	})
	if ok.Load() != 10 || refused.Load() != 190 {
		t.Errorf("%d were let through and %d refused, not 10 and 190", ok.Load(), refused.Load())
	}
}

func attemptsWindow(t *testing.T, g ground) {
	b := bucketOf(secret.Random(32))
	g.take(t, b, noon)
	for i := range 9 { // the window is counted from the first, later ones do not move it
		if !g.take(t, b, noon.Add(time.Duration(i)*time.Minute)).OK {
			t.Fatalf("attempt %d was refused", i+2)
		}
	}
	for at, want := range map[time.Duration]ratelimit.Taken{
		10 * time.Minute:                      {Wait: 5 * time.Minute},
		b.Per - 300*time.Millisecond:          {Wait: time.Second}, // never less, so that nobody is told 0
		b.Per - time.Millisecond:              {Wait: time.Second},
		14*time.Minute + 500*time.Millisecond: {Wait: 59*time.Second + 500*time.Millisecond},
	} {
		if got := g.take(t, b, noon.Add(at)); got != want {
			t.Errorf("after %s: %+v, not %+v", at, got, want)
		}
	}
	for i := range 10 {
		if got := g.take(t, b, noon.Add(b.Per)); !got.OK {
			t.Fatalf("attempt %d of the new window: %+v", i+1, got)
		}
	}
	if got := g.take(t, b, noon.Add(b.Per)); got.OK || got.Wait != b.Per {
		t.Errorf("the eleventh of the new window: %+v", got)
	}
}

func attemptsStreak(t *testing.T, g ground) {
	b := bucketOf(secret.Random(32))
	at := noon
	for i := range 100 {
		if i > 0 && i%10 == 0 {
			at = at.Add(b.Per)
		}
		if got := g.take(t, b, at); !got.OK {
			t.Fatalf("attempt %d: %+v", i+1, got)
		}
	}
	for _, later := range []time.Duration{b.Per, 30 * 24 * time.Hour} {
		if got := g.take(t, b, at.Add(later)); got.OK || !got.Shut || got.Wait < b.Per {
			t.Errorf("the attempt after the hundredth, %s later: %+v", later, got)
		}
	}
	if err := g.ClearAttempts(t.Context(), b.Key); err != nil {
		t.Fatal(err)
	}
	if got := g.take(t, b, at); !got.OK {
		t.Errorf("unlocked again: %+v", got)
	}
}

func attemptsReturned(t *testing.T, g ground) {
	b := bucketOf(secret.Random(32))
	for range 50 { // what is given back counts neither in the window nor in the streak
		if got := g.take(t, b, noon); !got.OK {
			t.Fatalf("%+v", got)
		}
		if err := g.ReturnAttempt(t.Context(), b.Key); err != nil {
			t.Fatal(err)
		}
	}
	// More than were taken: nobody gains attempts by it.
	for range 3 {
		if err := g.ReturnAttempt(t.Context(), b.Key); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		if got := g.take(t, b, noon); !got.OK {
			t.Fatalf("%+v", got)
		}
	}
	if got := g.take(t, b, noon); got.OK {
		t.Error("an eleventh was let through")
	}
	if err := g.ReturnAttempt(t.Context(), secret.Random(32)); err != nil {
		t.Errorf("of an unknown bucket: %v", err)
	}
}

func attemptsCleared(t *testing.T, g ground) {
	one, two, other := bucketOf(secret.Random(32)), bucketOf(secret.Random(32)), bucketOf(secret.Random(32))
	for _, b := range []*ratelimit.Bucket{&one, &two, &other} {
		b.Limit = 1
		g.take(t, *b, noon)
	}
	if err := g.ClearAttempts(t.Context(), one.Key, two.Key, secret.Random(32)); err != nil {
		t.Fatal(err)
	}
	if !g.take(t, one, noon).OK || !g.take(t, two, noon).OK || g.take(t, other, noon).OK {
		t.Error("not the two named buckets were emptied, and those alone")
	}
}

// Whoever asks why somebody is told to wait must neither spend an attempt nor
// be told another thing than the next attempt is.
func attemptsLookedAt(t *testing.T, g ground) {
	unknown, half, full, shut := bucketOf(secret.Random(32)), bucketOf(secret.Random(32)), bucketOf(secret.Random(32)), bucketOf(secret.Random(32))
	shut.Streak = 3
	for range 9 {
		g.take(t, half, noon)
	}
	for range 10 {
		g.take(t, full, noon)
	}
	for range 3 {
		g.take(t, shut, noon)
	}
	all := []ratelimit.Bucket{shut, full, unknown, half}
	for range lookAtMany { // more than one statement holds
		all = append(all, bucketOf(secret.Random(32)))
	}
	look := func(at time.Time) []ratelimit.Taken {
		t.Helper()
		return must[[]ratelimit.Taken](t)(g.LookAtAttempts(t.Context(), all, at))
	}
	open := ratelimit.Taken{OK: true}
	for range 2 { // the second look finds what the first found
		got := look(noon.Add(time.Minute))
		want := []ratelimit.Taken{{Shut: true, Wait: shut.Per}, {Wait: 14 * time.Minute}, open, open}
		for i, w := range want {
			if got[i] != w {
				t.Errorf("bucket %d is looked at as %+v, not %+v", i, got[i], w)
			}
		}
		if len(got) != len(all) || got[len(all)-1] != open {
			t.Errorf("%d answers for %d buckets, the last %+v", len(got), len(all), got[len(got)-1])
		}
	}
	if got := look(noon.Add(full.Per)); got[0].OK || got[1] != open {
		t.Errorf("after the window: shut %+v, full %+v", got[0], got[1])
	}
	if !g.take(t, half, noon.Add(time.Minute)).OK || g.take(t, half, noon.Add(time.Minute)).OK {
		t.Error("looking spent an attempt")
	}
}

const lookAtMany = 1100
