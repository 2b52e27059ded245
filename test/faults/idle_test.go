package faults

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// idle asks once and then keeps the connection.
type idle struct{ *raw }

func (c idle) ask() answer {
	if _, err := io.WriteString(c.raw, "GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return answer{err: err}
	}
	return c.hear()
}

// dialFrom connects from another loopback address: each has its own ports.
func dialFrom(s *ground.Instance, ip string) (*raw, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}, Timeout: 20 * time.Second}
	conn, err := d.Dial("tcp", s.Addr)
	if err != nil {
		return nil, err
	}
	return newRaw(conn, time.Now().Add(2*time.Minute)), nil
}

func TestIdleConnectionsAreInNobodysWay(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, nil)
	c := newBrowser(t, s)
	person(t, c, ada)
	token := signIn(t, c, ada).AccessToken
	sound := watched(t, s)
	crowd := make([]idle, rounds(1500, 8000))
	defer func() {
		for _, one := range crowd {
			if one.raw != nil {
				_ = one.Close()
			}
		}
	}()
	for i := range crowd {
		r, err := dialFrom(s, fmt.Sprintf("127.0.0.%d", 1+i%4))
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		crowd[i] = idle{r}
		if a := crowd[i].ask(); a.status != http.StatusOK {
			t.Fatalf("connection %d: %v", i, a)
		}
	}
	for _, answers := range atOnce(rounds(50, 200), func(int) (all []answer) {
		c := newCaller(s)
		defer c.http.CloseIdleConnections()
		for range 10 {
			all = append(all, c.status(token), c.greet())
		}
		return all
	}) {
		for _, a := range answers {
			want(t, "a request amid the crowd", a, http.StatusOK, "")
		}
	}
	if held := takeVitals(s).resident / mebibyte; held > 300 {
		t.Errorf("with %d idle connections it holds %.0f MiB", len(crowd), held)
	}
	for i, one := range crowd {
		if a := one.ask(); a.status != http.StatusOK {
			t.Fatalf("connection %d, after it lay idle: %v", i, a)
		}
		_ = one.Close()
	}
	sound(0)
}

// At the limit of open files the program goes on: it takes no connection that it has no room for, sends idle ones home, and
// has files left for its database. Where somebody lowers the limit below what it started with, accepting waits.
func TestAtTheLimitOfFilesNobodyIsShutOutForLong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		env  string // the limit at the start
		late bool
	}{
		{"a low limit from the start", "ulimit -n 150", false},
		{"a limit that comes later", "true", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := underShell(t, tt.env, "2>$HOME/log", nil)
			c := newBrowser(t, s.Instance)
			person(t, c, ada)
			token := signIn(t, c, ada).AccessToken
			sound := watchedProcess(t, s)
			if tt.late {
				lower(t, s.PID(), 60)
			}
			var crowd []*raw
			for range 400 { // some are let in, others wait in the system's queue
				if r, err := dialFrom(s.Instance, "127.0.0.3"); err == nil {
					r.say("GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
					crowd = append(crowd, r)
				}
			}
			if !tt.late {
				for range 3 {
					want(t, "a stranger to the crowd", newCaller(s.Instance).once("GET", "/api/v1/auth/csrf-token"), http.StatusOK, "")
					want(t, "a login amid the crowd", patiently(func() answer { return newBrowser(t, s.Instance).login(ada, password) }), http.StatusOK, "")
				}
			}
			for _, r := range crowd {
				_ = r.Close()
			}
			if tt.late {
				lower(t, s.PID(), 1024)
			}
			eventually(t, 2*backWithin, "it answers again", func() bool {
				return newCaller(s.Instance).status(token).status == http.StatusOK
			})
			sound()
		})
	}
}

// lower sets how many files a process may have open.
func lower(t *testing.T, pid int, files uint64) {
	t.Helper()
	var limit unix.Rlimit
	err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &limit)
	if limit.Cur = files; err == nil {
		err = unix.Prlimit(pid, unix.RLIMIT_NOFILE, &limit, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}
