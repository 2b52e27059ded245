package pages

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// between runs a server behind a proxy that the test can change things in.
func between(t *testing.T) (*world, *ground.Between) {
	t.Helper()
	b := ground.NewBetween(t)
	w := &world{ground.Server(t, map[string]string{"PUBLIC_URL": b.URL, "TRUSTED_PROXIES": "127.0.0.0/8"})}
	b.Lead(t, w.Instance)
	w.URL = b.URL
	w.person(t, email, "admin")
	return w, b
}

var codeForm = regexp.MustCompile(`^[2-9A-HJKMNP-TV-Z]{6}$`)

// troubleOf waits for the code that the page shows.
func troubleOf(t *testing.T, ctx context.Context) string {
	t.Helper()
	const script = `[...document.querySelectorAll(".trouble-code")].map((c) => c.checkVisibility() ? c.textContent : "").join("")`
	var got string
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if got = text; err == nil && codeForm.MatchString(text) {
			return text
		}
	}
	t.Fatalf("no code on the page, but %q", got)
	return ""
}

// tested waits until the page has asked and its answers have come.
func tested(t *testing.T, ctx context.Context) {
	t.Helper()
	const script = `performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/selftest") && e.responseEnd > 0).length`
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if n, err := chromedp.Run(ctx, chromedp.Evaluate[int](script)); err == nil && n > 0 {
			return
		}
	}
	t.Fatal("the page never tested its browser")
}

func TestNothingIsShownWhereAllIsWell(t *testing.T) {
	t.Parallel()
	w, b := between(t)
	for _, address := range []string{b.URL, "http://" + w.Addr} { // the second has no proxy in front, and is another port
		ctx := browser.New(t, browser.Allow("status of 403"))
		browser.Open(t, ctx, address+"/login")
		tested(t, ctx)
		shown, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.getElementById("selftest").checkVisibility()`))
		if err != nil || shown != (address != b.URL) {
			t.Errorf("%s: shown %v, %v", address, shown, err)
		}
	}
}

// made gives the page of an answer another time of making.
func made(age time.Duration) func(*http.Response) error {
	stamp := regexp.MustCompile(`data-made="\d+"`)
	return func(r *http.Response) error {
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			return nil
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		old := fmt.Sprintf(`data-made="%d"`, time.Now().Add(-age).UnixMilli())
		body = stamp.ReplaceAll(body, []byte(old))
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return nil
	}
}

func withoutCookies(r *http.Response) error { r.Header.Del("Set-Cookie"); return nil }

// script runs before those of the pages.
func script(t *testing.T, ctx context.Context, source string) {
	t.Helper()
	params := page.AddScriptToEvaluateOnNewDocumentParams{Source: source}
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, params); err != nil {
		t.Fatal(err)
	}
}

// TestPageTellsWhatIsWrongWithTheBrowser breaks one thing at a time.
func TestPageTellsWhatIsWrongWithTheBrowser(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cause, says string
		proxy       func(*ground.Between)
		browser     func(*testing.T, context.Context)
		host        string
	}{
		"a clock an hour ahead": {cause: "browser_clock_off", says: "The clock of this device is wrong", browser: func(t *testing.T, ctx context.Context) {
			script(t, ctx, `{ const now = Date.now; Date.now = () => now() + 3600000; }`)
		}},
		"a clock behind": {cause: "browser_clock_off", says: "The clock of this device is wrong", browser: func(t *testing.T, ctx context.Context) {
			script(t, ctx, `{ const now = Date.now; Date.now = () => now() - 86400000 * 400; }`)
		}},
		"cookies blocked": {cause: "cookies_blocked", says: "Your browser keeps no cookies", proxy: func(b *ground.Between) {
			b.Answer = withoutCookies
		}, browser: func(t *testing.T, ctx context.Context) {
			off := emulation.SetDocumentCookieDisabledParams{Disabled: true}
			if _, err := chromedp.Call(ctx, emulation.SetDocumentCookieDisabled, off); err != nil {
				t.Fatal(err)
			}
		}},
		"a proxy drops Set-Cookie": {cause: "cookie_not_returned", says: "Our cookie did not come back", proxy: func(b *ground.Between) {
			b.Answer = withoutCookies
		}},
		"a proxy drops Cookie": {cause: "cookie_not_returned", says: "Our cookie did not come back", proxy: func(b *ground.Between) {
			b.Request = func(r *http.Request) { r.Header.Del("Cookie") }
		}},
		"a page from a cache": {cause: "cache_serves_auth", says: "an old copy", proxy: func(b *ground.Between) { b.Answer = made(time.Hour) }},
		"a proxy hides the referrer": {cause: "proxy_referrer_policy", says: "Something between your browser", proxy: func(b *ground.Between) {
			b.Answer = func(r *http.Response) error { r.Header.Set("Referrer-Policy", "no-referrer"); return nil }
		}},
		"a proxy rewrites Origin": {cause: "proxy_rewrites_origin", says: "Something between your browser", proxy: func(b *ground.Between) {
			b.Request = func(r *http.Request) {
				if r.Header.Get("Origin") != "" {
					r.Header.Set("Origin", "http://backend.internal")
				}
			}
		}},
		"a proxy drops the token": {cause: "proxy_strips_csrf_header", says: "Something between your browser", proxy: func(b *ground.Between) {
			b.Request = func(r *http.Request) { r.Header.Del("X-Csrf-Token") }
		}},
		"another name of the host": {cause: "public_url_mismatch", says: "opened at another address", host: "auth.test"},
		"a cookie twice, again and again": {cause: "cookie_duplicated", says: "An old cookie is in the way", proxy: func(b *ground.Between) {
			b.Request = func(r *http.Request) {
				if r.Header.Get("Cookie") != "" {
					r.Header.Add("Cookie", "aiwfe_csrf=old")
				}
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, b := between(t)
			if c.proxy != nil {
				c.proxy(b)
			}
			ctx := browser.New(t, browser.Allow("status of 403", "Cross-Origin-Opener-Policy"))
			if c.browser != nil {
				c.browser(t, ctx)
			}
			at := b.URL
			if c.host != "" {
				at = strings.Replace(at, "localhost", c.host, 1)
			}
			browser.Open(t, ctx, at+"/login")
			code := troubleOf(t, ctx)
			wantSeen(t, ctx, "#selftest", c.says)
			w.explained(t, code, c.cause)
		})
	}
}

// TestFrameOfAnotherSite: mostly the frame stays empty, which only the server can tell of; where a proxy takes the headers
// away that forbid it, the page in the frame says so.
func TestFrameOfAnotherSite(t *testing.T) {
	t.Parallel()
	for _, forbidden := range []bool{true, false} {
		t.Run(fmt.Sprint("forbidden ", forbidden), func(t *testing.T) {
			w, b := between(t)
			if !forbidden {
				b.Answer = func(r *http.Response) error {
					for _, name := range []string{"X-Frame-Options", "Content-Security-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"} {
						r.Header.Del(name)
					}
					return nil
				}
			}
			portal := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "text/html")
				fmt.Fprintf(rw, `<!doctype html><title>portal</title><link rel="icon" href="data:,"><iframe src="%s/login" width="600" height="700"></iframe>`, b.URL)
			}))
			t.Cleanup(portal.Close)
			ctx := browser.New(t, browser.Allow("status of 403", "frame-ancestors", "X-Frame-Options", "Framing"))
			browser.Open(t, ctx, strings.Replace(portal.URL, "127.0.0.1", "portal.test", 1))
			w.explained(t, w.newestReport(t), "third_party_cookies_blocked")
		})
	}
}

// TestStrayCookiesAreClearedAndTheLoginWorks: an old cookie with another path came beside the new one, which nobody
// could get rid of but by hand.
func TestStrayCookiesAreClearedAndTheLoginWorks(t *testing.T) {
	t.Parallel()
	for name, planted := range map[string][]network.SetCookieParams{
		"the browser's id, of another path": {{Name: "aiwfe_csrf", Value: "old", Path: "/login"}},
		"a session, of another path":        {{Name: "aiwfe_session", Value: "old", Path: "/login"}, {Name: "aiwfe_session", Value: "older", Path: "/"}},
		"a session that is over":            {{Name: "aiwfe_session", Value: strings.Repeat("a", 43), Path: "/account"}},
		"both, and one that is cut": {
			{Name: "aiwfe_csrf", Value: "old", Path: "/login"},
			{Name: "aiwfe_csrf", Value: "a,b", Path: "/"},
			{Name: "aiwfe_session", Value: "x y", Path: "/"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := server(t)
			ctx := browser.New(t)
			for _, c := range planted {
				c.URL, c.HTTPOnly = s.URL+"/", new(true)
				if _, err := chromedp.Call(ctx, network.SetCookie, c); err != nil {
					t.Fatal(err)
				}
			}
			signIn(t, ctx, s, password)
			if strings.Contains(name, "over") { // it comes with /account alone, so nobody knew of it before
				wantSeen(t, ctx, "#selftest", "An old cookie is in the way")
				signIn(t, ctx, s, password)
			}
			wantSeen(t, ctx, "h1", "Account")
		})
	}
}

// explained holds what the command line says of a code against the cause.
func (w *world) explained(t *testing.T, code, cause string) {
	t.Helper()
	r := w.Run("explain", "--json", strings.ToLower(code))
	var x struct {
		Verdict struct{ Cause, Evidence string }
	}
	if err := json.Unmarshal([]byte(r.Stdout), &x); err != nil || r.Code != 0 {
		t.Fatalf("explain %s: %d, %v %s %s", code, r.Code, err, r.Stdout, r.Stderr)
	}
	if x.Verdict.Cause != cause {
		t.Errorf("explain says %s, and the cause is %s:\n%s", x.Verdict.Cause, cause, x.Verdict.Evidence)
	}
	if strings.Contains(x.Verdict.Evidence, "also ") {
		t.Errorf("more than one cause was found:\n%s", x.Verdict.Evidence)
	}
}

// newestReport is the code of the newest one, as the page of administrators has it.
func (w *world) newestReport(t *testing.T) string {
	t.Helper()
	ctx := browser.New(t)
	within(t, ctx, w.Instance, "/admin/reports")
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		browser.Open(t, ctx, w.URL+"/admin/reports")
		if code := eval[string](t, ctx, `document.querySelector(".report-code")?.textContent ?? ""`); code != "" {
			return code
		}
	}
	t.Fatal("nothing was reported")
	return ""
}
