package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// node is one running server.
type node struct {
	name, url, ready string
	db               *database
	cmd              *exec.Cmd
	args, env        []string
	log              string
	profiles         int
}

// everydayNode gives the server of that name over a small database of its own, started when it is asked for first.
func (w *world) everydayNode(ctx context.Context, engine, name string, settings ...string) (*node, error) {
	if n := w.nodes[name]; n != nil {
		return n, nil
	}
	d, err := w.fill(ctx, engine, name, everyday, settings...)
	if err != nil {
		return nil, err
	}
	return w.node(ctx, name, d, settings...)
}

// node starts a server over a database.
func (w *world) node(ctx context.Context, name string, d *database, settings ...string) (*node, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	n := &node{
		name: name, url: "http://" + addr, ready: "/api/health/ready", db: d, log: filepath.Join(w.folder, name+".log"),
		args: []string{w.binary, "serve"}, env: append(w.env(d, append(d.settings, settings...)...), "LISTEN_ADDR="+addr),
	}
	w.all = append(w.all, n)
	w.nodes[name] = n
	return n, n.start(ctx)
}

func (w *world) startBare(ctx context.Context) (*node, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	n := &node{
		name: "bare", url: "http://" + addr, ready: "/hello", log: filepath.Join(w.folder, "bare.log"),
		args: []string{w.bareBinary(), addr}, env: os.Environ(),
	}
	w.all = append(w.all, n)
	return n, n.start(ctx)
}

// start runs it until it is ready.
func (n *node) start(ctx context.Context) error {
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	n.cmd = exec.CommandContext(ctx, n.args[0], n.args[1:]...) //nolint:gosec // our own programs
	n.cmd.Env, n.cmd.Stderr = n.env, log
	if err := n.cmd.Start(); err != nil {
		return err
	}
	for range 20000 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.url+n.ready, nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("%s never answered", n.url+n.ready)
}

// usage is what it and its database have used of the processors.
func (n *node) usage() (bench.Usage, error) {
	all := []int{n.cmd.Process.Pid}
	if n.db != nil {
		all = append(all, bench.Families(n.db.pids...)...)
	}
	return bench.UsageOfAll(all...)
}

func (n *node) stop() {
	if n.cmd != nil && n.cmd.Process != nil {
		_ = n.cmd.Process.Signal(os.Interrupt)
		_ = n.cmd.Wait()
	}
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}
