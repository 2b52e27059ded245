package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

var visitors atomic.Int64

// visitor is a browser that no other one of these tests looks like.
func (w *world) visitor() *client {
	b := w.browser()
	b.agent = fmt.Sprintf("Mozilla/5.0 (visitor %d) Firefox/140.0", visitors.Add(1))
	return b
}

// explain asks an administrator's program why an answer was a refusal. What the server gathered is written once a
// second.
func (c *client) explain(t testing.TB, refused answer) (x api.Explained) {
	t.Helper()
	id := refused.header.Get("X-Request-Id")
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		a := c.do(t, "GET", "/api/v1/admin/explain/"+id, nil)
		if a.status != http.StatusOK {
			continue
		}
		if err := json.Unmarshal(a.body, &x); err != nil {
			t.Fatal(err)
		}
		if len(x.Steps) > 0 && x.Steps[max(0, x.Verdict.Step-1)].Method != "" { // else only the audit knows it yet
			return x
		}
	}
	t.Errorf("%s: nobody explains it: %+v", refused, x)
	return x
}

// refusal is a way to be refused, and what must be said of it.
type refusal struct {
	name   string
	do     func(t *testing.T, w *world, b *client, email string) answer
	code   string
	reason string
	cause  string
	seen   string // a part of the evidence
}

var refusals = []refusal{
	{"CSRF token missing", func(t *testing.T, _ *world, b *client, email string) answer {
		b.greet(t)
		b.csrf = ""
		return b.do(t, "POST", "/api/v1/auth/jwt/login", object{"email": email, "password": password})
	}, "csrf_token_missing", "csrf_token_missing", "csrf_token_missing", "GET /api/v1/auth/csrf-token had given it a token"},
	{"CSRF cookie dropped", func(t *testing.T, _ *world, b *client, email string) answer {
		b.greet(t)
		clear(b.cookies)
		return b.login(t, email, password)
	}, "csrf_token_invalid", "csrf_cookie_missing", "cookie_not_returned", "set aiwfe_csrf"},
	{"CSRF token of another browser", func(t *testing.T, w *world, b *client, email string) answer {
		b.greet(t)
		b.csrf = w.visitor().greet(t).csrf
		return b.login(t, email, password)
	}, "csrf_token_invalid", "bound_elsewhere", "bound_elsewhere", "came with cookies: aiwfe_csrf"},
	{"CSRF token cut", func(t *testing.T, _ *world, b *client, email string) answer {
		b.greet(t)
		b.csrf = b.csrf[:20]
		return b.login(t, email, password)
	}, "csrf_token_invalid", "malformed", "malformed", "20 characters"},
	{"session cookie dropped after login", func(t *testing.T, _ *world, b *client, email string) answer {
		b.signIn(t, email, password)
		delete(b.cookies, "aiwfe_session")
		return b.do(t, "GET", "/api/v1/auth/status", nil)
	}, "not_authenticated", "no_credential", "cookie_not_returned", "POST /api/v1/auth/jwt/login"},
	{"every cookie dropped after login", func(t *testing.T, _ *world, b *client, email string) answer {
		b.signIn(t, email, password)
		clear(b.cookies)
		return b.do(t, "GET", "/account", nil)
	}, "not_authenticated", "no_credential", "cookie_not_returned", "none of ours"},
	{"session cookie dropped after it came back", func(t *testing.T, _ *world, b *client, email string) answer {
		b.signIn(t, email, password)
		b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
		delete(b.cookies, "aiwfe_session")
		return b.do(t, "GET", "/api/v1/auth/status", nil)
	}, "not_authenticated", "no_credential", "cookie_lost_later", "still counted"},
	{"another host name after login", func(t *testing.T, _ *world, b *client, email string) answer {
		b.signIn(t, email, password)
		clear(b.cookies)
		return b.do(t, "GET", "/api/v1/auth/status", nil, func(r *http.Request) { r.Host = "elsewhere.example" })
	}, "not_authenticated", "no_credential", "cookie_of_another_host", "elsewhere.example"},
	{"signed out", func(t *testing.T, _ *world, b *client, email string) answer {
		b.signIn(t, email, password)
		b.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
		return b.do(t, "GET", "/api/v1/auth/status", nil)
	}, "not_authenticated", "no_credential", "signed_out", "cleared aiwfe_session"},
	{"never signed in", func(t *testing.T, _ *world, b *client, _ string) answer {
		return b.do(t, "GET", "/api/v1/auth/status", nil)
	}, "not_authenticated", "no_credential", "no_credential", "none of ours"},
	{"two cookies of one name", func(t *testing.T, _ *world, b *client, email string) answer {
		b.signIn(t, email, password)
		return b.do(t, "GET", "/api/v1/auth/status", nil, with("Cookie", b.cookieHeader()+"; aiwfe_session=an-older-one"))
	}, "not_authenticated", "session_cookie_broken", "cookie_duplicated", "aiwfe_session ×2"},
	{"an older cookie in its place", func(t *testing.T, _ *world, b *client, email string) answer {
		b.signIn(t, email, password)
		b.cookies["aiwfe_session"] = "c29tZXRoaW5nLW9sZGVyLXRoYXQtd2FzLW5ldmVyLWdpdmVu"
		return b.do(t, "GET", "/api/v1/auth/status", nil)
	}, "session_ended", "session_unknown", "cookie_is_an_older_one", "set aiwfe_session"},
	{"a page of another origin", func(t *testing.T, _ *world, b *client, email string) answer {
		b.greet(t)
		b.origin = "https://evil.example"
		return b.login(t, email, password)
	}, "origin_not_allowed", "origin_foreign", "origin_foreign", "https://evil.example"},
	{"PUBLIC_URL is another address", func(t *testing.T, _ *world, b *client, email string) answer {
		b.greet(t)
		b.origin = "http://intranet:8080"
		return b.do(t, "POST", "/api/v1/auth/jwt/login", object{"email": email, "password": password},
			func(r *http.Request) { r.Host = "intranet:8080" })
	}, "origin_not_allowed", "origin_foreign", "public_url_not_used", "PUBLIC_URL is http://"},
	{"wrong password", func(t *testing.T, _ *world, b *client, email string) answer {
		return b.login(t, email, wrong)
	}, "invalid_credentials", "wrong_password", "wrong_password", ""},
	{"unknown address", func(t *testing.T, _ *world, b *client, _ string) answer {
		return b.login(t, "nobody-at-all@example.com", wrong)
	}, "invalid_credentials", "unknown_address", "unknown_address", ""},
	{"disabled account", func(t *testing.T, w *world, b *client, email string) answer {
		if r := w.Run("user", "disable", "--email", email); r.Code != 0 {
			t.Fatal(r.Stderr)
		}
		return b.login(t, email, password)
	}, "invalid_credentials", "account_disabled", "account_disabled", ""},
	{"too many failures", func(t *testing.T, _ *world, b *client, email string) answer {
		for range 3 {
			b.login(t, email, wrong).want(t, http.StatusUnauthorized, "")
		}
		return b.login(t, email, password)
	}, "too_many_attempts", "account_limit", "account_limit", "3 from 127.0.0.1 (wrong_password)"},
	{"a token that is none", func(t *testing.T, w *world, b *client, _ string) answer {
		return b.do(t, "GET", "/api/v1/auth/status", nil, with("Authorization", "Bearer nonsense"))
	}, "token_invalid", "not_three_parts", "not_three_parts", ""},
	{"a path that is not there", func(t *testing.T, _ *world, b *client, _ string) answer {
		return b.do(t, "GET", "/auth/api/v1/auth/status", nil)
	}, "not_found", "no_such_route", "no_such_route", ""},
}

// TestEveryRefusalIsExplained: what an operator is told of each, from the id in the answer alone.
func TestEveryRefusalIsExplained(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"LOGIN_LIMIT_ACCOUNT": "3/1m"})
	admin := w.admin(t)
	emails := make([]string, len(refusals))
	for i := range refusals {
		emails[i] = w.user(t)
	}
	for i, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			a := r.do(t, w, w.visitor(), emails[i])
			x := admin.explain(t, a)
			v := x.Verdict
			if string(v.Code) != r.code || v.Reason != r.reason || v.Cause != r.cause || !strings.Contains(v.Evidence, r.seen) {
				t.Errorf("%s\n is said to be %s (%s), cause %s\n%s\nwant %s (%s), cause %s, and to read %q",
					a, v.Code, v.Reason, v.Cause, v.Evidence, r.code, r.reason, r.cause, r.seen)
			}
			if v.Title == "" || v.Text == "" || v.Remedy == "" || !strings.HasPrefix(v.Docs, "docs/errors/") || !v.Refused {
				t.Errorf("something is not said: %+v", v)
			}
			if s := x.Steps[v.Step-1]; s.RequestID != a.header.Get("X-Request-Id") || !s.Refused || !s.Asked {
				t.Errorf("the step that refused is not the one asked for: %+v", s)
			}
		})
	}
}

// TestSecondFactorWithAClockThatIsOff: D18. The private side tells by how many steps; the codes before it are in the story.
func TestSecondFactorWithAClockThatIsOff(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	email, p, _ := w.protected(t)
	b := w.visitor()
	challenge := b.begin(t, email, password)
	a := b.answer(t, challenge, "totp", p.at(t, -20))
	a.want(t, http.StatusUnauthorized, "invalid_code")
	v := admin.explain(t, a).Verdict
	if v.Reason != "totp_clock_off" || !strings.Contains(v.Evidence, "steps of 30 s") || !strings.Contains(v.Evidence, "behind") {
		t.Errorf("%+v", v)
	}
}

// TestStoryAfterTheFact: sessions that expired and tokens whose date has passed, told by the command line.
func TestStoryAfterTheFact(t *testing.T) {
	t.Parallel()
	env := accepting(4 * time.Second)
	env["SESSION_IDLE"] = "2s"
	w := start(t, env)
	email := w.user(t)
	b := w.visitor().signIn(t, email, password)
	a := w.program().login(t, email, password)
	old := oldForm(email, a.text("user.id"), 30*time.Minute, nil)
	after(4 * time.Second)
	idle := b.do(t, "GET", "/api/v1/auth/status", nil)
	idle.want(t, http.StatusUnauthorized, "session_ended")
	retired := status(t, w, old)
	retired.want(t, http.StatusUnauthorized, "legacy_token_retired")
	for _, c := range []struct {
		of           answer
		reason, seen string
	}{{idle, "idle_end", "SESSION_IDLE is 2s"}, {retired, "legacy_retired", "LEGACY_TOKENS_UNTIL is 20"}} {
		id := c.of.header.Get("X-Request-Id")
		var x api.Explained
		for until := time.Now().Add(10 * time.Second); time.Now().Before(until) && x.ID == ""; {
			if r := w.Run("explain", id, "--json"); r.Code == 0 {
				if err := json.Unmarshal([]byte(r.Stdout), &x); err != nil {
					t.Fatal(err)
				}
			}
		}
		if x.Verdict.Reason != c.reason || !strings.Contains(x.Verdict.Evidence, c.seen) {
			t.Errorf("%s: %+v", c.of, x.Verdict)
		}
	}
}

// TestStrangersCannotAskWhy: what an id hides is for administrators; nobody else learns whether there is one.
func TestStrangersCannotAskWhy(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	member := w.program().signIn(t, w.user(t), password)
	a := w.visitor().login(t, "nobody@example.com", wrong)
	id := a.header.Get("X-Request-Id")
	for _, path := range []string{"/api/v1/admin/explain/" + id, "/api/v1/admin/explain/nothing"} {
		w.program().do(t, "GET", path, nil).want(t, http.StatusUnauthorized, "not_authenticated")
		member.do(t, "GET", path, nil).want(t, http.StatusForbidden, "forbidden")
	}
	w.admin(t).do(t, "GET", "/api/v1/admin/explain/nothing", nil).want(t, http.StatusNotFound, "not_found")
}

// TestRefusedFormsShowTheirID: whoever reads the page has something to tell the operator.
func TestRefusedFormsShowTheirID(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.visitor().greet(t)
	for _, form := range []url.Values{
		{"csrf_token": {b.csrf}, "username": {"nobody@example.com"}, "password": {wrong}},
		{"csrf_token": {"nonsense"}, "username": {"nobody@example.com"}, "password": {wrong}},
	} {
		a := b.do(t, "POST", "/login", form)
		if id := a.header.Get("X-Request-Id"); a.status < 400 || !strings.Contains(string(a.body), `id="request-id">`+id+"<") {
			t.Errorf("%s does not show %s", a, id)
		}
	}
}
