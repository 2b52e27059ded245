package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	binary   = "bin/aiwfe-auth"
	password = "a sentence only for measuring"
	// people is how many accounts the logins are spread over.
	people  = 50
	watcher = "watcher@example.com"
)

func person(i int) string { return fmt.Sprintf("person%d@example.com", i%people) }

// world is what is measured, and what it is measured against.
type world struct {
	folder, self string
	length       time.Duration // of one measurement
	bare         *node
	nodes        map[string]*node
	all          []*node // in the order of their start
}

// newWorld builds the program as it ships, makes a database with people in it, and starts the bare handler.
func newWorld(ctx context.Context, length time.Duration) (*world, error) {
	build := exec.CommandContext(ctx, "make", "-s", "build")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	folder, err := os.MkdirTemp("", "aiwfe-load-")
	if err != nil {
		return nil, err
	}
	w := &world{folder: folder, length: length, nodes: map[string]*node{}}
	if w.self, err = os.Executable(); err != nil {
		return nil, err
	}
	for i := range people + 1 {
		email := person(i)
		if i == people {
			email = watcher // nobody else signs in as the one whose session is looked at in a storm
		}
		if err := w.verb(ctx, w.template(), "user", "create", "--email", email, "--password-stdin"); err != nil {
			return nil, err
		}
	}
	w.bare, err = w.startBare(ctx)
	return w, err
}

// template is the environment of the database that others are copied from.
func (w *world) template() []string { return w.env(filepath.Join(w.folder, "template"), "127.0.0.1:0") }

// env is the environment of a server that listens at addr.
func (w *world) env(data, addr string, more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.folder, "ENVIRONMENT=test", "LOG_FORMAT=json",
		"DATA_DIR=" + data, "LISTEN_ADDR=" + addr, "PUBLIC_URL=http://" + strings.Replace(addr, ":0", ":1", 1),
		"LOGIN_LIMIT_ADDRESS=1000000/1m", "LOGIN_LIMIT_ACCOUNT=1000000/1m",
	}, more...)
}

func (w *world) verb(ctx context.Context, env []string, args ...string) error {
	c := exec.CommandContext(ctx, binary, args...)
	c.Env, c.Stdin = env, strings.NewReader(password)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w: %s", args, err, out)
	}
	return nil
}

// stop ends what start began, and nothing else.
func (w *world) stop() {
	for _, n := range w.all {
		n.stop()
	}
	_ = os.RemoveAll(w.folder)
}
