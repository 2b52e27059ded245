package main

import (
	"context"
	"os"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// sizes are the binary, and the memory of a server that nobody has asked anything yet.
func sizes(ctx context.Context, w *world) ([]bench.Row, error) {
	info, err := os.Stat(w.binary)
	if err != nil {
		return nil, err
	}
	n, err := w.everydayNode(ctx, onSQLite, "cached")
	if err != nil {
		return nil, err
	}
	time.Sleep(8 * time.Second) // past what the start itself does
	got, err := bench.PSS(n.cmd.Process.Pid)
	return []bench.Row{
		bench.Row{ID: "binary", What: "stripped binary", Got: float64(info.Size()) / 1e6, Unit: "MB"}.AtMost(45),
		bench.Row{ID: "idle-pss", What: "memory when idle (PSS)", Got: got, Unit: "MiB"}.AtMost(25),
	}, err
}

// colds starts the program over a database that is migrated, and the bare binary, in turn, to the first good answer.
func colds(ctx context.Context, w *world) ([]bench.Row, error) {
	n, err := w.everydayNode(ctx, onSQLite, "cold")
	if err != nil {
		return nil, err
	}
	var own, bare []float64
	for range 2*rounds + 1 {
		for node, to := range map[*node]*[]float64{n: &own, w.bare: &bare} {
			node.stop()
			began := time.Now()
			if err := node.start(ctx); err != nil {
				return nil, err
			}
			*to = append(*to, float64(time.Since(began).Microseconds())/1000)
		}
	}
	n.stop()
	return []bench.Row{bench.Row{
		ID: "cold", What: "cold start to the first ready answer", Got: bench.Median(own), Unit: "ms", Against: "a bare binary",
		Baseline: bench.Median(bare), Ratio: bench.Median(bench.Quotients(own, bare)),
	}.AtMost(2)}, nil
}
