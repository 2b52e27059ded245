package contract

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// forgery is one way in which a request may not be from the page it claims.
type forgery struct {
	name    string
	code    string
	options []option
}

// forgeries are tried by b, signed in; the others are a second browser of the same person and one of somebody else.
func forgeries(w *world, b, same, other *client) []forgery {
	token := func(value string) option { return with("X-CSRF-TOKEN", value) }
	cookies := func(csrf *client) option {
		return func(r *http.Request) {
			mixed := maps.Clone(b.cookies)
			mixed["aiwfe_csrf"] = csrf.cookie("aiwfe_csrf")
			r.Header.Set("Cookie", (&client{cookies: mixed}).cookieHeader())
		}
	}
	altered := []byte(b.csrf)
	altered[len(altered)/2] ^= 1
	blank := strings.Repeat("A", len(b.csrf))
	u, _ := url.Parse(w.public)
	port := u.Port()
	list := []forgery{
		{"no token", "csrf_token_missing", []option{without("X-CSRF-TOKEN")}},
		{"no token and nothing of a browser but the cookies", "csrf_token_missing", []option{without("X-CSRF-TOKEN", "Origin", "Sec-Fetch-Site")}},
		{"the token in the address alone", "csrf_token_missing", []option{without("X-CSRF-TOKEN"), func(r *http.Request) {
			r.URL.RawQuery = url.Values{"csrf_token": {b.csrf}, "X-CSRF-TOKEN": {b.csrf}}.Encode()
		}}},
		{"the token of another session of this person", "csrf_token_invalid", []option{token(same.csrf)}},
		{"the token of another person", "csrf_token_invalid", []option{token(other.csrf)}},
		// Fiber CVE-2023-45128: token and cookie belong together, and to somebody else.
		{"token and cookie of another person", "csrf_token_invalid", []option{token(other.csrf), cookies(other)}},
		{"token and cookie of another session", "csrf_token_invalid", []option{token(same.csrf), cookies(same)}},
		{"nothing signed", "csrf_token_invalid", []option{token(blank)}},
		{"one bit is another", "csrf_token_invalid", []option{token(string(altered))}},
		{"cut by one", "csrf_token_invalid", []option{token(b.csrf[:len(b.csrf)-1])}},
		{"the cookie as the token", "csrf_token_invalid", []option{token(b.cookie("aiwfe_csrf"))}},
		{"the session cookie as the token", "csrf_token_invalid", []option{token(b.cookie("aiwfe_session"))}},
		{"the token without a cookie", "csrf_token_invalid", []option{without("Cookie")}},
		{"a right token from another site", "origin_not_allowed", []option{with("Sec-Fetch-Site", "cross-site")}},
		{"a right token from a sibling", "origin_not_allowed", []option{with("Sec-Fetch-Site", "same-site")}},
	}
	for _, origin := range []string{
		"https://evil.example", "null", "http://localhost.evil.example:" + port, "http://evil-localhost:" + port,
		"https://localhost:" + port, "http://localhost:1", "http://localhost", "http://sub.localhost:" + port,
		w.public + ".evil.example", w.public + "@evil.example", "http://evil.example#" + w.public,
	} {
		list = append(list, forgery{"Origin " + origin, "origin_not_allowed", []option{with("Origin", origin)}})
	}
	return list
}

// TestForgedRequestsAreRefusedOnEveryUnsafeRoute walks all routes with all forgeries, and then shows that nothing
// happened: the session is alive, the name and the password are the same, and a right token works.
func TestForgedRequestsAreRefusedOnEveryUnsafeRoute(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.onHost(t, "admin")
	b := w.browser().signIn(t, admin, password)
	same := w.browser().signIn(t, admin, password)
	other := w.browser().signIn(t, w.user(t), password)
	list := forgeries(w, b, same, other)
	for _, r := range unsafeRoutes() {
		t.Run(r.String(), func(t *testing.T) {
			for _, f := range list {
				a := b.do(t, r.method, r.address(), r.body, f.options...)
				if a.status != http.StatusForbidden || a.code() != f.code {
					t.Errorf("%s: %s; want 403 %s", f.name, a, f.code)
				}
			}
		})
	}
	a := b.do(t, "GET", "/api/v1/auth/status", nil)
	if a.status != http.StatusOK || a.text("user.name") != "" {
		t.Fatalf("a forged request had an effect: %s", a)
	}
	for _, r := range unsafeRoutes() {
		if a := b.do(t, r.method, r.address(), r.body); a.status == http.StatusForbidden {
			t.Errorf("a right token is refused: %s", a)
		}
	}
}

func TestExpiredTokenIsRefusedOnEveryUnsafeRoute(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"CSRF_TTL": "2s"})
	b := w.browser().signIn(t, w.user(t), password)
	p := w.program().greet(t)
	after(3 * time.Second) // tokens tell their age in whole seconds
	for _, r := range unsafeRoutes() {
		b.do(t, r.method, r.address(), r.body).want(t, http.StatusForbidden, "csrf_token_expired")
	}
	p.login(t, "nobody@example.com", wrong).want(t, http.StatusForbidden, "csrf_token_expired")
}

// TestFormsOfPagesAreGuardedToo: pages take the token from a field; the answer is a page.
func TestFormsOfPagesAreGuardedToo(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser().signIn(t, w.user(t), password)
	stranger := w.browser().greet(t)
	for _, path := range []string{"/login", "/logout", "/setup", "/register", "/reset-password"} {
		for name, c := range map[string]struct {
			token   string
			options []option
		}{
			"no token":      {"", nil},
			"another's":     {stranger.csrf, nil},
			"evil origin":   {b.csrf, []option{with("Origin", "https://evil.example")}},
			"null origin":   {b.csrf, []option{with("Origin", "null")}},
			"a cross site":  {b.csrf, []option{with("Sec-Fetch-Site", "cross-site")}},
			"cookies alone": {"", []option{without("Origin", "Sec-Fetch-Site")}},
		} {
			form := url.Values{"csrf_token": {c.token}, "username": {"a@example.com"}, "password": {password}, "token": {"x"}}
			a := b.do(t, "POST", path, form, append([]option{without("X-CSRF-TOKEN")}, c.options...)...)
			if a.status != http.StatusForbidden || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				t.Errorf("%s: %s; want a page with 403", name, a)
			}
		}
	}
	b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
}
