package contract

import (
	"net/http"
	"strings"
	"testing"
)

const listed = "https://app.example.com"

// strangers are origins that look like the listed one or like nothing at all; Casdoor CVE-2024-41657 reflected them.
var strangers = []string{
	"https://evil.example", "null", "http://app.example.com", "https://app.example.com.evil.example", "https://evilapp.example.com",
	"https://app.example.com:444", "https://sub.app.example.com", "https://example.com", "https://app.example.com/", "*",
	"https://app.example.com@evil.example", "https://app%2eexample.com", "file://", "https://app.example.com https://evil.example",
}

func TestCORSPreflight(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"CORS_ORIGINS": listed})
	ask := func(origin, path, method string) answer {
		return w.program().do(t, "OPTIONS", path, nil, with("Origin", origin), with("Access-Control-Request-Method", method),
			with("Access-Control-Request-Headers", "content-type,x-csrf-token"), with("Sec-Fetch-Site", "cross-site"))
	}
	for _, r := range routes {
		if !strings.HasPrefix(r.path, "/api/v1/") || r.path == extAuthz {
			continue
		}
		a := ask(listed, r.address(), r.method)
		h := a.header
		if a.status >= 300 || h.Get("Access-Control-Allow-Origin") != listed || h.Get("Access-Control-Allow-Credentials") != "true" ||
			!strings.Contains(h.Get("Access-Control-Allow-Methods"), r.method) ||
			!strings.Contains(strings.ToLower(h.Get("Access-Control-Allow-Headers")), "x-csrf-token") {
			t.Errorf("%s: %s %v", r, a, h)
		}
	}
	for _, origin := range strangers {
		a := ask(origin, loginPath, "POST")
		if a.header.Get("Access-Control-Allow-Origin") != "" || a.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("Origin %s may call: %v", origin, a.header)
		}
	}
}

func TestCORSAnswers(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"CORS_ORIGINS": listed})
	email := w.user(t)
	from := w.browser()
	from.origin = listed
	cross := []option{with("Origin", listed), with("Sec-Fetch-Site", "cross-site")}
	seen := func(a answer) {
		t.Helper()
		if a.header.Get("Access-Control-Allow-Origin") != listed || a.header.Get("Access-Control-Allow-Credentials") != "true" {
			t.Errorf("a listed origin cannot read %s", a)
		}
		if !strings.Contains(strings.Join(a.header.Values("Vary"), ","), "Origin") {
			t.Errorf("no Vary: Origin in %s", a)
		}
	}
	a := from.do(t, "GET", "/api/v1/auth/csrf-token", nil, cross...)
	seen(a)
	from.csrf = a.text("csrf_token")
	a = from.do(t, "POST", loginPath, object{"email": email, "password": wrong}, cross...)
	a.want(t, http.StatusUnauthorized, "invalid_credentials")
	seen(a)
	a = from.do(t, "POST", loginPath, object{"email": email, "password": password}, cross...)
	a.want(t, http.StatusOK, "")
	seen(a)
	seen(from.do(t, "GET", "/api/v1/users/me", nil, cross...))
	from.do(t, "PATCH", "/api/v1/users/me", object{"name": "Ada"}, append(cross, without("X-CSRF-TOKEN"))...).
		want(t, http.StatusForbidden, "csrf_token_missing")

	for _, origin := range strangers {
		a := from.do(t, "GET", "/api/v1/users/me", nil, with("Origin", origin), with("Sec-Fetch-Site", "cross-site"))
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("Origin %s may read %s", origin, a)
		}
		from.do(t, "PATCH", "/api/v1/users/me", object{"name": "Eve"}, with("Origin", origin)).
			want(t, http.StatusForbidden, "origin_not_allowed")
	}
}

// TestWithoutCORSNobodyElseMayCall is the default.
func TestWithoutCORSNobodyElseMayCall(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for _, origin := range append(strangers, listed) {
		a := w.program().do(t, "GET", "/api/v1/auth/csrf-token", nil, with("Origin", origin))
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("Origin %s may read %s", origin, a)
		}
	}
}
