package faults

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

func TestSIGTERMAnswersWhatIsInFlightAndExitsZero(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		s := serve(t, at, nil)
		c := newCaller(s)
		person(t, c, ada)
		c.greet()
		body, err := json.Marshal(api.LoginRequest{Email: ada, Password: password})
		if err != nil {
			t.Fatal(err)
		}
		half := len(body) / 2
		var open []*raw
		for range 6 {
			r := dial(t, s)
			head := post("/api/v1/auth/jwt/login", "X-CSRF-TOKEN: "+c.csrf+"\r\n"+contentLength(len(body))+"Expect: 100-continue\r\n")
			if _, err := io.WriteString(r, head); err != nil {
				t.Fatal(err)
			}
			// What is in flight begins with a head that is read: only then the server asks for the body.
			want(t, "a head that asks whether to go on", r.hear(), http.StatusContinue, "")
			if _, err := r.Write(body[:half]); err != nil {
				t.Fatal(err)
			}
			open = append(open, r)
		}
		s.Signal(syscall.SIGTERM)
		eventually(t, 5*time.Second, "nobody new is let in", func() bool { return newCaller(s).status("").err != nil })
		for _, r := range open {
			r.say(string(body[half:]))
		}
		begun := 0
		for _, r := range open {
			a := r.hear()
			if a.code() == string(api.CodeOverloaded) { // on a busy machine six hashes may be more than fit; it is an answer
				continue
			}
			want(t, "a login that was in flight", a, http.StatusOK, "")
			begun++
		}
		if begun == 0 {
			t.Error("no login that was in flight was let in")
		}
		if code := s.Wait(); code != 0 {
			t.Errorf("it ended with %d", code)
		}
		if log := s.Stderr(); strings.Contains(log, "goroutine ") || strings.Contains(log, "panic") {
			t.Errorf("it ended with a dump:\n%s", log)
		}
		s.Start()
		if n := count(t, at.open(t, s), alive); n != begun {
			t.Errorf("%d logins were answered and %d sessions are alive", begun, n)
		}
		halves(t, at.open(t, s))
	})
}

func TestUnreasonableRequestsAreRefusedAndTheProgramLivesOn(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, nil)
	pid := s.PID()
	for _, tt := range []struct {
		name   string
		send   string
		status int
		within time.Duration
	}{
		{"a header of 1 MiB", "GET /api/v1/config HTTP/1.1\r\nHost: localhost\r\nX-Long: " + strings.Repeat("a", 1<<20) + "\r\n\r\n", 431, 5 * time.Second},
		{"100,000 headers", "GET /api/v1/config HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("X: y\r\n", 100_000) + "\r\n", 431, 5 * time.Second},
		{"10,000 cookies", "GET /api/v1/auth/status HTTP/1.1\r\nHost: localhost\r\nCookie: " + strings.Repeat("aiwfe_session=a; ", 10_000) + "\r\n\r\n", 431, 5 * time.Second},
		// Within the limit of a header: each is parsed, none is one of ours twice over.
		{"1,500 cookies", "GET /api/v1/auth/status HTTP/1.1\r\nHost: localhost\r\nCookie: " + strings.Repeat("aiwfe_session=a; ", 1500) + "\r\n\r\n", 401, 5 * time.Second},
		{"a request line of 1 MiB", "GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 431, 5 * time.Second},
		// Not a byte of it is sent, so an answer can only be to the declaration.
		{"login of 1 GiB", post("/api/v1/auth/jwt/login", contentLength(1<<30)), 413, 2 * time.Second},
		{"login of 1 GiB that asks first", post("/api/v1/auth/jwt/login", contentLength(1<<30)+"Expect: 100-continue\r\n"), 413, 2 * time.Second},
		{"refresh of 1 GiB", post("/api/v1/auth/jwt/refresh", contentLength(1<<30)), 413, 2 * time.Second},
		{"registration of 1 GiB", post("/api/v1/auth/register", contentLength(1<<30)), 413, 2 * time.Second},
		{"a body without an end", post("/api/v1/auth/jwt/login", "Transfer-Encoding: chunked\r\n") + strings.Repeat("1000\r\n"+strings.Repeat("a", 4096)+"\r\n", 1000), 413, 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := dial(t, s)
			r.say(tt.send)
			a := r.hear()
			if a.err != nil || a.status != tt.status || a.took > tt.within {
				t.Errorf("it was answered %v, not %d within %s", a, tt.status, tt.within)
			}
		})
	}
	if s.PID() != pid || !s.Running() {
		t.Error("the program did not live through it")
	}
	want(t, "the next request", newCaller(s).greet(), http.StatusOK, "")
}

// Two hundred clients that never finish their header are gone in ten seconds, and meanwhile in nobody's way.
func TestClientsThatSendTheirHeaderByDropsAreClosed(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, nil)
	slow := make([]*raw, 200)
	for i := range slow {
		slow[i] = dial(t, s)
	}
	began := time.Now()
	closed := make(chan bool)
	go func() {
		for _, done := range atOnce(len(slow), func(i int) bool {
			_, _ = io.WriteString(slow[i], "GET /api/v1/config HTTP/1.1\r\nHost: localhost\r\n")
			for time.Since(began) < 12*time.Second {
				if _, err := io.WriteString(slow[i], "X"); err != nil {
					return true
				}
				if _, shut := slow[i].more(500 * time.Millisecond); shut {
					return true
				}
			}
			return false
		}) {
			if !done {
				t.Error("a client that never finishes its header is still connected after 12 seconds")
			}
		}
		closed <- true
	}()
	for quick := newCaller(s); ; time.Sleep(100 * time.Millisecond) {
		want(t, "a request beside them", quick.greet(), http.StatusOK, "")
		select {
		case <-closed:
			t.Logf("closed after %s", time.Since(began).Round(100*time.Millisecond))
			return
		default:
		}
	}
}
