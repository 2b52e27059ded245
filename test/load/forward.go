package main

import (
	"context"
	"errors"
	"net/url"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// forwards compares the question of a proxy with the bare handler, and with one
// that is asked the same and answers as many headers; and gives how long a proxy
// waits for it.
func forwards(ctx context.Context, w *world) ([]bench.Row, error) {
	front, err := w.everydayNode(ctx, onSQLite, "front", "TRUSTED_PROXIES=127.0.0.1/32")
	if err != nil {
		return nil, err
	}
	question, err := front.forwardQuestion(ctx)
	if err != nil {
		return nil, err
	}
	base, err1 := w.bareContender()
	asked := &contender{name: "forward-auth check", on: front}
	same := &contender{name: "bare handler, as many headers", on: w.bare}
	var err2, err3 error
	asked.wires, err2 = front.get("/api/v1/auth/forward", question...)
	same.wires, err3 = w.bare.get("/headers", question...)
	if err := errors.Join(err1, err2, err3, w.race(ctx, rounds*pieces, base, asked, same)); err != nil {
		return nil, err
	}
	got, err := bench.Load{Wires: asked.wires, Clients: 1, Length: w.length}.Run(ctx)
	if err := errors.Join(err, got.AllGood()); err != nil {
		return nil, err
	}
	alike := cpuRow("cpu-forward-alike", asked, same)
	alike.What += ", the headers aside"
	return []bench.Row{
		cpuRow("cpu-forward", asked, base).AtMost(1.3),
		alike,
		bench.Row{ID: "forward-median", What: "forward-auth check, one after the other: median", Got: bench.Quantile(got.Good, 0.5), Unit: "ms"}.AtMost(1),
	}, nil
}

// forwardQuestion is what a proxy asks about a request of somebody who signs in for it.
func (n *node) forwardQuestion(ctx context.Context) ([]string, error) {
	p, err := n.signIn(ctx, watcher)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(public)
	if err != nil {
		return nil, err
	}
	return []string{
		"Cookie: " + p.cookie, "X-Forwarded-Method: GET", "X-Forwarded-Proto: " + u.Scheme,
		"X-Forwarded-Host: " + u.Host, "X-Forwarded-Uri: /reports/2026?page=2", "X-Forwarded-For: 127.0.0.1",
	}, nil
}
