package trace

import (
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of what is kept. Beyond each the oldest go first.
const (
	// Keep is how long rows stay.
	Keep = 7 * 24 * time.Hour
	// MostRows in all, MostOfNetwork of one client's network.
	MostRows      = 100_000
	MostOfNetwork = 10_000

	// In one second so many are taken at most, and so many of one network.
	perSecond        = 200
	perSecondNetwork = 60
)

// Writer keeps rows.
type Writer interface {
	// PutTraces writes rows in one transaction.
	PutTraces(ctx context.Context, rows ...*Row) error
	// TrimTraces drops rows older than before, those of a network beyond
	// ofNetwork, and all beyond most, the oldest first.
	TrimTraces(ctx context.Context, before time.Time, most, ofNetwork int) error
}

// Recorder gathers rows in memory and writes them once a second.
type Recorder struct {
	store Writer
	log   *slog.Logger
	now   func() time.Time

	mu    sync.Mutex
	rows  []*Row
	of    map[string]int
	past  *past
	lost  atomic.Int64
	wrote atomic.Bool

	seed maphash.Seed
	good [8192]good
}

// NewRecorder writes to store.
func NewRecorder(store Writer, log *slog.Logger, now func() time.Time) (*Recorder, error) {
	if store == nil || log == nil || now == nil {
		return nil, errors.New("trace: store, log and now are needed")
	}
	return &Recorder{
		store: store, log: log, now: now, of: map[string]int{}, past: newPast(), seed: maphash.MakeSeed(),
	}, nil
}

// Remember keeps a request that went well: it is written only if another one
// of the same browser or place is refused soon after.
func (r *Recorder) Remember(row Row) {
	row.cut()
	r.mu.Lock()
	r.past.add(&row)
	r.mu.Unlock()
}

// Keep takes a row to be written, and with it what led to it.
func (r *Recorder) Keep(row Row) {
	row.cut()
	r.mu.Lock()
	defer r.mu.Unlock()
	if row.Refused() {
		for _, before := range r.past.take(&row) {
			r.add(*before)
		}
	}
	r.add(row)
}

// add drops the oldest beyond the bounds: of the same network first, so that
// one client pushes nobody else's rows out.
func (r *Recorder) add(row Row) {
	switch {
	case r.of[row.Network] >= perSecondNetwork:
		r.drop(func(o *Row) bool { return o.Network == row.Network })
	case len(r.rows) >= perSecond:
		r.drop(func(*Row) bool { return true })
	}
	r.rows = append(r.rows, &row)
	r.of[row.Network]++
}

func (r *Recorder) drop(fits func(*Row) bool) {
	for i := range r.rows {
		if fits(r.rows[i]) {
			r.of[r.rows[i].Network]--
			r.rows = append(r.rows[:i], r.rows[i+1:]...)
			r.lost.Add(1)
			return
		}
	}
}

// Lost is how many rows were dropped for the bounds, or could not be written.
func (r *Recorder) Lost() int64 { return r.lost.Load() }

// Run writes once a second until ctx ends, and then once more.
func (r *Recorder) Run(ctx context.Context) {
	every, trim := time.NewTicker(time.Second), time.NewTicker(5*time.Minute)
	defer every.Stop()
	defer trim.Stop()
	for {
		select {
		case <-every.C:
			r.Flush(ctx)
		case <-trim.C:
			r.trim(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			r.Flush(last)
			return
		}
	}
}

// Flush writes what was gathered. What cannot be written now waits for the next
// time, within the same bounds: refusals for want of the database are told of
// once it is back, and they do not fill the memory before.
func (r *Recorder) Flush(ctx context.Context) {
	r.mu.Lock()
	rows := r.rows
	r.rows, r.of = nil, map[string]int{}
	r.mu.Unlock()
	if len(rows) == 0 {
		return
	}
	if err := r.store.PutTraces(ctx, rows...); err != nil {
		r.log.Warn("traces of refused requests could not be written; they are tried again", "rows", len(rows), "error", err)
		r.putBack(rows)
		return
	}
	r.wrote.Store(true)
}

// putBack lets rows wait before those that came meanwhile.
func (r *Recorder) putBack(rows []*Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	late := r.rows
	r.rows, r.of = nil, map[string]int{}
	for _, row := range append(rows, late...) {
		r.add(*row)
	}
}

func (r *Recorder) trim(ctx context.Context) {
	if !r.wrote.Swap(false) {
		return
	}
	if err := r.store.TrimTraces(ctx, r.now().Add(-Keep), MostRows, MostOfNetwork); err != nil && ctx.Err() == nil {
		r.log.Warn("old traces could not be dropped", "error", err)
	}
}
