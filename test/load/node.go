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
	url, ready string
	cmd        *exec.Cmd
	args, env  []string
	log        string
}

// sqlite gives the server of that name, started with a database of its own when it is asked for first.
func (w *world) sqlite(ctx context.Context, name string, settings ...string) (*node, error) {
	if n := w.nodes[name]; n != nil {
		return n, nil
	}
	data := filepath.Join(w.folder, name)
	if err := os.CopyFS(data, os.DirFS(filepath.Join(w.folder, "template"))); err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	n := &node{
		url: "http://" + addr, ready: "/api/health/ready", log: filepath.Join(w.folder, name+".log"),
		args: []string{binary, "serve"}, env: w.env(data, addr, settings...),
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
		url: "http://" + addr, ready: "/hello", log: filepath.Join(w.folder, "bare.log"),
		args: []string{w.self, "bare", addr}, env: os.Environ(),
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
	for range 8000 {
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

// usage is what it has used of the processors.
func (n *node) usage() (bench.Usage, error) { return bench.UsageOf(n.cmd.Process.Pid) }

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
