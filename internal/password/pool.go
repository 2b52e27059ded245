package password

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Stats is the pool at one moment.
type Stats struct {
	// Workers is how many hashes may run at once, Running how many do.
	Workers, Running int
	// Waiting is the length of the queue.
	Waiting int
	// Wait is what a job that came now would probably wait.
	Wait time.Duration
	// Refused counts the jobs that were told to come back later, Left those
	// whose client went away before their hash began.
	Refused, Left uint64
}

// pool lets only so many hashes run at a time, the rest in order of arrival.
type pool struct {
	slots   chan struct{}
	maxWait time.Duration
	now     func() time.Time

	mu            sync.Mutex
	stats         Stats
	queued, under time.Duration // expected cost of what waits and of what runs
}

func newPool(workers int, maxWait time.Duration, now func() time.Time) *pool {
	return &pool{
		slots: make(chan struct{}, workers), maxWait: maxWait, now: now,
		stats: Stats{Workers: workers},
	}
}

// job is work that is expected to cost so much.
type job struct {
	cost time.Duration
	// patient work waits as long as it takes: the measuring in the background.
	patient bool
	run     func()
}

// do runs the job when a worker is free and says when it began. A job whose
// client went away, or for whom the queue is too long, never runs.
func (p *pool) do(ctx context.Context, j job) (began time.Time, err error) {
	if err := p.join(ctx, j); err != nil {
		return time.Time{}, err
	}
	var late <-chan time.Time
	if !j.patient {
		// The estimate may be wrong, for instance on a machine that just became
		// slow. Twice the limit is where waiting stops being useful.
		t := time.NewTimer(2 * p.maxWait)
		defer t.Stop()
		late = t.C
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		p.leave(j, &p.stats.Left)
		return time.Time{}, gone(ctx)
	case <-late:
		p.leave(j, &p.stats.Refused)
		return time.Time{}, overloaded(p.maxWait)
	}
	if ctx.Err() != nil { // both were ready, and a hash for nobody is one too many
		<-p.slots
		p.leave(j, &p.stats.Left)
		return time.Time{}, gone(ctx)
	}
	p.start(j)
	defer p.end(j)
	began = p.now()
	j.run()
	return began, nil
}

// join enters the queue, unless it is too long.
func (p *pool) join(ctx context.Context, j job) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil {
		p.stats.Left++
		return gone(ctx)
	}
	if wait := p.wait(); !j.patient && wait > p.maxWait {
		p.stats.Refused++
		return overloaded(wait)
	}
	p.stats.Waiting++
	p.queued += j.cost
	return nil
}

// wait is what a job that comes now would probably wait; what runs is taken to
// be half done.
func (p *pool) wait() time.Duration {
	if p.stats.Running+p.stats.Waiting < p.stats.Workers {
		return 0
	}
	return (p.queued + p.under/2) / time.Duration(p.stats.Workers)
}

func (p *pool) start(j job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stats.Waiting--
	p.stats.Running++
	p.queued -= j.cost
	p.under += j.cost
}

func (p *pool) end(j job) {
	p.mu.Lock()
	p.stats.Running--
	p.under -= j.cost
	p.mu.Unlock()
	<-p.slots
}

// leave takes a job that never ran out of the queue and counts it.
func (p *pool) leave(j job, count *uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stats.Waiting--
	p.queued -= j.cost
	*count++
}

func (p *pool) snapshot() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stats
	s.Wait = p.wait()
	return s
}

func gone(ctx context.Context) error {
	return fmt.Errorf("wait for a hash worker: %w", context.Cause(ctx))
}

// overloaded asks the client to come back when the queue has probably moved on.
func overloaded(wait time.Duration) *fault.Error {
	const most = 10 * time.Second
	after := min(wait.Truncate(time.Second)+time.Second, most)
	return fault.New(api.CodeOverloaded, "hash_queue_full",
		"Too many people are signing in at this moment. Please try again in a few seconds.").After(after)
}
