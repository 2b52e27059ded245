package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// A database that is away opens nothing, and signs nobody out: it is told as what it is.
func TestADatabaseThatIsAwayOpensNothing(t *testing.T) {
	t.Parallel()
	pg := ground.Postgres(t)
	between := ground.FaultProxy(t, pg.Addr())
	s := newStage(t, map[string]string{"DATABASE_URL": between.URL(pg.NewDatabase(t)), "SESSION_CHECK": "strict"})
	p := s.signIn(t, "ada@example.com")
	arrived(t, s.ask(t, "GET", "/board", nil, "Cookie", p.cookie))
	asked := s.app.asks.Load()
	between.Refuse(true)
	between.Cut()
	for name, header := range map[string][]string{
		"a page":     {"Cookie", p.cookie, "Accept", "text/html", "Sec-Fetch-Mode", "navigate"},
		"a script":   {"Cookie", p.cookie, "Accept", "application/json"},
		"a program":  {"Authorization", p.bearer()},
		"a socket":   {"Cookie", p.cookie, "Connection", "Upgrade", "Upgrade", "websocket", "Sec-Websocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
		"a stranger": {"Cookie", "aiwfe_session=ses_nobody.nothing"},
	} {
		a := s.ask(t, "GET", "/board", nil, header...)
		if name == "a stranger" && a.StatusCode == http.StatusUnauthorized {
			continue // what is no cookie of ours needs no database
		}
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" || len(a.Header["Set-Cookie"]) > 0 ||
			a.Header.Get("Location") != "" || strings.Contains(a.body, between.Addr()) {
			t.Errorf("%s: %d %v %s", name, a.StatusCode, a.Header, a.body)
		}
	}
	if n := s.app.asks.Load() - asked; n > 0 {
		t.Errorf("the application was asked %d times", n)
	}
	between.Refuse(false)
	wait(t, "the same cookie counts again", func() bool {
		return s.ask(t, "GET", "/board", nil, "Cookie", p.cookie).StatusCode == http.StatusOK
	})
}
