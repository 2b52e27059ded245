package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// logins compares logins with the bare hash on all processors, in turn.
func logins(ctx context.Context, w *world) ([]bench.Row, error) {
	n, err := w.everydayNode(ctx, onSQLite, "cached")
	if err != nil {
		return nil, err
	}
	wires, err := n.loginWires(ctx)
	if err != nil {
		return nil, err
	}
	var raw, full []float64
	for range rounds {
		limit, err := w.hashRate(ctx, "argon2id")
		if err != nil {
			return nil, err
		}
		got, err := bench.Load{Wires: wires, Clients: 16, Length: w.length}.Run(ctx)
		if err == nil {
			err = got.AllGood()
		}
		if err != nil {
			return nil, err
		}
		raw, full = append(raw, limit), append(full, got.Rate())
	}
	return []bench.Row{bench.Row{
		ID: "logins-argon2id", What: "logins a second, argon2id", Got: bench.Median(full), Unit: "/s",
		Against: "argon2id on all processors", Baseline: bench.Median(raw), Ratio: bench.Median(bench.Quotients(full, raw)),
	}.AtLeast(0.95)}, nil
}

// hashRate is how many hashes a second the machine makes by itself.
func (w *world) hashRate(ctx context.Context, kind string) (float64, error) {
	out, err := exec.CommandContext(ctx, w.self, "hash", kind, fmt.Sprint(w.length.Seconds())).Output()
	if err != nil {
		return 0, fmt.Errorf("hash: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}
