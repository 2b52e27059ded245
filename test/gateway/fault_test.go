package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func TestAnApplicationThatIsAwayIsSaidSoCalmly(t *testing.T) {
	t.Parallel()
	app := newApplication(t)
	between := ground.FaultProxy(t, strings.TrimPrefix(app.url, "http://"))
	s := newStage(t, map[string]string{"UPSTREAMS": "/far=http://" + between.Addr(), "UPSTREAM_TIMEOUT": "1s", "METRICS_TOKEN": "a-token-for-the-scraper-0123456789"})
	p := s.signIn(t, "ada@example.com")
	health := func() string { return s.ask(t, "GET", "/api/health", nil).body }
	arrived(t, s.ask(t, "GET", "/far/x", nil, "Authorization", p.bearer()))
	if h := health(); !strings.Contains(h, `"upstreams":"operational"`) {
		t.Error(h)
	}
	between.Cut()
	between.Refuse(true)
	for n := range 5 {
		a := s.ask(t, "POST", "/far/x", nil, "Authorization", p.bearer())
		if a.StatusCode != 503 || a.Header.Get("Retry-After") == "" || !strings.Contains(a.body, `"code":"upstream_unavailable"`) {
			t.Errorf("%d: %d %v %s", n, a.StatusCode, a.Header, a.body)
		}
		if strings.Contains(a.body, between.Addr()) || strings.Contains(a.body, "refused") {
			t.Errorf("the answer names the application: %s", a.body)
		}
	}
	log := s.Stderr()
	if !strings.Contains(log, `"reason":"application_unreachable"`) || !strings.Contains(log, `"reason":"upstream_down"`) || !strings.Contains(log, between.Addr()) {
		t.Error("the log does not name what is away")
	}
	page := s.ask(t, "GET", "/far/x", nil, "Cookie", p.cookie, "Accept", "text/html", "Accept-Language", "de")
	if page.StatusCode != 503 || !strings.Contains(page.body, "Die Anwendung ist nicht erreichbar") || page.Header.Get("X-Frame-Options") != "DENY" ||
		!strings.Contains(page.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d %v %s", page.StatusCode, page.Header, page.body)
	}
	if h := health(); !strings.Contains(h, `"upstreams":"unreachable"`) || !strings.Contains(h, `"status":"degraded"`) {
		t.Error(h)
	}
	metrics := s.ask(t, "GET", "/metrics", nil, "Authorization", "Bearer a-token-for-the-scraper-0123456789").body
	for _, line := range []string{
		`aiwfe_auth_upstream_up{upstream="/far"} 0`, `aiwfe_auth_upstream_up{upstream="/"} 1`, `aiwfe_auth_upstream_failures_total{upstream="/far"} 3`,
		`http_response_status_code="503",http_route="/far"`, `aiwfe_auth_upstream_response_seconds_count{upstream="/far"} `,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("%s is missing", line)
		}
	}
	if strings.Contains(metrics, "/far/x") {
		t.Error("a path is a label")
	}
	arrived(t, s.ask(t, "GET", "/near", nil, "Authorization", p.bearer())) // the other one is not concerned
	between.Refuse(false)
	wait(t, "it is asked again", func() bool {
		return s.ask(t, "GET", "/far/x", nil, "Authorization", p.bearer()).StatusCode == http.StatusOK
	})
	if h := health(); !strings.Contains(h, `"upstreams":"operational"`) {
		t.Error(h)
	}
	late := s.ask(t, "GET", "/slow", nil, "Authorization", p.bearer())
	if late.StatusCode != 504 || !strings.Contains(late.body, `"code":"upstream_timeout"`) || late.Header.Get("Retry-After") != "" {
		t.Errorf("%d %s", late.StatusCode, late.body)
	}
}

// What changes nothing is sent again where no connection could be made; all else never.
func TestOnlyWhatChangesNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	p := s.signIn(t, "ada@example.com")
	for _, method := range []string{"GET", "POST", "DELETE"} {
		before := s.app.asks.Load()
		a := s.ask(t, method, "/drops", nil, "Authorization", p.bearer())
		if n := s.app.asks.Load() - before; a.StatusCode != 503 || n != 1 {
			t.Errorf("%s: %d, and it was asked %d times", method, a.StatusCode, n)
		}
	}
}

// A user who goes away is no fault of the application.
func TestAClientThatGoesAwayEndsTheRequest(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	p := s.signIn(t, "ada@example.com")
	l := s.open(t, "/events", "Cookie: "+p.cookie)
	before := s.app.gone.Load()
	_ = l.conn.Close()
	wait(t, "the application hears of it", func() bool { return s.app.gone.Load() > before })
	wait(t, "the request is over", func() bool { return strings.Contains(s.Stderr(), `"path":"/events"`) })
	if strings.Contains(s.Stderr(), "upstream_broke_off") {
		t.Error("it is told as a fault of the application")
	}
}
