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
// httputil.ReverseProxy, both in front of the same application.
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
	base := &contender{name: "bare ReverseProxy", on: plain}
	bearer := &contender{name: "request through the gateway by bearer token", on: front}
	cookie := &contender{name: "request through the gateway by cookie", on: front}
	p, err := front.signIn(ctx, watcher)
	if err != nil {
		return nil, err
	}
	var err1, err2, err3 error
	base.wires, err1 = plain.get("/hello")
	bearer.wires, err2 = front.get("/hello", "Authorization: Bearer "+p.token)
	cookie.wires, err3 = front.get("/hello", "Cookie: "+p.cookie)
	if err := errors.Join(err1, err2, err3, w.race(ctx, rounds, base, bearer, cookie)); err != nil {
		return nil, err
	}
	return []bench.Row{
		rateRow("rate-gateway-bearer", bearer, base).AtLeast(0.85),
		rateRow("rate-gateway-cookie", cookie, base).AtLeast(0.85),
		cpuRow("cpu-gateway-bearer", bearer, base),
		cpuRow("cpu-gateway-cookie", cookie, base),
	}, nil
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
