package contract

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

const loginPath = "/api/v1/auth/jwt/login"

// faults of one request to sign in, in the order in which the contract refuses them.
func faultsOfALogin() []struct {
	status int
	code   string
	spoil  option
} {
	type fault = struct {
		status int
		code   string
		spoil  option
	}
	body := func(text string) option {
		return func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		}
	}
	return []fault{
		{413, "body_too_large", body(`{"email":"` + strings.Repeat("a", 70_000))},
		{415, "unsupported_media_type", with("Content-Type", "text/plain")},
		{403, "origin_not_allowed", with("Origin", "https://evil.example")},
		{403, "csrf_token_missing", without("X-CSRF-TOKEN")},
		{400, "malformed_json", body(`{"email":`)},
		{422, "validation_failed", body(`{"email":"","password":"x"}`)},
	}
}

// TestOrderOfRefusals spoils a request in two ways at once: the earlier of the list is told.
func TestOrderOfRefusals(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"LOGIN_LIMIT_ADDRESS": "1/5m"})
	b := w.browser().greet(t)
	good := object{"email": "nobody@example.com", "password": wrong}
	b.do(t, "POST", loginPath, good).want(t, http.StatusUnauthorized, "invalid_credentials")
	b.do(t, "POST", loginPath, good).want(t, http.StatusTooManyRequests, "too_many_attempts") // and so are all below
	list := faultsOfALogin()
	for i, first := range list {
		b.do(t, "POST", loginPath, good, first.spoil).want(t, first.status, first.code)
		for _, later := range list[i+1:] {
			a := b.do(t, "POST", loginPath, good, later.spoil, first.spoil)
			if a.status != first.status || a.code() != first.code {
				t.Errorf("%s and %s: %s", first.code, later.code, a)
			}
		}
	}
}

// TestContentTypes: a form of another site can send three types without a question to us; ASVS V3.5.2.
func TestContentTypes(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	for _, r := range unsafeRoutes() {
		if r.body == nil {
			continue
		}
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/xml", "text/json", "application/json-patch+json", "*/*", "garbage"} {
			if r.path == loginPath && strings.HasSuffix(kind, "urlencoded") {
				continue
			}
			a := admin.do(t, r.method, r.address(), r.body, with("Content-Type", kind))
			if a.status != http.StatusUnsupportedMediaType || a.code() != "unsupported_media_type" {
				t.Errorf("%q: %s; want 415", kind, a)
			}
		}
	}
	for _, kind := range []string{"application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"} {
		admin.do(t, "PATCH", "/api/v1/users/me", object{"name": "Ada"}, with("Content-Type", kind)).want(t, http.StatusOK, "")
	}
}

// TestBodiesThatAreTooLarge: declared and undeclared, before anything is decoded.
func TestBodiesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	large := `{"name":"` + strings.Repeat("a", 1<<20) + `"}`
	for _, r := range unsafeRoutes() {
		if r.body == nil {
			continue
		}
		admin.do(t, r.method, r.address(), large).want(t, http.StatusRequestEntityTooLarge, "body_too_large")
		admin.do(t, r.method, r.address(), large, func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(large)), -1
		}).want(t, http.StatusRequestEntityTooLarge, "body_too_large")
	}
	form := "username=a@example.com&password=" + strings.Repeat("a", 1<<20)
	admin.do(t, "POST", loginPath, form, with("Content-Type", "application/x-www-form-urlencoded"), without("Authorization")).
		want(t, http.StatusRequestEntityTooLarge, "body_too_large")
}

// TestLongPasswordIsRefusedUnhashed: Mattermost CVE-2026-24458. It is some refusal, and not a success.
func TestLongPasswordIsRefusedUnhashed(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.program().greet(t)
	for _, n := range []int{257, 4096, 60_000} {
		a := c.login(t, "nobody@example.com", strings.Repeat("a", n))
		if a.status != http.StatusUnauthorized && a.status != http.StatusUnprocessableEntity {
			t.Errorf("a password of %d characters: %s", n, a)
		}
	}
}
