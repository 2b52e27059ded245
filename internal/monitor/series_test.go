package monitor

import (
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

func TestSeriesHaveAPointForEachStep(t *testing.T) {
	f := node(t, newTable(time.Now), "a")
	for name, want := range map[string]struct{ points, step int }{"1h": {60, 60}, "24h": {96, 900}, "7d": {168, 3600}, "30d": {360, 7200}} {
		s, err := f.Series(t.Context(), name, "")
		if err != nil || s.Range != name || len(s.At) != want.points || s.StepSeconds != want.step {
			t.Errorf("%s: %d points of %d s, %v", name, len(s.At), s.StepSeconds, err)
		}
		if last, now := s.At[len(s.At)-1], f.w.now.Unix(); last > now || last+int64(want.step) <= now {
			t.Errorf("%s: the last point begins at %d, now is %d", name, last, now)
		}
		for i := range s.At[1:] {
			if s.At[i+1]-s.At[i] != int64(want.step) {
				t.Fatalf("%s: from %d to %d", name, s.At[i], s.At[i+1])
			}
		}
		for curve, values := range s.Series {
			if len(values) != want.points || values[0] != nil {
				t.Errorf("%s of %s: %d values, the first %v", curve, name, len(values), values[0])
			}
		}
	}
	if _, err := f.Series(t.Context(), "2h", ""); !fault.Is(err, api.CodeValidationFailed) {
		t.Errorf("a range that is none: %v", err)
	}
}

func TestSeriesOfWhatHappened(t *testing.T) {
	f := node(t, newTable(time.Now), "a")
	f.w.now = f.w.now.Truncate(time.Minute)
	f.loggedIn(100 * time.Millisecond)
	f.Heard(tried("", "192.0.2.1", "unknown_address"))
	f.Heard(tried("7", "192.0.2.2", "account_disabled"))
	f.Done(httpkit.Done{Method: "GET", Route: routeCSRF, Status: 200, Took: time.Millisecond})
	f.Done(httpkit.Done{Method: "POST", Route: "POST /x", Status: 403, Code: api.CodeCSRFTokenInvalid})
	f.HashWaited(50 * time.Millisecond)
	f.Asked(nil)
	f.Asked(fault.New(api.CodeDatabaseUnavailable, "database_away", "It is away."))
	f.look(t.Context())
	f.w.now = f.w.now.Add(2 * time.Minute)
	s, err := f.Series(t.Context(), "1h", "")
	if err != nil {
		t.Fatal(err)
	}
	at := len(s.At) - 3
	for name, want := range map[string]float64{
		"login_success_ratio": 0.5, "logins": 1, "guessing": 1, "login_p50_seconds": 0.1, "login_p95_seconds": 0.1, "login_p99_seconds": 0.1,
		"sessions_active": 3, "pool_use_ratio": 0.2, "response_p95_seconds": 0.1, "database_error_ratio": 0.5, "csrf_issued": 1,
		"csrf_refused": 1, "hash_queue_wait_seconds": 0.05,
	} {
		got := s.Series[name]
		if got == nil || got[at] == nil || math.Abs(*got[at]-want) > 0.2*want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
		if got != nil && got[at+1] != nil {
			t.Errorf("%s has a value for a minute of which nobody wrote", name)
		}
	}
	if got := s.Failures["account_disabled"]; len(got) != len(s.At) || *got[at] != 1 || got[at+1] != nil {
		t.Errorf("failures: %v", s.Failures)
	}
	if len(s.Series) != len(drawn) || s.Targets["login_success_ratio"] != 0.995 || s.Targets["response_p95_seconds"] != 0.5 {
		t.Errorf("targets: %v", s.Targets)
	}
	for name := range s.Targets {
		if s.Series[name] == nil {
			t.Errorf("a target of no curve: %s", name)
		}
	}
}

// TestQuietMinuteIsToldFromNoServer: a count is zero where somebody was there to count.
func TestQuietMinuteIsToldFromNoServer(t *testing.T) {
	f := node(t, newTable(time.Now), "a")
	f.look(t.Context())
	s, err := f.Series(t.Context(), "1h", "")
	last := len(s.At) - 1
	if err != nil || s.Series["logins"][last] == nil || *s.Series["logins"][last] != 0 || s.Series["login_success_ratio"][last] != nil {
		t.Errorf("%v %v, %v", s.Series["logins"][last], s.Series["login_success_ratio"][last], err)
	}
	if s.Series["logins"][last-1] != nil {
		t.Error("a minute before the server began has a count")
	}
}

func TestHoursAddUpToTheirPoint(t *testing.T) {
	k := newTable(time.Now)
	f := node(t, k, "a")
	point := f.w.now.Truncate(2 * time.Hour).Add(-24 * time.Hour)
	for i := range 2 { // both hours of one point, by a server that is gone
		row := figures.Row{Node: "gone", Step: time.Hour, At: point.Add(time.Duration(i) * time.Hour)}
		row.Sheet.Counts = map[string]int64{figures.Attempts: 10, figures.Succeeded: 5 + int64(i)}
		if _, err := k.KeepFigures(t.Context(), []figures.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := f.Series(t.Context(), "30d", "")
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range s.At {
		if v := s.Series["login_success_ratio"][i]; (v != nil) != (at == point.Unix()) || v != nil && *v != 0.55 {
			t.Errorf("at %s: %v", time.Unix(at, 0).UTC(), v)
		}
	}
}

func TestFiguresOfOneNodeByTheQuery(t *testing.T) {
	k := newTable(time.Now)
	a, b := node(t, k, "a"), node(t, k, "b")
	b.loggedIn(time.Millisecond)
	b.keep(t.Context())
	for query, want := range map[string]int64{"": 1, "?node=b": 1, "?node=host-b": 1, "?node=a": 0} {
		w := a.get("/api/metrics/authentication"+query, "Authorization", asScraper)
		if m := decode[api.AuthMetrics](t, w); w.Code != http.StatusOK || m.Windows["5m"].Attempts != want {
			t.Errorf("%s: %d attempts, want %d", query, m.Windows["5m"].Attempts, want)
		}
	}
}
