package contract

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// place is the address that the server believes a login came from.
func place(t *testing.T, w *world, email string, options ...option) string {
	t.Helper()
	c := w.program().greet(t)
	a := c.do(t, "POST", loginPath, object{"email": email, "password": password}, options...)
	a.want(t, http.StatusOK, "")
	return status(t, w, a.text("access_token")).text("session.ip")
}

// spoofed are headers that a client can send as well as a proxy.
func spoofed() []option {
	return []option{
		with("X-Forwarded-For", "203.0.113.9"), with("X-Real-IP", "203.0.113.9"), with("Forwarded", "for=203.0.113.9;proto=https;host=evil.example"),
		with("X-Forwarded-Host", "evil.example"), with("X-Forwarded-Proto", "https"), with("X-Forwarded-Port", "444"), with("X-Forwarded-Prefix", "/evil"),
		with("X-Original-URL", "/api/v1/admin/users"), with("X-Rewrite-URL", "/api/v1/admin/users"), with("True-Client-IP", "203.0.113.9"),
		with("CF-Connecting-IP", "203.0.113.9"), with("X-Client-IP", "203.0.113.9"), with("X-HTTP-Method-Override", "DELETE"),
		with("X-User-Id", "1"), with("X-Auth-Request-User", "1"), with("Remote-User", "1"), with("X-Request-ID", "chosen-by-a-stranger"),
		func(r *http.Request) { r.Host = "evil.example" },
	}
}

// TestForwardedHeadersOfStrangersDoNotCount: chi GHSA-9g5q-2w5x-hmxf, Gitea CVE-2026-20896, Supabase GHSA-3529-5m8x-rpv3.
func TestForwardedHeadersOfStrangersDoNotCount(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	email := w.user(t)
	if ip := place(t, w, email, spoofed()...); ip != "127.0.0.1" {
		t.Errorf("a stranger chose the address %q", ip)
	}
	w.program().do(t, "GET", "/api/v1/users/me", nil, spoofed()...).want(t, http.StatusUnauthorized, "not_authenticated")
	w.program().do(t, "GET", "/api/health/live", nil, spoofed()...).want(t, http.StatusOK, "")
	a := admin.do(t, "POST", "/api/v1/admin/users/"+w.idOf(t, admin, email)+"/reset-password", nil, spoofed()...)
	if link := a.text("link"); !strings.HasPrefix(link, w.public+"/") {
		t.Errorf("a stranger chose the host of a link: %q", link)
	}
	for _, path := range []string{"/", "/account", "/login", "/api/v1/config", "/openapi.json"} {
		a := w.program().do(t, "GET", path, nil, spoofed()...)
		if strings.Contains(string(a.body)+a.header.Get("Location"), "evil") || a.header.Get("X-Request-Id") == "chosen-by-a-stranger" {
			t.Errorf("a stranger's header shows in %s %v", a, a.header)
		}
	}
	// Open metrics are for this machine alone, and a forwarded request is from another.
	for _, path := range []string{"/metrics", "/api/metrics/authentication"} {
		for _, o := range []option{with("X-Forwarded-For", "127.0.0.1"), with("Forwarded", "for=127.0.0.1"), with("X-Forwarded-Proto", "http"), with("X-Forwarded-Host", "localhost")} {
			a := w.program().do(t, "GET", path, nil, o)
			if a.status != http.StatusUnauthorized && a.status != http.StatusNotFound && a.status != http.StatusForbidden {
				t.Errorf("through a proxy: %s", a)
			}
		}
	}
}

func TestForwardedHeadersOfTheProxyCount(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"TRUSTED_PROXIES": "127.0.0.1/32,10.0.0.0/8"})
	email := w.user(t)
	for _, k := range []struct{ name, value, want string }{
		{"one", "203.0.113.9", "203.0.113.9"},
		{"what the client wrote before is not believed", "6.6.6.6, 203.0.113.9", "203.0.113.9"},
		{"through a second proxy", "6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"},
		{"IPv6", "2001:db8::1", "2001:db8::1"},
		{"IPv4 in IPv6", "::ffff:203.0.113.9", "203.0.113.9"},
	} {
		t.Run(k.name, func(t *testing.T) {
			if got := place(t, w, email, with("X-Forwarded-For", k.value)); got != k.want {
				t.Errorf("X-Forwarded-For: %s is read as %q, want %q", k.value, got, k.want)
			}
		})
	}
	for _, garbage := range []string{"x", "1.2.3", "203.0.113.9,", "unknown", "evil.example", "999.1.1.1", "<script>"} {
		if got := place(t, w, email, with("X-Forwarded-For", garbage)); strings.ContainsAny(got, "<x") || got == "" {
			t.Errorf("X-Forwarded-For: %s is read as %q", garbage, got)
		}
	}
	if got := place(t, w, email, with("X-Real-IP", "203.0.113.9")); got != "127.0.0.1" {
		t.Errorf("X-Real-IP is not documented and was read as %q", got)
	}
	a := w.program().do(t, "GET", "/api/v1/auth/status", nil, with("X-Request-ID", "of-the-proxy-0123456789"))
	if a.header.Get("X-Request-Id") != "of-the-proxy-0123456789" {
		t.Errorf("the request id of the proxy became %q", a.header.Get("X-Request-Id"))
	}
	for _, bad := range []string{"a b", "a;b", `a"b`, strings.Repeat("a", 5000), "<script>"} {
		a := w.program().do(t, "GET", "/api/v1/auth/status", nil, with("X-Request-ID", bad))
		if a.header.Get("X-Request-Id") == bad {
			t.Errorf("a request id that may break a log was taken: %.30q", bad)
		}
	}
	a = w.program().do(t, "GET", "/account", nil, with("X-Forwarded-Host", "evil.example"), with("X-Forwarded-Proto", "https"))
	if strings.Contains(a.header.Get("Location"), "evil") {
		t.Errorf("the host of the proxy's header decides: %v", a.header)
	}
}

// TestOneClientIsOneBucket: fake values of a stranger do not multiply it, spellings and a /64 do not either.
func TestOneClientIsOneBucket(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		proxies string
		address func(i int) string
	}{
		"a stranger's fake addresses": {"", func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }},
		"one /64 of IPv6":             {"127.0.0.1/32", func(i int) string { return fmt.Sprintf("2001:db8:1:2:%x::%x", i, i) }},
		"two spellings":               {"127.0.0.1/32", func(i int) string { return []string{"203.0.113.9", "::ffff:203.0.113.9"}[i%2] }},
		"left of the last":            {"127.0.0.1/32", func(i int) string { return fmt.Sprintf("6.6.6.%d, 203.0.113.9", i) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, map[string]string{"LOGIN_LIMIT_ADDRESS": "5/5m", "TRUSTED_PROXIES": k.proxies})
			c := w.program().greet(t)
			counted := map[int]int{}
			for i := range 8 {
				a := c.do(t, "POST", loginPath, object{"email": w.address(), "password": wrong}, with("X-Forwarded-For", k.address(i+1)))
				counted[a.status]++
			}
			if counted[401] != 5 || counted[429] != 3 {
				t.Errorf("of 8 attempts under a limit of 5: %v", counted)
			}
			if k.proxies != "" {
				a := c.do(t, "POST", loginPath, object{"email": w.address(), "password": wrong}, with("X-Forwarded-For", "198.51.100.1"))
				a.want(t, http.StatusUnauthorized, "invalid_credentials")
			}
		})
	}
}
