package contract

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestProgramSignsInByJSON(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	a := w.program().login(t, email, password)
	a.want(t, http.StatusOK, "")
	for _, member := range []string{"access_token", "refresh_token", "session_id", "user.id", "user.email", "user.role", "user.status"} {
		if a.text(member) == "" {
			t.Errorf("the answer lacks %s", member)
		}
	}
	if a.text("token_type") != "bearer" || a.member("expires_in") != 3600.0 {
		t.Errorf("token_type and expires_in: %s", a)
	}

	header, claims := parts(t, a.text("access_token"))
	if header["alg"] != "HS256" || header["typ"] != "at+jwt" || header["kid"] == nil || header["kid"] == "" {
		t.Errorf("header of the token: %v", header)
	}
	expected := object{
		"iss": w.public, "aud": "aiwfe", "sub": a.text("user.id"), "email": email, "session_id": a.text("session_id"),
	}
	for name, want := range expected {
		if claims[name] != want {
			t.Errorf("claim %s = %v, want %v", name, claims[name], want)
		}
	}
	for _, name := range []string{"device_fingerprint", "iat", "nbf", "exp", "jti"} {
		if claims[name] == nil {
			t.Errorf("the token lacks %s", name)
		}
	}
	if len(claims) != 11 {
		t.Errorf("the token says more than is documented: %v", claims)
	}
	if scopes, _ := claims["scopes"].([]any); !slices.Equal(scopes, []any{"read", "write"}) {
		t.Errorf("scopes = %v", claims["scopes"])
	}
}

// TestGuidesCurlSignsIn is the guide's script: a token fetched by one curl is sent by another, without any cookie.
func TestGuidesCurlSignsIn(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	token := w.program().greet(t).csrf
	c := w.program()
	c.csrf = token
	c.login(t, email, "invalid").want(t, http.StatusUnauthorized, "invalid_credentials")
	c.login(t, email, password).want(t, http.StatusOK, "")
}

func TestBrowserGetsACookieAndNoRefreshToken(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	b := w.browser()
	a := b.login(t, email, password)
	a.want(t, http.StatusOK, "")
	if a.member("refresh_token") != nil {
		t.Error("a browser got a refresh token, which scripts could read")
	}
	if b.cookie("aiwfe_session") == "" || b.cookie("aiwfe_device") == "" {
		t.Errorf("cookies of a browser that signed in: %v", b.cookies)
	}
	b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
}

// TestOAuth2Form is for programs alone; its token endpoint reads what OAuth2 libraries send along.
func TestOAuth2Form(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	form := url.Values{"username": {email}, "password": {password}}
	full := url.Values{
		"username": {email}, "password": {password}, "grant_type": {"password"}, "scope": {"read admin"},
		"client_id": {"x"}, "client_secret": {"y"},
	}
	for _, c := range []struct {
		name    string
		body    url.Values
		options []option
		status  int
		code    string
	}{
		{"plain", form, nil, 200, ""},
		{"with what libraries add", full, nil, 200, ""},
		{"an Origin, our own", form, []option{with("Origin", w.public)}, 403, "origin_not_allowed"},
		{"a Sec-Fetch-Site", form, []option{with("Sec-Fetch-Site", "same-origin")}, 403, "origin_not_allowed"},
		{"typed into the address bar", form, []option{with("Sec-Fetch-Site", "none")}, 403, "origin_not_allowed"},
		{"a cookie of ours", form, []option{with("Cookie", "aiwfe_csrf=abc")}, 403, "origin_not_allowed"},
		{"Node's fetch", form, []option{with("Sec-Fetch-Mode", "cors")}, 200, ""},
		{"a wrong password", url.Values{"username": {email}, "password": {wrong}}, nil, 401, "invalid_credentials"},
		{"no password", url.Values{"username": {email}}, nil, 422, "validation_failed"},
		{"not an address", url.Values{"username": {"ada"}, "password": {password}}, nil, 422, "validation_failed"},
		{"the address twice", url.Values{"username": {email, "b@example.com"}, "password": {password}}, nil, 400, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.program().do(t, "POST", "/api/v1/auth/jwt/login", c.body, c.options...)
			a.want(t, c.status, c.code)
			for _, line := range a.header.Values("Set-Cookie") {
				if !strings.Contains(line, "Max-Age=0") { // one that nobody can read is taken away
					t.Error("the OAuth2 form gives bearer tokens and no cookie:", line)
				}
			}
		})
	}
}

// TestPasswordPolicyIsNeverAppliedAtLogin: the guide's "invalid" is a wrong password, not a fault of the form.
func TestPasswordPolicyIsNeverAppliedAtLogin(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	c := w.program().greet(t)
	for _, pass := range []string{"invalid", "x", " ", "password", "\x00", "ÿ"} {
		c.login(t, email, pass).want(t, http.StatusUnauthorized, "invalid_credentials")
	}
}

func TestLoginFieldsThatAreNotValid(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.program().greet(t)
	for _, k := range []struct{ name, body, pointer string }{
		{"no address", `{"password":"x"}`, "/email"},
		{"an empty address", `{"email":"","password":"x"}`, "/email"},
		{"not an address", `{"email":"ada","password":"x"}`, "/email"},
		{"a number", `{"email":1,"password":"x"}`, "/email"},
		{"null", `{"email":null,"password":"x"}`, "/email"},
		{"two addresses in a list, GitLab CVE-2023-7028", `{"email":["a@example.com","b@example.com"],"password":"x"}`, "/email"},
		{"two addresses in a text", `{"email":"a@example.com,b@example.com","password":"x"}`, "/email"},
		{"a line feed in the address", `{"email":"a@example.com\nBcc: b@example.com","password":"x"}`, "/email"},
		{"NUL in the address", `{"email":"a@example.com\u0000","password":"x"}`, "/email"},
		{"no password", `{"email":"a@example.com"}`, "/password"},
		{"an empty password", `{"email":"a@example.com","password":""}`, "/password"},
		{"a password that is a number", `{"email":"a@example.com","password":1}`, "/password"},
	} {
		t.Run(k.name, func(t *testing.T) {
			a := c.do(t, "POST", "/api/v1/auth/jwt/login", k.body)
			a.want(t, http.StatusUnprocessableEntity, "validation_failed")
			faults, _ := a.member("errors").([]any)
			if len(faults) != 1 || faults[0].(object)["pointer"] != k.pointer {
				t.Errorf("%s; want one fault, at %s", a, k.pointer)
			}
		})
	}
}

// TestLogoutEndsEverything: the cookie, the token and the refresh token of a session die together.
func TestLogoutEndsEverything(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)

	p := w.program()
	a := p.login(t, email, password)
	p.bearer = a.text("access_token")
	p.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
	p.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "session_ended")
	p.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusUnauthorized, "session_ended")
	w.program().do(t, "POST", "/api/v1/auth/jwt/refresh", object{"refresh_token": a.text("refresh_token")}).
		want(t, http.StatusUnauthorized, "")

	b := w.browser().signIn(t, email, password)
	old, device := b.cookieHeader(), b.cookie("aiwfe_csrf")
	out := b.do(t, "POST", "/api/v1/auth/jwt/logout", nil)
	out.want(t, http.StatusNoContent, "")
	if out.header.Get("Clear-Site-Data") != `"cache"` {
		t.Errorf("Clear-Site-Data = %q", out.header.Get("Clear-Site-Data"))
	}
	if b.cookie("aiwfe_session") != "" || b.cookie("aiwfe_csrf") == device {
		t.Errorf("logout left %v", b.cookies)
	}
	b.do(t, "GET", "/api/v1/auth/status", nil, with("Cookie", old)).want(t, http.StatusUnauthorized, "")
	again := w.browser().greet(t)
	again.cookies["aiwfe_session"] = "dead"
	again.do(t, "POST", "/api/v1/auth/jwt/logout", nil, without("X-CSRF-TOKEN")).want(t, http.StatusForbidden, "csrf_token_missing")
}

// TestLogoutWithADeadCookie is 204: a button that says "sign out" works for somebody who is signed out.
func TestLogoutWithADeadCookie(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"SESSION_MAX": "1s", "SESSION_IDLE": "1s"})
	b := w.browser().signIn(t, w.user(t), password)
	after(time.Second)
	b.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
	w.program().do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
}
