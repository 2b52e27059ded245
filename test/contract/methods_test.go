package contract

import (
	"html"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

// TestMethodsThatAreNotServed are 405 with Allow, which names exactly what is documented (and HEAD, and OPTIONS).
func TestMethodsThatAreNotServed(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.admin(t)
	served := map[string][]string{}
	for _, r := range routes {
		served[r.path] = append(served[r.path], r.method)
	}
	for _, r := range routes {
		if r.path == extAuthz {
			continue
		}
		methods := served[r.path]
		if r.path == "/api/v1/auth/echo" {
			methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"} // it tells how any request arrived
		}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "FOO"} {
			if slices.Contains(methods, method) {
				continue
			}
			a := c.do(t, method, r.address(), nil)
			allow := strings.Split(strings.ReplaceAll(a.header.Get("Allow"), " ", ""), ",")
			if a.status != http.StatusMethodNotAllowed {
				t.Errorf("%s; want 405", a)
				continue
			}
			for _, m := range methods {
				if !slices.Contains(allow, m) {
					t.Errorf("%s: Allow is %q and %s is served", a, allow, m)
				}
			}
			for _, m := range allow {
				if !slices.Contains(methods, m) && m != "HEAD" && m != "OPTIONS" {
					t.Errorf("%s: Allow names %s, which is not documented", a, m)
				}
			}
		}
	}
	for _, path := range []string{"/login", "/account", "/setup", "/logout", "/docs", "/openapi.json"} {
		if a := c.do(t, "DELETE", path, nil); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") == "" {
			t.Errorf("%s; want 405 with Allow", a)
		}
	}
}

func TestHEADIsGETWithoutABody(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.admin(t)
	for _, path := range []string{"/api/health", "/api/v1/config", "/api/v1/auth/status", "/api/v1/users/me", "/login", "/docs", "/openapi.json"} {
		get, head := c.do(t, "GET", path, nil), c.do(t, "HEAD", path, nil)
		if head.status != get.status || len(head.body) > 0 || head.header.Get("Content-Type") != get.header.Get("Content-Type") {
			t.Errorf("%s after %s", head, get)
		}
	}
}

// TestPathsThatAreNone are 404, or a redirect within our origin for a path that is not spelled cleanly, never a way round.
func TestPathsThatAreNone(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.program()
	for _, path := range []string{
		"/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/auth/status", "/api/v1/auth/status/", "/api/v1/auth/status/x", "/api/v1/AUTH/status",
		"/api/v1/auth/status%00", "/api/v1/auth/status%2f", "/api/v1/auth/%73tatus%20", "/api/v1/admin", "/api/v1/admin/users/1/x", "/api/v1/auth/jwt",
		"/api/v1/auth/status;x=1", "/api/v1/auth/2", "/metrics/", "/problems", "/openapi.yaml", "/swagger", "/debug/vars", "/server-status",
		"/api/../../etc/passwd", "/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fgo.mod", "/static//etc/passwd", "/.env",
	} {
		a := c.do(t, "GET", path, nil)
		redirect := a.status/100 == 3 && strings.HasPrefix(a.header.Get("Location"), "/") && !strings.HasPrefix(a.header.Get("Location"), "//")
		if a.status != http.StatusNotFound && a.status != http.StatusBadRequest && !redirect {
			t.Errorf("%s, to %q; want 404", a, a.header.Get("Location"))
		}
	}
	for _, path := range []string{"//api/v1/admin/users", "/api/v1//admin/users", "/api/v1/auth/../admin/users", "/api/v1/%61dmin/users", "/./api/v1/admin/users", "/api/v1/admin/users?x=/api/health"} {
		if a := c.do(t, "GET", path, nil); a.status < 300 {
			t.Errorf("a way round: %s", a)
		}
	}
	for code, info := range api.Codes {
		a := c.do(t, "GET", "/problems/"+string(code), nil)
		if a.status >= 400 || !strings.Contains(html.UnescapeString(string(a.body)), info.Title) {
			t.Errorf("the type of a problem leads nowhere: %s", a)
		}
	}
	for cause, info := range api.Causes {
		a := c.do(t, "GET", "/problems/"+string(cause), nil)
		text := html.UnescapeString(string(a.body))
		if a.status >= 400 || !strings.Contains(text, info.Title) || !strings.Contains(text, info.Remedy) {
			t.Errorf("a cause of the doctor has no page: %s", a)
		}
	}
}
