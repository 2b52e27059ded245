package monitor

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// exercise makes every series appear.
func exercise(f *fixture) {
	for _, e := range audit.Events {
		f.Heard(audit.Row{Event: e, Outcome: audit.Success, Detail: "use", Count: 1})
	}
	f.Heard(audit.Row{Event: audit.EventLogin, Outcome: audit.Success, Detail: "password"})
	f.Hashed("argon2id", 40*time.Millisecond)
	f.Hashed("md5", time.Millisecond)
	f.Done(httpkit.Done{Method: "POST", Route: routeLogin, Status: 200, Took: 90 * time.Millisecond})
	f.Done(httpkit.Done{Method: "POST", Route: routeRefresh, Status: 200, Took: time.Millisecond})
	f.Done(httpkit.Done{Method: "GET", Route: routeCSRF, Status: 200, Took: time.Millisecond})
}

func TestNamesPassTheLinter(t *testing.T) {
	f := everything(t)
	problems, err := testutil.GatherAndLint(f.registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestNamesThatDashboardsRelyOn(t *testing.T) {
	f := set(t, nil)
	exercise(f)
	text := f.get("/metrics", "Authorization", asScraper).Body.String()
	for _, want := range []string{
		`aiwfe_auth_logins_total{method="password",result="success"} 1`,
		`aiwfe_auth_login_duration_seconds_bucket{le="0.5"} 1`, `aiwfe_auth_login_duration_seconds_bucket{le="2"} 1`,
		`aiwfe_auth_tokens_issued_total{kind="access"}`, `aiwfe_auth_tokens_issued_total{kind="refresh"} 1`,
		`aiwfe_auth_csrf_tokens_issued_total{result="success"} 1`, `aiwfe_auth_csrf_tokens_issued_total{result="failure"} 0`,
		`aiwfe_auth_csrf_rejections_total{reason="csrf_token_expired"} 0`,
		`aiwfe_auth_sessions_active 3`, `aiwfe_auth_password_hash_duration_seconds_count{algorithm="argon2id"} 1`,
		`aiwfe_auth_password_hash_duration_seconds_count{algorithm="other"} 1`,
		`aiwfe_auth_log_lines_dropped_total 5`, `aiwfe_auth_password_hash_queue 0`, `aiwfe_auth_rate_limited_total{limit="account_limit"} 0`,
		`aiwfe_auth_db_pool_connections{pool="main",state="in_use"} 2`, `aiwfe_auth_db_pool_wait_seconds_total{pool="main"} 1.5`,
		`aiwfe_auth_db_errors_total{class="database_unavailable"} 0`, `aiwfe_auth_legacy_tokens_total 1`,
		`aiwfe_auth_audit_events_total{event="logout"} 1`, `aiwfe_auth_build_info{go_version="`,
		`http_server_request_duration_seconds_bucket{http_request_method="POST",http_response_status_code="200",http_route="/api/v1/auth/jwt/login",le="0.5"} 1`,
		"go_goroutines ", "process_start_time_seconds ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestHistogramsAreNativeToo(t *testing.T) {
	f := set(t, nil)
	exercise(f)
	families, err := f.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if !strings.HasSuffix(family.GetName(), "_duration_seconds") {
			continue
		}
		for _, m := range family.GetMetric() {
			if h := m.GetHistogram(); h != nil && h.Schema == nil {
				t.Errorf("%s has no native form", family.GetName())
			}
		}
	}
}

func TestDatabaseAwayLeavesOutWhatItCannotTell(t *testing.T) {
	f := set(t, nil)
	f.w.sessions = errAway
	if text := f.get("/metrics", "Authorization", asScraper).Body.String(); strings.Contains(text, "\naiwfe_auth_sessions_active") ||
		!strings.Contains(text, "aiwfe_auth_password_hash_queue") {
		t.Error("the number of sessions is invented, or the rest is missing")
	}
}

// series counts the children of the request histogram.
func series(t *testing.T, c prometheus.Collector) int {
	t.Helper()
	return testutil.CollectAndCount(c)
}

// TestHostilePathsMakeNoLabel: whoever can make labels can fill the memory.
func TestHostilePathsMakeNoLabel(t *testing.T) {
	f := set(t, nil)
	f.get("/api/v1/things/1")
	f.get("/nowhere")
	before := series(t, f.metrics.requests)
	for _, path := range []string{"/api/v1/things/2", "/api/v1/things/" + strings.Repeat("x", 500), "/wp-login.php", "/%2e%2e/etc/passwd", "/a//b"} {
		f.get(path)
	}
	f.Done(httpkit.Done{Method: "GET", Route: "", Status: 404})
	if after := series(t, f.metrics.requests); after != before {
		t.Errorf("%d series before, %d after", before, after)
	}
	for _, method := range []string{"BREW", "brew", strings.Repeat("M", 300)} { // all of them one more, _OTHER
		f.Done(httpkit.Done{Method: method, Route: "", Status: 405})
	}
	if after := series(t, f.metrics.requests); after != before+1 {
		t.Errorf("invented methods made %d series", after-before)
	}
}

func TestSeriesOfRoutesAreBounded(t *testing.T) {
	f := set(t, nil)
	for i := range maxRoutes + 100 {
		f.Done(httpkit.Done{Method: "GET", Route: "GET /x", Status: i})
	}
	if n := series(t, f.metrics.requests); n > maxRoutes+1 {
		t.Errorf("%d series", n)
	}
}

func TestEachEndOfALoginCountsOnce(t *testing.T) {
	refused := func(code api.Code, reason string) func(*fixture) {
		return func(f *fixture) {
			f.Done(httpkit.Done{Method: "POST", Route: routeLogin, Status: api.Codes[code].Status, Code: code, Reason: reason})
		}
	}
	for _, c := range []struct {
		note   string
		feed   func(*fixture)
		result string
		honest int64 // attempts that the honest rate counts
	}{
		{"right: the row and the answer are one login", func(f *fixture) {
			f.Heard(audit.Row{Event: audit.EventLogin, Outcome: audit.Success, Detail: "password"})
			f.Done(httpkit.Done{Method: "POST", Route: routeLogin, Status: 200})
		}, "success", 1},
		{"by the page", func(f *fixture) {
			f.Heard(audit.Row{Event: audit.EventLogin, Outcome: audit.Success, Detail: "password"})
			f.Done(httpkit.Done{Method: "POST", Route: routePage, Status: 303})
		}, "success", 1},
		{"wrong: the row and the answer are one login", func(f *fixture) {
			f.Heard(audit.Row{Event: audit.EventLogin, Outcome: audit.Refused, Code: api.CodeInvalidCredentials, Reason: "wrong_password"})
			refused(api.CodeInvalidCredentials, "wrong_password")(f)
		}, "invalid_credentials", 1},
		{"an unknown address is a guess", func(f *fixture) {
			f.Heard(audit.Row{Event: audit.EventLogin, Outcome: audit.Refused, Code: api.CodeInvalidCredentials, Reason: "unknown_address"})
			refused(api.CodeInvalidCredentials, "unknown_address")(f)
		}, "invalid_credentials", 0},
		{"too many sessions", func(f *fixture) {
			f.Heard(audit.Row{Event: audit.EventSessionLimit, Outcome: audit.Refused, Code: api.CodeSessionLimitReached, Reason: "session_limit_refuse"})
			refused(api.CodeSessionLimitReached, "session_limit_refuse")(f)
		}, "session_limit_reached", 1},
		{"a limit is no failure of an honest person", refused(api.CodeTooManyAttempts, "account_limit"), "too_many_attempts", 0},
		{"a refused CSRF token is one: the guide's third failure", refused(api.CodeCSRFTokenExpired, ""), "csrf_token_expired", 1},
		{"the database is away", refused(api.CodeDatabaseUnavailable, "database_away"), "database_unavailable", 1},
		{"a code that is none", func(f *fixture) {
			f.Heard(audit.Row{Event: audit.EventLogin, Outcome: audit.Refused, Code: "made_up"})
		}, "internal_error", 1},
	} {
		t.Run(c.note, func(t *testing.T) {
			f := set(t, nil)
			c.feed(f)
			if n := testutil.ToFloat64(f.metrics.logins.WithLabelValues("password", c.result)); n != 1 {
				t.Errorf("%s counts %v", c.result, n)
			}
			if n := series(t, f.metrics.logins); n != 1 {
				t.Errorf("%d series", n)
			}
			s := f.window(t.Context(), "5m", "").sum()
			if tried, guessed := s.Count(figures.Attempts), s.Count(figures.Guessing); tried != 1 || tried-guessed != c.honest {
				t.Errorf("attempts %d, guesses %d", tried, guessed)
			}
		})
	}
}

// TestTheDoctorIsNoPersonWhoIsRefused: looked through twice, a quiet server would be one where nobody can sign in.
func TestTheDoctorIsNoPersonWhoIsRefused(t *testing.T) {
	for _, c := range []struct {
		agent string
		code  api.Code
		want  int64
	}{
		{"aiwfe-auth-doctor/1.2.3", api.CodeValidationFailed, 0},
		{"curl/8.0", api.CodeValidationFailed, 1},
		{"aiwfe-auth-doctor/1.2.3", api.CodeTooManyAttempts, 1},
		{"aiwfe-auth-doctor/1.2.3", api.CodeCSRFTokenInvalid, 1},
	} {
		f := set(t, nil)
		q := &httpkit.Request{}
		q.Client.UserAgent = c.agent
		f.Done(httpkit.Done{Method: "POST", Route: routeLogin, Status: api.Codes[c.code].Status, Code: c.code, Request: q})
		if n := f.window(t.Context(), "5m", "").sum().Count(figures.Attempts); n != c.want {
			t.Errorf("%s, %s: %d attempts", c.agent, c.code, n)
		}
	}
}

func TestRefusalsCountByTheirCause(t *testing.T) {
	f := set(t, nil)
	for _, d := range []httpkit.Done{
		{Route: "POST /x", Code: api.CodeOriginNotAllowed},
		{Route: "POST /x", Code: api.CodeTooManyAttempts, Reason: "address_limit"},
		{Route: "POST /x", Code: api.CodeTooManyAttempts, Reason: "made_up"},
		{Route: "GET /x", Code: api.CodeStorageFull},
		{Route: routeCSRF, Method: "GET", Code: api.CodeInternal},
	} {
		f.Done(d)
	}
	f.Heard(audit.Row{Event: audit.EventRequestRefused, Count: 7})
	f.Heard(audit.Row{Event: "made_up"})
	for name, got := range map[string]prometheus.Counter{
		"csrf": f.metrics.csrf.of(api.CodeOriginNotAllowed), "limit": f.metrics.limited.of("address_limit"),
		"unknown limit": f.metrics.limited.other, "storage": f.metrics.dbErrors.of("storage_full"),
		"csrf not made": f.metrics.csrfFailed, "unknown event": f.metrics.events.other,
	} {
		if n := testutil.ToFloat64(got); n != 1 {
			t.Errorf("%s counts %v", name, n)
		}
	}
	if n := testutil.ToFloat64(f.metrics.events.of(audit.EventRequestRefused)); n != 7 {
		t.Errorf("a row that stands for seven counts %v", n)
	}
}

func TestFiguresOfValkeyAreThereWhereThereIsOne(t *testing.T) {
	f := set(t, nil)
	figures := func() string { return f.get("/metrics", "Authorization", asScraper).Body.String() }
	if text := figures(); strings.Contains(text, "valkey_up") {
		t.Error("there is no Valkey, and its figures are told")
	}
	for state, up := range map[string]string{"connected": "1", "unreachable": "0", "connecting": "0"} {
		f.w.valkey = &Valkey{State: state, Told: 1, Heard: 2, Counted: 3, Alone: 4}
		text := figures()
		for _, want := range []string{
			"aiwfe_auth_valkey_up " + up, `aiwfe_auth_limit_counts_total{by="all"} 3`, `aiwfe_auth_limit_counts_total{by="node"} 4`,
			`aiwfe_auth_revocation_calls_total{direction="told"} 1`, `aiwfe_auth_revocation_calls_total{direction="heard"} 2`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %s is missing", state, want)
			}
		}
	}
}
