package ground

import (
	"strings"
	"syscall"
	"testing"
)

// service is what pgbouncer, Redis and nginx have in common: one program, one port, one folder, one test.
type service struct {
	Port int // where it listens on 127.0.0.1

	t      testing.TB
	name   string
	path   string
	folder string
	user   *syscall.Credential
	proc   *Process
}

// newService finds the program and makes its folder; nothing runs yet.
func newService(t testing.TB, name string) *service {
	t.Helper()
	path, err := Program(name)
	if err != nil {
		t.Fatal(err)
	}
	k, err := theKeeper()
	if err != nil {
		t.Fatal(err)
	}
	user, err := servant()
	if err != nil {
		t.Fatal(err)
	}
	folder, err := k.newFolder(name, user)
	if err != nil {
		t.Fatal(err)
	}
	return &service{Port: FreePort(t), t: t, name: name, path: path, folder: folder, user: user}
}

func (s *service) writeFile(name, text string) string {
	s.t.Helper()
	path, err := writeFile(s.folder, name, text, s.user)
	if err != nil {
		s.t.Fatal(err)
	}
	return path
}

// run starts the program for the first time and ends it with the test.
func (s *service) run(args ...string) {
	s.t.Helper()
	k, err := theKeeper()
	if err != nil {
		s.t.Fatal(err)
	}
	s.proc = newProcess(k, Command{
		Name: s.name, Path: s.path, Args: args, Env: plainEnv(s.folder), Folder: s.folder,
		user: s.user,
	})
	s.t.Cleanup(func() {
		if err := s.proc.StopWithin(stopLimit); err != nil {
			s.t.Error(err)
		}
		logWhenFailed(s.t, s.name, s.Log())
	})
	s.Start()
}

// Addr is where the server listens, as host:port.
func (s *service) Addr() string { return loopback(s.Port) }

// Start starts a stopped or killed server on the same port and waits until it takes connections.
func (s *service) Start() {
	s.t.Helper()
	if err := s.proc.start(); err != nil {
		s.t.Fatal(err)
	}
	if err := waitUntil(startLimit, s.proc, answers(s.Addr())); err != nil {
		s.t.Fatalf("start %s: %v\n%s", s.name, err, tail(s.Log()))
	}
}

// Stop ends the server in an orderly way.
func (s *service) Stop() {
	s.t.Helper()
	if err := s.proc.StopWithin(stopLimit); err != nil {
		s.t.Fatal(err)
	}
}

// Kill9 ends the server at once.
func (s *service) Kill9() {
	s.t.Helper()
	if err := s.proc.Kill(); err != nil {
		s.t.Fatal(err)
	}
}

// Log is what the server has written to standard output and standard error.
func (s *service) Log() string { return s.proc.Stdout() + s.proc.Stderr() }

// LogContains reports whether that holds the text.
func (s *service) LogContains(text string) bool { return strings.Contains(s.Log(), text) }
