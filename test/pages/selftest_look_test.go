package pages

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/test/browser"
)

// TestTroubleIsToldInEveryLanguage looks at the page with the longest of the sentences, and with the one that names an
// address.
func TestTroubleIsToldInEveryLanguage(t *testing.T) {
	t.Parallel()
	w, b := between(t)
	b.Request = func(r *http.Request) { r.Header.Del("Cookie") }
	ctx := browser.New(t, browser.Allow("status of 403"))
	seen := map[string]bool{}
	for _, l := range i18n.Languages {
		for _, view := range []struct {
			size   browser.Size
			colors browser.Colors
		}{{browser.Desktop, browser.Light}, {browser.Narrow, browser.Dark}} {
			browser.View(t, ctx, view.size)
			browser.Scheme(t, ctx, view.colors)
			browser.Open(t, ctx, w.URL+"/login?lang="+l.Tag)
			troubleOf(t, ctx)
			inspectView(t, ctx, "selftest-"+l.Tag, view.size, view.colors)
		}
		text := eval[string](t, ctx, `document.querySelector("#selftest .notice-title").textContent`)
		if text == "" || seen[text] || strings.Contains(text, "selftest.") {
			t.Errorf("%s reads %q", l.Name, text)
		}
		seen[text] = true
	}
}

// TestTroubleIsToldWithoutScripts: a form came without the cookie that its page set.
func TestTroubleIsToldWithoutScripts(t *testing.T) {
	t.Parallel()
	w, b := between(t)
	b.Answer = withoutCookies
	ctx := browser.New(t, browser.Allow("status of 403"))
	browser.NoScript(t, ctx)
	signIn(t, ctx, w.Instance, password)
	wantSeen(t, ctx, "#error-summary", "Our cookie did not come back")
	code := eval[string](t, ctx, `document.querySelector("#error-summary .trouble-code").textContent`)
	w.explained(t, code, "cookie_not_returned")
	if kept := eval[string](t, ctx, `document.querySelector("input[type=email]").value + document.querySelector("input[name=password]").value`); kept != email {
		t.Errorf("of what was typed this is left: %q", kept)
	}
	inspectView(t, ctx, "selftest-form", browser.Desktop, browser.Light)
	browser.View(t, ctx, browser.Narrow)
	browser.Scheme(t, ctx, browser.Dark)
	inspectView(t, ctx, "selftest-form", browser.Narrow, browser.Dark)
}

// TestStaleFormIsRenewedOnce: the page comes back with what was typed and a fresh token, and the next submit works.
func TestStaleFormIsRenewedOnce(t *testing.T) {
	t.Parallel()
	w, _ := between(t)
	ctx := browser.New(t, browser.Allow("status of 403"))
	browser.NoScript(t, ctx)
	browser.Open(t, ctx, w.URL+"/login")
	// The browser's id is another one by then, as after signing out in another tab.
	id := network.SetCookieParams{Name: "aiwfe_csrf", Value: strings.Repeat("a", 32), URL: w.URL + "/", Path: "/", HTTPOnly: new(true)}
	if _, err := chromedp.Call(ctx, network.SetCookie, id); err != nil {
		t.Fatal(err)
	}
	browser.Do(t, ctx,
		chromedp.SendKeys(css("input[type=email]"), email),
		chromedp.SendKeys(css("input[name=password]"), password+kb.Enter),
	)
	wantSeen(t, ctx, "#error-summary", "This page had to be renewed")
	inspectView(t, ctx, "selftest-renewed", browser.Desktop, browser.Light)
	if code := eval[int](t, ctx, `document.querySelectorAll("#error-summary .trouble-code").length`); code != 0 {
		t.Error("a code is shown where nothing is wrong")
	}
	browser.Do(t, ctx, chromedp.SendKeys(css("input[name=password]"), password+kb.Enter))
	wantSeen(t, ctx, "h1", "Account")
}

// TestSecondFactorPageTestsItsBrowserToo: a code of an app depends on the clock.
func TestSecondFactorPageTestsItsBrowserToo(t *testing.T) {
	t.Parallel()
	w, _ := between(t)
	m := w.protected(t, "grace@example.com")
	ctx := browser.New(t, browser.Allow("status of 403"))
	browser.Open(t, ctx, w.URL+"/login")
	tested(t, ctx)
	script(t, ctx, `{ const now = Date.now; Date.now = () => now() - 600000; }`)
	browser.Do(t, ctx,
		chromedp.SendKeys(css("input[type=email]"), m.email),
		chromedp.SendKeys(css("input[name=password]"), password+kb.Enter),
	)
	at(t, ctx, "Confirm it is you")
	code := troubleOf(t, ctx)
	w.explained(t, code, "browser_clock_off")
	browser.Scheme(t, ctx, browser.Dark)
	inspectView(t, ctx, "selftest-verify", browser.Desktop, browser.Dark)
}

// TestStaleButtonToSignOut looks at the page that asks once more.
func TestStaleButtonToSignOut(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t, browser.Allow("status of 403"))
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	browser.Do(t, ctx, chromedp.WaitVisible(css(".whoami button")))
	eval[bool](t, ctx, `(() => { for (const f of document.querySelectorAll("input[name=csrf_token]")) f.value = f.value.slice(0, -4) + "AAAA"; return true; })()`)
	browser.Do(t, ctx, chromedp.Click(css(".whoami button")))
	wantSeen(t, ctx, "main", "You are still signed in")
	inspectView(t, ctx, "signout-again", browser.Desktop, browser.Light)
	browser.View(t, ctx, browser.Narrow)
	browser.Scheme(t, ctx, browser.Dark)
	inspectView(t, ctx, "signout-again", browser.Narrow, browser.Dark)
	browser.Do(t, ctx, chromedp.Click(css("main form[action='/logout'] button")))
	wantSeen(t, ctx, "h1", "Sign in")
}

// TestAdministratorsSeeWhatBrowsersReported, and that there is nothing.
func TestAdministratorsSeeWhatBrowsersReported(t *testing.T) {
	t.Parallel()
	w, b := between(t)
	ctx := browser.New(t, browser.Allow("status of 403"))
	within(t, ctx, w.Instance, "/admin/reports")
	wantSeen(t, ctx, "#none", "No browser reported anything")
	lookAt(t, ctx, w.Instance, "none", browser.Light, browser.Dark, "/admin/reports")
	for _, path := range []string{"/login", "/login?lang=de"} {
		guest := browser.New(t, browser.Allow("status of 403"))
		script(t, guest, `{ const now = Date.now; Date.now = () => now() + 3600000; }`)
		b.Request = func(r *http.Request) { r.Header.Del("Cookie") }
		browser.Open(t, guest, w.URL+path)
		troubleOf(t, guest)
		b.Request = nil
	}
	guest := browser.New(t, browser.Allow("status of 403"))
	script(t, guest, `{ const now = Date.now; Date.now = () => now() + 3600000; }`)
	browser.Open(t, guest, w.URL+"/login")
	code := troubleOf(t, guest)
	browser.Open(t, ctx, w.URL+"/admin/reports")
	wantSeen(t, ctx, "#rows", code)
	wantSeen(t, ctx, "#rows", "×2")
	lookAt(t, ctx, w.Instance, "some", browser.Light, browser.Dark, "/admin/reports")
	browser.Do(t, ctx, chromedp.Click(css("#rows li:nth-child(2) summary")))
	inspectView(t, ctx, "admin-reports-open", browser.Desktop, browser.Light)
	browser.View(t, ctx, browser.Narrow)
	browser.Scheme(t, ctx, browser.Dark)
	inspectView(t, ctx, "admin-reports-open", browser.Narrow, browser.Dark)
	browser.Open(t, ctx, w.URL+"/admin/reports?lang=ar")
	browser.Do(t, ctx, chromedp.Click(css("#rows li:nth-child(2) summary")))
	inspectView(t, ctx, "admin-reports-rtl", browser.Narrow, browser.Light)
}
