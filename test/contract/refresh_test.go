package contract

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

func (c *client) refresh(t testing.TB, token string, options ...option) answer {
	t.Helper()
	return c.do(t, "POST", "/api/v1/auth/jwt/refresh", object{"refresh_token": token}, options...)
}

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	first := w.program().login(t, w.user(t), password)
	a := w.program().refresh(t, first.text("refresh_token"))
	a.want(t, http.StatusOK, "")
	if a.text("refresh_token") == first.text("refresh_token") || a.text("access_token") == first.text("access_token") {
		t.Error("nothing rotated")
	}
	left, _ := a.member("expires_in").(float64) // a second may have begun since the token was made
	if a.text("session_id") != first.text("session_id") || a.text("token_type") != "bearer" || left < 3599 || left > 3600 {
		t.Errorf("the answer of a refresh: %s", a)
	}
	if a.member("user") != nil {
		t.Error("a refresh answers without the user")
	}
	status(t, w, a.text("access_token")).want(t, http.StatusOK, "")
}

// TestRetryOfOneDeviceGetsTheSameChild: the first answer was lost, or two tabs asked at once.
func TestRetryOfOneDeviceGetsTheSameChild(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	token := w.program().login(t, w.user(t), password).text("refresh_token")
	var mu sync.Mutex
	children := map[string]int{}
	var wait sync.WaitGroup
	for range 30 {
		wait.Go(func() {
			a := w.program().refresh(t, token)
			a.want(t, http.StatusOK, "")
			mu.Lock()
			defer mu.Unlock()
			children[a.text("refresh_token")]++
		})
	}
	wait.Wait()
	if len(children) != 1 {
		t.Fatalf("30 refreshes at once gave %d children", len(children))
	}
	for child := range children {
		w.program().refresh(t, child).want(t, http.StatusOK, "")
	}
}

// TestReuseEndsTheFamily: whoever holds the child, thief or owner, is out, and so is the access token.
func TestReuseEndsTheFamily(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"REFRESH_GRACE": "2s"})
	admin := w.admin(t)
	email := w.user(t)
	for _, k := range []struct {
		name  string
		reuse func(parent, child string)
	}{
		{"later than the grace", func(parent, _ string) {
			after(2 * time.Second)
			w.program().refresh(t, parent).want(t, http.StatusUnauthorized, "")
		}},
		{"from another device", func(parent, _ string) {
			w.program().refresh(t, parent, with("User-Agent", "thief/1.0")).want(t, http.StatusUnauthorized, "")
		}},
		{"after the child was rotated too", func(parent, child string) {
			w.program().refresh(t, child).want(t, http.StatusOK, "")
			w.program().refresh(t, parent).want(t, http.StatusUnauthorized, "")
		}},
	} {
		t.Run(k.name, func(t *testing.T) {
			first := w.program().login(t, email, password)
			child := w.program().refresh(t, first.text("refresh_token"))
			child.want(t, http.StatusOK, "")
			k.reuse(first.text("refresh_token"), child.text("refresh_token"))
			w.program().refresh(t, child.text("refresh_token")).want(t, http.StatusUnauthorized, "")
			status(t, w, child.text("access_token")).want(t, http.StatusUnauthorized, "session_ended")
			status(t, w, first.text("access_token")).want(t, http.StatusUnauthorized, "session_ended")
		})
	}
	a := admin.do(t, "GET", "/api/v1/admin/audit?event=refresh_reuse", nil)
	if rows, _ := a.member("items").([]any); len(rows) < 3 {
		t.Errorf("three families ended and the audit has %d rows of it: %s", len(rows), a)
	}
}

// TestRefreshByCookie gives an access token for the session of the browser, and nothing rotates.
func TestRefreshByCookie(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser().signIn(t, w.user(t), password)
	before := b.cookie("aiwfe_session")
	for _, body := range []any{nil, "{}"} {
		a := b.do(t, "POST", "/api/v1/auth/jwt/refresh", body)
		if body != nil {
			continue // an empty object is the caller's affair; no body is what is documented
		}
		a.want(t, http.StatusOK, "")
		if a.member("refresh_token") != nil || b.cookie("aiwfe_session") != before {
			t.Errorf("something rotated: %s", a)
		}
		status(t, w, a.text("access_token")).want(t, http.StatusOK, "")
	}
	b.do(t, "POST", "/api/v1/auth/jwt/refresh", nil, without("X-CSRF-TOKEN")).want(t, http.StatusForbidden, "csrf_token_missing")
}

func TestRefreshTokensThatAreNone(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	token := w.program().login(t, w.user(t), password).text("refresh_token")
	for n := 1; n <= 12; n++ { // Zitadel CVE-2026-27840: a part of a token is no token
		w.program().refresh(t, token[:len(token)-n]).want(t, http.StatusUnauthorized, "")
	}
	for _, bad := range []string{token + "A", token + "=", " " + token, token + "\n", "x", "aiwfe_rt_", "aiwfe_rt_\x00"} {
		w.program().refresh(t, bad).want(t, http.StatusUnauthorized, "")
	}
	for _, body := range []string{`{"refresh_token":1}`, `{"refresh_token":["` + token + `"]}`} {
		w.program().do(t, "POST", "/api/v1/auth/jwt/refresh", body).want(t, http.StatusUnprocessableEntity, "validation_failed")
	}
	w.program().do(t, "POST", "/api/v1/auth/jwt/refresh", nil).want(t, http.StatusUnauthorized, "not_authenticated")
	w.program().refresh(t, token).want(t, http.StatusOK, "") // wrong tries did no harm
}

func TestRefreshEndsWithTheAccount(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	for _, state := range []string{"disabled", "locked"} {
		email := w.user(t)
		a := w.program().login(t, email, password)
		w.setStatus(t, admin, a.text("user.id"), state)
		w.program().refresh(t, a.text("refresh_token")).want(t, http.StatusUnauthorized, "")
		status(t, w, a.text("access_token")).want(t, http.StatusUnauthorized, "")
		w.setStatus(t, admin, a.text("user.id"), "active")
		w.program().refresh(t, a.text("refresh_token")).want(t, http.StatusUnauthorized, "")
		status(t, w, a.text("access_token")).want(t, http.StatusUnauthorized, "")
	}
}

func TestNoTokenOutlivesItsSession(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"SESSION_MAX": "6s", "SESSION_IDLE": "6s"})
	a := w.program().login(t, w.user(t), password)
	began := time.Now()
	if left, _ := a.member("expires_in").(float64); left > 6 || left < 1 {
		t.Errorf("expires_in = %v in a session of 6 s", left)
	}
	time.Sleep(2 * time.Second)
	b := w.program().refresh(t, a.text("refresh_token"))
	b.want(t, http.StatusOK, "")
	_, claims := parts(t, b.text("access_token"))
	if exp := jsonText(claims["exp"]); exp > jsonText(began.Add(7*time.Second).Unix()) {
		t.Errorf("a refresh gave a token beyond the end of the session: exp %s", exp)
	}
	after(time.Until(began.Add(6 * time.Second)))
	w.program().refresh(t, b.text("refresh_token")).want(t, http.StatusUnauthorized, "")
	status(t, w, b.text("access_token")).want(t, http.StatusUnauthorized, "")
}
