package forward

import (
	"net/http"
	"testing"
)

// nobodyButTheProxyAsks: the address of a browser is that of a trusted proxy, through which it could ask about places
// that it never goes to, and be given an assertion for them.
func nobodyButTheProxyAsks(t *testing.T, w *world) {
	ada := w.signedIn(t, "ada", "user")
	for _, path := range []string{forwardPath, "/api/v1/auth/%66orward", "/api/v1/auth/verify", "/api/v1/auth/ext-authz/closed", "/api/v1/auth/%65xt-authz/closed"} {
		a := w.do(t, http.MethodGet, authHost, path, nil, "Cookie: "+ada.cookie,
			"X-Original-URL: http://"+appHost+":"+w.port+"/closed", "X-Original-Method: GET")
		if a.status != http.StatusNotFound || a.header.Get("X-Auth-Assertion") != "" || a.header.Get("Remote-User") != "" {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
	}
	if a := w.get(t, forwardPath, "Cookie: "+ada.cookie); a.app == nil {
		t.Errorf("an application may have such a path: %d %s", a.status, a.body)
	}
}
