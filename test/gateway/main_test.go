package gateway

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var hidden = regexp.MustCompile(`name="(csrf_token|next)" value="([^"]*)"`)

// As a browser does it: to the application, to the sign-in, and back to where one wanted to go.
func TestSomebodyReachesTheApplicationBySigningIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page := func(method, address string, form url.Values) answer {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Accept": {"text/html"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Site": {"same-origin"}}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", s.URL)
		}
		return do(t, through{c}, r)
	}
	wanted := "/board/7?tab=a%20b&x=1;2"
	first := page("GET", s.URL+wanted, nil)
	to := first.Header.Get("Location")
	if first.StatusCode != http.StatusFound || to != s.URL+"/login?next="+url.QueryEscape(wanted) {
		t.Fatalf("%d %s", first.StatusCode, to)
	}
	form := url.Values{"username": {"ada@example.com"}, "password": {password}}
	for _, m := range hidden.FindAllStringSubmatch(page("GET", to, nil).body, -1) {
		form.Set(m[1], strings.ReplaceAll(m[2], "&amp;", "&"))
	}
	back := page("POST", s.URL+"/login", form)
	if back.StatusCode != http.StatusSeeOther || back.Header.Get("Location") != wanted {
		t.Fatalf("%d %s %s", back.StatusCode, back.Header.Get("Location"), back.body)
	}
	got := arrived(t, page("GET", s.URL+wanted, nil))
	if got.URI != wanted || got.Header.Get("Remote-Email") != "ada@example.com" || got.Header.Get("X-Forwarded-Proto") != "http" {
		t.Errorf("%+v", got)
	}
	if start := arrived(t, page("GET", s.URL+"/", nil)); start.URI != "/" {
		t.Errorf("%+v", start)
	}
	for _, ours := range []string{"/login/nothing", "/account/nothing", "/api/v1/auth/nothing", "/api/v1/users/me/nothing", "/api/health/x", "/metrics/x", "/static/x", "/docs/x", "/.well-known/jwks.json/x"} {
		before := s.app.asks.Load()
		if a := page("GET", s.URL+ours, nil); a.StatusCode != http.StatusNotFound || s.app.asks.Load() != before {
			t.Errorf("%s: %d", ours, a.StatusCode)
		}
	}
	for _, theirs := range []string{"/api/v1/boards", "/api/other", "/logins", "/favicon.ico", "/.well-known/other"} {
		if got := arrived(t, page("GET", s.URL+theirs, nil)); got.URI != theirs {
			t.Errorf("%s: %+v", theirs, got)
		}
	}
	if a := page("GET", s.URL+"/account", nil); a.StatusCode != http.StatusOK || a.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("/account: %d", a.StatusCode)
	}
}

// through asks as a client with a jar would.
type through struct{ c *http.Client }

func (b through) RoundTrip(r *http.Request) (*http.Response, error) { return b.c.Do(r) }

func TestStrangersAreToldByWhatTheyAre(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	for _, tt := range []struct {
		name, method string
		header       []string
		status       int
	}{
		{"a browser that navigates", "GET", []string{"Sec-Fetch-Mode", "navigate", "Accept", "text/html"}, 302},
		{"an old browser", "GET", []string{"Accept", "text/html,*/*"}, 302},
		{"a script of a page", "GET", []string{"Sec-Fetch-Mode", "cors", "Accept", "text/html"}, 401},
		{"a program", "GET", nil, 401},
		{"a form", "POST", []string{"Sec-Fetch-Mode", "navigate", "Accept", "text/html"}, 401},
		{"a token that does not count", "GET", []string{"Accept", "text/html", "Authorization", "Bearer nonsense"}, 401},
		{"a cookie that does not count", "GET", []string{"Cookie", "aiwfe_session=nonsense"}, 401},
		{"two cookies of one name", "GET", []string{"Cookie", "aiwfe_session=a; aiwfe_session=b"}, 401},
		{"a broken cookie", "GET", []string{"Cookie", `aiwfe_session="\x01`}, 401},
		{"a broken header", "GET", []string{"Authorization", "Bearer"}, 401},
		{"a probe", "GET", []string{"User-Agent", "kube-probe/1.30"}, 401},
		{"a preflight", "OPTIONS", []string{"Origin", "https://evil.example", "Access-Control-Request-Method", "GET"}, 403},
		{"CONNECT", "CONNECT", nil, 405},
	} {
		a := s.ask(t, tt.method, "/things", nil, tt.header...)
		if a.StatusCode != tt.status || tt.status == 401 && a.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", tt.name, a.StatusCode, a.body)
		}
		if a.Header.Get("X-Request-Id") == "" || a.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: our answer has not our headers", tt.name)
		}
	}
	if n := s.app.asks.Load(); n != 0 {
		t.Errorf("the application was asked %d times by strangers", n)
	}
}
