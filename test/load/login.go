package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// logins compares logins with the bare hash on all processors, in turn.
func logins(ctx context.Context, w *world) ([]bench.Row, error) {
	var rows []bench.Row
	for _, kind := range []struct {
		id, name, raw string
		length        time.Duration
		settings      []string
	}{
		{"logins-argon2id", "argon2id", "argon2id", w.length, nil},
		// Dear hashes are measured for longer: at the end one processor waits for the other.
		{"logins-bcrypt-10", "bcrypt 10", "10", 2 * w.length, []string{"PASSWORD_HASH=bcrypt", "PASSWORD_UPGRADE=off"}},
		{"logins-bcrypt-12", "bcrypt 12", "12", 2 * w.length, []string{"PASSWORD_HASH=bcrypt"}},
	} {
		name := "cached"
		if kind.settings != nil {
			name = kind.id
		}
		n, err := w.everydayNode(ctx, onSQLite, name, kind.settings...)
		if err != nil {
			return rows, err
		}
		full, raw, err := w.loginRates(ctx, n, kind.raw, kind.length)
		if err != nil {
			return rows, err
		}
		rows = append(rows, bench.Row{
			ID: kind.id, What: "logins a second, " + kind.name, Got: bench.Median(full), Unit: "/s", Against: "the hash on all processors",
			Baseline: bench.Median(raw), Ratio: bench.Median(bench.Quotients(full, raw)),
		}.AtLeast(0.95))
	}
	return rows, nil
}

// loginRates are logins, and the hash alone, by round.
func (w *world) loginRates(ctx context.Context, n *node, raw string, length time.Duration) (full, alone []float64, err error) {
	wires, err := n.loginWires(ctx)
	if err != nil {
		return nil, nil, err
	}
	// The server learns what hashes take here: at first it takes them to be as dear as new ones.
	warm := bench.Load{Wires: wires, Clients: 4, Length: w.length / 2}
	if _, err := warm.Run(ctx); err != nil {
		return nil, nil, err
	}
	for range rounds {
		limit, err := w.hashRate(ctx, raw, length)
		if err != nil {
			return nil, nil, err
		}
		// Fewer clients for the dear hash, or the last would wait for longer than the queue lets them.
		done := n.profile(w, "logins")
		got, err := bench.Load{Wires: wires, Clients: min(16, max(4, int(limit))), Length: length}.Run(ctx)
		done()
		if err == nil {
			err = got.AllGood()
		}
		if err != nil {
			return nil, nil, err
		}
		alone, full = append(alone, limit), append(full, got.Rate())
	}
	return full, alone, nil
}

// hashRate is how many hashes a second the machine makes by itself.
func (w *world) hashRate(ctx context.Context, kind string, length time.Duration) (float64, error) {
	out, err := exec.CommandContext(ctx, w.self, "hash", kind, fmt.Sprint(length.Seconds())).Output()
	if err != nil {
		return 0, fmt.Errorf("hash: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}
