package contract

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

const selfTest = "/api/v1/auth/selftest"

// saw is what a page tells where nothing is wrong.
func (w *world) saw(change object) object {
	now := time.Now().UnixMilli()
	all := object{
		"page": "/login", "origin": w.public, "made": now - 300, "open": 200, "now": now, "framed": false, "secure": true, "cookies": true, "lang": "en",
	}
	for name, value := range change {
		all[name] = value
	}
	return all
}

// referred is the header that a browser sends along.
func referred(w *world) option { return with("Referer", w.public+"/login") }

func noCookies() option { return without("Cookie") }

// reader is an administrator who looks at the page of reports.
type reader struct{ *client }

func (w *world) reader(t *testing.T) reader {
	t.Helper()
	return reader{w.browser().signIn(t, w.onHost(t, "admin"), password)}
}

// causes are those of the reports, by their codes; of each the root.
func (r reader) causes(t *testing.T) map[string]string {
	t.Helper()
	a := r.do(t, "GET", "/admin/reports", nil)
	a.want(t, http.StatusOK, "")
	found := map[string]string{}
	for _, m := range reportRow.FindAllSubmatch(a.body, -1) {
		found[string(m[1])] = string(m[2])
	}
	return found
}

var (
	reportRow  = regexp.MustCompile(`(?s)id="report-([2-9A-Z]{6})".*?<p class="row-title">[^<]* <code>([a-z_]+)</code>`)
	shownCode  = regexp.MustCompile(`class="trouble-code" dir="ltr">([2-9A-Z]{6})<`)
	tokenField = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)
)

func first(re *regexp.Regexp, a answer) string {
	if m := re.FindSubmatch(a.body); m != nil {
		return string(m[1])
	}
	return ""
}

func TestSelfTestSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser().greet(t)
	b.do(t, "POST", selfTest, w.saw(nil), referred(w)).want(t, http.StatusOK, "")
	admin := w.reader(t)
	type broken struct {
		name, cause string
		status      int
		said        object
		options     []option
	}
	all([]broken{
		{"cookies are off", "cookies_blocked", 403, object{"again": true, "kept": false}, []option{noCookies()}},
		{"cookies are lost", "cookie_not_returned", 403, object{"again": true, "kept": true}, []option{noCookies()}},
		{"the clock is off", "browser_clock_off", 200, object{"now": time.Now().Add(time.Hour).UnixMilli()}, nil},
		{"the page is old", "cache_serves_auth", 200, object{"made": time.Now().Add(-time.Hour).UnixMilli()}, nil},
		{"another address", "public_url_mismatch", 403, object{"origin": "http://auth.test"}, []option{with("Origin", "http://auth.test")}},
		{"a hidden origin", "origin_null", 403, nil, []option{with("Origin", "null")}},
		{"a header that is lost", "proxy_strips_csrf_header", 403, object{"again": true}, []option{without("X-CSRF-TOKEN")}},
		{"two cookies", "cookie_duplicated", 403, object{"again": true}, []option{func(r *http.Request) { r.Header.Add("Cookie", "aiwfe_csrf=x") }}},
	}, func(c broken) {
		a := b.do(t, "POST", selfTest, w.saw(c.said), append([]option{referred(w), with("User-Agent", c.name)}, c.options...)...)
		text := a.text("detail")
		if a.status == http.StatusOK {
			text = a.text("text")
		}
		if a.status != c.status || text == "" || a.member("ok") == true {
			t.Errorf("%s: %s", c.name, a)
		}
		if got := admin.causes(t)[a.text("report")]; got != c.cause {
			t.Errorf("%s: %q is explained as %q, want %s", c.name, a.text("report"), got, c.cause)
		}
	})
	list := w.admin(t).do(t, "GET", "/api/v1/admin/reports?limit=200", nil)
	if items, _ := list.member("items").([]any); len(items) != 8 || !strings.Contains(string(list.body), "browser_clock_off") {
		t.Errorf("the API lists %s", list)
	}
	// In the language of the page, and once more the same code.
	lost := object{"again": true, "kept": true, "lang": "de"}
	one := b.do(t, "POST", selfTest, w.saw(lost), noCookies())
	two := b.do(t, "POST", selfTest, w.saw(lost), noCookies())
	if one.text("report") != two.text("report") || !strings.Contains(one.text("detail"), "Unser Cookie") {
		t.Errorf("%s, and then %s", one, two)
	}
}

// TestFirstRefusalOfATokenIsNoReport: a fresh token mostly mends it.
func TestFirstRefusalOfATokenIsNoReport(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser().greet(t)
	a := b.do(t, "POST", selfTest, w.saw(nil), noCookies())
	a.want(t, http.StatusForbidden, "csrf_token_invalid")
	if a.text("report") != "" || len(w.reader(t).causes(t)) != 0 {
		t.Errorf("reported at once: %s", a)
	}
	a = b.do(t, "POST", selfTest, w.saw(nil), without("Referer"))
	if a.status != http.StatusOK || a.text("look") != "referrer-policy" {
		t.Errorf("without a Referer: %s", a)
	}
}

func TestSelfTestIsGuardedAndBounded(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser().greet(t)
	for name, c := range map[string]struct {
		body    any
		options []option
		status  int
		code    string
	}{
		"another site":           {w.saw(nil), []option{with("Origin", "https://evil.example"), with("Sec-Fetch-Site", "cross-site")}, 403, "origin_not_allowed"},
		"another site, hidden":   {w.saw(nil), []option{with("Origin", "null"), with("Sec-Fetch-Site", "cross-site")}, 403, "origin_not_allowed"},
		"a sibling":              {w.saw(object{"again": true}), []option{with("Sec-Fetch-Site", "same-site"), noCookies()}, 403, "origin_not_allowed"},
		"another key":            {w.saw(object{"url": "http://169.254.169.254/"}), nil, 400, "malformed_json"},
		"another type":           {w.saw(object{"now": "now"}), nil, 422, "validation_failed"},
		"a number below nothing": {w.saw(object{"open": -1}), nil, 422, "validation_failed"},
		"a long page":            {w.saw(object{"page": strings.Repeat("/", 101)}), nil, 422, "validation_failed"},
		"a long origin":          {w.saw(object{"origin": strings.Repeat("h", 301)}), nil, 422, "validation_failed"},
		"a form":                 {url.Values{"page": {"/login"}}, nil, 415, "unsupported_media_type"},
		"too much":               {`{"page":"` + strings.Repeat("x", 70_000) + `"}`, nil, 413, "body_too_large"},
	} {
		a := b.do(t, "POST", selfTest, c.body, c.options...)
		if a.want(t, c.status, c.code); a.text("report") != "" {
			t.Errorf("%s: reported: %s", name, a)
		}
	}
	admin := w.reader(t)
	if got := admin.causes(t); len(got) != 0 {
		t.Fatalf("of all that, this was kept: %v", got)
	}
	for i := range 200 { // as many browsers behind one address
		b.do(t, "POST", selfTest, w.saw(object{"now": 1}), with("User-Agent", fmt.Sprint("browser ", i)))
	}
	if got := len(admin.causes(t)); got == 0 || got > 20 {
		t.Errorf("%d reports of one network are kept", got)
	}
}

func TestSelfTestHasALimit(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"LOGIN_LIMIT_ADDRESS": "2/1h"})
	b := w.browser().greet(t)
	for range 20 {
		b.do(t, "POST", selfTest, w.saw(nil), referred(w)).want(t, http.StatusOK, "")
	}
	a := b.do(t, "POST", selfTest, w.saw(nil), referred(w))
	a.want(t, http.StatusTooManyRequests, "too_many_attempts")
	b.do(t, "GET", "/login", nil).want(t, http.StatusOK, "")
}

// form sends what a page holds.
func (c *client) form(t *testing.T, page answer, path string, more url.Values, options ...option) answer {
	t.Helper()
	form := url.Values{"csrf_token": {first(tokenField, page)}}
	if strings.Contains(string(page.body), `name="renewed" value="1"`) {
		form.Set("renewed", "1")
	}
	for name, values := range more {
		form[name] = values
	}
	return c.do(t, "POST", path, form, append([]option{without("X-CSRF-TOKEN")}, options...)...)
}

// TestFormWithoutItsCookieIsTold: no script is needed for it.
func TestFormWithoutItsCookieIsTold(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser()
	login := url.Values{"username": {"ada@example.com"}, "password": {password}}
	page := b.do(t, "GET", "/login", nil)
	a := b.form(t, page, "/login", login, noCookies())
	a.want(t, http.StatusForbidden, "")
	if got := w.reader(t).causes(t)[first(shownCode, a)]; got != "cookie_not_returned" {
		t.Errorf("the code %q is explained as %q", first(shownCode, a), got)
	}
	if body := string(a.body); !strings.Contains(body, `value="ada@example.com"`) || strings.Contains(body, password) {
		t.Error("of what was typed the address alone stays")
	}
	// A token that we never made proves nothing, nor does a form of another site.
	for name, more := range map[string][]option{
		"a made-up token": nil, "another site": {with("Origin", "https://evil.example"), with("Sec-Fetch-Site", "cross-site")},
		"another site, hidden": {with("Origin", "null"), with("Sec-Fetch-Site", "cross-site")},
	} {
		forged := url.Values{"username": {"eve@example.com"}, "password": {"x"}}
		if len(more) == 0 {
			forged.Set("csrf_token", strings.Repeat("A", len(first(tokenField, page))))
		}
		a := b.form(t, page, "/login", forged, append(more, noCookies(), with("User-Agent", name))...)
		a.want(t, http.StatusForbidden, "")
		if code := first(shownCode, a); code != "" {
			t.Errorf("%s: the page shows the code %s", name, code)
		}
		if len(more) > 0 && strings.Contains(string(a.body), "eve@example.com") {
			t.Errorf("%s: the page holds what another site filled in", name)
		}
	}
}

// TestStaleFormIsRenewedOnce: expired, or bound to an id that was replaced. What was typed stays, the next submit works,
// and where it does not, the second refusal is told of.
func TestStaleFormIsRenewedOnce(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"CSRF_TTL": "2s"})
	email := w.user(t)
	login := url.Values{"username": {email}, "password": {password}}
	for name, spoil := range map[string]func(*client){
		"expired":        func(*client) { after(3 * time.Second) },
		"of another tab": func(c *client) { c.cookies["aiwfe_csrf"] = strings.Repeat("a", 32) },
	} {
		b := w.browser()
		page := b.do(t, "GET", "/login", nil)
		spoil(b)
		again := b.form(t, page, "/login", login)
		again.want(t, http.StatusForbidden, "")
		if code := first(shownCode, again); code != "" {
			t.Errorf("%s: the first refusal shows the code %s", name, code)
		}
		if !strings.Contains(string(again.body), `value="`+email+`"`) || !strings.Contains(string(again.body), "notice-info") {
			t.Errorf("%s: what was typed is gone, or it is told as a fault", name)
		}
		b.form(t, again, "/login", login).want(t, http.StatusSeeOther, "")
		b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	}
	b := w.browser()
	page := b.form(t, b.do(t, "GET", "/login", nil), "/login", login, with("Cookie", "aiwfe_csrf="+strings.Repeat("b", 32)))
	second := b.form(t, page, "/login", login, with("Cookie", "aiwfe_csrf=x; aiwfe_csrf=y"))
	if got := w.reader(t).causes(t)[first(shownCode, second)]; got != "cookie_duplicated" {
		t.Errorf("the second refusal shows %q, explained as %q", first(shownCode, second), got)
	}
}

// TestSigningOutIsAskedOnceMore where only the token of the button went stale, on a page that stayed open.
func TestSigningOutIsAskedOnceMore(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"CSRF_TTL": "2s"})
	b := w.browser().signIn(t, w.user(t), password)
	page := b.do(t, "GET", "/account", nil)
	after(3 * time.Second)
	again := b.form(t, page, "/logout", nil)
	again.want(t, http.StatusForbidden, "")
	b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	b.form(t, again, "/logout", nil).want(t, http.StatusSeeOther, "")
	b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "")
	// Another site that sends the form gets no button that would do it.
	b = w.browser().signIn(t, w.user(t), password)
	a := b.form(t, b.do(t, "GET", "/account", nil), "/logout", nil, with("Origin", "https://evil.example"), with("Sec-Fetch-Site", "cross-site"))
	if a.want(t, http.StatusForbidden, ""); strings.Contains(string(a.body), `action="/logout"`) {
		t.Error("a forged form is answered with a page that signs out")
	}
}

// TestScriptsGetNoRenewal: a program is answered as before, whatever it is told to send.
func TestScriptsGetNoRenewal(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	b := w.browser().greet(t)
	b.cookies["aiwfe_csrf"] = strings.Repeat("a", 32)
	a := b.do(t, "POST", "/api/v1/auth/jwt/login?renewed=1", object{"email": email, "password": password})
	a.want(t, http.StatusForbidden, "csrf_token_invalid")
	if a.text("report") != "" {
		t.Errorf("reported: %s", a)
	}
	b.greet(t).login(t, email, password).want(t, http.StatusOK, "")
}

// TestOldCookiesEndTheLoop: the browser keeps two cookies of one name, as after a change of path or domain. It signs in
// without anybody deleting a cookie by hand.
func TestOldCookiesEndTheLoop(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	login := url.Values{"username": {email}, "password": {password}}
	for name, old := range map[string][]string{
		"the id":            {"aiwfe_csrf=" + strings.Repeat("a", 32)},
		"the session":       {"aiwfe_session=" + strings.Repeat("a", 43)},
		"both, and more":    {"aiwfe_session=x", "aiwfe_session=y", "aiwfe_csrf=z", "aiwfe_device=d.e"},
		"one that is cut":   {`aiwfe_csrf="a b"`},
		"one of old naming": {"__Host-aiwfe_session=x", "__Secure-aiwfe_csrf=y"},
	} {
		b := w.browser()
		// The old ones stand in other paths, so only an answer that names a path ends them.
		left := map[string]bool{}
		for _, one := range old {
			left[one] = true
		}
		beside := func(r *http.Request) {
			for one := range left {
				r.Header.Set("Cookie", strings.TrimPrefix(r.Header.Get("Cookie")+"; "+one, "; "))
			}
		}
		step := func(a answer) answer {
			for _, line := range a.header["Set-Cookie"] {
				c, err := http.ParseSetCookie(line)
				for one := range left {
					if err == nil && c.MaxAge < 0 && strings.HasPrefix(one, c.Name+"=") {
						delete(left, one)
					}
				}
			}
			return a
		}
		page := step(b.do(t, "GET", "/login", nil, beside))
		a := step(b.form(t, page, "/login", login, beside))
		for i := 0; i < 2 && a.status != http.StatusSeeOther; i++ {
			a = step(b.form(t, a, "/login", login, beside))
		}
		if step(b.do(t, "GET", "/account", nil, beside)).status != http.StatusOK { // once more, and then it works
			a = step(b.form(t, step(b.do(t, "GET", "/login", nil, beside)), "/login", login, beside))
		}
		if a := b.do(t, "GET", "/account", nil, beside); a.status != http.StatusOK {
			t.Errorf("%s: still asked to sign in: %s, and %v is left", name, a, left)
		}
	}
}

// TestSessionThatIsLostIsToldAtTheNextPage: signed in, and asked to sign in again.
func TestSessionThatIsLostIsToldAtTheNextPage(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	b := w.browser()
	login := url.Values{"username": {email}, "password": {password}}
	if code := first(shownCode, b.do(t, "GET", "/login", nil)); code != "" {
		t.Fatalf("before anything: %s", code)
	}
	b.form(t, b.do(t, "GET", "/login", nil), "/login", login).want(t, http.StatusSeeOther, "")
	delete(b.cookies, "aiwfe_session")
	b.do(t, "GET", "/account", nil).want(t, http.StatusSeeOther, "")
	a := b.do(t, "GET", "/login", nil)
	if got := w.reader(t).causes(t)[first(shownCode, a)]; got != "cookie_not_returned" {
		t.Errorf("the page shows %q, explained as %q", first(shownCode, a), got)
	}
	// Whoever signs out is not told so.
	b = w.browser().signIn(t, email, password)
	b.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
	if code := first(shownCode, b.do(t, "GET", "/login", nil)); code != "" {
		t.Errorf("after signing out: %s", code)
	}
}
