package contract

import (
	"net/http"
	"testing"
	"time"
)

// TestStepUp: after REAUTH_WINDOW only a full new proof opens what is sensitive, and no refresh; ASVS V7.5, Pocket ID
// GHSA-hp74-gm6m-2qm5. The new proof has a new session; V7.2.4.
func TestStepUp(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"REAUTH_WINDOW": "4s"})
	email := w.user(t)
	b := w.browser().signIn(t, email, password)
	codes := func(c *client) answer { return c.do(t, "GET", "/api/v1/users/me/export", nil) }
	codes(b).want(t, http.StatusOK, "")
	after(4 * time.Second)
	codes(b).want(t, http.StatusForbidden, "reauth_required")
	b.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusOK, "")
	fresh := b.do(t, "POST", "/api/v1/auth/jwt/refresh", nil)
	fresh.want(t, http.StatusOK, "")
	renewed := w.program()
	renewed.bearer = fresh.text("access_token")
	codes(renewed).want(t, http.StatusForbidden, "reauth_required")
	codes(b).want(t, http.StatusForbidden, "reauth_required")

	again := func(body object) answer { return b.do(t, "POST", "/api/v1/auth/reauth", body) }
	again(object{}).want(t, http.StatusUnprocessableEntity, "validation_failed")
	again(object{"password": wrong}).want(t, http.StatusUnauthorized, "invalid_credentials")
	codes(b).want(t, http.StatusForbidden, "reauth_required")
	old := &client{w: w, origin: b.origin, agent: b.agent, cookies: map[string]string{"aiwfe_session": b.cookie("aiwfe_session")}}
	again(object{"password": password}).want(t, http.StatusOK, "")
	if b.cookie("aiwfe_session") == old.cookie("aiwfe_session") {
		t.Error("the session cookie is the same after a new proof")
	}
	codes(b).want(t, http.StatusOK, "")
	old.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "session_ended")
	b.do(t, "PATCH", "/api/v1/users/me", object{"name": "Ada"}).want(t, http.StatusOK, "") // the CSRF token goes on
}

// TestStepUpAsksForTheSecondFactorToo: a password alone is not what this account signs in with.
func TestStepUpAsksForTheSecondFactorToo(t *testing.T) {
	t.Parallel()
	first, next := inTwoActs(t, map[string]string{"REAUTH_WINDOW": "3s"})
	email, p, _ := first.protected(t)
	b := first.browser().trusting(t, email, p.at(t, 0))
	next(b)
	after(3 * time.Second)
	again := func(body object) answer { return b.do(t, "POST", "/api/v1/auth/reauth", body) }
	remove := func() answer { return b.do(t, "DELETE", "/api/v1/auth/2fa/totp", nil) }
	remove().want(t, http.StatusForbidden, "reauth_required")
	if a := again(object{"password": password}); a.status < 400 { // on a trusted device neither
		t.Errorf("a password alone: %s", a)
	}
	again(object{"password": password, "code": p.wrong(t)}).want(t, http.StatusUnauthorized, "invalid_code")
	if a := again(object{"code": p.at(t, 1)}); a.status < 400 {
		t.Errorf("a code alone: %s", a)
	}
	remove().want(t, http.StatusForbidden, "reauth_required")
	again(object{"password": password, "method": "totp", "code": p.at(t, 1)}).want(t, http.StatusOK, "")
	remove().want(t, http.StatusNoContent, "")
}

// TestProgramsStepUpToo: they have no cookie to change, and go on in their session.
func TestProgramsStepUpToo(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	first := w.program().login(t, email, password)
	c := w.program()
	c.bearer = first.text("access_token")
	a := c.do(t, "POST", "/api/v1/auth/reauth", object{"password": password})
	a.want(t, http.StatusOK, "")
	status(t, w, a.text("access_token")).want(t, http.StatusOK, "")
	w.program().refresh(t, first.text("refresh_token")).want(t, http.StatusOK, "")
}
