package contract

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// access says who may call a route.
type access string

const (
	public   access = "public"
	signedIn access = "signed in"
	enroller access = "signed in, or a login that waits for a factor to be set up"
	admins   access = "admin"
	operator access = "operator" // open to loopback in development and test, else METRICS_TOKEN or an administrator
)

// route is one documented call with a body that is well formed, and what it answers to somebody who may call it. The
// ids in paths are of nothing, so such a call is 404 and changes nothing.
type route struct {
	method, path string
	access       access
	body         any
	status       int
}

// asked is the query that a call of some routes needs: an answer that goes on for ever cannot be waited for, so this
// call of it asks for what is refused.
var asked = map[string]string{
	"/api/v1/admin/audit/stream": "?after=nothing", "/api/v1/admin/policy/check": "?url=https://app.example.com/",
}

// extAuthz answers every method, preflights too: they are those of the request that Envoy asks about.
const extAuthz = "/api/v1/auth/ext-authz/{path}"

func (r route) unsafe() bool   { return r.method != "GET" }
func (r route) String() string { return r.method + " " + r.path }

// address is the path with ids of nothing in it.
func (r route) address() string {
	return strings.NewReplacer("{id}", "999999", "{session}", "ses_nothing", "{path}", "x").Replace(r.path) + asked[r.path]
}

// routes is the table. Where a call would end the caller's session it is at the end, for tests walk down the table.
var routes = []route{
	{"GET", "/api/health", public, nil, 200},
	{"GET", "/api/health/live", public, nil, 200},
	{"GET", "/api/health/ready", public, nil, 200},
	{"GET", "/api/health/auth", operator, nil, 200},
	{"GET", "/api/health/database", operator, nil, 200},
	{"GET", "/api/metrics/authentication", operator, nil, 200},
	{"GET", "/metrics", operator, nil, 200},
	{"GET", "/api/v1/auth/forward", public, nil, 403}, // nobody here is a trusted proxy
	{"GET", "/api/v1/auth/verify", public, nil, 403},
	{"GET", extAuthz, public, nil, 403},
	{"GET", "/api/v1/config", public, nil, 200},
	{"GET", "/api/v1/auth/csrf-token", public, nil, 200},
	{"GET", "/api/v1/auth/echo", public, nil, 200},
	{"POST", "/api/v1/auth/jwt/login", public, object{"email": "nobody@example.com", "password": wrong}, 401},
	{"POST", "/api/v1/auth/selftest", public, object{
		"page": "/login", "origin": "", "made": 0, "open": 0, "now": 0, "framed": false, "secure": true, "cookies": true, "lang": "en",
	}, 200},
	{"POST", "/api/v1/auth/jwt/refresh", public, object{"refresh_token": "aiwfe_rt_nothing"}, 401},
	{"POST", "/api/v1/auth/register", public, object{"email": "taken@example.com", "password": password}, 201},
	{"POST", "/api/v1/auth/reset-password", public, object{"token": "nothing", "password": another}, 400},
	{"POST", "/api/v1/auth/verify", public, object{"token": "nothing"}, 400},
	{"POST", "/api/v1/auth/unlock", public, object{"token": "nothing"}, 400},
	{"POST", "/api/v1/auth/not-me", public, object{"token": "nothing"}, 400},
	{"POST", "/api/v1/auth/forgot-password", public, object{"email": "nobody@example.com"}, 202},
	{"POST", "/api/v1/auth/request-verify-token", public, object{"email": "nobody@example.com"}, 202},
	{"POST", "/api/v1/auth/request-unlock", public, object{"email": "nobody@example.com"}, 202},
	{"POST", "/api/v1/auth/2fa/challenge", public, object{"challenge_token": "nothing", "code": "123456"}, 401},
	{"POST", "/api/v1/auth/2fa/webauthn/login/options", public, object{}, 200},
	{"POST", "/api/v1/auth/2fa/webauthn/login/verify", public, object{"credential": object{}}, 401},
	{"POST", "/api/v1/auth/2fa/totp/confirm", enroller, object{"code": "123456"}, 404},
	{"POST", "/api/v1/auth/2fa/totp/setup", enroller, object{}, 200},
	{"POST", "/api/v1/auth/2fa/webauthn/register/options", enroller, object{}, 200},
	{"POST", "/api/v1/auth/2fa/webauthn/register/verify", enroller, object{"credential": object{}}, 400},
	{"GET", "/api/v1/auth/2fa", signedIn, nil, 200},
	{"POST", "/api/v1/auth/2fa/backup-codes", signedIn, nil, 404},
	{"DELETE", "/api/v1/auth/2fa/totp", signedIn, nil, 404},
	{"PATCH", "/api/v1/auth/2fa/webauthn/{id}", signedIn, object{"name": "Key"}, 404},
	{"DELETE", "/api/v1/auth/2fa/webauthn/{id}", signedIn, nil, 404},
	{"GET", "/api/v1/auth/2fa/trusted-devices", signedIn, nil, 200},
	{"DELETE", "/api/v1/auth/2fa/trusted-devices/{id}", signedIn, nil, 404},
	{"DELETE", "/api/v1/auth/2fa/trusted-devices", signedIn, nil, 200},
	{"GET", "/api/v1/auth/tokens", signedIn, nil, 200},
	{"POST", "/api/v1/auth/tokens", signedIn, object{"name": "script", "scopes": []string{"read"}}, 201},
	{"DELETE", "/api/v1/auth/tokens/{id}", signedIn, nil, 404},
	{"POST", "/api/v1/auth/email", signedIn, object{"email": "elsewhere@example.com"}, 202},
	{"GET", "/api/v1/users/me/activity", signedIn, nil, 200},
	{"GET", "/api/v1/users/me/export", signedIn, nil, 200},
	{"GET", "/api/v1/auth/status", signedIn, nil, 200},
	{"GET", "/api/v1/auth/sessions", signedIn, nil, 200},
	{"GET", "/api/v1/users/me", signedIn, nil, 200},
	{"PATCH", "/api/v1/users/me", signedIn, object{"name": "Ada"}, 200},
	{"DELETE", "/api/v1/auth/sessions/{id}", signedIn, nil, 404},
	{"GET", "/api/v1/admin/audit", admins, nil, 200},
	{"GET", "/api/v1/admin/doctor", admins, nil, 200},
	{"GET", "/api/v1/admin/alerts", admins, nil, 200},
	{"POST", "/api/v1/admin/alerts/silences", admins, object{"rule": "disk_space", "minutes": 60, "reason": "it is grown"}, 201},
	{"DELETE", "/api/v1/admin/alerts/silences/{id}", admins, nil, 404},
	{"POST", "/api/v1/admin/alerts/test", admins, object{}, 200},
	{"GET", "/api/v1/admin/maintenance", admins, nil, 200},
	{"GET", "/api/v1/admin/policy", admins, nil, 200},
	{"GET", "/api/v1/admin/policy/check", admins, nil, 200},
	{"GET", "/api/v1/admin/audit/stream", admins, nil, 400},
	{"GET", "/api/v1/admin/audit/export", admins, nil, 200},
	{"GET", "/api/v1/admin/reports", admins, nil, 200},
	{"GET", "/api/v1/admin/metrics/series", admins, nil, 200},
	{"GET", "/api/v1/admin/explain/{id}", admins, nil, 404},
	{"GET", "/api/v1/admin/users", admins, nil, 200},
	{"POST", "/api/v1/admin/users", admins, object{"email": "invited@example.com"}, 201},
	{"GET", "/api/v1/admin/users/{id}", admins, nil, 404},
	{"PATCH", "/api/v1/admin/users/{id}", admins, object{"name": "Ada"}, 404},
	{"DELETE", "/api/v1/admin/users/{id}", admins, nil, 404},
	{"POST", "/api/v1/admin/users/{id}/reset-password", admins, nil, 404},
	{"POST", "/api/v1/admin/users/{id}/unlock", admins, nil, 404},
	{"GET", "/api/v1/admin/users/{id}/factors", admins, nil, 404},
	{"POST", "/api/v1/admin/users/{id}/reset-factors", admins, nil, 404},
	{"GET", "/api/v1/admin/users/{id}/sessions", admins, nil, 404},
	{"DELETE", "/api/v1/admin/users/{id}/sessions", admins, nil, 404},
	{"DELETE", "/api/v1/admin/users/{id}/sessions/{session}", admins, nil, 404},
	{"POST", "/api/v1/auth/reauth", signedIn, object{"password": password}, 200},
	{"POST", "/api/v1/auth/password", signedIn, object{"current_password": password, "new_password": another}, 204},
	{"DELETE", "/api/v1/auth/sessions", signedIn, nil, 200},
	{"DELETE", "/api/v1/users/me", signedIn, nil, 204},
	{"POST", "/api/v1/auth/jwt/logout", public, nil, 204},
}

// unsafeRoutes are those that a forged request must not reach.
func unsafeRoutes() (all []route) {
	for _, r := range routes {
		if r.unsafe() {
			all = append(all, r)
		}
	}
	return all
}

// documented reads the routes of the document that the program serves.
func (w *world) documented(t *testing.T) (all []string) {
	t.Helper()
	a := w.program().do(t, "GET", "/openapi.json", nil)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(a.body, &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("/openapi.json is not OpenAPI 3.1: %v %s", err, a)
	}
	for path, methods := range doc.Paths {
		for method := range maps.Keys(methods) {
			if method != "parameters" {
				all = append(all, strings.ToUpper(method)+" "+path)
			}
		}
	}
	slices.Sort(all)
	return all
}

// TestTableKnowsEveryDocumentedRoute fails when a route is added without a line in the table, or goes away.
func TestTableKnowsEveryDocumentedRoute(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	documented := w.documented(t)
	var known []string
	for _, r := range routes {
		known = append(known, r.String())
		if !slices.Contains(documented, r.String()) {
			t.Errorf("%s is not documented", r)
		}
	}
	for _, d := range documented {
		if !slices.Contains(known, d) {
			t.Errorf("%s is documented and the table of this package lacks it", d)
		}
	}
}
