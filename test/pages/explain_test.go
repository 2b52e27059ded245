package pages

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
)

// lostCookie signs somebody in as a browser would that throws the session
// cookie away, and returns the id of the request that was then refused.
func (p *program) lostCookie(t *testing.T) string {
	t.Helper()
	const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	send := func(method, path, body string, headers ...string) (*http.Response, map[string]any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, p.s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		r.Header.Set("User-Agent", agent)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		return answer(t, r)
	}
	first, out := send("GET", "/api/v1/auth/csrf-token", "")
	cookie := first.Cookies()[0].Name + "=" + first.Cookies()[0].Value
	token, _ := out["csrf_token"].(string)
	res, _ := send("POST", "/api/v1/auth/jwt/login", `{"email":"`+email+`","password":"`+password+`"}`,
		"Cookie", cookie, "X-CSRF-TOKEN", token, "Content-Type", "application/json", "Origin", p.s.URL)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("the sign-in answers %d", res.StatusCode)
	}
	_, out = send("GET", "/api/v1/auth/status", "", "Cookie", cookie)
	id, _ := out["request_id"].(string)
	p.explained(t, id)
	return id
}

// answer sends a request and reads JSON.
func answer(t *testing.T, r *http.Request) (*http.Response, map[string]any) {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Fatalf("%s: %d %v", r.URL.Path, res.StatusCode, err)
	}
	return res, out
}

// explained waits until the server can explain a request: rows are written
// once a second.
func (p *program) explained(t *testing.T, id string) {
	t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if out := p.call(t, "GET", "/api/v1/admin/explain/"+id, nil); out["kind"] == "request" {
			return
		}
	}
	t.Fatalf("nobody explains %q", id)
}

func TestAdministratorsReadWhyARequestWasRefused(t *testing.T) {
	t.Parallel()
	s := server(t)
	p := administrator(t, s)
	id := p.lostCookie(t)
	for _, scripts := range []bool{true, false} {
		ctx := browser.New(t, browser.Allow("status of 403", "status of 404", "status of 422"))
		if !scripts {
			browser.NoScript(t, ctx)
		}
		within(t, ctx, s, "/admin/explain")
		at(t, ctx, "Why was it refused?")
		wantSeen(t, ctx, ".empty", "Enter what the person sees")
		browser.Do(t, ctx, chromedp.SendKeys(css("#id"), "nobody-knows-this"+kb.Enter))
		wantSeen(t, ctx, ".empty", "Nobody knows this id")
		browser.Do(t, ctx, chromedp.Clear(css("#id")), chromedp.SendKeys(css("#id"), id+kb.Enter))
		wantSeen(t, ctx, ".verdict", "A cookie was set and did not come back")
		wantSeen(t, ctx, ".verdict", "aiwfe_session")
		wantSeen(t, ctx, ".timeline", "Who is signed in")
		wantSeen(t, ctx, ".timeline .step-here", "no_credential")

		browser.Open(t, ctx, s.URL+"/admin/users/4711") // an error page leads to its own story
		browser.Do(t, ctx, chromedp.Click(css(`main a[href^="/admin/explain?id="]`)))
		at(t, ctx, "Why was it refused?")
		browser.Open(t, ctx, s.URL+"/admin/audit?event=login")
		browser.Do(t, ctx, chromedp.Click(css("#rows summary")), chromedp.Click(css(`#rows a[href^="/admin/explain?id="]`)))
		wantSeen(t, ctx, ".verdict", "Nothing was refused")
	}
}

func TestExplainIsForAdministratorsAlone(t *testing.T) {
	t.Parallel()
	s := server(t)
	newMember(t, s, "grace@example.com", "Grace Hopper")
	ctx := browser.New(t, browser.Allow("status of 403"))
	browser.Open(t, ctx, s.URL+"/admin/explain?id=x")
	at(t, ctx, "Sign in")
	browser.Do(t, ctx,
		chromedp.SendKeys(css("input[type=email]"), "grace@example.com"),
		chromedp.SendKeys(css("input[name=password]"), password+kb.Enter),
	)
	at(t, ctx, "Not allowed")
	if n := eval[int](t, ctx, `document.querySelectorAll('main a[href^="/admin"], .nav a[href^="/admin"]').length`); n != 0 {
		t.Error("the error page of a member leads to the pages of administrators")
	}
}

func TestExplainPagesAreAccessible(t *testing.T) {
	t.Parallel()
	s := server(t)
	p := administrator(t, s)
	id := p.lostCookie(t)
	ctx := browser.New(t, browser.Allow("status of 422"))
	within(t, ctx, s, "/admin/explain")
	look(t, ctx, s, map[string]string{
		"admin-explain-empty": "/admin/explain", "admin-explain-unknown": "/admin/explain?id=nobody", "admin-explain-code": "/admin/explain?id=csrf_token_invalid",
		"admin-explain": "/admin/explain?id=" + id, "admin-explain-fault": "/admin/explain?id=ada@",
		"admin-explain-arabic": "/admin/explain?lang=ar&id=" + id,
	})
}
