package faultlab

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// selfTestInjections are faults that only a browser sees. The sign-in page shows
// a code, and what explain says of it is held against the cause.
func selfTestInjections() []injection {
	return []injection{
		{fault: "D8", how: "an old session cookie of another path beside the new one", cause: "cookie_duplicated", examine: oldSession},
		{fault: "D8", how: "two cookies of the browser's id that nothing clears", cause: "cookie_duplicated", examine: func(t *testing.T) api.Diagnosis {
			return twoForms(t, "aiwfe_csrf=old; aiwfe_csrf=older")
		}},
		{fault: "D8", how: "a cookie that comes back quoted", cause: "cookie_unreadable", examine: func(t *testing.T) api.Diagnosis {
			return twoForms(t, `aiwfe_csrf="old one"`)
		}},
		{fault: "D2", how: "a form without the cookie that its page set", cause: "cookie_not_returned", examine: func(t *testing.T) api.Diagnosis {
			return oneForm(t, func(r *http.Request) { r.Header.Del("Cookie") })
		}},
		{fault: "D3", how: "a form of our own page says Origin: null", cause: "origin_null", examine: func(t *testing.T) api.Diagnosis {
			return oneForm(t, func(r *http.Request) { r.Header.Set("Origin", "null") })
		}},
		{fault: "D3", how: "a proxy in a browser's way sets Referrer-Policy", cause: "proxy_referrer_policy", examine: func(t *testing.T) api.Diagnosis {
			return inBrowser(t, func(b *ground.Between) {
				b.Answer = func(r *http.Response) error { r.Header.Set("Referrer-Policy", "no-referrer"); return nil }
			}, "/login")
		}},
		{fault: "D5", how: "people open the page at another host", cause: "public_url_mismatch", examine: func(t *testing.T) api.Diagnosis {
			return oneForm(t, func(r *http.Request) { r.Host = "auth.test"; r.Header.Set("Origin", "http://auth.test") })
		}},
		{fault: "D18", how: "the clock of a browser is two hours behind", cause: "browser_clock_off", examine: wrongClock},
		{fault: "frame", how: "a portal shows the page in a frame, and a proxy lets it", cause: "third_party_cookies_blocked", examine: framed},
		{fault: "frame", how: "a sandboxed page tells of itself", cause: "third_party_cookies_blocked", examine: func(t *testing.T) api.Diagnosis {
			v := visitPage(t)
			return v.told(t, v.selfTest(t, map[string]any{"framed": true, "again": true}, func(r *http.Request) { r.Header.Del("Cookie") }))
		}},
		{fault: "cache", how: "a CDN keeps the sign-in page", cause: "cache_serves_auth", examine: func(t *testing.T) api.Diagnosis {
			v := visitPage(t)
			return v.told(t, v.selfTest(t, map[string]any{"made": time.Now().Add(-time.Hour).UnixMilli()}, nil))
		}},
	}
}

// visitor is a browser without a window: a jar and the headers of a page.
type visitor struct {
	*ground.Instance
	jar   map[string]string
	token string
}

const (
	visitorMail     = "ada@example.com"
	visitorPassword = "plums in the icebox, so cold"
)

func visitPage(t *testing.T) *visitor {
	t.Helper()
	return visitOf(t, ground.Server(t, nil))
}

func visitOf(t *testing.T, s *ground.Instance) *visitor {
	t.Helper()
	if r := s.RunInput(visitorPassword, "user", "create", "--email", visitorMail, "--password-stdin"); r.Code != 0 {
		t.Fatalf("user create: %s", r.Stderr)
	}
	v := &visitor{Instance: s, jar: map[string]string{}}
	v.token = v.find(t, v.send(t, "GET", "/login", "", "", nil), formToken)
	return v
}

var (
	formToken = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)
	shownCode = regexp.MustCompile(`class="trouble-code" dir="ltr">([2-9A-Z]{6})<`)
)

func (v *visitor) find(t *testing.T, body string, what *regexp.Regexp) string {
	t.Helper()
	m := what.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the page has no %s:\n%s", what, body)
	}
	return m[1]
}

func (v *visitor) send(t *testing.T, method, path, kind, body string, change func(*http.Request)) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, v.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(v.jar)) {
		r.AddCookie(&http.Cookie{Name: name, Value: v.jar[name]})
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Referer", v.URL+"/login")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", v.URL)
	}
	if change != nil {
		change(r)
	}
	res, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if c.MaxAge >= 0 {
			v.jar[c.Name] = c.Value
		}
	}
	return string(text)
}

// form signs in by the form of the page.
func (v *visitor) form(t *testing.T, more url.Values, change func(*http.Request)) string {
	t.Helper()
	form := url.Values{"csrf_token": {v.token}, "username": {visitorMail}, "password": {visitorPassword}}
	maps.Copy(form, more)
	return v.send(t, "POST", "/login", "application/x-www-form-urlencoded", form.Encode(), change)
}

// told lets explain say what the code of a page means.
func (v *visitor) told(t *testing.T, body string) api.Diagnosis {
	t.Helper()
	return explained(t, v.Instance, v.find(t, body, shownCode))
}

// explained makes a diagnosis of what explain says.
func explained(t *testing.T, s *ground.Instance, code string) api.Diagnosis {
	t.Helper()
	r := s.Run("explain", "--json", code)
	var x api.Explained
	if err := json.Unmarshal([]byte(r.Stdout), &x); err != nil || x.Kind != api.ExplainedReport {
		t.Fatalf("explain %s: %v\n%s%s", code, err, r.Stdout, r.Stderr)
	}
	d := api.Diagnosis{Findings: []api.Finding{{Code: api.Cause(x.Verdict.Cause), Title: x.Verdict.Title, Evidence: x.Verdict.Evidence}}}
	for line := range strings.Lines(x.Verdict.Evidence) {
		if also, ok := strings.CutPrefix(strings.TrimSpace(line), "also "); ok {
			d.Findings = append(d.Findings, api.Finding{Code: api.Cause(strings.TrimSuffix(also, ":"))})
		}
	}
	return d
}

func oneForm(t *testing.T, change func(*http.Request)) api.Diagnosis {
	t.Helper()
	v := visitPage(t)
	return v.told(t, v.form(t, nil, change))
}

// twoForms sends the form, and then the one that came back for its token, each
// with cookies that the browser will not let go of.
func twoForms(t *testing.T, cookies string) api.Diagnosis {
	t.Helper()
	v := visitPage(t)
	stubborn := func(r *http.Request) { r.Header.Set("Cookie", cookies) }
	v.token = v.find(t, v.form(t, nil, stubborn), formToken)
	return v.told(t, v.form(t, url.Values{"renewed": {"1"}}, stubborn))
}

// oldSession signs in, and comes with an older session cookie beside the new
// one, so that it is asked to sign in again.
func oldSession(t *testing.T) api.Diagnosis {
	t.Helper()
	v := visitPage(t)
	v.form(t, nil, nil)
	v.send(t, "GET", "/account", "", "", func(r *http.Request) {
		r.Header.Set("Cookie", "aiwfe_session="+strings.Repeat("a", 43)+"; "+r.Header.Get("Cookie"))
	})
	delete(v.jar, "aiwfe_session") // the answer ended both
	return v.told(t, v.send(t, "GET", "/login", "", "", nil))
}

// selfTest tells what a page sees; the answer is made to look like a page.
func (v *visitor) selfTest(t *testing.T, change map[string]any, request func(*http.Request)) string {
	t.Helper()
	now := time.Now().UnixMilli()
	said := map[string]any{
		"page": "/login", "origin": v.URL, "made": now - 300, "open": 200, "now": now, "framed": false, "secure": true, "cookies": true, "lang": "en",
	}
	maps.Copy(said, change)
	body, err := json.Marshal(said)
	if err != nil {
		t.Fatal(err)
	}
	answer := v.send(t, "POST", "/api/v1/auth/selftest", "application/json", string(body), func(r *http.Request) {
		r.Header.Set("X-Csrf-Token", v.token)
		if request != nil {
			request(r)
		}
	})
	var got struct{ Report string }
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	return fmt.Sprintf(`class="trouble-code" dir="ltr">%s<`, got.Report)
}

func wrongClock(t *testing.T) api.Diagnosis {
	t.Helper()
	v := visitPage(t)
	return v.told(t, v.selfTest(t, map[string]any{"now": time.Now().Add(-2 * time.Hour).UnixMilli()}, nil))
}

// inBrowser opens a page in a real browser, behind a proxy that changes what
// goes through, and reads the code that it shows, in a frame as well.
func inBrowser(t *testing.T, change func(*ground.Between), path string) api.Diagnosis {
	t.Helper()
	b := ground.NewBetween(t)
	s := ground.Server(t, map[string]string{"PUBLIC_URL": b.URL, "TRUSTED_PROXIES": "127.0.0.0/8"})
	b.Lead(t, s)
	seen := make(chan string, 8)
	change(b)
	answer := b.Answer
	b.Answer = func(r *http.Response) error {
		if strings.HasSuffix(r.Request.URL.Path, "/selftest") {
			text, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			r.Body = io.NopCloser(strings.NewReader(string(text)))
			var got struct{ Report string }
			if json.Unmarshal(text, &got) == nil && got.Report != "" {
				seen <- got.Report
			}
		}
		return answer(r)
	}
	ctx := browser.New(t, browser.Allow("status of 403"))
	if strings.HasPrefix(path, "http") {
		browser.Open(t, ctx, strings.ReplaceAll(path, "PAGE", url.QueryEscape(b.URL+"/login")))
	} else {
		browser.Open(t, ctx, b.URL+path)
	}
	select {
	case code := <-seen:
		return explained(t, s, code)
	case <-time.After(20 * time.Second):
		shown, _ := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS("body")))
		t.Fatalf("the page reported nothing: %s", shown)
		return api.Diagnosis{}
	}
}

// framed shows the page within one of another site.
func framed(t *testing.T) api.Diagnosis {
	t.Helper()
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>portal</title><link rel="icon" href="data:,"><iframe src="%s"></iframe>`, r.FormValue("page"))
	}))
	t.Cleanup(portal.Close)
	return inBrowser(t, func(b *ground.Between) {
		b.Answer = func(r *http.Response) error {
			for _, name := range []string{"X-Frame-Options", "Content-Security-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"} {
				r.Header.Del(name)
			}
			return nil
		}
	}, strings.Replace(portal.URL, "127.0.0.1", "portal.test", 1)+"/?page=PAGE")
}
