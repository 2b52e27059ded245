package mfa

import (
	"fmt"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

var (
	seed = secret.FromString("12345678901234567890")
	now  = time.Date(2026, 11, 24, 12, 0, 15, 0, time.UTC)
	step = stepAt(now)
)

func TestOnlyTheStepsAroundNowAreAccepted(t *testing.T) {
	for d := int64(-5); d <= 5; d++ {
		v := Match(seed, codeAt(seed, step+d, ours), now, 0)
		if near := d >= -1 && d <= 1; v.OK != near || v.Reused {
			t.Errorf("step %+d: %+v", d, v)
		} else if near && (v.Step != step+d || v.Off != 0) || !near && v.Step != 0 {
			t.Errorf("step %+d: remembers %d, off %s", d, v.Step, v.Off)
		}
	}
}

// A code lives from the start of the step before its own to the end of the one
// after, and not a second longer.
func TestCodeIsGoodForThreeStepsOfThirtySeconds(t *testing.T) {
	start := time.Unix(step*30, 0)
	code := codeAt(seed, step, ours)
	for after, want := range map[time.Duration]bool{
		-31 * time.Second: false, -30 * time.Second: true, 0: true, 29 * time.Second: true,
		59*time.Second + 999*time.Millisecond: true, 60 * time.Second: false,
	} {
		if v := Match(seed, code, start.Add(after), 0); v.OK != want {
			t.Errorf("%s after its start: %+v", after, v)
		}
	}
}

func TestUsedStepAndAllBeforeItAreSpent(t *testing.T) {
	for _, c := range []struct {
		code, last int64 // steps, relative to now
		ok, reused bool
	}{
		{0, -1, true, false},
		{0, 0, false, true},
		{-1, 0, false, true}, // the one before the used one
		{1, 0, true, false},
		{-1, 1, false, true},
		{0, 1, false, true},
		{1, 1, false, true},
		{-1, -2, true, false},
		{-2, 0, false, false},  // too old is not "used"
		{0, 1000, false, true}, // this clock went back: nothing passes until it has caught up
	} {
		v := Match(seed, codeAt(seed, step+c.code, ours), now, step+c.last)
		if v.OK != c.ok || v.Reused != c.reused {
			t.Errorf("code of step %+d after %+d: %+v", c.code, c.last, v)
		}
	}
}

// By chance two steps after each other have one code. Whichever of the two was
// meant, it must not pass twice.
func TestOneCodeOfTwoStepsPassesOnce(t *testing.T) {
	const first, second = 59061240, 59061241
	code := codeAt(seed, first, ours)
	if code != codeAt(seed, second, ours) {
		t.Fatal("the two steps have two codes")
	}
	for at := int64(first - 1); at <= second+1; at++ {
		moment := time.Unix(at*30, 0)
		v := Match(seed, code, moment, first-10)
		if !v.OK {
			t.Errorf("at step %d: %+v", at, v)
		}
		if again := Match(seed, code, moment, v.Step); again.OK || !again.Reused {
			t.Errorf("at step %d it passes again: %+v", at, again)
		}
	}
	// The first is used, the second is not: right, and no replay of a step.
	if v := Match(seed, code, time.Unix(first*30, 0), first); !v.OK || v.Reused || v.Step != second {
		t.Errorf("after the first: %+v", v)
	}
}

func TestWrongClockIsNoticedAndNotAccepted(t *testing.T) {
	for _, minutes := range []int{-61, -60, -30, -10, -1, 1, 10, 30, 60, 61} {
		off := time.Duration(minutes) * time.Minute
		v := Match(seed, codeAt(seed, stepAt(now.Add(off)), ours), now, 0)
		if v.OK || v.Reused || v.Step != 0 || v.Off != off {
			t.Errorf("a clock %s off: %+v", off, v)
		}
		// What will be right later is nothing to tell at sign-in.
		if want := max(0, -off); v.Behind() != want {
			t.Errorf("a clock %s off: behind by %s", off, v.Behind())
		}
	}
	for _, beyond := range []time.Duration{-62 * time.Minute, 62 * time.Minute, 48 * time.Hour} {
		if v := Match(seed, codeAt(seed, stepAt(now.Add(beyond)), ours), now, 0); v != (Verdict{}) {
			t.Errorf("a clock %s off: %+v", beyond, v)
		}
	}
}

func TestNoOtherCodePasses(t *testing.T) {
	right := map[string]bool{}
	for d := int64(-1); d <= 1; d++ {
		right[codeAt(seed, step+d, ours)] = true
	}
	for code := range right {
		if v := Match(seed, code, now, 0); !v.OK {
			t.Errorf("%s: %+v", code, v)
		}
	}
	for i := range 2000 {
		code := fmt.Sprintf("%06d", i*500)
		if v := Match(seed, code, now, 0); v.OK != right[code] {
			t.Errorf("%s: %+v", code, v)
		}
	}
}

func TestNothingMatchesWithoutASeedOrACode(t *testing.T) {
	for what, s := range map[string]secret.Value{
		"no seed": {}, "15 bytes": secret.FromString("123456789012345"),
	} {
		if v := Match(s, codeAt(s, step, ours), now, 0); v != (Verdict{}) {
			t.Errorf("%s: %+v", what, v)
		}
	}
	right := codeAt(seed, step, ours)
	// Only the canonical form is compared; see Code.
	for _, code := range []string{"", right[:5], right + "0", " " + right, right + " ", right[:3] + " " + right[3:]} {
		if v := Match(seed, code, now, 0); v != (Verdict{}) {
			t.Errorf("%q: %+v", code, v)
		}
	}
	other := secret.FromString("12345678901234567891")
	if v := Match(other, right, now, 0); v.OK {
		t.Error("another person's code passes")
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("123 456", int64(1_795_521_615), int64(0))
	f.Add(codeAt(seed, step, ours), now.Unix(), step-1)
	f.Add("", int64(-1), int64(-1))
	f.Add("755224", int64(1)<<62, int64(-1)<<63)
	f.Fuzz(func(t *testing.T, typed string, unix, last int64) {
		code, ok := Code(typed)
		moment := time.Unix(unix, 0)
		v := Match(seed, code, moment, last)
		if v.OK && (!ok || v.Step <= last || v.Reused || v.Off != 0 || codeAt(seed, v.Step, ours) != code) {
			t.Fatalf("%q: %+v", typed, v)
		}
		if d := v.Step - stepAt(moment); v.OK && (d < -Skew || d > Skew) {
			t.Fatalf("%q: a step %d from now was accepted", typed, d)
		}
		if !ok && v != (Verdict{}) {
			t.Fatalf("%q is no code, and yet: %+v", typed, v)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	for name, code := range map[string]string{"right": codeAt(seed, step, ours), "wrong": "000000"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = Match(seed, code, now, 0)
			}
		})
	}
}
