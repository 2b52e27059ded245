package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

func (f *fixture) read(t *testing.T) api.AuthMetrics {
	t.Helper()
	w := f.get("/api/metrics/authentication", "Authorization", asScraper)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return decode[api.AuthMetrics](t, w)
}

func (f *fixture) loggedIn(took time.Duration) {
	f.Heard(audit.Row{Event: audit.EventLogin, Outcome: audit.Success, Detail: "password"})
	f.Done(httpkit.Done{Method: "POST", Route: routeLogin, Status: 200, Took: took})
}

func TestFiguresOfAnHour(t *testing.T) {
	f := set(t, nil)
	for range 99 {
		f.loggedIn(100 * time.Millisecond)
	}
	f.Heard(audit.Row{Event: audit.EventLogin, Outcome: audit.Refused, Code: api.CodeInvalidCredentials, Reason: "unknown_address"})
	f.Heard(audit.Row{Event: audit.EventRefresh, Outcome: audit.Success})
	f.Heard(audit.Row{Event: audit.EventLegacySession, Outcome: audit.Success})
	f.Heard(audit.Row{Event: audit.EventLegacySession, Outcome: audit.Success, Detail: "use"})
	f.Done(httpkit.Done{Method: "GET", Route: routeCSRF, Status: 200, Took: time.Millisecond})
	f.Done(httpkit.Done{Method: "POST", Route: "POST /x", Status: 403, Code: api.CodeCSRFTokenInvalid})

	m := f.read(t)
	w := m.Windows["1h"]
	if w.Attempts != 100 || w.Succeeded != 99 || *w.SuccessRate != 0.99 || *w.HonestSuccessRate != 1 || w.Failures["invalid_credentials"] != 1 {
		t.Errorf("attempts: %+v", w)
	}
	if w.LoginTime.Count != 99 || w.LoginTime.MeanMS != 100 || math.Abs(w.LoginTime.P95MS-100) > 20 {
		t.Errorf("login time: %+v", w.LoginTime)
	}
	if w.CSRF.Issued != 1 || w.CSRF.Refused["csrf_token_invalid"] != 1 || w.Tokens != (api.TokenFigures{Access: 99, Refresh: 1, Legacy: 1}) {
		t.Errorf("tokens: %+v %+v", w.CSRF, w.Tokens)
	}
	if *m.SessionsActive != 3 || m.Pools["main"].Use != 0.2 || m.Hashing.Workers != 2 || !m.Since.Equal(f.w.now.UTC()) {
		t.Errorf("state: %+v", m)
	}
	verdicts := map[string]string{}
	for _, x := range m.Targets {
		verdicts[x.Name] = x.Verdict
	}
	want := map[string]string{
		"success_rate": "missed", "honest_success_rate": "met", "login_time": "met", "pool_use": "met", "response_time": "met",
	}
	if fmt.Sprint(verdicts) != fmt.Sprint(want) {
		t.Errorf("verdicts %v", verdicts)
	}
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		note    string
		feed    func(*fixture)
		target  string
		verdict string
		of      string
	}{
		{"nothing was tried", func(*fixture) {}, "honest_success_rate", "no_data", ""},
		{"nobody signed in", func(*fixture) {}, "login_time", "no_data", ""},
		{"no answer yet", func(*fixture) {}, "response_time", "no_data", ""},
		{"a slow login", func(f *fixture) { f.loggedIn(2100 * time.Millisecond) }, "login_time", "missed", ""},
		{"a slow answer is named", func(f *fixture) { f.loggedIn(900 * time.Millisecond) }, "response_time", "missed", routeLogin},
		{"a slow answer of no auth endpoint", func(f *fixture) {
			f.Done(httpkit.Done{Method: "GET", Route: "GET /metrics", Status: 200, Took: time.Minute})
		}, "response_time", "no_data", ""},
		{"a pool at its target", func(f *fixture) { f.w.pools = map[string]Pool{"main": {Size: 10, InUse: 8}} }, "pool_use", "missed", "main"},
		{"the one writer of SQLite is busy by design", func(f *fixture) {
			f.w.pools = map[string]Pool{"main": {Size: 10, InUse: 1}, "write": {Size: 1, InUse: 1}}
		}, "pool_use", "met", "main"},
	} {
		t.Run(c.note, func(t *testing.T) {
			f := set(t, nil)
			c.feed(f)
			for _, x := range f.read(t).Targets {
				if x.Name == c.target && (x.Verdict != c.verdict || x.Of != c.of) {
					t.Errorf("%+v", x)
				}
			}
		})
	}
}

func (f *fixture) attempts(window string) int64 {
	return f.window(context.Background(), window, "").sum().Count(figures.Attempts)
}

func TestWindowsForget(t *testing.T) {
	f := set(t, nil)
	f.loggedIn(time.Millisecond)
	began := f.w.now
	for _, c := range []struct {
		after           time.Duration
		five, hour, day int64
	}{
		{4 * time.Minute, 1, 1, 1},
		{6 * time.Minute, 0, 1, 1},
		{61 * time.Minute, 0, 0, 1},
		{25 * time.Hour, 0, 0, 0},
	} {
		f.w.now = began.Add(c.after)
		if got := [3]int64{f.attempts("5m"), f.attempts("1h"), f.attempts("24h")}; got != [3]int64{c.five, c.hour, c.day} {
			t.Errorf("after %s: %v", c.after, got)
		}
	}
}

// TestSlotIsTakenOver: a minute must not count what the same slot held an hour ago.
func TestSlotIsTakenOver(t *testing.T) {
	f := set(t, nil)
	f.loggedIn(time.Millisecond)
	f.w.now = f.w.now.Add(time.Hour)
	f.loggedIn(time.Millisecond)
	if n := f.attempts("1h"); n != 1 {
		t.Errorf("%d attempts", n)
	}
}

// TestManyAtOnce is for the race detector.
func TestManyAtOnce(t *testing.T) {
	f := set(t, nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				f.loggedIn(time.Millisecond)
				f.Hashed("bcrypt", time.Millisecond)
				f.get("/api/health")
				f.get("/metrics", "Authorization", asScraper)
				f.get("/api/metrics/authentication", "Authorization", asScraper)
			}
		})
	}
	wg.Wait()
	if n := f.read(t).Windows["24h"].Attempts; n != 400 {
		t.Errorf("%d of 400 logins count", n)
	}
}

func BenchmarkDone(b *testing.B) {
	m := must(New(Options{Sources: (&world{}).sources(), Log: slog.New(slog.DiscardHandler)}))(b)
	d := httpkit.Done{Method: "GET", Route: "GET /api/v1/auth/status", Status: 200, Took: 50 * time.Microsecond}
	b.ReportAllocs()
	for b.Loop() {
		m.Done(d)
	}
}
