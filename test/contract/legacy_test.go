package contract

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

const oldHeader = `{"alg":"HS256","typ":"JWT"}`

// oldForm makes a token as the system before made it.
func oldForm(email, id string, left time.Duration, more object) string {
	number, _ := strconv.Atoi(id)
	return sign(oldHeader, jsonText(changed(object{"sub": email, "id": number, "exp": in(left)}, more)))
}

func accepting(d time.Duration) map[string]string {
	return map[string]string{"LEGACY_TOKENS": "accept", "LEGACY_TOKENS_UNTIL": time.Now().Add(d).UTC().Format(time.RFC3339)}
}

func status(t *testing.T, w *world, token string) answer {
	t.Helper()
	return w.program().do(t, "GET", "/api/v1/auth/status", nil, with("Authorization", "Bearer "+token))
}

func TestOldTokensAreOffByDefault(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	a := w.program().login(t, w.user(t), password)
	status(t, w, oldForm(a.text("user.email"), a.text("user.id"), 30*time.Minute, nil)).want(t, http.StatusUnauthorized, "token_invalid")
}

func TestOldTokens(t *testing.T) {
	t.Parallel()
	w := start(t, accepting(24*time.Hour))
	admin := w.admin(t)
	email := w.user(t)
	id, boss := w.idOf(t, admin, email), admin.do(t, "GET", "/api/v1/users/me", nil)
	disabled := w.user(t)
	w.setStatus(t, admin, w.idOf(t, admin, disabled), "disabled")
	half := 30 * time.Minute
	claims := jsonText(object{"sub": email, "id": mustInt(id), "exp": in(half)})
	for _, k := range []struct {
		name, token string
		status      int
		code        string
	}{
		{"as it was", oldForm(email, id, half, nil), 200, ""},
		{"with iat", oldForm(email, id, half, object{"iat": in(-half)}), 200, ""},
		{"without typ", sign(`{"alg":"HS256"}`, claims), 200, ""},
		{"of sixty minutes", oldForm(email, id, time.Hour-time.Second, nil), 200, ""},
		{"with a kid", sign(`{"alg":"HS256","typ":"JWT","kid":"x"}`, claims), 401, "token_invalid"},
		{"with the new typ", sign(`{"alg":"HS256","typ":"at+jwt"}`, claims), 401, "token_invalid"},
		{"unsigned", unsigned(`{"alg":"none"}`, claims), 401, "token_invalid"},
		{"HS512", sign512(`{"alg":"HS512","typ":"JWT"}`, claims), 401, "token_invalid"},
		{"expired", oldForm(email, id, -2*time.Minute, nil), 401, "token_expired"},
		{"of more than sixty minutes", oldForm(email, id, 62*time.Minute, nil), 401, "token_invalid"},
		{"without exp", oldForm(email, id, half, object{"exp": nil}), 401, "token_invalid"},
		{"without id", oldForm(email, id, half, object{"id": nil}), 401, "token_invalid"},
		{"without sub", oldForm(email, id, half, object{"sub": nil}), 401, "token_invalid"},
		// Reset and verification tokens of FastAPI-Users were signed alike.
		{"of a reset, by its aud", oldForm(email, id, half, object{"aud": "fastapi-users:reset"}), 401, "token_invalid"},
		{"of a reset, by its fingerprint", oldForm(email, id, half, object{"password_fgpt": "x"}), 401, "token_invalid"},
		{"of a verification, by its address", oldForm(email, id, half, object{"email": email}), 401, "token_invalid"},
		{"with a scope", oldForm(email, id, half, object{"scopes": []string{"admin"}}), 401, "token_invalid"},
		{"the id of another", oldForm(email, boss.text("id"), half, nil), 401, ""},
		{"the address of another", oldForm(boss.text("email"), id, half, nil), 401, ""},
		{"an address of nobody", oldForm("nobody@example.com", id, half, nil), 401, ""},
		{"an id of nobody", oldForm(email, "999999", half, nil), 401, ""},
		{"of an administrator", oldForm(boss.text("email"), boss.text("id"), half, nil), 401, ""},
		{"of a disabled account", oldForm(disabled, w.idOf(t, admin, disabled), half, nil), 401, ""},
		{"the new claims under the old typ", sign(oldHeader, jsonText(second(parts(t, admin.bearer)))), 401, "token_invalid"},
		{"sub twice", sign(oldHeader, `{"sub":"x@example.com",`+claims[1:]), 401, "token_invalid"},
	} {
		t.Run(k.name, func(t *testing.T) { status(t, w, k.token).want(t, k.status, k.code) })
	}
}

func mustInt(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

func second(_, claims object) object { return claims }

// TestOldTokenIsASession: it is listed, it can be ended, and a change of password ends it.
func TestOldTokenIsASession(t *testing.T) {
	t.Parallel()
	w := start(t, accepting(24*time.Hour))
	email := w.user(t)
	c := w.program().signIn(t, email, password)
	id := c.do(t, "GET", "/api/v1/users/me", nil).text("id")
	token := oldForm(email, id, 30*time.Minute, nil)

	a := status(t, w, token)
	a.want(t, http.StatusOK, "")
	if a.text("user.email") != email || a.header.Get("Deprecation") == "" || a.header.Get("Sunset") == "" {
		t.Errorf("status of an old token: %s %v", a, a.header)
	}
	handle := a.text("session.id")
	c.do(t, "DELETE", "/api/v1/auth/sessions/"+handle, nil).want(t, http.StatusNoContent, "")
	status(t, w, token).want(t, http.StatusUnauthorized, "")

	for name, end := range map[string]func(){
		"logout with it": func() {},
		"end all others": func() { c.do(t, "DELETE", "/api/v1/auth/sessions", nil).want(t, http.StatusOK, "") },
		"change the password": func() {
			c.do(t, "POST", "/api/v1/auth/password", object{"current_password": password, "new_password": another}).
				want(t, http.StatusNoContent, "")
		},
	} {
		seen := oldForm(email, id, 20*time.Minute-time.Duration(len(name))*time.Second, nil)
		unseen := oldForm(email, id, 10*time.Minute-time.Duration(len(name))*time.Second, nil)
		if name == "logout with it" {
			w.program().do(t, "POST", "/api/v1/auth/jwt/logout", nil, with("Authorization", "Bearer "+seen)).want(t, http.StatusNoContent, "")
			status(t, w, seen).want(t, http.StatusUnauthorized, "")
			continue
		}
		end()
		for _, old := range []string{seen, unseen} {
			if a := status(t, w, old); a.status != http.StatusUnauthorized {
				t.Errorf("%s: an old token made before lives on: %s", name, a)
			}
		}
	}
}

func TestOldTokensRetire(t *testing.T) {
	t.Parallel()
	w := start(t, accepting(5*time.Second))
	email := w.user(t)
	id := w.program().login(t, email, password).text("user.id")
	token := oldForm(email, id, 30*time.Minute, nil)
	status(t, w, token).want(t, http.StatusOK, "")
	after(5 * time.Second)
	status(t, w, token).want(t, http.StatusUnauthorized, "legacy_token_retired")
}
