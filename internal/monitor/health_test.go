package monitor

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
)

var errAway = errors.New("dial tcp 10.1.2.3:5432: connection refused")

var found = []api.Finding{
	{Code: "proxy_not_trusted", Severity: api.Serious}, {Code: "secret_weak", Severity: api.Warning}, {Code: "secret_weak", Severity: api.Warning},
}

func TestWhatTheDoctorFoundIsToldToWhomItConcerns(t *testing.T) {
	f := set(t, nil)
	f.w.findings = found
	if h := decode[api.Health](t, f.get("/api/health", "Authorization", asScraper)); h.Checks["doctor"] != "proxy_not_trusted" {
		t.Errorf("%+v", h)
	}
	body := f.get("/metrics", "Authorization", asScraper).Body.String()
	for _, line := range []string{
		`aiwfe_auth_doctor_finding{code="proxy_not_trusted",severity="error"} 1`,
		`aiwfe_auth_doctor_finding{code="secret_weak",severity="warning"} 1`,
	} {
		if !strings.Contains(body, line) {
			t.Errorf("%s is missing", line)
		}
	}
	f.w.findings = nil
	if body := f.get("/metrics", "Authorization", asScraper).Body.String(); strings.Contains(body, "doctor_finding{") {
		t.Error("a series is left of what is gone")
	}
}

func TestHealthHasTheShapeThatScriptsRead(t *testing.T) {
	w := set(t, nil).get("/api/health")
	want := api.Health{Status: "healthy", Version: "1.2.3", Checks: map[string]string{
		"database": "connected", "auth_service": "operational", "csrf": "operational",
		"migrations": "current", "password_hashing": "operational", "doctor": "operational",
	}}
	if diff := cmp.Diff(want, decode[api.Health](t, w)); diff != "" || w.Code != http.StatusOK {
		t.Errorf("status %d: %s", w.Code, diff)
	}
}

func TestHealthNamesWhatFailsAndTurnsBack(t *testing.T) {
	for _, c := range []struct {
		note   string
		change func(*world)
		status int
		want   string
		check  string
		state  string
	}{
		{"the database is away", func(w *world) { w.database = errAway }, 503, "unhealthy", "database", "unreachable"},
		{"tokens do not verify", func(w *world) { w.token = errAway }, 503, "unhealthy", "auth_service", "failing"},
		{"CSRF tokens do not verify", func(w *world) { w.csrf = errAway }, 503, "unhealthy", "csrf", "failing"},
		{"a migration is pending: it serves", func(w *world) { w.pending = 1 }, 200, "degraded", "migrations", "pending"},
		{"the schema cannot be read", func(w *world) { w.schema = errAway }, 200, "degraded", "migrations", "unknown"},
		{"the queue is longer than people wait", func(w *world) { w.waiting = 100 }, 200, "degraded", "password_hashing", "busy"},
		{"the doctor found a cause, which strangers are not told", func(w *world) { w.findings = found }, 200, "degraded", "doctor", "findings"},
		{"Valkey is away: it serves", func(w *world) { w.valkey = &Valkey{State: "unreachable"} }, 200, "degraded", "valkey", "unreachable"},
		{"an application is away: it serves", func(w *world) { w.upstreams = []Upstream{{Name: "/"}, {Name: "/a", Down: true}} }, 200, "degraded", "upstreams", "unreachable"},
		{"degraded never hides unhealthy", func(w *world) { w.database, w.waiting = errAway, 100 }, 503, "unhealthy", "database", "unreachable"},
	} {
		t.Run(c.note, func(t *testing.T) {
			f := set(t, nil)
			c.change(f.w)
			w := f.get("/api/health")
			h := decode[api.Health](t, w)
			if w.Code != c.status || h.Status != c.want || h.Checks[c.check] != c.state {
				t.Errorf("%d %+v", w.Code, h)
			}
			if strings.Contains(w.Body.String(), "10.1.2.3") {
				t.Errorf("the answer tells the error: %s", w.Body)
			}
			f.get("/api/health")
			if n := strings.Count(f.log.String(), "health turned"); n != 1 {
				t.Errorf("%d lines of the log for one turn", n)
			}
			*f.w = world{now: f.w.now, pools: f.w.pools}
			if w := f.get("/api/health"); w.Code != http.StatusOK || decode[api.Health](t, w).Status != "healthy" {
				t.Errorf("it does not turn back: %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestLiveNeverTouchesTheDatabase(t *testing.T) {
	f := set(t, nil)
	f.w.database = errAway
	f.Drain()
	for _, path := range []string{"/api/health/live", "/livez"} {
		if w := f.get(path); w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if n := f.w.asked.Load(); n != 0 {
		t.Errorf("the database was asked %d times", n)
	}
}

func TestReadyTurnsRed(t *testing.T) {
	f := set(t, nil)
	ready := func(want int, text string) {
		t.Helper()
		for _, path := range []string{"/api/health/ready", "/readyz"} {
			if w := f.get(path); w.Code != want || !strings.Contains(w.Body.String(), text) {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	}
	ready(200, `"connected"`)
	f.w.database = errAway
	ready(503, `"database":"unreachable"`)
	f.w.database = nil
	ready(200, `"connected"`)
	f.Drain()
	ready(503, `"server":"draining"`)
}

func TestAliasesAnswerTheSame(t *testing.T) {
	f := set(t, nil)
	if a, b := f.get("/api/health").Body.String(), f.get("/healthz").Body.String(); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

func TestDetailsAreForThoseWhoMay(t *testing.T) {
	f := set(t, nil)
	if got := f.get("/api/health/auth").Body.String(); got != `{"status":"healthy"}` {
		t.Errorf("a stranger learns %s", got)
	}
	if got := f.get("/api/health/database").Body.String(); got != `{"status":"healthy"}` {
		t.Errorf("a stranger learns %s", got)
	}
	no := false
	want := api.DatabaseHealth{
		Status: "healthy", Database: "connected", Engine: "sqlite", Version: "3.50.4", Pooler: &no,
		Pools: map[string]api.Pool{"main": {Size: 10, InUse: 2, Idle: 3, Waits: 4}}, Migrations: &api.MigrationState{Current: 7},
	}
	got := f.get("/api/health/database", "Authorization", asScraper)
	if diff := cmp.Diff(want, decode[api.DatabaseHealth](t, got)); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(got.Body.String(), `"pooler":false`) || !strings.Contains(got.Body.String(), `"pending":0`) {
		t.Errorf("a false or a zero is missing: %s", got.Body)
	}
	auth := api.AuthHealth{
		Status: "healthy", Tokens: "operational", CSRF: "operational", KeyID: "c7k2m4q6w8xz",
		Hashing: &api.HashPool{Workers: 2, Running: 1, CostMS: 50, Refused: 3},
	}
	if diff := cmp.Diff(auth, decode[api.AuthHealth](t, f.get("/api/health/auth", "Authorization", f.bearer(t, "ses_admin")))); diff != "" {
		t.Error(diff)
	}
}

func TestDetailsTurnRedToo(t *testing.T) {
	f := set(t, nil)
	f.w.database, f.w.token = errAway, errAway
	for _, path := range []string{"/api/health/auth", "/api/health/database"} {
		if w := f.get(path); w.Code != 503 || w.Body.String() != `{"status":"unhealthy"}` {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	h := decode[api.DatabaseHealth](t, f.get("/api/health/database", "Authorization", asScraper))
	if h.Database != "unreachable" || h.Migrations != nil {
		t.Errorf("%+v", h)
	}
}
