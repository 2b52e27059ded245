package contract

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// asks are the calls that send a letter to an address that somebody names.
var asks = []string{"forgot-password", "request-verify-token", "request-unlock"}

// states are accounts in all states, by address.
func states(t *testing.T, w *world, p *post, boss *client) map[string]string {
	t.Helper()
	list := map[string]string{"unknown": w.address(), "known": w.joined(t, p)}
	for _, state := range []string{"disabled", "locked"} {
		list[state] = w.joined(t, p)
		w.setStatus(t, boss, w.idOf(t, boss, list[state]), state)
	}
	list["unverified"] = w.address()
	w.program().do(t, "POST", "/api/v1/auth/register", object{"email": list["unverified"], "password": password}).want(t, http.StatusAccepted, "")
	list["invited"] = w.address()
	boss.do(t, "POST", "/api/v1/admin/users", object{"email": list["invited"]}).want(t, http.StatusCreated, "")
	list["deleted"] = w.joined(t, p)
	boss.do(t, "DELETE", "/api/v1/admin/users/"+w.idOf(t, boss, list["deleted"]), nil).want(t, http.StatusNoContent, "")
	return list
}

// TestNoAnswerTellsWhetherAnAddressExists: one status, one body, one set of headers for every state of an account, to
// programs and to browsers; ASVS V6.3.8.
func TestNoAnswerTellsWhetherAnAddressExists(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	accounts := states(t, w, p, w.admin(t))
	ways := map[string]func() *client{"program": w.program, "browser": func() *client { return w.browser().greet(t) }}
	for way, client := range ways {
		for _, ask := range asks {
			alike(t, ask+" by a "+way, accounts, func(_, email string) answer {
				a := client().do(t, "POST", "/api/v1/auth/"+ask, object{"email": email})
				a.want(t, http.StatusAccepted, "")
				return a
			})
		}
		stranger := w.address()
		register := func(pass string) func(kind, email string) answer {
			return func(kind, email string) answer {
				if kind == "unknown" {
					email = stranger // the one of the round before is known by now
				}
				return client().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": pass})
			}
		}
		alike(t, "a refused register by a "+way, accounts, register("short"))
		alike(t, "register by a "+way, accounts, register(another))
	}
	// Nobody was changed by any of it.
	w.program().login(t, accounts["known"], password).want(t, http.StatusOK, "")
	w.program().login(t, accounts["known"], another).want(t, http.StatusUnauthorized, "invalid_credentials")
	p.wait(t, accounts["known"], "/reset-password", 1)
	for _, l := range p.to(accounts["deleted"]) {
		if l.token("/reset-password") != "" {
			t.Error("an account that is gone can be reset")
		}
	}
}

// alike fails unless one call has one face for every state of an account.
func alike(t *testing.T, what string, accounts map[string]string, call func(kind, email string) answer) {
	t.Helper()
	var mu sync.Mutex
	faces := map[string][]string{}
	all(slices.Sorted(maps.Keys(accounts)), func(kind string) {
		f := face(call(kind, accounts[kind]), accounts[kind])
		mu.Lock()
		defer mu.Unlock()
		faces[f] = append(faces[f], kind)
	})
	if len(faces) != 1 {
		t.Errorf("%s has %d faces: %v", what, len(faces), faces)
	}
}

// TestLinksKeepTheConfiguredOrigin: Supabase GHSA-3529-5m8x-rpv3, Zitadel CVE-2025-64101. The proxy is trusted here,
// which is when a program is tempted.
func TestLinksKeepTheConfiguredOrigin(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, map[string]string{"TRUSTED_PROXIES": "127.0.0.1/32"})
	lies := map[string]option{
		"Host":   func(r *http.Request) { r.Host = "evil.example" },
		"a port": func(r *http.Request) { r.Host = "localhost:1" },
	}
	for name, value := range map[string]string{
		"X-Forwarded-Host": "evil.example", "Forwarded": `for=192.0.2.1;host=evil.example;proto=https`, "X-Forwarded-Proto": "gopher",
		"X-Forwarded-Port": "666", "X-Forwarded-Prefix": "/evil.example", "X-Original-Host": "evil.example", "X-Forwarded-Server": "evil.example",
		"X-Original-URL": "https://evil.example/", "Referer": "https://evil.example/",
	} {
		lies[name] = with(name, value)
	}
	for _, name := range slices.Sorted(maps.Keys(lies)) {
		email := w.address()
		a := w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password}, lies[name])
		if a.status >= 400 && a.status < 500 {
			continue // refused is fine
		}
		a.want(t, http.StatusAccepted, "")
		l := p.wait(t, email, "/verify-email", 1)
		for _, link := range l.links() {
			if link != w.public && !strings.HasPrefix(link, w.public+"/") {
				t.Errorf("%s: the letter leads to %s", name, link)
			}
		}
		if strings.Contains(l.Raw, "evil") || strings.Contains(l.Raw, "gopher") {
			t.Errorf("%s is in the letter: %s", name, l.Raw)
		}
	}
}

// TestOneLetterToOneStoredAddress: GitLab CVE-2023-7028, Django CVE-2019-19844.
func TestOneLetterToOneStoredAddress(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	kim := "kim@example.com"
	b := w.browser().greet(t)
	b.do(t, "POST", "/api/v1/auth/register", object{"email": kim, "password": password}).want(t, http.StatusAccepted, "")
	b.do(t, "POST", "/api/v1/auth/verify", object{"token": p.wait(t, kim, "/verify-email", 1).token("/verify-email")}).want(t, http.StatusOK, "")
	for _, body := range []any{
		object{"email": []string{kim, "a@example.com"}},
		object{"email": object{"to": kim}},
		object{"email": kim + ",a@example.com"},
		object{"email": kim + ";a@example.com"},
		object{"email": kim + " a@example.com"},
		object{"email": kim + "\r\nBcc: a@example.com"},
		object{"email": kim + "\x00a@example.com"},
		object{"email": "<" + kim + ">, <a@example.com>"},
		object{"email": kim + "%0acc:a@example.com"},
		`{"email":"` + kim + `","email":"a@example.com"}`, `{"email":"` + kim + `","Email":"a@example.com"}`,
		object{"email": kim, "to": "a@example.com"},
	} {
		for _, ask := range append(asks, "register") {
			a := w.program().do(t, "POST", "/api/v1/auth/"+ask, body)
			if a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s of %v: %s", ask, body, a)
			}
		}
	}
	// The Kelvin sign folds to k, and an i without a dot to i: what is looked up is not what is written to.
	for _, twin := range []string{"\u212aim@example.com", "k\u0131m@example.com", "k\u0130m@example.com", "ｋim@example.com"} {
		w.program().do(t, "POST", "/api/v1/auth/forgot-password", object{"email": twin})
	}
	w.program().do(t, "POST", "/api/v1/auth/forgot-password", object{"email": "KIM@Example.COM"}).want(t, http.StatusAccepted, "")
	p.wait(t, kim, "/reset-password", 1)
	last := w.joined(t, p) // whatever was on its way before has arrived
	if got := p.recipients(); !slices.Equal(got, []string{kim, last}) {
		t.Errorf("letters went to %q", got)
	}
}

// TestResetLink: the newest one, once, taken by a POST alone, ending all that was, and neither a session nor a way
// around the second factor; ASVS V6.4.3, V7.4.3.
func TestResetLink(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	email := w.joined(t, p)
	c := w.program().signIn(t, email, password)
	device := c.enrol(t)
	b := w.browser().trusting(t, email, device.at(t, 0))
	pat := w.bearing(c.personalToken(t, "read"))
	older := w.forgot(t, p, email, 1)
	newer := w.forgot(t, p, email, 2)
	w.program().do(t, "GET", "/api/v1/users/me", nil, with("Authorization", "Bearer "+c.bearer)).want(t, http.StatusOK, "") // asking changes nothing

	reset := func(token, pass string) answer {
		return w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": token, "password": pass})
	}
	reset(older, another).want(t, http.StatusBadRequest, "reset_token_invalid")
	for i := range 20 {
		spoilt := []byte(newer)
		spoilt[i%len(spoilt)] ^= 1
		if a := reset(string(spoilt), another); a.status < 400 {
			t.Errorf("a wrong token: %s", a)
		}
	}
	// A robot that reads mail opens the link, and asks for its head.
	for _, method := range []string{"GET", "HEAD", "GET"} {
		page := w.browser().do(t, method, "/reset-password?token="+url.QueryEscape(newer), nil)
		page.want(t, http.StatusOK, "")
		// The last that a browser knows counts. Neither of these two tells a path.
		policy := strings.TrimSpace(page.header.Get("Referrer-Policy")[strings.LastIndex(page.header.Get("Referrer-Policy"), ",")+1:])
		if policy != "no-referrer" && policy != "strict-origin" {
			t.Errorf("the page of a link has Referrer-Policy %q", policy)
		}
	}
	reset(newer, "short").want(t, http.StatusUnprocessableEntity, "password_refused")
	a := reset(newer, another)
	a.want(t, http.StatusNoContent, "")
	if len(a.header.Values("Set-Cookie")) > 0 {
		t.Errorf("a reset sets cookies: %q", a.header.Values("Set-Cookie"))
	}
	reset(newer, wrong).want(t, http.StatusBadRequest, "reset_token_invalid")
	for _, was := range []*client{c, b, pat} {
		was.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "")
	}
	w.program().login(t, email, password).want(t, http.StatusUnauthorized, "invalid_credentials")
	w.program().begin(t, email, another)
	if !b.asked(t, email, another) {
		t.Error("trust in a device outlived the reset")
	}
}

// TestLinkOfOneKindIsNoOther: each token opens its own door.
func TestLinkOfOneKindIsNoOther(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	email := w.joined(t, p)
	reset := w.forgot(t, p, email, 1)
	fresh := w.address()
	b := w.browser().greet(t)
	b.do(t, "POST", "/api/v1/auth/register", object{"email": fresh, "password": password}).want(t, http.StatusAccepted, "")
	verify := p.wait(t, fresh, "/verify-email", 1).token("/verify-email")
	call := func(path, token string) answer {
		return b.do(t, "POST", "/api/v1/auth/"+path, object{"token": token})
	}
	for _, path := range []string{"verify", "unlock", "not-me"} {
		call(path, reset).want(t, http.StatusBadRequest, "")
	}
	for _, path := range []string{"unlock", "not-me"} {
		call(path, verify).want(t, http.StatusBadRequest, "")
	}
	b.do(t, "POST", "/api/v1/auth/reset-password", object{"token": verify, "password": another}).want(t, http.StatusBadRequest, "")
	w.bearing(reset).do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "")
	call("verify", verify).want(t, http.StatusOK, "")
	w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": reset, "password": another}).want(t, http.StatusNoContent, "")
}
