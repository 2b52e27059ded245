package app

import (
	"context"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

// upkeepFigures sums up what all nodes measured between two moments, by hours.
// Of the pools it tells the hour in which the busiest was used most.
func (c *Core) upkeepFigures(ctx context.Context, from, to time.Time) (upkeep.Figures, error) {
	rows, err := c.Store.Figures(ctx, figures.Query{Step: time.Hour, Since: from.Truncate(time.Hour)})
	if err != nil {
		return upkeep.Figures{}, err
	}
	var sum figures.Sheet
	var f upkeep.Figures
	for i := range rows {
		if r := &rows[i]; r.At.Before(to) {
			sum.Merge(&r.Sheet)
			f.Measured = true
			f.PoolUse = max(f.PoolUse, busiestPool(&r.Sheet))
		}
	}
	f.Logins = upkeep.Logins{
		Succeeded: sum.Count(figures.Succeeded), Failed: sum.Count(figures.Attempts) - sum.Count(figures.Succeeded),
		// What a person made good a little later was a slip of the finger.
		Guesses: sum.Count(figures.Guessing) + sum.Count(figures.Slips),
	}
	f.Logins.Guesses = min(f.Logins.Guesses, f.Logins.Failed)
	f.LoginP95 = sum.Timed(figures.Login).Quantile(0.95)
	f.ResponseP95 = sum.Timed(figures.Class + figures.Auth).Quantile(0.95)
	return f, nil
}

// busiestPool is the mean use of the pool that was used most. That of SQLite's
// one writer says nothing: it is used wholly or not at all.
func busiestPool(s *figures.Sheet) (use float64) {
	for name, l := range s.Levels {
		if pool, ok := strings.CutPrefix(name, figures.Pool); ok && pool != "write" {
			use = max(use, l.Mean())
		}
	}
	return use
}
