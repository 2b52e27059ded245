package contract

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestRotatedSigningKeyLogsNobodyOut: old tokens verify by JWT_PREVIOUS_SECRET_KEYS, and all else has other keys.
func TestRotatedSigningKeyLogsNobodyOut(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	env := map[string]string{"DATA_DIR": data, "PUBLIC_URL": "http://localhost:29999"}
	w := start(t, env)
	email := w.user(t)
	a, b := w.program().login(t, email, password), w.browser().signIn(t, email, password)
	const next = "n2-Vb6Nm9Qw3Er7Ty1Ui5Op8As4Df0Gh-next-key"
	running := w
	restart := func(more map[string]string) *world {
		running.Stop()
		running.pid = stopped
		changed := maps.Clone(env)
		maps.Copy(changed, more)
		running = start(t, changed)
		b.w = running
		return running
	}
	s := restart(map[string]string{"JWT_SECRET_KEY": next, "JWT_PREVIOUS_SECRET_KEYS": signingKey})
	status(t, s, a.text("access_token")).want(t, http.StatusOK, "")
	b.do(t, "PATCH", "/api/v1/users/me", object{"name": "Ada"}).want(t, http.StatusOK, "")
	child := s.program().refresh(t, a.text("refresh_token"))
	child.want(t, http.StatusOK, "")
	before, _ := parts(t, a.text("access_token"))
	now, _ := parts(t, child.text("access_token"))
	if before["kid"] == now["kid"] {
		t.Error("two keys have one kid")
	}
	s = restart(map[string]string{"JWT_SECRET_KEY": next})
	status(t, s, a.text("access_token")).want(t, http.StatusUnauthorized, "token_invalid")
	status(t, s, child.text("access_token")).want(t, http.StatusOK, "")
	b.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusOK, "")
}

// TestKeyFromAFile: one line feed at the end is the editor's and not the key's; two ways of giving a key contradict.
func TestKeyFromAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "jwt")
	if err := os.WriteFile(file, []byte(signingKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := start(t, map[string]string{"JWT_SECRET_KEY": ground.Unset, "JWT_SECRET_KEY_FILE": file})
	header, claims := parts(t, w.program().login(t, w.user(t), password).text("access_token"))
	status(t, w, sign(jsonText(header), jsonText(claims))).want(t, http.StatusOK, "")

	r := ground.Unstarted(t, map[string]string{"JWT_SECRET_KEY": signingKey, "JWT_SECRET_KEY_FILE": file}).Run("config", "check")
	if r.Code != 1 || !strings.Contains(r.Stdout+r.Stderr, "JWT_SECRET_KEY_FILE") {
		t.Errorf("both forms at once: exit %d %s%s", r.Code, r.Stdout, r.Stderr)
	}
}

// TestDevelopmentKnowsTheNamesOfThisMachine: people type localhost and 127.0.0.1 by turns.
func TestDevelopmentKnowsTheNamesOfThisMachine(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"ENVIRONMENT": "development", "LOG_FORMAT": "json"})
	port := w.Addr[strings.LastIndex(w.Addr, ":"):]
	email := w.user(t)
	for _, origin := range []string{"http://localhost" + port, "http://127.0.0.1" + port, "http://[::1]" + port} {
		b := w.browser()
		b.origin = origin
		b.signIn(t, email, password)
		b.do(t, "PATCH", "/api/v1/users/me", object{"name": "Ada"}).want(t, http.StatusOK, "")
	}
	for _, origin := range []string{"http://127.0.0.2" + port, "http://localhost:1", "https://localhost" + port, "http://127.0.0.1"} {
		b := w.browser().greet(t)
		b.origin = origin
		b.login(t, email, password).want(t, http.StatusForbidden, "origin_not_allowed")
	}
}

// TestAliasesLeadToPublicURL by 308, and never for a request that would lose its meaning.
func TestAliasesLeadToPublicURL(t *testing.T) {
	t.Parallel()
	w := production(t, map[string]string{"PUBLIC_ALIASES": "www.auth.example.com"})
	alias := func(r *http.Request) { r.Host = "www.auth.example.com" }
	a := w.program().do(t, "GET", "/login?next=/account", nil, alias)
	if a.status != http.StatusPermanentRedirect || a.header.Get("Location") != w.public+"/login?next=/account" {
		t.Errorf("%s, to %q", a, a.header.Get("Location"))
	}
	for _, path := range []string{"//evil.example", "/\\evil.example", "/%2f%2fevil.example"} {
		a := w.program().do(t, "GET", path, nil, alias)
		if location := a.header.Get("Location"); location != "" && !strings.HasPrefix(location, w.public+"/") {
			t.Errorf("%s, to %q", a, location)
		}
	}
	if a := w.program().do(t, "POST", loginPath, object{"email": "a@example.com", "password": wrong}, alias); a.status/100 == 3 {
		t.Errorf("a POST was led away: %s", a)
	}
	other := w.program().do(t, "GET", "/login", nil, func(r *http.Request) { r.Host = "evil.example" })
	if strings.Contains(other.header.Get("Location")+string(other.body), "evil.example") {
		t.Errorf("the Host of a stranger shows: %s", other)
	}
}

// TestAllFaultsAreToldAtOnce, each with its variable, and with no secret.
func TestAllFaultsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	s := ground.Unstarted(t, map[string]string{
		"ACCESS_TOKEN_TTL": "soon", "SESSION_LIMIT": "-1", "LOGIN_LIMIT_ACCOUNT": "many", "COOKIE_DOMAIN": "com", "REGISTRATION": "maybe",
		"JWT_SECRET_KEY": "canary", "LOG_LEVEL": "loud",
	})
	for _, verb := range [][]string{{"serve"}, {"config", "check"}} {
		r := s.Run(verb...)
		told := r.Stdout + r.Stderr
		for _, name := range []string{"ACCESS_TOKEN_TTL", "SESSION_LIMIT", "LOGIN_LIMIT_ACCOUNT", "COOKIE_DOMAIN", "REGISTRATION", "JWT_SECRET_KEY", "LOG_LEVEL"} {
			if !strings.Contains(told, name) {
				t.Errorf("%v does not name %s", verb, name)
			}
		}
		if r.Code != 1 || strings.Contains(told, "canary") {
			t.Errorf("%v: exit %d\n%s", verb, r.Code, told)
		}
	}
}
