package app

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

// clock is one that the test moves.
type clock struct{ at atomic.Pointer[time.Time] }

func (c *clock) set(t time.Time)           { c.at.Store(&t) }
func (c *clock) now(*store.Held) time.Time { return *c.at.Load() }

// made are rounds of chores, as the keepers of a test made them.
type made struct {
	mu   sync.Mutex
	list []string
}

func (m *made) add(one string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, one)
}

func (m *made) take() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := m.list
	m.list = nil
	return list
}

// keeperOf is one on a core, with a schedule in UTC that begins on time.
func keeperOf(c *Core, at *clock, m *made) *keeper {
	return &keeper{
		Core: c, now: at.now,
		schedule: func() upkeep.Schedule { return upkeep.Schedule{Kinds: api.MaintenanceKinds, Zone: time.UTC} },
		do: func(_ context.Context, kind string, now time.Time) (api.MaintenanceReport, error) {
			m.add(kind)
			return api.MaintenanceReport{Kind: kind, At: now, By: c.node, Chores: []api.Chore{}}, nil
		},
		letters: func(r api.MaintenanceReport) ([]mail.Letter, error) {
			subject, text := upkeep.Letter(r)
			l, err := c.Mail.Composer.Plain(mail.KindMaintenance, "ops@example.com", subject, text)
			return []mail.Letter{l}, err
		},
	}
}

func (k *keeper) ticks(t *testing.T) {
	t.Helper()
	if err := k.tick(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// monday is the last of November 2026, five in the morning.
var monday = time.Date(2026, time.November, 30, 5, 0, 0, 0, time.UTC)

func letters(t *testing.T, c *Core) int {
	t.Helper()
	list, err := c.Store.WaitingLetters(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestMaintenanceIsDoneWhenItIsDueAndMissedOnesOnce(t *testing.T) {
	at, m := &clock{}, &made{}
	k := keeperOf(twoCores(t)[0], at, m)
	for _, step := range []struct {
		name string
		at   time.Time
		want []string
	}{
		{"a new installation owes nothing", monday, nil},
		{"nor later on its first day", monday.Add(18 * time.Hour), nil},
		{"the next morning is also the first of December", monday.Add(24 * time.Hour), []string{"daily", "monthly"}},
		{"once", monday.Add(25 * time.Hour), nil},
		{"it was down for nine days", monday.Add(10 * 24 * time.Hour), []string{"daily", "weekly"}},
		{"the day after", monday.Add(11 * 24 * time.Hour), []string{"daily"}},
		{"a clock that was set back does nothing twice", monday.Add(10 * 24 * time.Hour), nil},
	} {
		at.set(step.at)
		k.ticks(t)
		if got := m.take(); len(got) != len(step.want) || len(got) > 0 && got[0] != step.want[0] || len(got) > 1 && got[1] != step.want[1] {
			t.Errorf("%s: made were %v, not %v", step.name, got, step.want)
		}
	}
	if n := letters(t, k.Core); n != 5 {
		t.Errorf("%d letters of five reports", n)
	}
}

func TestOneOfTwoServersDoesTheMaintenance(t *testing.T) {
	at, m := &clock{}, &made{}
	var keepers []*keeper
	for _, c := range twoCores(t) {
		keepers = append(keepers, keeperOf(c, at, m))
	}
	at.set(monday.Add(-48 * time.Hour))
	keepers[0].ticks(t)
	at.set(monday)
	var all sync.WaitGroup
	for _, k := range keepers {
		all.Go(func() {
			for range 4 {
				if err := k.tick(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := m.take(); len(got) != 2 || letters(t, keepers[0].Core) != 2 {
		t.Errorf("made were %v, with %d letters", got, letters(t, keepers[0].Core))
	}
}

// TestChoresMayTakeLongerThanALease: it is renewed while they are done, and
// nobody else begins.
func TestChoresMayTakeLongerThanALease(t *testing.T) {
	at, m := &clock{}, &made{}
	both := twoCores(t)
	slow, other := keeperOf(both[0], at, m), keeperOf(both[1], at, m)
	at.set(monday.Add(-24 * time.Hour))
	slow.ticks(t)
	at.set(monday)
	quick := slow.do
	began := make(chan struct{}, 2)
	slow.do = func(ctx context.Context, kind string, now time.Time) (api.MaintenanceReport, error) {
		began <- struct{}{}
		for end := time.Now().Add(3 * slow.lease); time.Now().Before(end); {
			select {
			case <-ctx.Done():
				return api.MaintenanceReport{}, context.Cause(ctx)
			case <-time.After(slow.lease / 4):
				other.ticks(t)
			}
		}
		return quick(ctx, kind, now)
	}
	slow.ticks(t)
	if got := m.take(); len(got) != 2 {
		t.Errorf("made were %v", got)
	}
	list, err := slow.Store.UpkeepReports(t.Context())
	if err != nil || len(list) != 2 || list[0].By != both[0].node {
		t.Errorf("kept are %+v, %v", list, err)
	}
}

// TestMaintenanceThatWasCutOffIsDoneAnew plays a server that stops, or fails, in
// the middle: nothing is kept of what it did, and the next begins anew.
func TestMaintenanceThatWasCutOffIsDoneAnew(t *testing.T) {
	at, m := &clock{}, &made{}
	both := twoCores(t)
	dies, next := keeperOf(both[0], at, m), keeperOf(both[1], at, m)
	at.set(monday.Add(-24 * time.Hour))
	dies.ticks(t)
	at.set(monday)
	quick := dies.do
	for name, do := range map[string]func(context.Context, context.CancelFunc) error{
		"stopped": func(_ context.Context, stop context.CancelFunc) error { stop(); return nil },
		"failed":  func(context.Context, context.CancelFunc) error { return errors.New("no room") },
	} {
		ctx, stop := context.WithCancel(t.Context())
		dies.do = func(_ context.Context, kind string, now time.Time) (api.MaintenanceReport, error) {
			err := do(ctx, stop)
			r, _ := quick(ctx, kind, now)
			return r, err
		}
		if err := dies.tick(ctx); err == nil {
			t.Errorf("%s: it says nothing", name)
		}
		stop()
		if list, err := next.Store.UpkeepReports(t.Context()); err != nil || len(list) != 0 || letters(t, next.Core) != 0 {
			t.Errorf("%s: kept are %+v, %v", name, list, err)
		}
	}
	m.take()
	next.ticks(t)
	if got := m.take(); len(got) != 2 || letters(t, next.Core) != 2 {
		t.Errorf("the next server made %v", got)
	}
}

// TestServerThatLostItsLeaseKeepsNoReport plays one that was away while another
// did its work.
func TestServerThatLostItsLeaseKeepsNoReport(t *testing.T) {
	at, m := &clock{}, &made{}
	both := twoCores(t)
	lost := keeperOf(both[0], at, m)
	at.set(monday.Add(-24 * time.Hour))
	lost.ticks(t)
	at.set(monday)
	lost.do = func(ctx context.Context, kind string, now time.Time) (api.MaintenanceReport, error) {
		list, err := both[1].Store.Leases(t.Context())
		if err != nil || len(list) != 1 {
			t.Errorf("leases are %+v, %v", list, err)
		}
		gone := store.Held{Name: list[0].Name, Holder: list[0].Holder, Number: list[0].Number}
		if err := both[1].Store.Release(t.Context(), gone); err != nil {
			t.Error(err)
		}
		if held, err := both[1].Store.Hold(t.Context(), upkeepLease, both[1].node, time.Minute); err != nil || held == nil {
			t.Errorf("the other has %+v, %v", held, err)
		}
		return api.MaintenanceReport{Kind: kind, At: now, Chores: []api.Chore{}}, nil
	}
	if err := lost.tick(t.Context()); !errors.Is(err, store.ErrLeaseLost) && !errors.Is(err, context.Canceled) {
		t.Errorf("it says %v", err)
	}
	if list, err := both[1].Store.UpkeepReports(t.Context()); err != nil || len(list) != 0 || letters(t, both[1]) != 0 {
		t.Errorf("kept are %+v, %v", list, err)
	}
}
