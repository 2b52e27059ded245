package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// gateways compares requests through the gateway with those through a bare
// httputil.ReverseProxy, both in front of the same application and asked the same.
func gateways(ctx context.Context, w *world) ([]bench.Row, error) {
	app := w.bare.url
	plain, err := w.startPlain(ctx, "plain", "proxy", app)
	if err != nil {
		return nil, err
	}
	front, err := w.everydayNode(ctx, onSQLite, "gateway", "UPSTREAM_URL="+app)
	if err != nil {
		return nil, err
	}
	front.url = strings.Replace(front.url, "127.0.0.1", "localhost", 1) // the host of PUBLIC_URL
	p, err := front.signIn(ctx, watcher)
	if err != nil {
		return nil, err
	}
	var rows []bench.Row
	for _, way := range []struct{ id, name, shown string }{
		{"bearer", "request through the gateway by bearer token", "Authorization: Bearer " + p.token},
		{"cookie", "request through the gateway by cookie", "Cookie: " + p.cookie},
	} {
		base := &contender{name: "bare ReverseProxy, same request", on: plain}
		ours := &contender{name: way.name, on: front}
		var err1, err2 error
		base.wires, err1 = plain.get("/hello", way.shown)
		ours.wires, err2 = front.get("/hello", way.shown)
		if err := errors.Join(err1, err2, w.race(ctx, rounds*pieces, base, ours)); err != nil {
			return rows, err
		}
		rows = append(rows, rateRow("rate-gateway-"+way.id, ours, base).AtLeast(0.85), cpuRow("cpu-gateway-"+way.id, ours, base))
	}
	return rows, nil
}

// startPlain runs the baseline program as what its further arguments say.
func (w *world) startPlain(ctx context.Context, name string, as ...string) (*node, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	n := &node{
		name: name, url: "http://" + addr, ready: "/hello", log: filepath.Join(w.folder, name+".log"),
		args: append([]string{w.bareBinary(), addr}, as...), env: os.Environ(),
	}
	w.all = append(w.all, n)
	return n, n.start(ctx)
}
