package ratelimit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// The bubble of synctest fails a test that leaves a goroutine behind.

func enter(t *testing.T, l *Lanes, name string) func() {
	t.Helper()
	leave, err := l.Enter(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

func TestOnlyTheWidthRunsAtOnceAndInOrderOfArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLanes(2)
		first, second := enter(t, l, "ada"), enter(t, l, "ada")
		var (
			mu    sync.Mutex
			order []int
			all   sync.WaitGroup
		)
		for i := range 5 {
			all.Go(func() {
				leave := enter(t, l, "ada")
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				leave()
			})
			synctest.Wait() // it stands in the queue before the next arrives
		}
		if len(order) != 0 {
			t.Fatalf("%v got in though the lane was full", order)
		}
		first()
		all.Wait()
		second()
		if !slices.Equal(order, []int{0, 1, 2, 3, 4}) {
			t.Errorf("they got in as %v", order)
		}
		if len(l.m) != 0 {
			t.Errorf("%d lanes are left", len(l.m))
		}
	})
}

// One account must not keep another waiting.
func TestNamesDoNotShareALane(t *testing.T) {
	l := NewLanes(1)
	defer enter(t, l, "ada")()
	enter(t, l, "bob")()
}

func TestWhoGoesAwayGivesUpTheQueueAndLeavesNoLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLanes(1)
		leave := enter(t, l, "ada")
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if left, err := l.Enter(ctx, "ada"); !errors.Is(err, context.Canceled) || left != nil {
					t.Errorf("got %v", err)
				}
			})
		}
		synctest.Wait()
		cancel()
		all.Wait()
		if len(l.m) != 1 {
			t.Fatalf("%d lanes, want the one in use", len(l.m))
		}
		leave()
		if len(l.m) != 0 {
			t.Fatal("the lane is left behind")
		}
		enter(t, l, "ada")()
	})
}

// A second leave must not free the place of somebody else.
func TestLeavingTwiceFreesOnePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLanes(1)
		leave := enter(t, l, "ada")
		leave()
		other := enter(t, l, "ada")
		leave()
		var all sync.WaitGroup
		inside := false
		all.Go(func() {
			defer enter(t, l, "ada")()
			inside = true
		})
		synctest.Wait()
		if inside {
			t.Error("two are inside a lane for one")
		}
		other()
		all.Wait()
	})
}
