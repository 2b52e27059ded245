package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const (
	password = "a sentence only for measuring"
	// public is PUBLIC_URL of all: tokens name it, and those of the seeder must count on each node.
	public = "http://localhost:8080"
)

// world is what is measured, and what it is measured against.
type world struct {
	folder, self string
	binary       string // the program as it ships, or with profiles in it
	options      options
	length       time.Duration // of one measurement
	bare         *node
	nodes        map[string]*node
	all          []*node // in the order of their start
	scene        *scene
	pg           *ground.PG
	bouncer      *ground.Bouncer
}

// newWorld builds the program as it ships and starts the bare handler.
func newWorld(ctx context.Context, o options) (*world, error) {
	w := &world{options: o, length: o.length, nodes: map[string]*node{}, scene: &scene{}}
	var err error
	if w.folder, err = os.MkdirTemp("", "aiwfe-load-"); err != nil {
		return w, err
	}
	if w.self, err = os.Executable(); err != nil {
		return w, err
	}
	if err := w.build(ctx); err != nil {
		return w, fmt.Errorf("build: %w", err)
	}
	w.bare, err = w.startBare(ctx)
	return w, err
}

// build makes the program and the bare handler. One with profiles in it does not come to lie where a release would.
func (w *world) build(ctx context.Context) error {
	w.binary = "bin/aiwfe-auth"
	steps := [][]string{
		{"make", "-s", "build"},
		{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", w.bareBinary(), "./test/load/bare"},
	}
	if w.options.profile != "" {
		if err := os.MkdirAll(w.options.profile, 0o700); err != nil {
			return err
		}
		w.binary = filepath.Join(w.folder, "aiwfe-auth")
		steps[0] = []string{"go", "build", "-trimpath", "-tags", "profile", "-o", w.binary, "./cmd/aiwfe-auth"}
	}
	for _, step := range steps {
		c := exec.CommandContext(ctx, step[0], step[1:]...) //nolint:gosec // our own steps
		c.Stderr, c.Env = os.Stderr, append(os.Environ(), "CGO_ENABLED=0")
		if err := c.Run(); err != nil {
			return fmt.Errorf("%v: %w", step, err)
		}
	}
	return nil
}

func (w *world) bareBinary() string { return filepath.Join(w.folder, "bare") }

// env is the environment of the program over a database.
func (w *world) env(d *database, more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.folder, "ENVIRONMENT=test", "LOG_FORMAT=json",
		"DATA_DIR=" + d.data, "PUBLIC_URL=" + public, "LOGIN_LIMIT_ADDRESS=1000000/1m", "LOGIN_LIMIT_ACCOUNT=1000000/1m",
		"AIWFE_PROFILE_DIR=" + w.options.profile,
	}, more...)
}

func (w *world) verb(ctx context.Context, env []string, args ...string) error {
	c := exec.CommandContext(ctx, w.binary, args...)
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
	w.scene.end()
	_ = os.RemoveAll(w.folder)
}
