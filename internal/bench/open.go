package bench

import (
	"context"
	"sync"
	"time"
)

// Steady is an open loop: requests are due at a fixed rate, whether or not the earlier ones are answered. An answer is
// timed from the moment its request was due, so that a server that stalls is charged for all who would have come.
type Steady struct {
	Wires  []Wire
	Rate   float64 // a second
	Length time.Duration
}

// Run sends what is due and waits for all answers. Late is how late the generator itself was with each request.
func (s Steady) Run(ctx context.Context) (out Result, late []time.Duration, err error) {
	calm := hurry()
	defer calm()
	idle := &idle{}
	defer idle.close()
	if err := idle.fill(ctx, s.Wires[0], 8); err != nil {
		return out, nil, err
	}
	n := int(s.Length.Seconds() * s.Rate)
	out = Result{Statuses: map[int]int{}, Length: s.Length}
	late = make([]time.Duration, 0, n)
	var mu sync.Mutex
	var all sync.WaitGroup
	began := time.Now()
	until := began.Add(s.Length)
	for i := 0; i < n && ctx.Err() == nil; i++ {
		due := began.Add(time.Duration(float64(i) * float64(time.Second) / s.Rate))
		time.Sleep(time.Until(due))
		late = append(late, time.Since(due))
		w := s.Wires[i%len(s.Wires)]
		all.Go(func() {
			status := idle.do(ctx, w, until)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			if status == 0 {
				out.Broken++
				return
			}
			out.count(status, took)
		})
	}
	all.Wait()
	return out, late, nil
}

// idle is the connections that wait for the next request.
type idle struct {
	mu    sync.Mutex
	conns []*conn
}

func (p *idle) fill(ctx context.Context, w Wire, n int) error {
	for range n {
		c, err := dial(ctx, w)
		if err != nil {
			return err
		}
		p.conns = append(p.conns, c)
	}
	return nil
}

// do sends w over a connection that waits, or over a new one. It gives 0 when there was no answer.
func (p *idle) do(ctx context.Context, w Wire, until time.Time) int {
	c := p.take()
	if c == nil {
		var err error
		if c, err = dial(ctx, w); err != nil {
			return 0
		}
	}
	c.patient(until)
	status, err := c.do(w)
	if err != nil {
		c.close()
		return status
	}
	p.mu.Lock()
	p.conns = append(p.conns, c)
	p.mu.Unlock()
	return status
}

// take gives the one that waited longest: a server closes those on which nothing
// is asked, and one that was closed would count as a request without an answer.
func (p *idle) take() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.conns) == 0 {
		return nil
	}
	c := p.conns[0]
	p.conns = p.conns[1:]
	return c
}

func (p *idle) close() {
	for _, c := range p.conns {
		c.close()
	}
}
