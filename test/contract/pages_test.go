package contract

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// post sends a form of a page.
func (c *client) post(t testing.TB, path string, form url.Values, options ...option) answer {
	t.Helper()
	if c.csrf == "" {
		c.greet(t)
	}
	form.Set("csrf_token", c.csrf)
	return c.do(t, "POST", path, form, append([]option{without("X-CSRF-TOKEN")}, options...)...)
}

func (c *client) signInByPage(t testing.TB, email, pass, next string) answer {
	t.Helper()
	return c.post(t, "/login", url.Values{"username": {email}, "password": {pass}, "next": {next}})
}

func TestPagesLeadThroughASession(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	b := w.browser()
	for path, to := range map[string]string{"/": "/login", "/account": "/login"} {
		a := b.do(t, "GET", path, nil)
		if a.status/100 != 3 || !strings.HasPrefix(a.header.Get("Location"), to) {
			t.Errorf("%s, to %q", a, a.header.Get("Location"))
		}
	}
	b.do(t, "GET", "/login", nil).want(t, http.StatusOK, "")
	if a := b.signInByPage(t, email, password, ""); a.status != http.StatusSeeOther || a.header.Get("Location") != "/account" {
		t.Fatalf("signed in by the page: %s, to %q", a, a.header.Get("Location"))
	}
	if a := b.do(t, "GET", "/account", nil); a.status != http.StatusOK || !strings.Contains(string(a.body), email) {
		t.Errorf("the account page: %s", a)
	}
	if a := b.do(t, "GET", "/", nil); a.header.Get("Location") != "/account" {
		t.Errorf("the start page leads to %q", a.header.Get("Location"))
	}
	if a := b.do(t, "GET", "/logout", nil); b.do(t, "GET", "/account", nil).status != http.StatusOK {
		t.Errorf("a GET signed somebody out: %s", a)
	}
	if a := b.post(t, "/logout", url.Values{}); a.status != http.StatusSeeOther && a.status != http.StatusOK {
		t.Errorf("sign out: %s", a)
	}
	if a := b.do(t, "GET", "/account", nil); a.status == http.StatusOK {
		t.Error("the account page opens after signing out")
	}
	for _, path := range []string{"/account/x.css", "/login/x.js", "/.git/HEAD", "/debug/pprof/", "/static/", "/static/../login", "/nothing"} {
		if a := b.do(t, "GET", path, nil); a.status != http.StatusNotFound && a.status/100 != 3 {
			t.Errorf("%s; want 404", a)
		}
	}
}

// TestSetupLinkIsTakenOnce: GET shows the form and takes nothing; ASVS V6.4.1.
func TestSetupLinkIsTakenOnce(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	link := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(w.public) + `/setup\?token=(\S+)$`).FindStringSubmatch(w.Stdout())
	if link == nil {
		t.Fatalf("no line of standard output is the link:\n%s", w.Stdout())
	}
	file := filepath.Join(w.DataDir, "setup-link")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v %v", file, info, err)
	}
	b := w.browser()
	form := func(token string) answer {
		return b.post(t, "/setup", url.Values{"token": {token}, "username": {"ada@example.com"}, "password": {password}, "name": {"Ada"}})
	}
	for range 3 {
		b.do(t, "GET", "/setup?token="+link[1], nil).want(t, http.StatusOK, "")
	}
	if a := form(link[1] + "x"); a.status < 400 {
		t.Errorf("a link that is none: %s", a)
	}
	if a := form(link[1][:20]); a.status < 400 {
		t.Errorf("a part of a link: %s", a)
	}
	if a := form(link[1]); a.status >= 400 {
		t.Fatalf("the link: %s", a)
	}
	if a := form(link[1]); a.status < 400 {
		t.Errorf("the link again: %s", a)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the file with the link outlives it")
	}
	a := w.program().login(t, "ada@example.com", password)
	if a.text("user.role") != "admin" {
		t.Errorf("the first administrator: %s", a)
	}
}

// TestPagesLoadNothingFromElsewhere: ASVS V3.6.1, and no script within the page.
func TestPagesLoadNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser().signIn(t, w.user(t), password)
	outside := regexp.MustCompile(`(?i)\s(?:src|href|action)="(?:https?:)?//[^"]*"`)
	inline := regexp.MustCompile(`(?i)<script(?:\s+[^>]*)?>\s*[^<\s]|\son[a-z]+\s*=|<style|\sstyle="`)
	for _, path := range []string{"/login", "/account", "/register", "/setup?token=x", "/reset-password?token=x", "/docs", "/nothing"} {
		body := string(b.do(t, "GET", path, nil).body)
		for _, link := range outside.FindAllString(body, -1) {
			if !strings.Contains(link, w.public) {
				t.Errorf("%s loads or leads elsewhere: %s", path, link)
			}
		}
		if found := inline.FindString(body); found != "" {
			t.Errorf("%s has what its CSP forbids: %q", path, found)
		}
	}
	login := string(w.browser().do(t, "GET", "/login", nil).body)
	for _, part := range []string{`type="email"`, `autocomplete="current-password"`, `type="password"`} {
		if !strings.Contains(login, part) {
			t.Errorf("the login page lacks %s", part)
		}
	}
}

// TestResetLinkOfAPageIsGuarded: the page of a one-time link is a form like all others.
func TestResetLinkOfAPageIsGuarded(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	email := w.user(t)
	token := w.resetToken(t, admin, w.idOf(t, admin, email))
	b := w.browser()
	form := func() url.Values { return url.Values{"token": {token}, "password": {another}} }
	page := b.do(t, "GET", "/reset-password?token="+token, nil)
	page.want(t, http.StatusOK, "")
	// The last policy of the list holds. No path may be told, for the secret stands there; the bare origin may, and under
	// no-referrer alone a browser would send "Origin: null" with the form, which is refused.
	list := strings.Split(page.header.Get("Referrer-Policy"), ",")
	if policy := strings.TrimSpace(list[len(list)-1]); !slices.Contains([]string{"no-referrer", "origin", "strict-origin"}, policy) {
		t.Errorf("Referrer-Policy of a page with a secret in its address is %q", policy)
	}
	for name, o := range map[string]option{
		"evil origin": with("Origin", "https://evil.example"), "null origin": with("Origin", "null"), "a cross site": with("Sec-Fetch-Site", "cross-site"),
	} {
		if a := b.post(t, "/reset-password", form(), o); a.status != http.StatusForbidden {
			t.Errorf("%s: %s; want 403", name, a)
		}
	}
	w.program().login(t, email, password).want(t, http.StatusOK, "")
	if a := b.post(t, "/reset-password", form()); a.status >= 400 {
		t.Errorf("the form of the link: %s", a)
	}
	w.program().login(t, email, another).want(t, http.StatusOK, "")
}
