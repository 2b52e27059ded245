package contract

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestListOfSessions(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	b := w.browser().signIn(t, email, password)
	p := w.program().signIn(t, email, password)
	w.program().signIn(t, w.user(t), password) // another's is not in the list
	a := p.do(t, "GET", "/api/v1/auth/sessions", nil)
	a.want(t, http.StatusOK, "")
	items, _ := a.member("items").([]any)
	if len(items) != 2 {
		t.Fatalf("two sessions are %s", a)
	}
	current := 0
	for _, item := range items {
		s := item.(object)
		for _, name := range []string{"id", "device", "ip", "created_at", "last_seen_at"} {
			if v, _ := s[name].(string); v == "" {
				t.Errorf("a session lacks %s: %v", name, s)
			}
		}
		if s["current"] == true {
			current++
		}
		if s["id"] == b.cookie("aiwfe_session") {
			t.Error("the list tells the secret of a session")
		}
		if s["ip"] != "127.0.0.1" && s["ip"] != "::1" {
			t.Errorf("the place of origin is %v", s["ip"])
		}
	}
	if current != 1 {
		t.Errorf("%d sessions are the current one", current)
	}
}

func TestEndingSessions(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	me := w.program().signIn(t, email, password)
	b := w.browser().signIn(t, email, password)
	third := w.program().signIn(t, email, password)
	stranger := w.program().signIn(t, w.user(t), password)

	of := func(c *client) string { return c.do(t, "GET", "/api/v1/auth/status", nil).text("session.id") }
	stranger.do(t, "DELETE", "/api/v1/auth/sessions/"+of(b), nil).want(t, http.StatusNotFound, "not_found")
	b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")

	me.do(t, "DELETE", "/api/v1/auth/sessions/"+of(b), nil).want(t, http.StatusNoContent, "")
	b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "session_ended")
	third.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")

	b = w.browser().signIn(t, email, password)
	me.do(t, "DELETE", "/api/v1/auth/sessions", nil).want(t, http.StatusOK, "")
	for _, c := range []*client{b, third} {
		c.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "session_ended")
	}
	me.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	stranger.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	for _, id := range []string{"x", "ses_nothing", "1%27%20OR%201=1", "..", "%00"} {
		if a := me.do(t, "DELETE", "/api/v1/auth/sessions/"+id, nil); a.status < 300 || a.status >= 500 {
			t.Errorf("ending %q: %s", id, a)
		}
	}
	me.do(t, "DELETE", "/api/v1/auth/sessions/"+of(me), nil).want(t, http.StatusNoContent, "")
	me.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "session_ended")
}

func TestOldestSessionGivesWay(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"SESSION_LIMIT": "2"})
	email := w.user(t)
	var all []*client
	for range 3 {
		all = append(all, w.program().signIn(t, email, password))
	}
	all[0].do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "session_ended")
	for _, c := range all[1:] {
		c.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	}
}

func TestSessionBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"SESSION_LIMIT": "2", "SESSION_LIMIT_POLICY": "refuse"})
	email := w.user(t)
	first := w.program().signIn(t, email, password)
	w.program().signIn(t, email, password)
	w.program().login(t, email, password).want(t, http.StatusForbidden, "session_limit_reached")
	w.program().login(t, email, wrong).want(t, http.StatusUnauthorized, "invalid_credentials")
	first.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
	w.program().login(t, email, password).want(t, http.StatusOK, "")
}

// TestLimitHoldsForLoginsAtOnce: Mattermost CVE-2024-4183.
func TestLimitHoldsForLoginsAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"SESSION_LIMIT": "3"})
	email := w.user(t)
	csrf := w.program().greet(t).csrf
	var mu sync.Mutex
	var tokens []string
	var wait sync.WaitGroup
	for range 12 {
		wait.Go(func() {
			c := w.program()
			c.csrf = csrf
			a := c.login(t, email, password)
			if a.status != http.StatusOK && a.status != http.StatusServiceUnavailable && a.status != http.StatusTooManyRequests {
				t.Errorf("one of twelve logins at once: %s", a)
			}
			mu.Lock()
			defer mu.Unlock()
			if token := a.text("access_token"); token != "" {
				tokens = append(tokens, token)
			}
		})
	}
	wait.Wait()
	alive := slices.DeleteFunc(tokens, func(token string) bool { return status(t, w, token).status != http.StatusOK })
	if len(alive) > 3 || len(alive) == 0 {
		t.Errorf("%d sessions are alive under a limit of 3", len(alive))
	}
}

// TestIdleSessionEnds: any accepted request counts as activity, by cookie and by token.
func TestIdleSessionEnds(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"SESSION_IDLE": "3s"})
	email := w.user(t)
	busyToken, busyCookie := w.program().signIn(t, email, password), w.browser().signIn(t, email, password)
	idle, refreshing := w.program().signIn(t, email, password), w.program().login(t, email, password)
	for range 4 {
		time.Sleep(time.Second)
		busyToken.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusOK, "")
		busyCookie.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusOK, "")
	}
	idle.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "session_ended")
	w.program().refresh(t, refreshing.text("refresh_token")).want(t, http.StatusUnauthorized, "")
}

// TestAbsoluteEnd: activity and refresh do not carry a session beyond SESSION_MAX.
func TestAbsoluteEnd(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"SESSION_MAX": "3s", "SESSION_IDLE": "3s"})
	b := w.browser().signIn(t, w.user(t), password)
	began := time.Now()
	for time.Since(began) < 2*time.Second {
		b.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusOK, "")
		time.Sleep(500 * time.Millisecond)
	}
	after(time.Until(began.Add(3 * time.Second)))
	b.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusUnauthorized, "session_ended")
	if page := b.do(t, "GET", "/account", nil); page.status == http.StatusOK {
		t.Error("the account page opens by a session that ended")
	}
}
