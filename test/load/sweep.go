package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// open opens the store of a database that no server runs on.
func (d *database) open(ctx context.Context) (*store.Store, error) {
	o := store.Options{Engine: store.SQLite, DSN: filepath.Join(d.data, "aiwfe-auth.db"), Log: slog.New(slog.DiscardHandler)}
	if d.engine == onPostgres {
		o.Engine, o.DSN, o.MaxConns = store.Postgres, strings.TrimPrefix(d.settings[0], "DATABASE_URL="), 4
	}
	return store.Open(ctx, o)
}

// compareSweeps times a sweep that finds nothing to delete: what it costs every ten minutes, whatever there is.
func (w *world) compareSweeps(ctx context.Context, engine string, small, large *database) (bench.Row, error) {
	few, err := small.open(ctx)
	if err != nil {
		return bench.Row{}, err
	}
	defer few.Close()
	many, err := large.open(ctx)
	if err != nil {
		return bench.Row{}, err
	}
	defer many.Close()
	var a, b []float64
	for range 4 * rounds {
		for s, to := range map[*store.Store]*[]float64{few: &a, many: &b} {
			began := time.Now()
			if err := s.Sweep(ctx, began, sweepKeep); err != nil {
				return bench.Row{}, err
			}
			*to = append(*to, float64(time.Since(began).Microseconds()))
		}
	}
	r := bench.Row{
		ID: "growth-" + engine[:3] + "-sweep", What: w.growthOn(engine) + "time of a sweep that finds nothing", Unit: "µs",
		Got: bench.Median(b), Against: "1000 rows", Baseline: bench.Median(a), Ratio: bench.Median(bench.Quotients(b, a)),
	}
	return r.AtMost(1.1), nil
}

// sweepKeep is longer than the oldest row of the seeder.
var sweepKeep = store.Keep{
	Sessions: 90 * 24 * time.Hour, Devices: 400 * 24 * time.Hour, Attempts: 30 * 24 * time.Hour, Links: 30 * 24 * time.Hour,
	Revocations: time.Hour, Challenges: time.Hour, Letters: 30 * 24 * time.Hour, Reports: 7 * 24 * time.Hour, AttemptRows: 1_000_000,
}
