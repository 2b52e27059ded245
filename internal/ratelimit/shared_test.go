package ratelimit

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// together is a Counter that the test turns as it likes.
type together struct {
	mu    sync.Mutex
	spent map[string]int
	asked int
	away  bool
}

func (c *together) Count(name string, limit int, per time.Duration) (time.Duration, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	switch {
	case c.away:
		return 0, true, errors.New("away") // what comes with an error does not count
	case c.spent[name] >= limit:
		return per / time.Duration(limit), false, nil
	}
	c.spent[name]++
	return 0, true, nil
}

func pair(limit int) (all *together, a, b *Shared) {
	all = &together{spent: map[string]int{}}
	return all, NewShared("address", limit, time.Minute, all), NewShared("address", limit, time.Minute, all)
}

func TestTwoNodesShareOneLimit(t *testing.T) {
	_, a, b := pair(3)
	for i, want := range []bool{true, true, true, false, false} {
		n := [2]*Shared{a, b}[i%2]
		wait, ok := n.Spend("192.0.2.1", noon)
		if ok != want || !ok && wait != 20*time.Second {
			t.Errorf("request %d: %v, wait %s", i, ok, wait)
		}
	}
	if _, ok := b.Spend("192.0.2.2", noon); !ok {
		t.Error("another address is refused")
	}
	other := NewShared("ceremony", 3, time.Minute, a.all)
	if _, ok := other.Spend("192.0.2.1", noon); !ok {
		t.Error("a limit counts what is another's")
	}
}

// Whoever was refused here because of what he spent elsewhere is told when to
// come back, and is let in then.
func TestRefusalsElsewhereFillNoWindowHere(t *testing.T) {
	all, a, b := pair(2)
	a.Spend("192.0.2.1", noon)
	a.Spend("192.0.2.1", noon)
	for range 10 {
		if wait, ok := b.Spend("192.0.2.1", noon); ok || wait != 30*time.Second {
			t.Fatalf("%v, wait %s", ok, wait)
		}
	}
	all.spent["address 192.0.2.1"]--
	if _, ok := b.Spend("192.0.2.1", noon.Add(30*time.Second)); !ok {
		t.Error("refused when it was time to come back")
	}
}

func TestNoFreshBudgetWithoutTheOthers(t *testing.T) {
	for name, lose := range map[string]func(*together){
		"away":    func(c *together) { c.away = true },
		"emptied": func(c *together) { clear(c.spent) },
	} {
		t.Run(name, func(t *testing.T) {
			all, a, _ := pair(5)
			for range 3 {
				a.Spend("192.0.2.1", noon)
			}
			lose(all)
			for i, want := range []bool{true, true, false} {
				if wait, ok := a.Spend("192.0.2.1", noon.Add(time.Second)); ok != want || !ok && wait != 59*time.Second {
					t.Errorf("request %d: %v, wait %s", i, ok, wait)
				}
			}
		})
	}
}

func TestFloodOfOneAddressIsNotAskedFor(t *testing.T) {
	all, a, _ := pair(5)
	for range 1000 {
		a.Spend("192.0.2.1", noon)
	}
	if all.asked != 5 {
		t.Errorf("asked %d times", all.asked)
	}
	a.Sweep(noon.Add(time.Minute))
	if len(a.local.m) != 0 {
		t.Error("a window that ended is kept")
	}
}

func TestOneLimitForRequestsAtOnceOnTwoNodes(t *testing.T) {
	for _, away := range []bool{false, true} {
		all, a, b := pair(50)
		all.away = away
		var allowed atomic.Int64
		var done sync.WaitGroup
		for i := range 400 {
			done.Go(func() {
				if _, ok := [2]*Shared{a, b}[i%2].Spend("192.0.2.1", noon); ok {
					allowed.Add(1)
				}
			})
		}
		done.Wait()
		want := map[bool]int64{false: 50, true: 100}[away]
		if n := allowed.Load(); n != want {
			t.Errorf("away %v: %d of 400 were allowed, want %d", away, n, want)
		}
	}
}
