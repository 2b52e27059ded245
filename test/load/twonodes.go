package main

import (
	"context"
	"errors"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// twoNodes compares the CPU of a check on two nodes at once with that on one, pgbouncer's and PostgreSQL's included.
func twoNodes(ctx context.Context, w *world) ([]bench.Row, error) {
	a, b, err := w.pair(ctx, "postgres")
	if err != nil {
		return nil, err
	}
	p, err := a.signIn(ctx, watcher)
	if err != nil {
		return nil, err
	}
	shown := "Authorization: Bearer " + p.token
	one, err1 := a.get("/api/v1/auth/status", shown)
	two, err2 := b.get("/api/v1/auth/status", shown)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	var alone, both []float64
	for range rounds {
		single, err := w.spend(ctx, []*node{a}, one)
		if err != nil {
			return nil, err
		}
		double, err := w.spend(ctx, []*node{a, b}, one, two)
		if err != nil {
			return nil, err
		}
		alone, both = append(alone, single), append(both, double)
	}
	return []bench.Row{bench.Row{
		ID: "cpu-two-nodes", What: "CPU of a session check, two nodes", Got: bench.Median(both), Unit: "µs", Against: "one node",
		Baseline: bench.Median(alone), Ratio: bench.Median(bench.Quotients(both, alone)),
	}.AtMost(1.1)}, nil
}

// spend drives the targets at once, 16 clients in all, and gives the microseconds of CPU of a request.
func (w *world) spend(ctx context.Context, nodes []*node, targets ...[]bench.Wire) (float64, error) {
	usage := func() (bench.Usage, error) {
		pids := bench.Families(nodes[0].db.pids...)
		for _, n := range nodes {
			pids = append(pids, n.cmd.Process.Pid)
		}
		return bench.UsageOfAll(pids...)
	}
	before, err := usage()
	if err != nil {
		return 0, err
	}
	type outcome struct {
		r   bench.Result
		err error
	}
	results := make(chan outcome)
	for _, wires := range targets {
		go func() {
			r, err := bench.Load{Wires: wires, Clients: 16 / len(targets), Length: w.length}.Run(ctx)
			if err == nil {
				err = r.AllGood()
			}
			results <- outcome{r, err}
		}()
	}
	sum := 0
	for range targets {
		o := <-results
		err = errors.Join(err, o.err)
		sum += len(o.r.Good)
	}
	if err != nil {
		return 0, err
	}
	after, err := usage()
	return float64(after.Since(before).Nanoseconds()) / 1000 / float64(sum), err
}
