package contract

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// bearing is a program with this bearer token.
func (w *world) bearing(token string) *client {
	c := w.program()
	c.bearer = token
	return c
}

// TestPersonalToken: it opens what its scopes say until it is revoked, and is shown once.
func TestPersonalToken(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.program().signIn(t, w.user(t), password)
	made := c.do(t, "POST", "/api/v1/auth/tokens", object{"name": "backup script", "scopes": []string{"read"}, "expires_in_days": 7})
	made.want(t, http.StatusCreated, "")
	token := made.text("token")
	if !strings.HasPrefix(token, "aiwfe_pat_") || len(token) < len("aiwfe_pat_")+22 {
		t.Errorf("a personal token is %q", token)
	}
	end, err := time.Parse(time.RFC3339, made.text("expires_at"))
	if left := time.Until(end); err != nil || left > 7*24*time.Hour || left < 7*24*time.Hour-time.Minute {
		t.Errorf("it ends at %q", made.text("expires_at"))
	}
	list := c.do(t, "GET", "/api/v1/auth/tokens", nil)
	if strings.Contains(string(list.body), token[len("aiwfe_pat_"):]) || list.first("name") != "backup script" || list.first("id") != made.text("id") {
		t.Errorf("the list: %s", list)
	}
	read := w.bearing(token)
	a := read.do(t, "GET", "/api/v1/auth/status", nil)
	if scopes, _ := a.member("scopes").([]any); len(scopes) != 1 || scopes[0] != "read" {
		t.Errorf("a token to read: %s", a)
	}
	read.do(t, "PATCH", "/api/v1/users/me", object{"name": "Eve"}).want(t, http.StatusForbidden, "")
	write := w.bearing(c.personalToken(t, "read", "write"))
	write.do(t, "PATCH", "/api/v1/users/me", object{"name": "Ada"}).want(t, http.StatusOK, "")
	write.do(t, "POST", "/api/v1/auth/tokens", object{"name": "x", "scopes": []string{"read"}}).want(t, http.StatusForbidden, "")

	// It is a bearer token and nothing else: no cookie, no refresh token, no field of a form.
	for _, name := range []string{"aiwfe_session", "aiwfe_device", "aiwfe_challenge"} {
		w.browser().do(t, "GET", "/api/v1/auth/status", nil, with("Cookie", name+"="+token)).want(t, http.StatusUnauthorized, "")
	}
	w.program().refresh(t, token).want(t, http.StatusUnauthorized, "")
	w.program().do(t, "GET", "/api/v1/auth/status?access_token="+token, nil).want(t, http.StatusUnauthorized, "not_authenticated")
	for n := 1; n < len(token); n++ {
		a := w.bearing(token[:len(token)-n]).do(t, "GET", "/api/v1/auth/status", nil)
		if a.status != http.StatusUnauthorized {
			t.Errorf("a token cut by %d: %s", n, a)
		}
	}
	altered := []byte(token)
	altered[len(altered)-5] ^= 1
	w.bearing(string(altered)).do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "")
	w.bearing(strings.ToUpper(token)).do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "")
	w.bearing(token+"x").do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "")

	stranger := w.program().signIn(t, w.user(t), password)
	stranger.do(t, "DELETE", "/api/v1/auth/tokens/"+made.text("id"), nil).want(t, http.StatusNotFound, "not_found")
	read.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	c.do(t, "DELETE", "/api/v1/auth/tokens/"+made.text("id"), nil).want(t, http.StatusNoContent, "")
	read.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "")
	write.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
}

// TestPersonalTokenIsNoMoreThanItsOwner: no scope beyond the role, none unknown, and it goes with the account.
func TestPersonalTokenIsNoMoreThanItsOwner(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	boss := w.admin(t)
	c := w.program().signIn(t, w.user(t), password)
	for name, body := range map[string]object{
		"admin of a user": {"name": "x", "scopes": []string{"read", "admin"}}, "unknown": {"name": "x", "scopes": []string{"root"}},
		"none": {"name": "x", "scopes": []string{}}, "a text": {"name": "x", "scopes": "read"}, "no name": {"name": "", "scopes": []string{"read"}},
		"for ever": {"name": "x", "scopes": []string{"read"}, "expires_in_days": 100000}, "for less than nothing": {"name": "x", "scopes": []string{"read"}, "expires_in_days": -1},
	} {
		a := c.do(t, "POST", "/api/v1/auth/tokens", body)
		if a.status != http.StatusUnprocessableEntity && a.status != http.StatusForbidden && a.status != http.StatusBadRequest {
			t.Errorf("%s: %s", name, a)
		}
	}
	second := w.admin(t)
	ruling := w.bearing(second.personalToken(t, "read", "write", "admin"))
	ruling.do(t, "GET", "/api/v1/admin/users", nil).want(t, http.StatusOK, "")
	w.bearing(second.personalToken(t, "read", "write")).do(t, "GET", "/api/v1/admin/users", nil).want(t, http.StatusForbidden, "")
	id := second.do(t, "GET", "/api/v1/users/me", nil).text("id")
	boss.do(t, "PATCH", "/api/v1/admin/users/"+id, object{"role": "user"}).want(t, http.StatusOK, "")
	if a := ruling.do(t, "GET", "/api/v1/admin/users", nil); a.status != http.StatusForbidden && a.status != http.StatusUnauthorized {
		t.Errorf("the token of a former administrator: %s", a)
	}
	own := w.bearing(c.personalToken(t, "read"))
	id = c.do(t, "GET", "/api/v1/users/me", nil).text("id")
	w.setStatus(t, boss, id, "disabled")
	own.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusUnauthorized, "")
}

// TestPersonalTokenIsNoSession: it neither idles nor gives way, and a list of sessions does not show it.
func TestPersonalTokenIsNoSession(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"SESSION_IDLE": "4s", "SESSION_MAX": "5s", "SESSION_LIMIT": "2"})
	email := w.user(t)
	c := w.program().signIn(t, email, password)
	script := w.bearing(c.personalToken(t, "read"))
	if n := len(c.do(t, "GET", "/api/v1/auth/sessions", nil).sessionIDs()); n != 1 {
		t.Errorf("a session and a token are %d sessions", n)
	}
	for range 3 {
		w.program().signIn(t, email, password)
	}
	after(5 * time.Second)
	c.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "session_ended")
	script.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusOK, "")
}

// TestExportAndDeletionOfOneself: all that is kept and no secret; and afterwards nothing opens anything.
func TestExportAndDeletionOfOneself(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	boss := w.admin(t)
	email, p, c := w.protected(t)
	codes := c.backupCodes(t)
	token := c.personalToken(t, "read")
	b := w.browser().trusting(t, email, p.at(t, 0))
	id := c.do(t, "GET", "/api/v1/users/me", nil).text("id")
	refresh := w.program().answer(t, w.program().begin(t, email, password), "backup_code", codes[0]).text("refresh_token")

	export := c.do(t, "GET", "/api/v1/users/me/export", nil)
	export.want(t, http.StatusOK, "")
	for _, part := range []string{email, `"sessions"`, `"personal_tokens"`, `"activity"`, `"security"`} {
		if !strings.Contains(string(export.body), part) {
			t.Errorf("the export lacks %s", part)
		}
	}
	secrets := append([]string{
		"$argon2", "hashed_password", p.secret, token, token[len("aiwfe_pat_"):], refresh, b.cookie("aiwfe_session"), b.cookie("aiwfe_device"),
		c.bearer, password, signingKey, sealingKey,
	}, codes...)
	for _, secret := range secrets {
		if secret == "" || strings.Contains(string(export.body), secret) {
			t.Errorf("the export tells %q", secret)
		}
	}
	c.do(t, "DELETE", "/api/v1/users/me", nil).want(t, http.StatusNoContent, "")
	for _, gone := range []*client{c, b, w.bearing(token)} {
		gone.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusUnauthorized, "")
	}
	w.program().refresh(t, refresh).want(t, http.StatusUnauthorized, "")
	w.program().login(t, email, password).want(t, http.StatusUnauthorized, "invalid_credentials")
	rows := boss.do(t, "GET", "/api/v1/admin/audit?limit=200&user_id="+id, nil)
	if items, _ := rows.member("items").([]any); len(items) < 5 {
		t.Errorf("the audit of an account that is gone has %d rows", len(items))
	}
	// Whoever takes the address next is somebody else.
	next := w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": another})
	next.want(t, http.StatusCreated, "")
	if next.text("id") == id {
		t.Error("the id of an account that is gone was given again")
	}
	if w.program().asked(t, email, another) {
		t.Error("the next owner of the address has the factor of the last")
	}
	w.bearing(token).do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusUnauthorized, "")
}
