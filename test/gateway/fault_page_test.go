package gateway

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var href = regexp.MustCompile(`href="([^"]*)"`)

// On an application's own host a fault asks for nothing there, sets no cookie and leads to our address; on ours it is a
// page like any other.
func TestAFaultOnAnApplicationsHostTakesNothingFromIt(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{
		"UPSTREAMS": "app.localhost/=APPLICATION,part.localhost/only=APPLICATION", "UPSTREAM_TIMEOUT": "1s",
		"POLICY_FILE": policyFile(t, `
rules:
  - {name: strong, paths: [/strong/**], proof: second_factor}
  - {name: secret, paths: [/secret/**], roles: [admin]}
  - {name: rest}
`),
	})
	p := s.signIn(t, "ada@example.com")
	for _, tt := range []struct {
		host, path string
		status     int
		says       string
	}{
		{"app.localhost", "/secret/x?lang=de", 403, "Hier haben Sie keinen Zugang"},
		{"app.localhost", "/strong/x", 403, "Set one up under Security"},
		{"app.localhost", "/drops", 503, "The application cannot be reached"},
		{"app.localhost", "/slow", 504, "did not answer in time"},
		{"app.localhost", "/a%2f..%2fb", 400, "This address is not clear"},
		{"part.localhost", "/other", 404, "There is nothing at this address"},
		{"localhost", "/secret/x", 403, "You have no access here"},
	} {
		at := []string{"Host", tt.host + s.host()[9:], "Cookie", p.cookie}
		a := s.ask(t, "GET", tt.path, nil, append(at, "Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Accept-Language", "en")...)
		if a.StatusCode != tt.status || !strings.Contains(a.body, tt.says) || !strings.Contains(a.body, a.Header.Get("X-Request-Id")) {
			t.Errorf("%s%s: %d %s", tt.host, tt.path, a.StatusCode, a.body)
		}
		if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("X-Frame-Options") != "DENY" || a.Header.Get("Content-Language") == "" {
			t.Errorf("%s%s: %v", tt.host, tt.path, a.Header)
		}
		csp := a.Header.Get("Content-Security-Policy")
		if tt.host == "localhost" {
			if !strings.Contains(csp, "style-src 'self'") || !strings.Contains(a.body, `href="/static/app.`) {
				t.Errorf("on our host: %s", csp)
			}
			continue
		}
		if !strings.Contains(csp, "default-src 'none'; style-src 'sha256-") || strings.Contains(csp, "self") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s%s: %s", tt.host, tt.path, csp)
		}
		if len(a.Header["Set-Cookie"]) > 0 || strings.Contains(a.body, "<form") || strings.Contains(a.body, "<script") {
			t.Errorf("%s%s: %v %s", tt.host, tt.path, a.Header["Set-Cookie"], a.body)
		}
		for _, m := range href.FindAllStringSubmatch(a.body, -1) {
			if to := m[1]; to != "" && to != "#main" && !strings.HasPrefix(to, "data:image/") && !strings.HasPrefix(to, s.URL+"/") {
				t.Errorf("%s%s leads to %s", tt.host, tt.path, to)
			}
		}
		program := s.ask(t, "GET", tt.path, nil, at...)
		if program.StatusCode != tt.status || program.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("a program at %s%s: %d %v", tt.host, tt.path, program.StatusCode, program.Header)
		}
	}
}

// A session that ends while the application is asked leads to the sign-in at our address, and back.
func TestASessionThatEndsMeanwhileLeadsToSignIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"UPSTREAMS": "app.localhost/=APPLICATION"})
	p := s.signIn(t, "ada@example.com")
	host := "app.localhost" + s.host()[9:]
	got := make(chan answer, 1)
	go func() {
		got <- s.ask(t, "GET", "/slow", nil, "Host", host, "Cookie", p.cookie, "Accept", "text/html", "Sec-Fetch-Mode", "navigate")
	}()
	wait(t, "the application is asked", func() bool { return s.app.asks.Load() > 0 })
	if r := s.Run("user", "disable", "--email", "ada@example.com"); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	a := <-got
	want := s.URL + "/login?next=" + url.QueryEscape("http://"+host+"/slow") + "&notice=session-ended"
	if a.StatusCode != http.StatusFound || a.Header.Get("Location") != want {
		t.Errorf("%d to %s, want %s", a.StatusCode, a.Header.Get("Location"), want)
	}
}
