package contract

import (
	"net/http"
	"testing"
)

func TestTokenIsAlwaysOfOneLength(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser()
	lengths, values := map[int]bool{}, map[string]bool{}
	email := w.user(t)
	for i := range 20 {
		b.greet(t)
		lengths[len(b.csrf)], values[b.csrf] = true, true
		w.program().greet(t)
		if i == 10 {
			b.signIn(t, email, password)
		}
	}
	if len(lengths) != 1 || len(values) < 20 {
		t.Errorf("%d lengths and %d values of 20 tokens", len(lengths), len(values))
	}
}

// TestWhatBrowsersDoKeepsWorking: several tabs, a form that was open before, the back button, a restart.
func TestWhatBrowsersDoKeepsWorking(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	b := w.browser().greet(t)
	browserID := b.cookie("aiwfe_csrf")
	before := b.csrf
	b.greet(t) // a second tab
	second := b.csrf
	b.csrf = before
	b.signIn(t, email, password)
	if b.cookie("aiwfe_csrf") != browserID {
		t.Error("the browser id changed at login, so forms in other tabs are dead")
	}
	rename := func(when, token string) {
		t.Helper()
		b.csrf = token
		if a := b.do(t, "PATCH", "/api/v1/users/me", object{"name": when}); a.status != http.StatusOK {
			t.Errorf("%s: %s", when, a)
		}
	}
	rename("a token fetched before login", before)
	rename("the token of another tab", second)
	b.greet(t)
	rename("a token fetched after login", b.csrf)
	rename("the first one again, by the back button", before)
}

func TestTokenAndSessionSurviveARestart(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser().signIn(t, w.user(t), password)
	p := w.program().greet(t)
	w.Restart()
	w.pid = w.PID()
	w.transport.CloseIdleConnections()
	b.do(t, "PATCH", "/api/v1/users/me", object{"name": "Ada"}).want(t, http.StatusOK, "")
	p.login(t, "nobody@example.com", wrong).want(t, http.StatusUnauthorized, "invalid_credentials")
}

// TestProgramsNeedATokenForJSONLoginOnly: no cookie and no header of a browser means no forgery.
func TestProgramsNeedATokenForJSONLoginOnly(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	w.admin(t) // so that the first may go
	admin.csrf = ""
	for _, r := range unsafeRoutes() {
		if r.path == "/api/v1/auth/jwt/login" {
			w.program().do(t, r.method, r.path, r.body).want(t, http.StatusForbidden, "csrf_token_missing")
			continue
		}
		c := admin
		if r.access == public {
			c = w.program()
		}
		c.do(t, r.method, r.address(), r.body, with("Sec-Fetch-Mode", "cors"), with("X-CSRF-TOKEN", "ignored")).want(t, r.status, "")
	}
}

// TestLogoutReplacesTheBrowserID: a token of the session that ended does not serve the next person at this machine.
func TestLogoutReplacesTheBrowserID(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	b := w.browser().signIn(t, email, password)
	old := b.csrf
	b.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
	b.greet(t)
	b.signIn(t, email, password)
	b.do(t, "PATCH", "/api/v1/users/me", object{"name": "Eve"}, with("X-CSRF-TOKEN", old)).
		want(t, http.StatusForbidden, "csrf_token_invalid")
}

// TestTokenMovedInAPageIsNoLoginForgery: the attacker's own pair, planted by a page of another site, signs nobody in.
func TestTokenMovedInAPageIsNoLoginForgery(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	attacker := w.browser().greet(t)
	victim := w.browser().greet(t)
	victim.csrf = attacker.csrf
	victim.login(t, email, password).want(t, http.StatusForbidden, "csrf_token_invalid")
	if victim.cookie("aiwfe_session") != "" {
		t.Error("a forged login gave a session")
	}
}
