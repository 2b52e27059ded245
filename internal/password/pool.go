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
	// Waiting is the length of the queue, Sources how many addresses it is of.
	Waiting, Sources int
	// Wait is what a job that came now would probably wait.
	Wait time.Duration
	// Refused counts the jobs that were told to come back later, Left those
	// whose client went away before their hash began.
	Refused, Left uint64
}

// pool lets only so many hashes run at a time. The rest waits, each address in
// its turn, and nobody longer than maxWait.
type pool struct {
	maxWait time.Duration
	now     func() time.Time
	waited  func(time.Duration)
	threads *threads

	mu    sync.Mutex
	stats Stats
	queue queue
	under time.Duration // expected cost of what runs
	// coming is that of jobs that found room and are on their way: an attempt is
	// counted and an account looked up in between.
	coming time.Duration
}

func newPool(workers int, maxWait time.Duration, now func() time.Time, waited func(time.Duration)) *pool {
	return &pool{
		maxWait: maxWait, now: now, waited: waited, threads: newThreads(workers),
		stats: Stats{Workers: workers}, queue: newQueue(),
	}
}

// job is work that is expected to cost so much.
type job struct {
	cost time.Duration
	// patient work waits as long as it takes: the measuring in the background.
	patient bool
	run     func()
}

// do runs the job when it is its turn and says when it began. A job whose
// client went away, or for whom the queue is too long, never runs.
func (p *pool) do(ctx context.Context, j job) (began time.Time, err error) {
	asked := p.now()
	from := p.from(ctx)
	w, err := p.join(ctx, j, from)
	if err == nil && w != nil {
		err = p.wait(ctx, w, p.left(from))
	}
	if err != nil {
		return time.Time{}, err
	}
	defer p.end(j)
	began = p.now()
	p.waited(began.Sub(asked))
	p.threads.do(j.run)
	return began, nil
}

// join begins at once where a worker is free, and else enters the queue.
func (p *pool) join(ctx context.Context, j job, from *source) (*waiter, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(from)
	if ctx.Err() != nil {
		p.stats.Left++
		return nil, gone(ctx)
	}
	if p.stats.Running < p.stats.Workers {
		p.begin(j)
		return nil, nil
	}
	if !j.patient && !p.makeRoom(from, j.cost) {
		p.stats.Refused++
		return nil, overloaded(p.expected())
	}
	w := &waiter{job: j, source: from.network, turn: make(chan struct{})}
	p.queue.push(w)
	return w, nil
}

// full is reached before the bound is: an estimate may be wrong, and whoever is
// let in should not be sent away later, having waited in vain.
func (p *pool) full(from *source) bool { return p.expected() > p.left(from)*3/4 }

// makeRoom says whether a job may enter. Where the queue is full, it takes the
// place of the source that holds more of it than this one would.
func (p *pool) makeRoom(from *source, cost time.Duration) bool {
	if !p.full(from) {
		return true
	}
	out := p.queue.greediest(p.queue.holds(from.network) + cost)
	if out == nil || out.patient {
		return false
	}
	p.queue.remove(out)
	p.stats.Refused++
	out.turned = true
	close(out.turn)
	return true
}

// wait stands in the queue until it is the job's turn.
func (p *pool) wait(ctx context.Context, w *waiter, left time.Duration) error {
	var late <-chan time.Time
	if !w.patient {
		t := time.NewTimer(left)
		defer t.Stop()
		late = t.C
	}
	select {
	case <-w.turn:
		if w.turned {
			return overloaded(p.maxWait)
		}
		if ctx.Err() == nil {
			return nil
		}
		p.end(w.job) // both were ready, and a hash for nobody is one too many
		p.count(&p.stats.Left)
		return gone(ctx)
	case <-ctx.Done():
		return p.leave(w, &p.stats.Left, gone(ctx))
	case <-late:
		return p.leave(w, &p.stats.Refused, overloaded(p.maxWait))
	}
}

// leave takes a job that never ran out of the queue. One whose turn came at
// that very moment hands it on.
func (p *pool) leave(w *waiter, count *uint64, why error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.queue.remove(w) {
		if w.turned {
			return overloaded(p.maxWait) // and counted already
		}
		p.finish(w.job)
	}
	*count++
	return why
}

func (p *pool) count(which *uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*which++
}

func (p *pool) begin(j job) {
	p.stats.Running++
	p.under += j.cost
}

func (p *pool) end(j job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish(j)
}

// finish hands the worker on to whose turn it is.
func (p *pool) finish(j job) {
	p.stats.Running--
	p.under -= j.cost
	if w := p.queue.pop(); w != nil {
		p.begin(w.job)
		close(w.turn)
	}
}

// expected is what a job that comes now would probably wait; what runs is taken
// to be half done.
func (p *pool) expected() time.Duration {
	if p.stats.Running < p.stats.Workers && p.coming == 0 {
		return 0
	}
	return (p.queue.cost + p.coming + p.under/2) / time.Duration(p.stats.Workers)
}

func (p *pool) snapshot() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stats
	s.Wait, s.Waiting, s.Sources = p.expected(), p.queue.len, len(p.queue.turns)
	return s
}

// room says whether a job of the source would be let in, and keeps it a place.
func (p *pool) room(from *source, cost time.Duration, keep bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.full(from) && p.queue.greediest(p.queue.holds(from.network)+cost) == nil {
		p.stats.Refused++
		return overloaded(p.expected())
	}
	if keep {
		p.keep(from, cost)
	}
	return nil
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
