package ground

import (
	"context"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Unset as a value takes a default variable away, where an empty one would be handed over as empty.
const Unset = "\x00unset"

// Instance is a running aiwfe-auth.
type Instance struct {
	URL     string // what a browser on this machine types, http://localhost:port unless TLS files are given
	Addr    string // where it listens, as host:port
	DataDir string // its DATA_DIR

	t      testing.TB
	binary string
	folder string // its HOME, and where its output is kept
	env    map[string]string
	proc   *Process
	runs   atomic.Int64
}

// Server builds the program, starts "aiwfe-auth serve args..." and waits until GET /api/health/ready answers 200.
//
// Its environment is clean: PATH, a HOME of its own, what env gives, and where env is silent ENVIRONMENT=test, a fresh
// DATA_DIR, a free LISTEN_ADDR and the PUBLIC_URL that belongs to it. The host is localhost because a passkey cannot
// belong to an address of digits.
func Server(t testing.TB, env map[string]string, args ...string) *Instance {
	t.Helper()
	return serve(t, Binary(t), env, args...)
}

// Unstarted is the same without starting it: for tests of the other verbs, and for a server that must refuse to start.
func Unstarted(t testing.TB, env map[string]string) *Instance {
	t.Helper()
	return newInstance(t, Binary(t), env)
}

func serve(t testing.TB, binary string, env map[string]string, args ...string) *Instance {
	t.Helper()
	s := newInstance(t, binary, env)
	k, err := theKeeper()
	if err != nil {
		t.Fatal(err)
	}
	s.proc = newProcess(k, s.command("serve", append([]string{"serve"}, args...)))
	t.Cleanup(func() {
		if err := s.proc.StopWithin(stopLimit); err != nil {
			t.Error(err)
		}
		if strings.Contains(s.Stderr(), "WARNING: DATA RACE") {
			t.Error("the race detector found a race in the server")
		}
		logWhenFailed(t, "aiwfe-auth", s.Stdout()+s.Stderr())
	})
	s.Start()
	return s
}

func newInstance(t testing.TB, binary string, env map[string]string) *Instance {
	t.Helper()
	folder, err := NewFolder("server")
	if err != nil {
		t.Fatal(err)
	}
	full := map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": folder,
		"ENVIRONMENT": "test", "DATA_DIR": filepath.Join(folder, "data"),
	}
	maps.Copy(full, env)
	if _, given := full["LISTEN_ADDR"]; !given {
		full["LISTEN_ADDR"] = loopback(FreePort(t))
	}
	host, port, err := net.SplitHostPort(full["LISTEN_ADDR"])
	if err != nil {
		t.Fatalf("LISTEN_ADDR %q does not say host:port: %v", full["LISTEN_ADDR"], err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	url := "http://localhost:" + port
	if file, given := full["TLS_CERT_FILE"]; given && file != Unset {
		url = "https://localhost:" + port
	}
	if _, given := full["PUBLIC_URL"]; !given {
		full["PUBLIC_URL"] = url
	}
	maps.DeleteFunc(full, func(_, value string) bool { return value == Unset })
	return &Instance{
		URL: url, Addr: net.JoinHostPort(host, port), DataDir: full["DATA_DIR"],
		t: t, binary: binary, folder: folder, env: full,
	}
}

func (s *Instance) command(name string, args []string) Command {
	var env []string
	for _, key := range slices.Sorted(maps.Keys(s.env)) {
		env = append(env, key+"="+s.env[key])
	}
	return Command{Name: name, Path: s.binary, Args: args, Env: env, Folder: s.folder}
}

// Start starts a stopped or killed server with the same address, data and environment, and waits until it is ready.
func (s *Instance) Start() {
	s.t.Helper()
	if err := s.proc.start(); err != nil {
		s.t.Fatal(err)
	}
	ready, err := readiness(s.URL, s.Addr, s.env["TLS_CERT_FILE"])
	if err != nil {
		s.t.Fatal(err)
	}
	if err := waitUntil(startLimit, s.proc, ready); err != nil {
		s.t.Fatalf("start aiwfe-auth: %v\nstdout: %s\nstderr: %s", err, tail(s.Stdout()), tail(s.Stderr()))
	}
}

// Stop sends SIGTERM and fails the test when the server does not leave in time.
func (s *Instance) Stop() {
	s.t.Helper()
	if err := s.proc.StopWithin(stopLimit); err != nil {
		s.t.Fatal(err)
	}
}

// Restart is Stop and Start.
func (s *Instance) Restart() {
	s.t.Helper()
	s.Stop()
	s.Start()
}

// Kill9 ends the server at once.
func (s *Instance) Kill9() {
	s.t.Helper()
	if err := s.proc.Kill(); err != nil {
		s.t.Fatal(err)
	}
}

// Signal sends a signal, such as SIGHUP for a reload.
func (s *Instance) Signal(signal os.Signal) {
	s.t.Helper()
	if err := s.proc.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// Wait waits for the server to end and returns its exit code, -1 when a signal ended it.
func (s *Instance) Wait() int {
	s.t.Helper()
	return s.wait(s.proc, startLimit)
}

func (s *Instance) wait(p *Process, limit time.Duration) int {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	code, err := p.WaitFor(ctx)
	if err != nil {
		s.t.Fatalf("%v\nstderr: %s", err, tail(p.Stderr()))
	}
	return code
}

// Running reports whether the server runs at this moment.
func (s *Instance) Running() bool { return s.proc.Running() }

// PID is the process id of the present or the last run.
func (s *Instance) PID() int { return s.proc.PID() }

// Stdout is what the server has written to standard output.
func (s *Instance) Stdout() string { return s.proc.Stdout() }

// Stderr is what the server has written to standard error.
func (s *Instance) Stderr() string { return s.proc.Stderr() }

// Env is one variable of the server's environment.
func (s *Instance) Env(name string) string { return s.env[name] }
