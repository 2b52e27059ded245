package faults

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Nobody reads the log: the pipe is full after a few hundred lines. Sign-ins go on, and when somebody reads again the log
// says how much is missing. One event is one line whatever it holds: test/contract/naughty_test.go.
func TestLogThatNobodyReadsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "log")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.OpenFile(pipe, os.O_RDWR, 0) // so that the shell's side opens at once
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	s := underShell(t, "true", "2>'"+pipe+"'", map[string]string{"LOG_FORMAT": "json"})
	sound := watchedProcess(t, s)
	c := newBrowser(t, s.Instance)
	person(t, c, ada)
	token := signIn(t, c, ada).AccessToken
	long := "/nothing/" + strings.Repeat("a", 2000)
	for range 1500 { // three megabytes of lines: more than the pipe and the buffer hold
		if a := c.call("GET", long, "", nil); a.status != http.StatusNotFound {
			t.Fatalf("a request whose line nobody reads: %v", a)
		}
	}
	for range 3 {
		a := patiently(func() answer { return newCaller(s.Instance).login(ada, password) })
		want(t, "a login whose line nobody reads", a, http.StatusOK, "")
		want(t, "a check whose line nobody reads", c.status(token), http.StatusOK, "")
	}
	heard := make(chan bool, 1)
	go func() {
		var all strings.Builder
		part := make([]byte, 64<<10)
		_ = in.SetReadDeadline(time.Now().Add(20 * time.Second))
		for !strings.Contains(all.String(), "lines of this log were dropped") {
			n, err := in.Read(part)
			if err != nil {
				heard <- false
				return
			}
			all.Write(part[:n])
		}
		heard <- true
	}()
	if !<-heard {
		t.Error("the log does not say that lines are missing")
	}
	sound()
}

// A disk that is full takes no line either.
func TestLogOnAFullDiskHoldsUpNobody(t *testing.T) {
	t.Parallel()
	s := underShell(t, "true", "2>/dev/full", map[string]string{"LOG_FORMAT": "json"})
	sound := watchedProcess(t, s)
	c := newBrowser(t, s.Instance)
	person(t, c, ada)
	token := signIn(t, c, ada).AccessToken
	for range 200 {
		want(t, "a check whose line finds no room", c.status(token), http.StatusOK, "")
	}
	sound()
}
