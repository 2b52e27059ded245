package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

const (
	// rounds is how often a measurement is taken.
	rounds = 5
	// pieces are the turns that each round of a race is cut into: what else goes on
	// on a machine comes and goes within seconds, and would meet one alone.
	pieces = 4
)

// contender is a request whose cost is compared with the others'.
type contender struct {
	name  string
	on    *node
	wires []bench.Wire
	// clients is how many there are at once; 16 when zero.
	clients int
	length  time.Duration // of one measurement; a piece of the world's when zero
	warm    time.Duration // of the warm-up, where a fifth of that is too short
	cpu     []float64     // microseconds of the server's CPU for a request, by round
	rate    []float64     // requests a second
}

// measure drives it for a moment, all clients in a closed loop.
func (c *contender) measure(ctx context.Context, w *world) error {
	length := cmp.Or(c.length, w.length/pieces)
	load := bench.Load{Wires: c.wires, Clients: cmp.Or(c.clients, 16), Length: max(c.warm, length/5)}
	if _, err := load.Run(ctx); err != nil { // warm up
		return err
	}
	load.Length = length
	before, err := c.on.usage()
	if err != nil {
		return err
	}
	done := c.on.profile(w, c.name)
	got, err := load.Run(ctx)
	done()
	if err != nil {
		return err
	}
	after, err := c.on.usage()
	if err != nil {
		return err
	}
	if err := got.AllGood(); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	c.cpu = append(c.cpu, float64(after.Since(before).Nanoseconds())/1000/float64(len(got.Good)))
	c.rate = append(c.rate, got.Rate())
	return nil
}

// race lets all take turns, there and back, so that nobody comes after the same one always.
func (w *world) race(ctx context.Context, turns int, all ...*contender) error {
	order := slices.Clone(all)
	for range turns {
		slices.Reverse(order)
		for _, c := range order {
			if err := c.measure(ctx, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// cpuRow compares the CPU of a request.
func cpuRow(id string, c, base *contender) bench.Row {
	return bench.Row{
		ID: id, What: "CPU of a " + c.name, Got: bench.Median(c.cpu), Unit: "µs", Against: base.name,
		Baseline: bench.Median(base.cpu), Ratio: bench.Median(bench.Quotients(c.cpu, base.cpu)),
	}
}

// rateRow compares requests a second.
func rateRow(id string, c, base *contender) bench.Row {
	return bench.Row{
		ID: id, What: "requests a second, " + c.name, Got: bench.Median(c.rate), Unit: "/s", Against: base.name,
		Baseline: bench.Median(base.rate), Ratio: bench.Median(bench.Quotients(c.rate, base.rate)),
	}
}

// checks compares session checks with the bare handler.
func checks(ctx context.Context, w *world) ([]bench.Row, error) {
	base, err := w.bareContender()
	if err != nil {
		return nil, err
	}
	cached, err := w.everydayNode(ctx, onSQLite, "cached")
	if err != nil {
		return nil, err
	}
	strict, err := w.everydayNode(ctx, onSQLite, "strict", "SESSION_CHECK=strict")
	if err != nil {
		return nil, err
	}
	bearer, err1 := cached.contender(ctx, "session check by bearer token", false)
	cookie, err2 := cached.contender(ctx, "session check by cookie", true)
	read, err3 := strict.contender(ctx, "strict session check", false)
	csrf := &contender{name: "CSRF token", on: cached}
	var err4 error
	csrf.wires, err4 = cached.get("/api/v1/auth/csrf-token")
	if err := errors.Join(err1, err2, err3, err4, w.race(ctx, rounds*pieces, base, bearer, cookie, read, csrf)); err != nil {
		return nil, err
	}
	return []bench.Row{
		cpuRow("cpu-bearer", bearer, base).AtMost(1.3),
		cpuRow("cpu-cookie", cookie, base).AtMost(1.3),
		cpuRow("cpu-strict", read, base).AtMost(3),
		cpuRow("cpu-csrf", csrf, base),
		rateRow("rate-bearer", bearer, base).AtLeast(0.85),
		rateRow("rate-cookie", cookie, base).AtLeast(0.85),
	}, nil
}

// engines compares the check on PostgreSQL through pgbouncer with that on SQLite, the database's own CPU included.
func engines(ctx context.Context, w *world) ([]bench.Row, error) {
	lite, err := w.everydayNode(ctx, onSQLite, "cached")
	if err != nil {
		return nil, err
	}
	big, err := w.everydayNode(ctx, onPostgres, "postgres")
	if err != nil {
		return nil, err
	}
	one, err1 := lite.contender(ctx, "session check on SQLite", false)
	other, err2 := big.contender(ctx, "session check on PostgreSQL through pgbouncer, theirs included", false)
	if err := errors.Join(err1, err2, w.race(ctx, rounds*pieces, one, other)); err != nil {
		return nil, err
	}
	return []bench.Row{cpuRow("cpu-postgres", other, one).AtMost(1.1)}, nil
}

func (w *world) bareContender() (*contender, error) {
	wires, err := w.bare.get("/hello")
	return &contender{name: "bare handler", on: w.bare, wires: wires}, err
}

// contender is a session check of somebody who signs in for it.
func (n *node) contender(ctx context.Context, name string, cookie bool) (*contender, error) {
	p, err := n.signIn(ctx, watcher)
	if err != nil {
		return nil, err
	}
	shown := "Authorization: Bearer " + p.token
	if cookie {
		shown = "Cookie: " + p.cookie
	}
	wires, err := n.get("/api/v1/auth/status", shown)
	return &contender{name: name, on: n, wires: wires}, err
}
