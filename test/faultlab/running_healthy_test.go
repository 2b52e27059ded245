package faultlab

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestTwoHealthyNodesHaveNoFinding: one database, one set of keys.
func TestTwoHealthyNodesHaveNoFinding(t *testing.T) {
	t.Parallel()
	a, b := nodePair(t, keys(), nil)
	list := people(t, a, 1)
	token := adminToken(t, a, list[0])
	for _, s := range []*ground.Instance{a, b} {
		// PUBLIC_URL is the balancer's, which is not there: what the servers see by themselves is asked for.
		expect(t, asked(t, s, token, "", func(api.Diagnosis) bool { return true }))
	}
	if r := b.Run("nodes", "list", "--json"); strings.Count(r.Stdout, `"started_at"`) != 2 || r.Code != 0 {
		t.Errorf("nodes list: %d %s %s", r.Code, r.Stdout, r.Stderr)
	}
	a.Stop()
	if r := b.Run("nodes", "list"); strings.Count(r.Stdout, "since") != 1 {
		t.Errorf("a server that has stopped is listed: %s", r.Stdout)
	}
}

// TestOneAttackerOnABusySystemMakesNoFinding: people sign in and one stranger
// sends whatever the detectors look for.
func TestOneAttackerOnABusySystemMakesNoFinding(t *testing.T) {
	t.Parallel()
	s := ground.Server(t, keys())
	list := people(t, s, 6)
	people := func() {
		for i, email := range list {
			p := somebody(t, s.URL, i)
			p.signIn(email)
			p.send("GET", "/account", nil)
			p.send("POST", "/api/v1/auth/jwt/refresh", nil)
		}
	}
	people()
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() {
			for range 10 {
				p := somebody(t, s.URL, 100)
				p.agent = fmt.Sprint("attacker ", i)
				p.send("GET", "/api/v1/auth/status", nil, "Authorization", "Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6IngiLCJ0eXAiOiJhdCtqd3QifQ.e30.e30")
				p.try("nobody@example.com", "a guess")
				p.page = "https://evil.example"
				p.send("POST", "/api/v1/auth/jwt/login", object{"email": 1}, "X-Forwarded-For", "192.0.2.9", "Sec-Fetch-Site", "same-origin")
				p.page = "null"
				p.send("POST", "/api/v1/auth/jwt/login", object{})
				p.forgets().page = s.URL
				p.send("POST", "/api/v1/auth/jwt/login", object{})
			}
		})
	}
	all.Wait()
	people()
	expect(t, examined(t, s, list[0]))
}

// TestExaminationKeepsTheLocksOfTheDatabase: a process that closes a file loses
// all its locks on it, and the next one to close the database would then remove
// the log that the server is writing.
func TestExaminationKeepsTheLocksOfTheDatabase(t *testing.T) {
	t.Parallel()
	s := ground.Server(t, nil)
	list := people(t, s, 1)
	for range 2 {
		expect(t, examined(t, s, list[0]))
		if !holdsLock(t, s.PID(), filepath.Join(s.DataDir, "aiwfe-auth.db")) {
			t.Error("the server has lost its lock on the database")
		}
	}
}

// holdsLock looks whether a process has a lock on a file, as Linux lists them.
func holdsLock(t *testing.T, pid int, path string) bool {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Fatal(err)
	}
	inode := info.Sys().(*syscall.Stat_t).Ino
	for line := range strings.Lines(string(locks)) {
		if strings.Contains(line, fmt.Sprintf(" %d ", pid)) && strings.Contains(line, fmt.Sprintf(":%d ", inode)) {
			return true
		}
	}
	return false
}
