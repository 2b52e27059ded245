package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.program()
	for path, want := range map[string]object{
		"/api/health":          {"status": "healthy", "checks.database": "connected", "checks.auth_service": "operational"},
		"/api/health/live":     {"status": "healthy"},
		"/api/health/ready":    {"status": "healthy"},
		"/api/health/auth":     {"status": "healthy", "tokens": "operational", "csrf": "operational"},
		"/api/health/database": {"engine": "sqlite", "pooler": false, "migrations.pending": 0.0},
	} {
		a := c.do(t, "GET", path, nil)
		a.want(t, http.StatusOK, "")
		for member, value := range want {
			if a.member(member) != value {
				t.Errorf("%s: %s is %v, want %v", path, member, a.member(member), value)
			}
		}
	}
	for _, short := range []string{"/healthz", "/livez", "/readyz"} {
		if a := c.do(t, "GET", short, nil); a.status != http.StatusOK || a.text("status") != "healthy" {
			t.Errorf("%s", a)
		}
	}
	if c.do(t, "GET", "/api/health", nil).text("version") == "" {
		t.Error("the health lacks the version")
	}
	db := c.do(t, "GET", "/api/health/database", nil)
	for _, name := range []string{"size", "in_use", "idle", "waits"} {
		if _, number := db.member("pools.main." + name).(float64); !number {
			t.Errorf("the pool lacks %s: %s", name, db)
		}
	}
	if db.text("version") == "" || db.member("migrations.current") == nil {
		t.Errorf("the database: %s", db)
	}
}

func TestConfigTellsAFrontEndWhatItNeeds(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"METRICS_TOKEN": "m1-Qw8Er5Ty2Ui9Op4As7Df0Gh3"})
	a := w.program().do(t, "GET", "/api/v1/config", nil)
	if a.text("environment") != "test" || a.text("api_base_url") != w.public+"/api/v1" || a.member("cookie_domain") != "" {
		t.Errorf("config: %s", a)
	}
	if methods, _ := a.member("methods").([]any); fmt.Sprint(methods) != "[password totp backup_code passkey]" {
		t.Errorf("methods: %s", a)
	}
	for _, secret := range []string{signingKey, sealingKey, "m1-Qw8Er5Ty2Ui9Op4As7Df0Gh3", w.DataDir} {
		if strings.Contains(string(a.body), secret) {
			t.Errorf("config tells %q", secret)
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	c := w.program().signIn(t, email, password)
	c.login(t, email, wrong)
	text := string(w.program().do(t, "GET", "/metrics", nil).body)
	for _, line := range []string{"# TYPE ", "# HELP "} {
		if !strings.Contains(text, line) {
			t.Errorf("/metrics lacks %q", line)
		}
	}
	for _, secret := range []string{email, c.bearer, signingKey, password, "account_disabled"} {
		if strings.Contains(text, secret) {
			t.Errorf("/metrics tells %q", secret)
		}
	}
	a := w.program().do(t, "GET", "/api/metrics/authentication", nil)
	var m struct {
		Windows map[string]struct {
			Attempts, Succeeded int
			SuccessRate         *float64            `json:"success_rate"`
			LoginTime           struct{ Count int } `json:"login_time"`
			Endpoints           []any
		}
		Targets []struct{ Name, Verdict string }
		Pools   map[string]struct{ Use *float64 }
	}
	if err := json.Unmarshal(a.body, &m); err != nil {
		t.Fatalf("%v: %s", err, a)
	}
	hour := m.Windows["1h"]
	if hour.Attempts != 2 || hour.Succeeded != 1 || hour.SuccessRate == nil || *hour.SuccessRate != 0.5 || hour.LoginTime.Count != 1 || len(hour.Endpoints) == 0 {
		t.Errorf("the figures of an hour: %+v", hour)
	}
	if len(m.Targets) == 0 || m.Pools["main"].Use == nil {
		t.Errorf("targets and pools: %+v %+v", m.Targets, m.Pools)
	}
}

// TestDocumentIsServedAndReadable: /docs names each operation, and the document is one JSON value.
func TestDocumentIsServedAndReadable(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	docs := string(w.program().do(t, "GET", "/docs", nil).body)
	for _, r := range routes {
		if !strings.Contains(docs, r.path) {
			t.Errorf("/docs lacks %s", r)
		}
	}
	a := w.program().do(t, "GET", "/openapi.json", nil)
	if !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") || !json.Valid(a.body) {
		t.Errorf("/openapi.json is %q", a.header.Get("Content-Type"))
	}
	var doc struct{ Servers []struct{ URL string } }
	if err := json.Unmarshal(a.body, &doc); err != nil || len(doc.Servers) == 0 || doc.Servers[0].URL != w.public {
		t.Errorf("servers: %+v %v", doc, err)
	}
}

// TestErrorsInFastAPIUsersShape: its old clients read {"detail": CONSTANT} under the statuses that they know.
func TestErrorsInFastAPIUsersShape(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"ERROR_COMPAT": "fastapi-users"})
	email := w.user(t)
	read := func(a answer) map[string]any {
		var m map[string]any
		_ = json.Unmarshal(a.body, &m)
		return m
	}
	w.faults = map[string]string{}
	c := w.program().greet(t)
	a := c.login(t, email, wrong)
	if a.status != http.StatusBadRequest || read(a)["detail"] != "LOGIN_BAD_CREDENTIALS" {
		t.Errorf("a wrong password: %s", a)
	}
	a = c.do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": another})
	if a.status != http.StatusBadRequest || read(a)["detail"] != "REGISTER_USER_ALREADY_EXISTS" {
		t.Errorf("a known address: %s", a)
	}
	a = c.do(t, "POST", "/api/v1/auth/reset-password", object{"token": "x", "password": another})
	if a.status != http.StatusBadRequest || read(a)["detail"] != "RESET_PASSWORD_BAD_TOKEN" {
		t.Errorf("a dead link: %s", a)
	}
	w.faults = map[string]string{} // these answers are no problems, and are not to be
}
