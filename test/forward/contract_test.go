package forward

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/gateway"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const forwardPath = "/api/v1/auth/forward"

// direct is a server that is asked by this test in place of a proxy.
func direct(t *testing.T, env map[string]string) *world {
	t.Helper()
	full := map[string]string{
		"TRUSTED_PROXIES": trusted, "PUBLIC_URL": "https://" + authHost, "COOKIE_DOMAIN": "example.com",
		"CORS_ORIGINS": "https://" + appHost + ",https://front.example.com,https://app.elsewhere.net", "LOGIN_LIMIT_ADDRESS": "100000/1m",
	}
	for name, value := range env {
		full[name] = value
	}
	w := &world{Instance: ground.Server(t, full)}
	_, w.port, _ = net.SplitHostPort(w.Addr)
	w.http = client(t, w.port)
	return w
}

// byTraefik is what forwardAuth of Traefik 3 sends: GET, the headers of the request without those of one hop, and its own.
func byTraefik(method, host, uri string, more ...string) []string {
	return append([]string{
		"X-Forwarded-Method: " + method, "X-Forwarded-Proto: https", "X-Forwarded-Host: " + host, "X-Forwarded-Port: 443",
		"X-Forwarded-Uri: " + uri, "X-Forwarded-For: 203.0.113.7", "X-Forwarded-Server: traefik-1", "X-Real-Ip: 203.0.113.7",
	}, more...)
}

// TestTraefikAsks header by header.
func TestTraefikAsks(t *testing.T) {
	t.Parallel()
	w := direct(t, map[string]string{"POLICY_FILE": rules(t, guarded+"  - {name: elsewhere, hosts: [app.elsewhere.net, other.example.com]}\n")})
	ada := w.signedIn(t, "ada", "user")
	ask := func(headers []string) answer { return w.do(t, http.MethodGet, authHost, forwardPath, nil, headers...) }
	login := "https://" + authHost + "/login?next=https%3A%2F%2F" + appHost + "%2Freports%3Fa%3D1"
	for _, c := range []struct {
		name     string
		headers  []string
		status   int
		location string
	}{
		{"a page", byTraefik("GET", appHost, "/reports?a=1", page), 302, login},
		{"a page by HEAD", byTraefik("HEAD", appHost, "/reports?a=1", page), 302, login},
		{"a page of another host", byTraefik("GET", "other.example.com", "/", page), 403, ""},
		{"a page that no cookie reaches", byTraefik("GET", "app.elsewhere.net", "/", page), 403, ""},
		{"a form", byTraefik("POST", appHost, "/reports", page), 401, ""},
		{"a script", byTraefik("GET", appHost, "/reports", "Accept: */*"), 401, ""},
		{"a WebSocket", byTraefik("GET", appHost, "/live", page, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: x"), 401, ""},
		{"a WebSocket of another site", byTraefik("GET", appHost, "/live", "Cookie: "+ada.cookie, "Origin: https://evil.example", "Sec-WebSocket-Key: x"), 403, ""},
		{"who is signed in", byTraefik("GET", appHost, "/reports?a=1", "Cookie: "+ada.cookie), 200, ""},
		{"with the port", byTraefik("GET", appHost+":443", "/reports", "Cookie: "+ada.cookie), 200, ""},
		{"a WebSocket's scheme", append(byTraefik("GET", appHost, "/live", "Cookie: "+ada.cookie)[:1:1], append([]string{"X-Forwarded-Proto: wss"}, byTraefik("GET", appHost, "/live", "Cookie: "+ada.cookie)[2:]...)...), 200, ""},
		{"a prefix that is none", byTraefik("GET", appHost, "/admin/x", "Cookie: "+ada.cookie, "X-Forwarded-Prefix: /public"), 403, ""},
		{"TRACE", byTraefik("TRACE", appHost, "/public/x"), 400, ""},
		{"a method in small letters", byTraefik("get", appHost, "/public/x"), 400, ""},
		{"two hosts", byTraefik("GET", appHost, "/public/x", "X-Forwarded-Host: other.example.com"), 400, ""},
		{"two hosts in one", byTraefik("GET", appHost+", other.example.com", "/public/x"), 403, ""},
		{"two addresses", byTraefik("GET", appHost, "/admin/x", "X-Forwarded-Uri: /public/x"), 400, ""},
		{"nginx's header as well", byTraefik("GET", appHost, "/admin/x", "X-Original-Url: https://"+appHost+"/public/x"), 400, ""},
		{"a path with a fragment", byTraefik("GET", appHost, "/public/x#/admin", "Cookie: "+ada.cookie), 403, ""},
		{"a path that goes back", byTraefik("GET", appHost, "/public/../admin"), 403, ""},
		{"no path", byTraefik("GET", appHost, ""), 400, ""},
		{"no method", byTraefik("GET", appHost, "/public/x")[1:], 400, ""},
		{"nothing", nil, 400, ""},
	} {
		a := ask(c.headers)
		if a.status != c.status || a.header.Get("Location") != c.location {
			t.Errorf("%s: %d to %q, want %d to %q: %s", c.name, a.status, a.header.Get("Location"), c.status, c.location, a.body)
		}
		if a.header.Get("Cache-Control") != "no-store" || len(a.header["Set-Cookie"]) > 0 {
			t.Errorf("%s: %v", c.name, a.header)
		}
	}
	for path, cookie := range map[string]string{"/public/x": "theme=dark", "/reports": ada.cookie + "; theme=dark"} {
		a := ask(byTraefik("GET", appHost, path, "Cookie: "+cookie))
		for _, name := range gateway.Identity {
			if values := a.header[http.CanonicalHeaderKey(name)]; len(values) != 1 || (values[0] == "") != (path == "/public/x" || name == "Remote-Name") {
				t.Errorf("%s at %s is %q", name, path, values)
			}
		}
		if got := a.header["Cookie"]; len(got) != 1 || got[0] != "theme=dark" {
			t.Errorf("the cookies that are left at %s are %q", path, got)
		}
	}
	if a := w.do(t, http.MethodGet, authHost, "/api/v1/auth/verify", nil, byTraefik("GET", appHost, "/", "Cookie: "+ada.cookie)...); a.status != http.StatusOK {
		t.Errorf("by the older name: %d %s", a.status, a.body)
	}
}

// TestEnvoyAsks by the request itself: its method, host and path, behind path_prefix.
func TestEnvoyAsks(t *testing.T) {
	t.Parallel()
	w := direct(t, map[string]string{"POLICY_FILE": rules(t, guarded), "UPSTREAM_CREDENTIALS": "cookie"})
	ada := w.signedIn(t, "ada", "user")
	ask := func(method, target string, headers ...string) int {
		status, _ := w.raw(t, method, "/api/v1/auth/ext-authz"+target, appHost, append([]string{
			"X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.7", "Content-Length: 0", "X-Envoy-Expected-Rq-Timeout-Ms: 15000",
		}, headers...)...)
		return status
	}
	for _, c := range []struct {
		method, target string
		headers        []string
		status         int
	}{
		{"GET", "/reports?a=1", []string{page}, 302},
		{"GET", "/reports", nil, 401},
		{"POST", "/reports", []string{page}, 401},
		{"DELETE", "/reports", []string{"Cookie: " + ada.cookie}, 200},
		{"POST", "/reports", []string{"Cookie: " + ada.cookie, "Origin: https://" + appHost}, 200},
		{"POST", "/reports", []string{"Cookie: " + ada.cookie, "Origin: https://evil.example"}, 403},
		{"PUT", "/public/x", nil, 200},
		{"GET", "/public/x", []string{"X-Forwarded-Uri: /admin", "X-Original-URL: https://app.example.com/admin"}, 200},
		{"GET", "/admin/x", []string{"X-Forwarded-Uri: /public/x", "Cookie: " + ada.cookie}, 403},
		{"GET", "/public/../admin", nil, 403},
		{"GET", "/public/%2e%2e/admin", nil, 403},
		{"GET", "//admin", nil, 403},
		{"GET", "/../status", []string{"Cookie: " + ada.cookie}, 403},
		{"GET", "", nil, 404},
		{"OPTIONS", "/reports", []string{"Origin: https://front.example.com", "Access-Control-Request-Method: PUT"}, 200},
		{"OPTIONS", "/none/x", []string{"Origin: https://front.example.com", "Access-Control-Request-Method: PUT"}, 403},
		{"OPTIONS", "/reports", []string{"Origin: https://evil.example", "Access-Control-Request-Method: PUT"}, 401},
		{"TRACE", "/public/x", nil, 400},
		{"GET", "/public/x", []string{"X-Forwarded-Proto: http"}, 400}, // twice
	} {
		if got := ask(c.method, c.target, c.headers...); got != c.status {
			t.Errorf("%s %s, %.90q: %d, want %d", c.method, c.target, c.headers, got, c.status)
		}
	}
	a := w.do(t, http.MethodGet, appHost, "/api/v1/auth/ext-authz/reports", nil, "X-Forwarded-Proto: https", "Cookie: theme=dark; "+ada.cookie)
	if got := a.header.Get("Cookie"); !strings.HasPrefix(got, "theme=dark; __Secure-aiwfe_session=") || strings.Contains(got, "aiwfe_device") {
		t.Errorf("by UPSTREAM_CREDENTIALS=cookie the application gets %q", got)
	}
}

// TestNobodyElseMayAsk: what a stranger says of a request is nothing (oauth2-proxy CVE-2026-40575).
func TestNobodyElseMayAsk(t *testing.T) {
	t.Parallel()
	w := direct(t, map[string]string{"TRUSTED_PROXIES": "192.0.2.1/32"})
	for _, path := range []string{forwardPath, "/api/v1/auth/verify", "/api/v1/auth/ext-authz/x"} {
		a := w.do(t, http.MethodGet, authHost, path, nil, byTraefik("GET", appHost, "/public/x")...)
		if a.status != http.StatusForbidden || !strings.Contains(string(a.body), `"forward_auth_untrusted"`) || !strings.Contains(string(a.body), "TRUSTED_PROXIES") {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// TestARefusalIsExplained: the rule that decided, to the operator alone.
func TestARefusalIsExplained(t *testing.T) {
	t.Parallel()
	w := direct(t, map[string]string{"POLICY_FILE": rules(t, guarded)})
	ada := w.signedIn(t, "ada", "user")
	a := w.do(t, http.MethodGet, authHost, forwardPath, nil, byTraefik("GET", appHost, "/admin/secret-place", "Cookie: "+ada.cookie)...)
	if a.status != http.StatusForbidden || strings.Contains(string(a.body), "administration") || strings.Contains(string(a.body), "role") {
		t.Fatalf("%d %s", a.status, a.body)
	}
	told := w.Run("explain", a.header.Get("X-Request-Id"))
	for began := time.Now(); !strings.Contains(told.Stdout, "administration") && time.Since(began) < 10*time.Second; told = w.Run("explain", a.header.Get("X-Request-Id")) {
		time.Sleep(50 * time.Millisecond)
	}
	for _, want := range []string{`rule "administration" in line 3 of POLICY_FILE`, "one of the roles admin", "app.example.com"} {
		if !strings.Contains(told.Stdout, want) {
			t.Errorf("explain does not say %q:\n%s%s", want, told.Stdout, told.Stderr)
		}
	}
	if strings.Contains(told.Stdout, "secret-place") {
		t.Error("explain tells the path of an application")
	}
}
