package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// storms asks for session checks at 100 a second, alone and while so many clients sign in without pause.
func storms(ctx context.Context, w *world) ([]bench.Row, error) {
	n, err := w.everydayNode(ctx, onSQLite, "cached")
	if err != nil {
		return nil, err
	}
	var rows []bench.Row
	for _, clients := range []int{16, 64, 256} {
		more, err := w.storm(ctx, n, clients)
		if err != nil {
			return rows, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// storm is one storm, and the calm before it.
func (w *world) storm(ctx context.Context, n *node, clients int) ([]bench.Row, error) {
	p, err := n.signIn(ctx, watcher)
	if err != nil {
		return nil, err
	}
	wires, err := n.get("/api/v1/auth/status", "Authorization: Bearer "+p.token)
	if err != nil {
		return nil, err
	}
	checks := bench.Steady{Wires: wires, Rate: 100, Length: 2 * w.length}
	alone, _, err := checks.Run(ctx)
	if err != nil {
		return nil, err
	}
	logins, calm, err := n.flood(ctx, clients)
	if err != nil {
		return nil, err
	}
	time.Sleep(w.length / 2)
	checks.Length = 3 * w.length
	busy, late, err := checks.Run(ctx)
	calm()
	flood := <-logins
	if err != nil {
		return nil, err
	}
	return stormRows(clients, alone, busy, late, flood), nil
}

// flood signs in without pause until calm is called. Who is refused comes again after 10 ms.
func (n *node) flood(ctx context.Context, clients int) (result chan bench.Result, calm func(), err error) {
	wires, err := n.loginWires(ctx)
	if err != nil {
		return nil, nil, err
	}
	ctx, calm = context.WithCancel(ctx)
	result = make(chan bench.Result, 1)
	load := bench.Load{Wires: wires, Clients: clients, Length: time.Hour, Pause: 10 * time.Millisecond}
	go func() {
		got, _ := load.Run(ctx)
		result <- got
	}()
	return result, calm, nil
}

func stormRows(clients int, alone, busy bench.Result, late []time.Duration, flood bench.Result) []bench.Row {
	id := fmt.Sprintf("storm-%d", clients)
	due := len(busy.Took) + busy.Broken
	p99 := bench.Row{
		ID: id + "-p99", What: fmt.Sprintf("session check at 100/s while %d clients sign in, p99", clients), Unit: "ms",
		Got: bench.Quantile(busy.Good, 0.99), Against: "alone", Baseline: bench.Quantile(alone.Good, 0.99),
	}
	p99.Ratio = p99.Got / p99.Baseline
	p99 = p99.AtMost(max(5/p99.Baseline, 2))
	p99.Goal = "≤ 5 ms or 2 × alone"
	p99.Note = fmt.Sprintf("p50 %.1f; the generator was late by %.1f", bench.Quantile(busy.Good, 0.5), bench.Quantile(late, 0.99))
	return []bench.Row{
		p99,
		bench.Row{
			ID: id + "-answered", What: fmt.Sprintf("of these answered, %d clients", clients), Unit: "%",
			Got: 100 * float64(len(busy.Good)) / float64(due),
		}.AtLeast(100),
		{
			ID: id + "-logins", What: fmt.Sprintf("logins a second meanwhile, %d clients", clients), Unit: "/s", Got: flood.Rate(),
			Note: fmt.Sprintf("p99 %.0f ms, refused %d, without an answer %d", bench.Quantile(flood.Good, 0.99),
				len(flood.Took)-len(flood.Good), flood.Broken),
		},
	}
}
