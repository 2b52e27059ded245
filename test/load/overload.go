package main

import (
	"context"
	"fmt"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// overloads sends ten times as many logins as the machine can hash, whether or not the earlier ones are answered.
func overloads(ctx context.Context, w *world) ([]bench.Row, error) {
	n, err := w.everydayNode(ctx, onSQLite, "cached")
	if err != nil {
		return nil, err
	}
	wires, err := n.loginWires(ctx)
	if err != nil {
		return nil, err
	}
	var limits []float64
	for range 3 {
		limit, err := w.hashRate(ctx, "argon2id", w.length)
		if err != nil {
			return nil, err
		}
		limits = append(limits, limit)
	}
	limit := bench.Median(limits)
	got, late, err := bench.Steady{Wires: wires, Rate: 10 * limit, Length: 4 * w.length}.Run(ctx)
	if err != nil {
		return nil, err
	}
	note := fmt.Sprintf("statuses %v, refusals p99 %.0f ms, without an answer %d; the generator was late by %.0f ms",
		got.Statuses, bench.Quantile(got.Bad, 0.99), got.Broken, bench.Quantile(late, 0.99))
	return []bench.Row{
		bench.Row{
			ID: "overload-wait", What: "longest wait under 10 times the logins that can be", Got: bench.Quantile(got.Took, 1) / 1000, Unit: "s",
		}.AtMost(2),
		bench.Row{
			ID: "overload-goodput", What: "logins a second then", Got: got.Rate(), Unit: "/s", Against: "argon2id on all processors",
			Baseline: limit, Ratio: got.Rate() / limit, Note: note,
		}.AtLeast(0.9),
	}, nil
}
