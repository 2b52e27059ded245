package ratelimit

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

func TestWindowOfAnAddress(t *testing.T) {
	for _, c := range []struct {
		name string
		// at are the moments of requests after noon; waits what each is told, 0
		// for allowed.
		at, waits []time.Duration
	}{
		{"the limit, and no more", []time.Duration{0, 0, 0, 0}, []time.Duration{0, 0, time.Minute, time.Minute}},
		{"it counts from the first request", []time.Duration{0, 50 * time.Second, 59 * time.Second}, []time.Duration{0, 0, time.Second}},
		{"refusals do not make it longer", []time.Duration{0, 0, 30 * time.Second, time.Minute}, []time.Duration{0, 0, 30 * time.Second, 0}},
		{"over to the moment", []time.Duration{0, 0, time.Minute}, []time.Duration{0, 0, 0}},
		{"anew after it", []time.Duration{0, 0, time.Minute, time.Minute, time.Minute}, []time.Duration{0, 0, 0, 0, time.Minute}},
		// A window that ends in a day would lock the address out for a day.
		{"the clock goes back an hour", []time.Duration{0, 0, -time.Hour, -time.Hour, -time.Hour}, []time.Duration{0, 0, 0, 0, time.Minute}},
		{"the clock goes an hour ahead and back", []time.Duration{time.Hour, time.Hour, 0, 0, 0}, []time.Duration{0, 0, 0, 0, time.Minute}},
		{"the clock goes a day ahead", []time.Duration{0, 0, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour}, []time.Duration{0, 0, 0, 0, time.Minute}},
		{"the clock goes back a day", []time.Duration{0, 0, -24 * time.Hour}, []time.Duration{0, 0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := NewLocal(2, time.Minute)
			for i, at := range c.at {
				wait, ok := l.Spend("192.0.2.1", noon.Add(at))
				if ok != (c.waits[i] == 0) || wait != c.waits[i] {
					t.Fatalf("request %d: allowed %v, wait %s; want a wait of %s", i, ok, wait, c.waits[i])
				}
			}
		})
	}
}

func TestAddressesDoNotShareAWindow(t *testing.T) {
	l := NewLocal(1, time.Minute)
	l.Spend("192.0.2.1", noon)
	if _, ok := l.Spend("192.0.2.2", noon); !ok {
		t.Error("another address is refused")
	}
	if _, ok := l.Spend("192.0.2.1", noon); ok {
		t.Error("the first address is allowed more than its limit")
	}
}

func TestSweepForgetsWindowsThatEndedAndNoOthers(t *testing.T) {
	l := NewLocal(1, time.Minute)
	l.Spend("old", noon)
	l.Spend("new", noon.Add(time.Second))
	l.Sweep(noon.Add(time.Minute))
	if len(l.m) != 1 {
		t.Fatalf("%d windows are left", len(l.m))
	}
	if _, ok := l.Spend("new", noon.Add(time.Minute)); ok {
		t.Error("a window that was still counting is forgotten")
	}
}

// A flood from more addresses than are remembered must neither fill the memory
// nor switch the counting off for the next address.
func TestMemoryOfAddressesIsBounded(t *testing.T) {
	l := NewLocal(1, time.Minute)
	for n := range capacity + 1000 {
		l.Spend(fmt.Sprint(n), noon)
	}
	if len(l.m) > capacity {
		t.Fatalf("%d addresses are remembered, the bound is %d", len(l.m), capacity)
	}
	if _, ok := l.Spend("next", noon); !ok {
		t.Error("a new address is refused")
	}
	if _, ok := l.Spend("next", noon); ok {
		t.Error("a new address is not counted")
	}
}

func TestOneLimitForRequestsAtOnce(t *testing.T) {
	l := NewLocal(50, time.Minute)
	var allowed atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if _, ok := l.Spend("192.0.2.1", noon); ok {
				allowed.Add(1)
			}
		})
	}
	all.Wait()
	if allowed.Load() != 50 {
		t.Errorf("%d of 200 were allowed, the limit is 50", allowed.Load())
	}
}
