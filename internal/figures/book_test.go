package figures

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func counted(rows []Row, name string) (n int64) {
	for _, r := range rows {
		n += r.Sheet.Count(name)
	}
	return n
}

func TestEachSpanHasWhatHappenedInIt(t *testing.T) {
	b := NewBook(noon)
	n := b.Counter(Attempts)
	for _, at := range []time.Duration{0, 59 * time.Second, time.Minute, 14 * time.Minute, 15 * time.Minute} {
		b.At(noon.Add(at))
		n.Add(1)
	}
	now := noon.Add(16 * time.Minute)
	for i, want := range []map[time.Duration]int64{
		{0: 2, time.Minute: 1, 14 * time.Minute: 1, 15 * time.Minute: 1}, {0: 4, 15 * time.Minute: 1}, {0: 5},
	} {
		got := map[time.Duration]int64{}
		for _, r := range b.Rows(now, Steps[i], noon) {
			got[r.At.Sub(noon)] = r.Sheet.Count(Attempts)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("by %s: %v, want %v", Steps[i], got, want)
		}
	}
}

// TestSlotIsTakenOver: a minute must not count what the same slot held an hour ago.
func TestSlotIsTakenOver(t *testing.T) {
	b := NewBook(noon)
	b.Counter(Attempts).Add(1)
	later := noon.Add(61 * time.Minute)
	b.At(later)
	b.Counter(Attempts).Add(1)
	if rows := b.Rows(later, time.Minute, noon); len(rows) != 1 || counted(rows, Attempts) != 1 || !rows[0].At.Equal(later) {
		t.Errorf("%+v", rows)
	}
}

func TestUnsavedIsWhatNoRowHas(t *testing.T) {
	b := NewBook(noon)
	if rows, _ := b.Unsaved(noon); len(rows) != 0 {
		t.Errorf("nothing happened, and %d rows", len(rows))
	}
	b.Counter(Attempts).Add(1)
	rows, saved := b.Unsaved(noon)
	if len(rows) != len(Steps) || counted(rows, Attempts) != int64(len(Steps)) {
		t.Fatalf("%+v", rows)
	}
	b.Counter(Attempts).Add(1) // while the rows are on their way
	again, _ := b.Unsaved(noon)
	saved()
	if len(again) != len(Steps) {
		t.Errorf("what was not saved is forgotten: %+v", again)
	}
	rows, saved = b.Unsaved(noon)
	if counted(rows, Attempts) != 2*int64(len(Steps)) {
		t.Errorf("what came meanwhile is forgotten, or a row has not all of its span: %+v", rows)
	}
	saved()
	if rows, _ = b.Unsaved(noon.Add(5 * time.Minute)); len(rows) != 0 {
		t.Errorf("saved, and saved again: %+v", rows)
	}
}

func TestClockThatIsPutBack(t *testing.T) {
	b := NewBook(noon)
	b.At(noon.Add(-10 * time.Second)) // a request that ended a little before
	b.Counter(Attempts).Add(1)
	b.At(noon.Add(-time.Hour))
	b.Counter(Attempts).Add(1)
	if n := counted(b.Rows(noon, time.Minute, noon), Attempts); n != 1 {
		t.Errorf("%d at noon", n)
	}
}

func TestHoursHaveNoSingleRoutes(t *testing.T) {
	b := NewBook(noon)
	b.Timer(Route + "POST /api/v1/auth/jwt/login").Observe(time.Millisecond)
	b.Timer(Route + "GET /login").Observe(time.Second)
	for _, step := range Steps {
		s := b.Rows(noon, step, noon)[0].Sheet
		if got := len(s.Routes()); (step == time.Hour) != (got == 0) {
			t.Errorf("%d routes by %s", got, step)
		}
		if s.Timed(Class+Auth).N != 1 || s.Timed(Class+"page").N != 1 {
			t.Errorf("classes by %s: %+v", step, s.Times)
		}
	}
}

func TestLevelsAreLookedAt(t *testing.T) {
	b := NewBook(noon)
	b.Look(noon, map[string]float64{Pool + "main": 0.2})
	b.Look(noon, map[string]float64{Pool + "main": 0.6})
	if l := b.Rows(noon, time.Minute, noon)[0].Sheet.Levels[Pool+"main"]; l.N != 2 || l.Mean() != 0.4 || l.Max != 0.6 {
		t.Errorf("%+v", l)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	b := NewBoard()
	for i := range 2 * most {
		b.Counter(fmt.Sprint(Reason, i)).Add(1)
		b.Timer(fmt.Sprint(Route, i)).Observe(time.Millisecond)
	}
	if s := b.cut(); len(s.Counts) != most || len(s.Routes()) != most {
		t.Errorf("%d counters, %d timers", len(s.Counts), len(s.Routes()))
	}
}

// TestNothingIsLostBetweenSpans counts from many sides while minutes end.
func TestNothingIsLostBetweenSpans(t *testing.T) {
	b := NewBook(noon)
	c, d := b.Counter(Attempts), b.Timer(Login)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 3000 {
				b.At(noon.Add(time.Duration(i+worker) * time.Second))
				c.Add(1)
				d.Observe(time.Millisecond)
			}
		})
	}
	all.Wait()
	rows := b.Rows(noon.Add(time.Hour), time.Minute, noon)
	var timed int64
	for _, r := range rows {
		timed += r.Sheet.Timed(Login).N
	}
	if n := counted(rows, Attempts); n != 12_000 || timed != n {
		t.Errorf("%d counted and %d timed of 12000", n, timed)
	}
}

func TestRecordingAllocatesNothing(t *testing.T) {
	b := NewBook(noon)
	c, d := b.Counter(Answers), b.Timer(Route+"GET /api/v1/auth/status")
	if n := testing.AllocsPerRun(100, func() {
		b.At(noon)
		c.Add(1)
		d.Observe(50 * time.Microsecond)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
