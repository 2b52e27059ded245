package app

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

// TestFiguresOfAllNodesAreSummedUp: by hours, without those of another time, and
// with slips of the finger told apart from failures.
func TestFiguresOfAllNodesAreSummedUp(t *testing.T) {
	c := openOn(t)
	var quick, slow figures.Times
	for range 99 {
		quick.Observe(100 * time.Millisecond)
	}
	slow.Observe(5 * time.Second)
	at := time.Now().UTC().Truncate(time.Hour)
	row := func(node string, ago time.Duration, use float64, times *figures.Times) figures.Row {
		return figures.Row{Node: node, Host: node, Step: time.Hour, At: at.Add(-ago), Sheet: figures.Sheet{
			Counts: map[string]int64{figures.Attempts: 20, figures.Succeeded: 10, figures.Guessing: 6, figures.Slips: 3},
			Levels: map[string]figures.Level{figures.Pool + "main": {N: 2, Sum: 2 * use, Max: 1}, figures.Pool + "write": {N: 1, Sum: 1, Max: 1}},
			Times:  map[string]*figures.Times{figures.Login: times, figures.Class + figures.Auth: times},
		}}
	}
	if _, err := c.Store.KeepFigures(t.Context(), []figures.Row{
		row("a", time.Hour, 0.25, &quick), row("b", time.Hour, 0.5, &quick), row("a", 30*time.Hour, 0.9, &slow),
	}); err != nil {
		t.Fatal(err)
	}
	f, err := c.upkeepFigures(t.Context(), at.Add(-24*time.Hour), at)
	if err != nil || !f.Measured || f.Logins != (upkeep.Logins{Succeeded: 20, Failed: 20, Guesses: 18}) || f.PoolUse != 0.5 ||
		f.LoginP95 < 50*time.Millisecond || f.LoginP95 > 200*time.Millisecond || f.ResponseP95 != f.LoginP95 {
		t.Errorf("summed up are %+v, %v", f, err)
	}
	if f, err := c.upkeepFigures(t.Context(), at.Add(-48*time.Hour), at.Add(-24*time.Hour)); err != nil || f.PoolUse != 0.9 || f.LoginP95 < time.Second {
		t.Errorf("of the day before: %+v, %v", f, err)
	}
	if f, err := c.upkeepFigures(t.Context(), at.Add(-96*time.Hour), at.Add(-72*time.Hour)); err != nil || f.Measured {
		t.Errorf("of a day without any: %+v, %v", f, err)
	}
}
