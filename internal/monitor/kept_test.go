package monitor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
)

// table stands for the database: what nodes share.
type table struct {
	mu     sync.Mutex
	rows   map[string]figures.Row
	now    func() time.Time
	err    error
	writes int
}

func newTable(now func() time.Time) *table { return &table{rows: map[string]figures.Row{}, now: now} }

func (k *table) KeepFigures(_ context.Context, rows []figures.Row) (time.Time, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return time.Time{}, k.err
	}
	k.writes++
	for _, r := range rows {
		k.rows[fmt.Sprint(r.Step, r.At.Unix(), r.Node)] = r
	}
	return k.now(), nil
}

func (k *table) Figures(_ context.Context, q figures.Query) (list []figures.Row, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, r := range k.rows {
		if r.Step == q.Step && !r.At.Before(q.Since) && (q.Node == "" || q.Node == r.Node || q.Node == r.Host) {
			list = append(list, r)
		}
	}
	return list, k.err
}

func (k *table) fail(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err = err
}

func (k *table) attempts(step time.Duration) (n int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, r := range k.rows {
		if r.Step == step {
			n += r.Sheet.Count(figures.Attempts)
		}
	}
	return n
}

func node(t *testing.T, k *table, name string) *fixture {
	t.Helper()
	f := set(t, func(o *Options) {
		o.Node, o.Host = name, "host-"+name
		if k != nil {
			o.Kept = k
		}
	})
	return f
}

// TestNodesAreMerged: the figures of two nodes are those of one that had done it all.
func TestNodesAreMerged(t *testing.T) {
	k := newTable(time.Now)
	a, b, both := node(t, k, "a"), node(t, k, "b"), node(t, nil, "both")
	for i := range 200 {
		took := time.Duration(i+1) * 10 * time.Millisecond
		one := a
		if i%3 == 0 {
			one = b
		}
		one.loggedIn(took)
		both.loggedIn(took)
	}
	b.keep(t.Context())
	a.keep(t.Context()) // its own rows are not counted twice
	got, want := a.Figures(t.Context(), ""), both.Figures(t.Context(), "")
	for _, w := range []string{"5m", "1h", "24h"} {
		if got, want := got.Windows[w], want.Windows[w]; got.Attempts != 200 || got.LoginTime != want.LoginTime {
			t.Errorf("%s: %+v, want %+v", w, got, want)
		}
	}
	for name, want := range map[string]int64{"a": 133, "b": 67, "host-b": 67, "c": 0} {
		if got := a.Figures(t.Context(), name).Windows["1h"].Attempts; got != want {
			t.Errorf("%d attempts of %s, want %d", got, name, want)
		}
	}
	if got.Alone || !want.Alone {
		t.Errorf("alone: %v with others, %v without", got.Alone, want.Alone)
	}
}

func TestRestartKeepsTheFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newTable(time.Now)
		before := bare(t, k, "before")
		ctx, stop := context.WithCancel(t.Context())
		go before.Run(ctx)
		synctest.Wait()
		wrong(before)
		stop() // as SIGTERM does
		synctest.Wait()
		after := bare(t, k, "after")
		wrong(after)
		for name, w := range after.Figures(t.Context(), "").Windows {
			if w.Attempts != 2 || w.Failures["invalid_credentials"] != 2 {
				t.Errorf("%s: %+v", name, w)
			}
		}
	})
}

// bare is a monitor by the clock of the test.
func bare(t *testing.T, k *table, name string) *Monitor {
	t.Helper()
	w := &world{pools: map[string]Pool{"main": {Size: 10, InUse: 2}}}
	return must(New(Options{Sources: w.sources(), Log: discard, Kept: k, Node: name, Host: "host-" + name}))(t)
}

func wrong(m *Monitor) {
	m.Heard(audit.Row{Event: audit.EventLogin, Outcome: audit.Refused, Code: api.CodeInvalidCredentials, Reason: "wrong_password"})
}

// TestKilledServerLosesLessThanAMinute, and one whose database was away nothing.
func TestKilledServerLosesLessThanAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newTable(time.Now)
		m := bare(t, k, "a")
		go m.Run(t.Context())
		for range 4 {
			wrong(m)
			time.Sleep(30 * time.Second)
		}
		synctest.Wait()
		if n := k.attempts(time.Minute); n != 4 {
			t.Errorf("%d of 4 are written half a minute later", n)
		}
		k.fail(errors.New("away"))
		for range 10 {
			wrong(m)
			time.Sleep(time.Minute)
		}
		if a := m.Figures(t.Context(), ""); !a.Alone || a.Windows["1h"].Attempts != 14 {
			t.Errorf("while the database is away: %+v", a.Windows["1h"])
		}
		k.fail(nil)
		time.Sleep(keepEvery + lookEvery)
		synctest.Wait()
		for _, step := range figures.Steps {
			if n := k.attempts(step); n != 14 {
				t.Errorf("%d of 14 by %s", n, step)
			}
		}
	})
}

// TestMinutesAreThoseOfTheDatabase, whatever the clock of a node says.
func TestMinutesAreThoseOfTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newTable(func() time.Time { return time.Now().Add(-10 * time.Minute) })
		m := bare(t, k, "ahead")
		ctx, stop := context.WithCancel(t.Context())
		go m.Run(ctx)
		synctest.Wait()
		wrong(m)
		stop()
		synctest.Wait()
		rows, _ := k.Figures(ctx, figures.Query{Step: time.Minute})
		want := k.now().Truncate(time.Minute)
		for _, r := range rows {
			if r.Sheet.Count(figures.Attempts) > 0 && !r.At.Equal(want) {
				t.Errorf("counted at %s, by the database it is %s", r.At, want)
			}
		}
		if s, err := m.Series(t.Context(), "1h", ""); err != nil || s.At[len(s.At)-1] != want.Unix() {
			t.Errorf("the last point is at %d, by the database it is %d, %v", s.At[len(s.At)-1], want.Unix(), err)
		}
	})
}
