package sdk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
)

// visitExample goes through an example, which is the same in every language.
func (p *platform) visitExample(t *testing.T) {
	t.Helper()
	stranger, ada, app := newVisitor(t), newVisitor(t), p.appURL()
	token := ada.signIn(p.URL, residents[0])
	// What has a cookie only: a page of the server's host is given it by the browser.
	html, claim := []string{"Accept", "text/html"}, []string{"Remote-User", "1", "X-Auth-Request-User", "1", "X-Auth-Assertion", "e30.e30.e30"}
	for _, tt := range []struct {
		what   string
		who    *visitor
		method string
		path   string
		header []string
		status int
		body   string
	}{
		{"the page for everybody", stranger, "GET", "/", html, 200, "stranger"},
		{"the same, signed in", ada, "GET", "/", html, 200, residents[0]},
		{"a stranger's page", stranger, "GET", "/asks", html, 302, ""},
		{"a stranger's script", stranger, "GET", "/asks", nil, 401, "not_authenticated"},
		{"the page", ada, "GET", "/asks", html, 200, residents[0]},
		{"a token", stranger, "GET", "/asks", []string{"Authorization", "Bearer " + token}, 200, residents[0]},
		{"a token that is none", ada, "GET", "/asks", []string{"Authorization", "Bearer x"}, 401, "not_authenticated"},
		{"who is no administrator", ada, "GET", "/admin", nil, 403, "forbidden"},
		{"a note", ada, "POST", "/notes", []string{"Origin", app}, 200, residents[0]},
		{"a note by another site", ada, "POST", "/notes", []string{"Origin", "https://evil.example"}, 403, "origin_not_allowed"},
		{"a note by a sibling", ada, "POST", "/notes", []string{"Sec-Fetch-Site", "same-site"}, 403, "origin_not_allowed"},
		{"past the gateway", ada, "GET", "/behind", nil, 401, "not_authenticated"},
		{"past it, with claims", ada, "GET", "/behind", claim, 401, "not_authenticated"},
		{"claims where one is asked", stranger, "GET", "/asks", claim, 401, "not_authenticated"},
	} {
		a := tt.who.ask(tt.method, app+tt.path, nil, tt.header...)
		if a.status != tt.status || !strings.Contains(a.body, tt.body) {
			t.Errorf("%s: %d %s", tt.what, a.status, a.body)
		}
		if to := p.URL + "/login?next=" + url.QueryEscape(app+tt.path); tt.status == 302 && a.header.Get("Location") != to {
			t.Errorf("%s: to %q", tt.what, a.header.Get("Location"))
		}
	}
	if a := stranger.ask("POST", p.URL+"/api/v1/auth/jwt/logout", nil, "Authorization", "Bearer "+token); a.status != http.StatusNoContent {
		t.Fatalf("logout: %d %s", a.status, a.body)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if a := stranger.ask("GET", app+"/asks", nil, "Authorization", "Bearer "+token); a.status == 401 {
			return
		}
		if time.Now().After(end) {
			t.Fatal("who signed out is still let in")
		}
	}
}

// walkIn has a person come to the example, be asked to sign in, and arrive.
func (p *platform) walkIn(t *testing.T) {
	t.Helper()
	ctx := browser.New(t, browser.Allow("status of 401", "favicon"))
	browser.Open(t, ctx, p.appURL()+"/asks")
	browser.Do(t, ctx,
		chromedp.SendKeys(chromedp.CSS("input[type=email]"), residents[1]),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), peoplesPassword+kb.Enter),
		chromedp.WaitVisible(chromedp.CSS("#id")),
	)
	browser.Open(t, ctx, p.URL+"/behind") // the same application, through the gateway
	browser.Do(t, ctx, chromedp.WaitVisible(chromedp.CSS("#id")))
}
