package app

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// running is the whole program but its network.
type running struct {
	*Server
	handler http.Handler
}

func program(t testing.TB, env ...string) *running {
	t.Helper()
	cfg, err := config.Load(config.Sources{Env: append(env, "ENVIRONMENT=test", "LOG_FORMAT=json", "LISTEN_ADDR=127.0.0.1:0",
		"PUBLIC_URL=http://localhost:8080", "DATA_DIR="+filepath.Join(t.TempDir(), "d"))})
	if err != nil {
		t.Fatal(err)
	}
	log, stop := NewServerLog(io.Discard, cfg)
	t.Cleanup(stop)
	s, err := NewServer(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.listen.Close(); s.Close() })
	go s.Sessions.Run(t.Context())
	return &running{s, s.http.Handler}
}

type someone struct {
	email string
	*login.Grant
}

func (p *running) person(t testing.TB, email string) someone {
	t.Helper()
	const text = "a sentence only for measuring"
	if _, err := p.Login.CreateWithPassword(t.Context(), login.Host(), login.Invitee{Email: email}, text); err != nil {
		t.Fatal(err)
	}
	out, err := p.Login.Password(t.Context(), login.Attempt{Email: email, Password: text})
	if err != nil {
		t.Fatal(err)
	}
	return someone{email, out.Grant}
}

func (s someone) checks() []asking {
	const path = "/api/v1/auth/status"
	return []asking{
		{"bearer", path, http.Header{"Authorization": {"Bearer " + s.AccessToken}}},
		{"cookie", path, http.Header{"Cookie": {"aiwfe_session=" + s.Cookie}}},
	}
}

// A check is asked before nearly every request of the services behind. What it
// allocates is what the collector has to do, and no clock is needed to see that
// it grew: if it must, say in the commit why it is worth it.
func TestCheckAllocatesNoMoreThanItMust(t *testing.T) {
	p := program(t)
	ada := p.person(t, "ada@example.com")
	csrf := asking{"csrf-token", "/api/v1/auth/csrf-token", http.Header{}}
	for i, one := range append(ada.checks(), csrf) {
		most := [...]float64{13, 13, 60}[i]
		if raced {
			most += 5
		}
		r := one.request()
		n := testing.AllocsPerRun(500, func() {
			if w := p.check(r); w.status != http.StatusOK {
				t.Fatal(w.status)
			}
		})
		if n > most {
			t.Errorf("%s: %v allocations, at most %v", one.name, n, most)
		}
	}
}

// TestNobodyIsTakenForSomebodyElse has two people ask at once, in every way,
// on connections that they share.
func TestNobodyIsTakenForSomebodyElse(t *testing.T) {
	p := program(t)
	front := httptest.NewServer(p.handler)
	defer front.Close()
	var all sync.WaitGroup
	for _, who := range []someone{p.person(t, "ada@example.com"), p.person(t, "bob@example.com")} {
		ways := who.checks()
		ways = append(ways,
			asking{"csrf", "/api/v1/auth/csrf-token", ways[1].header},
			asking{"me", "/api/v1/users/me", ways[0].header}, asking{"sessions", "/api/v1/auth/sessions", ways[1].header})
		for worker := range 8 {
			all.Go(func() {
				for i := range 125 {
					if err := who.asks(front.URL, ways[(i+worker)%len(ways)]); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	all.Wait()
}

// asks fails unless the answer is to this person and to nobody else.
func (s someone) asks(url string, a asking) error {
	r, err := http.NewRequest(http.MethodGet, url+a.path, nil)
	if err != nil {
		return err
	}
	r.Header = a.header
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	mine := map[string]string{"me": s.email, "sessions": s.Session.ID, "csrf": "csrf_token"}[a.name]
	if mine == "" {
		mine = s.email
	}
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), mine) {
		return fmt.Errorf("%s of %s: %d %s %w", a.name, s.email, res.StatusCode, body, err)
	}
	return nil
}

// TestBadCredentialsFillNoMemory: what a stranger makes up is not remembered.
func TestBadCredentialsFillNoMemory(t *testing.T) {
	count := 10_000
	if os.Getenv("AIWFE_TEST_FULL") == "1" {
		count = 100_000
	}
	p := program(t)
	ada := p.person(t, "ada@example.com")
	header, _, _ := strings.Cut(ada.AccessToken, ".")
	flood := func(from, to int) {
		for i := from; i < to; i++ {
			for _, h := range []http.Header{
				{"Authorization": {fmt.Sprintf("Bearer %s.%032d.%043d", header, i, i)}},
				{"Authorization": {fmt.Sprintf("Bearer aiwfe_pat_%032d", i)}},
				{"Cookie": {fmt.Sprintf("aiwfe_session=%043d", i)}},
			} {
				if w := p.check(asking{"", "/api/v1/auth/status", h}.request()); w.status != http.StatusUnauthorized {
					t.Fatal(w.status, h)
				}
			}
		}
	}
	flood(0, count/10) // what is bounded fills up
	before := heap()
	flood(count/10, count)
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("%d bad credentials left %d KiB behind", 3*count, grown>>10)
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
