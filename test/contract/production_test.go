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

const metricsToken = "m1-Qw8Er5Ty2Ui9Op4As7Df0Gh3-metrics"

// production runs the program as one would for real, behind a proxy on this machine.
func production(t *testing.T, env map[string]string) *world {
	t.Helper()
	data := t.TempDir()
	full := map[string]string{
		"ENVIRONMENT": "production", "PUBLIC_URL": "https://auth.example.com", "TRUSTED_PROXIES": "127.0.0.1/32", "DATA_DIR": data,
		"DATABASE_URL":   "sqlite:///" + filepath.Join(data, "real.db"), // the path begins with the fourth slash
		"JWT_SECRET_KEY": signingKey, "DATA_ENCRYPTION_KEY": sealingKey,
		"METRICS_TOKEN": metricsToken, "SHUTDOWN_DELAY": "0s",
	}
	maps.Copy(full, env)
	first := ground.Unstarted(t, full)
	if r := first.Run("serve"); r.Code == 0 || !strings.Contains(r.Stdout+r.Stderr, "migrate up") {
		t.Errorf("pending migrations are to stop the start and to name the command: exit %d %s", r.Code, r.Stderr)
	}
	if r := first.Run("migrate", "up"); r.Code != 0 {
		t.Fatalf("migrate up: %s", r.Stderr)
	}
	return watch(t, ground.Server(t, full), full["PUBLIC_URL"])
}

func TestProduction(t *testing.T) {
	t.Parallel()
	w := production(t, nil)

	if strings.Contains(w.Stdout()+w.Stderr(), "/setup?token=") {
		t.Error("outside development the setup link stands in its file alone")
	}
	link, err := os.ReadFile(filepath.Join(w.DataDir, "setup-link"))
	if err != nil || !strings.Contains(string(link), w.public+"/setup?token=") {
		t.Errorf("the file with the setup link: %v %q", err, link)
	}
	if info, err := os.Stat(filepath.Join(w.DataDir, "setup-link")); err == nil && info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
	if r := w.Run("setup-link"); r.Code != 0 || !strings.Contains(r.Stdout, w.public+"/setup?token=") {
		t.Errorf("aiwfe-auth setup-link: exit %d %s %s", r.Code, r.Stdout, r.Stderr)
	}

	stranger := w.program()
	a := stranger.do(t, "POST", "/api/v1/auth/register", object{"email": "eve@example.com", "password": password})
	a.want(t, http.StatusForbidden, "registration_closed")
	for _, path := range []string{"/metrics", "/api/metrics/authentication"} {
		if a := stranger.do(t, "GET", path, nil); a.status < 400 {
			t.Errorf("metrics are open: %s", a)
		}
		stranger.do(t, "GET", path, nil, with("Authorization", "Bearer "+metricsToken)).want(t, http.StatusOK, "")
		if a := stranger.do(t, "GET", path, nil, with("Authorization", "Bearer "+metricsToken[:len(metricsToken)-1])); a.status < 400 {
			t.Errorf("a part of METRICS_TOKEN opens the metrics: %s", a)
		}
	}
	for _, path := range []string{"/api/health/auth", "/api/health/database"} {
		a := stranger.do(t, "GET", path, nil)
		if a.status != http.StatusOK || strings.TrimSpace(string(a.body)) != `{"status":"healthy"}` {
			t.Errorf("a stranger's health: %s", a)
		}
		if a := stranger.do(t, "GET", path, nil, with("Authorization", "Bearer "+metricsToken)); len(a.body) < 50 {
			t.Errorf("the health of METRICS_TOKEN: %s", a)
		}
	}
	stranger.do(t, "GET", "/api/v1/users/me", nil, with("Authorization", "Bearer "+metricsToken)).want(t, http.StatusUnauthorized, "")
	if a := stranger.do(t, "GET", "/api/v1/config", nil); a.text("environment") != "production" || a.text("registration") != "closed" || a.text("api_base_url") != w.public+"/api/v1" {
		t.Errorf("config: %s", a)
	}
}

func TestProductionCookies(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		env           map[string]string
		session, csrf string
	}{
		"one host":      {nil, "__Host-aiwfe_session", "__Host-aiwfe_csrf"},
		"COOKIE_DOMAIN": {map[string]string{"COOKIE_DOMAIN": "example.com", "CORS_ORIGINS": "https://app.example.com"}, "__Secure-aiwfe_session", "__Host-aiwfe_csrf"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := production(t, k.env)
			email := w.onHost(t, "user")
			b := w.browser()
			b.signIn(t, email, password)
			if _, there := b.cookies[k.session]; !there {
				t.Errorf("no cookie %s among %v", k.session, names(b))
			}
			if _, there := b.cookies[k.csrf]; !there {
				t.Errorf("no cookie %s among %v", k.csrf, names(b))
			}
			b.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusOK, "")
			// The name without its prefix could have been set by any sibling over http.
			b.do(t, "GET", "/api/v1/users/me", nil, with("Cookie", "aiwfe_session="+b.cookie("aiwfe_session"))).want(t, http.StatusUnauthorized, "")
			rename := object{"name": "Ada"}
			sibling := []option{with("Sec-Fetch-Site", "same-site"), with("Origin", "https://other.example.com")}
			b.do(t, "PATCH", "/api/v1/users/me", rename, sibling...).want(t, http.StatusForbidden, "origin_not_allowed")
			b.do(t, "PATCH", "/api/v1/users/me", rename, with("Origin", "http://auth.example.com")).want(t, http.StatusForbidden, "origin_not_allowed")
			b.do(t, "PATCH", "/api/v1/users/me", rename, with("Origin", "http://"+w.Addr)).want(t, http.StatusForbidden, "origin_not_allowed")
			if name == "COOKIE_DOMAIN" {
				listed := []option{with("Sec-Fetch-Site", "same-site"), with("Origin", "https://app.example.com")}
				b.do(t, "PATCH", "/api/v1/users/me", rename, listed...).want(t, http.StatusOK, "")
				if a := w.program().do(t, "GET", "/api/v1/config", nil); a.text("cookie_domain") != "example.com" {
					t.Errorf("config: %s", a)
				}
			}
			b.do(t, "PATCH", "/api/v1/users/me", rename).want(t, http.StatusOK, "")
			b.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
			if len(b.cookies) > 1 || b.cookie("aiwfe_session") != "" {
				t.Errorf("logout left %v", names(b))
			}
		})
	}
}

func names(c *client) (all []string) {
	for name := range c.cookies {
		all = append(all, name)
	}
	return all
}

// TestProductionRefusesToStart with what would be unsafe, and names the variable.
func TestProductionRefusesToStart(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		env   map[string]string
		names string
	}{
		"a short key":           {map[string]string{"JWT_SECRET_KEY": "short"}, "JWT_SECRET_KEY"},
		"a well-known key":      {map[string]string{"JWT_SECRET_KEY": "your-256-bit-secret-your-256-bit-secret"}, "JWT_SECRET_KEY"},
		"a weak key":            {map[string]string{"JWT_SECRET_KEY": strings.Repeat("a", 40)}, "JWT_SECRET_KEY"},
		"no key":                {map[string]string{"JWT_SECRET_KEY": ground.Unset}, "JWT_SECRET_KEY"},
		"plain http":            {map[string]string{"PUBLIC_URL": "http://auth.example.com", "TRUSTED_PROXIES": "", "LISTEN_ADDR": ":28998"}, "TRUSTED_PROXIES"},
		"no public address":     {map[string]string{"PUBLIC_URL": ""}, "PUBLIC_URL"},
		"open without mail":     {map[string]string{"REGISTRATION": "open"}, "SMTP_URL"},
		"a foreign domain":      {map[string]string{"COOKIE_DOMAIN": "example.org"}, "COOKIE_DOMAIN"},
		"a public suffix":       {map[string]string{"COOKIE_DOMAIN": "com"}, "COOKIE_DOMAIN"},
		"any origin":            {map[string]string{"CORS_ORIGINS": "*"}, "CORS_ORIGINS"},
		"no proxy, no TLS":      {map[string]string{"TRUSTED_PROXIES": "", "LISTEN_ADDR": ":28999"}, "TRUSTED_PROXIES"},
		"an unknown place":      {map[string]string{"ENVIRONMENT": "prod"}, "ENVIRONMENT"},
		"old tokens for ever":   {map[string]string{"LEGACY_TOKENS": "accept"}, "LEGACY_TOKENS_UNTIL"},
		"old tokens for a year": {map[string]string{"LEGACY_TOKENS": "accept", "LEGACY_TOKENS_UNTIL": "2099-01-01"}, "LEGACY_TOKENS_UNTIL"},
	} {
		t.Run(name, func(t *testing.T) {
			full := map[string]string{
				"ENVIRONMENT": "production", "PUBLIC_URL": "https://auth.example.com", "TRUSTED_PROXIES": "127.0.0.1/32",
				"JWT_SECRET_KEY": signingKey, "DATA_ENCRYPTION_KEY": sealingKey,
			}
			maps.Copy(full, k.env)
			r := ground.Unstarted(t, full).Run("serve")
			told := r.Stdout + r.Stderr
			if r.Code != 1 || !strings.Contains(told, k.names) {
				t.Errorf("exit %d, and %s is not named: %s", r.Code, k.names, told)
			}
			if strings.Contains(told, signingKey) || strings.Contains(told, sealingKey) {
				t.Errorf("a key is printed: %s", told)
			}
		})
	}
}
