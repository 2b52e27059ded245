package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Load is a closed loop: so many clients, each sending its next request when the last one is answered.
type Load struct {
	Wires   []Wire // sent in turn
	Clients int
	Length  time.Duration
	// Pause is how long a client waits after an answer of 429 or 503.
	Pause time.Duration
}

// Result is what came of a measurement.
type Result struct {
	Took     []time.Duration // of each answer, refusals included
	Good     []time.Duration // of the answers of status 2xx
	Bad      []time.Duration // of the others
	Statuses map[int]int
	Broken   int // no answer: refused, reset, or waited for too long
	Length   time.Duration
}

// Rate is good answers a second.
func (r Result) Rate() float64 { return float64(len(r.Good)) / r.Length.Seconds() }

// AllGood is an error unless each request was answered with 2xx: a figure of refusals would be flattering and wrong.
func (r Result) AllGood() error {
	if r.Broken > 0 || len(r.Good) != len(r.Took) || len(r.Good) == 0 {
		return fmt.Errorf("%d of %d requests were answered well; statuses %v, without an answer %d",
			len(r.Good), len(r.Took)+r.Broken, r.Statuses, r.Broken)
	}
	return nil
}

// Run sends until the time is over, or ctx ends; what is under way then is waited for and counted.
func (l Load) Run(ctx context.Context) (Result, error) {
	conns := make([]*conn, l.Clients)
	for i := range conns {
		c, err := dial(ctx, l.Wires[0])
		if err != nil {
			return Result{}, err
		}
		conns[i] = c
	}
	var turn atomic.Uint64
	var all sync.WaitGroup
	parts := make([]Result, l.Clients)
	began := time.Now()
	until := began.Add(l.Length)
	for i, c := range conns {
		all.Go(func() { parts[i] = l.client(ctx, c, &turn, until) })
	}
	all.Wait()
	out := Result{Statuses: map[int]int{}, Length: time.Since(began)}
	for _, p := range parts {
		out.add(p)
	}
	return out, nil
}

// client is one of the clients, from its first request to its last.
func (l Load) client(ctx context.Context, c *conn, turn *atomic.Uint64, until time.Time) Result {
	r := Result{Statuses: map[int]int{}}
	defer func() { c.close() }()
	c.patient(until)
	for now := time.Now(); now.Before(until) && ctx.Err() == nil; {
		w := l.Wires[turn.Add(1)%uint64(len(l.Wires))]
		status, err := c.do(w)
		end := time.Now()
		if status != 0 {
			r.count(status, end.Sub(now))
		} else {
			r.Broken++
		}
		if err != nil {
			c.close()
			next, err := redial(ctx, w, until)
			if err != nil {
				return r
			}
			c = next
		}
		if l.Pause > 0 && (status == 503 || status == 429) {
			time.Sleep(l.Pause)
			end = time.Now()
		}
		now = end
	}
	return r
}

// redial connects anew, until it is time to end.
func redial(ctx context.Context, w Wire, until time.Time) (*conn, error) {
	for ctx.Err() == nil && time.Now().Before(until) {
		if c, err := dial(ctx, w); err == nil {
			c.patient(until)
			return c, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, errors.New("it is time to end")
}

func (r *Result) count(status int, took time.Duration) {
	r.Statuses[status]++
	r.Took = append(r.Took, took)
	if status >= 200 && status < 300 {
		r.Good = append(r.Good, took)
	} else {
		r.Bad = append(r.Bad, took)
	}
}

func (r *Result) add(p Result) {
	r.Took = append(r.Took, p.Took...)
	r.Good = append(r.Good, p.Good...)
	r.Bad = append(r.Bad, p.Bad...)
	r.Broken += p.Broken
	for status, n := range p.Statuses {
		r.Statuses[status] += n
	}
}
