package contract

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What may differ between two answers: ids, dates, and the token of a page.
var changing = regexp.MustCompile(`"request_id":"[^"]*"|name="csrf_token" value="[^"]*"|id="request-id">[^<]*<|<time [^>]*>[^<]*</time>|name="username"[^>]*value="[^"]*"|"retry_after":\d+|data-made="\d+"`)

// face is an answer as somebody sees it who compares answers.
func face(a answer, email string) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		switch name {
		case "Date", "X-Request-Id", "Retry-After":
			lines = append(lines, name)
		case "Content-Length": // of what is masked below; the body itself is compared
		case "Set-Cookie":
			for _, line := range a.header.Values(name) {
				lines = append(lines, name+": "+strings.SplitN(line, "=", 2)[0])
			}
		default:
			lines = append(lines, fmt.Sprint(name, ": ", a.header.Values(name)))
		}
	}
	body := strings.ReplaceAll(string(a.body), email, "ADDRESS")
	return fmt.Sprint(a.status, "\n", strings.Join(lines, "\n"), "\n\n", changing.ReplaceAllString(body, "-"))
}

// kinds are accounts in all states, none of which can sign in with the password given.
func kinds(t *testing.T, w *world, admin *client) map[string][2]string {
	t.Helper()
	list := map[string][2]string{"unknown": {"nobody@example.com", password}}
	for kind, pass := range map[string]string{
		"wrong password": wrong, "a prefix": password[:len(password)-1],
		"73 bytes": strings.Repeat("a", 73), "257 characters": strings.Repeat("a", 257),
	} {
		list[kind] = [2]string{w.user(t), pass}
	}
	for _, state := range []string{"disabled", "locked"} {
		email := w.user(t)
		w.setStatus(t, admin, w.idOf(t, admin, email), state)
		list[state] = [2]string{email, password}
		list[state+", wrong password"] = [2]string{email, wrong}
	}
	pending := w.address()
	admin.do(t, "POST", "/api/v1/admin/users", object{"email": pending}).want(t, http.StatusCreated, "")
	list["invited"] = [2]string{pending, password}
	deleted := w.user(t)
	admin.do(t, "DELETE", "/api/v1/admin/users/"+w.idOf(t, admin, deleted), nil).want(t, http.StatusNoContent, "")
	list["deleted"] = [2]string{deleted, password}
	return list
}

// TestRefusedLoginsLookAlike on every way in: JSON, the OAuth2 form, the page.
func TestRefusedLoginsLookAlike(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	accounts := kinds(t, w, w.admin(t))
	ways := map[string]func(email, pass string) answer{
		"JSON": func(email, pass string) answer { return w.program().login(t, email, pass) },
		"form": func(email, pass string) answer {
			return w.program().do(t, "POST", loginPath, url.Values{"username": {email}, "password": {pass}})
		},
		"browser": func(email, pass string) answer { return w.browser().login(t, email, pass) },
		"page": func(email, pass string) answer {
			b := w.browser().greet(t)
			return b.do(t, "POST", "/login", url.Values{"csrf_token": {b.csrf}, "username": {email}, "password": {pass}})
		},
	}
	for way, try := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			unknown := try("nobody@example.com", password)
			unknown.want(t, http.StatusUnauthorized, "")
			want := face(unknown, "nobody@example.com")
			all(slices.Sorted(maps.Keys(accounts)), func(kind string) {
				email, pass := accounts[kind][0], accounts[kind][1]
				if got := face(try(email, pass), email); got != want {
					t.Errorf("%s differs from an unknown address:\n%s\n--- unknown:\n%s", kind, got, want)
				}
			})
		})
	}
}

// TestLimitedLoginsLookAlike: after the limit, known and unknown, right and wrong are one (Kirby GHSA-c27j-76xg-6x4f).
func TestLimitedLoginsLookAlike(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"LOGIN_LIMIT_ACCOUNT": "3/5m"})
	known := w.user(t)
	for _, email := range []string{known, "nobody@example.com"} {
		for range 3 {
			w.program().login(t, email, wrong).want(t, http.StatusUnauthorized, "invalid_credentials")
		}
	}
	unknown := w.program().login(t, "nobody@example.com", wrong)
	unknown.want(t, http.StatusTooManyRequests, "too_many_attempts")
	for _, pass := range []string{wrong, password} {
		if a := w.program().login(t, known, pass); face(a, known) != face(unknown, "nobody@example.com") {
			t.Errorf("a known address after the limit: %s\n%s", face(a, known), face(unknown, "nobody@example.com"))
		}
	}
}

// TestSpellingsOfAnAddressShareALimit: Vault CVE-2025-6004, OpenBao CVE-2025-54998; also over all ways in.
func TestSpellingsOfAnAddressShareALimit(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"LOGIN_LIMIT_ACCOUNT": "4/5m"})
	admin := w.admin(t)
	email := w.user(t)
	c := w.program().signIn(t, email, password)
	w.program().login(t, strings.ToUpper(email), wrong).want(t, http.StatusUnauthorized, "")
	w.program().login(t, strings.ToUpper(email[:1])+email[1:], wrong).want(t, http.StatusUnauthorized, "")
	w.program().do(t, "POST", loginPath, url.Values{"username": {email}, "password": {wrong}}).want(t, http.StatusUnauthorized, "")
	c.do(t, "POST", "/api/v1/auth/password", object{"current_password": wrong, "new_password": another}).
		want(t, http.StatusUnauthorized, "invalid_credentials")
	for _, spelled := range []string{email, strings.ToUpper(email)} {
		w.program().login(t, spelled, password).want(t, http.StatusTooManyRequests, "too_many_attempts")
	}
	w.program().do(t, "POST", loginPath, url.Values{"username": {email}, "password": {password}}).want(t, http.StatusTooManyRequests, "")
	c.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "") // a stranger's guesses end no session
	id := c.do(t, "GET", "/api/v1/users/me", nil).text("id")
	admin.do(t, "POST", "/api/v1/admin/users/"+id+"/unlock", nil).want(t, http.StatusOK, "")
	w.program().login(t, email, password).want(t, http.StatusOK, "")
}

// TestOwnersDeviceHasItsOwnLimit: strangers cannot lock the owner out, and the cookie buys no endless guesses.
func TestOwnersDeviceHasItsOwnLimit(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"LOGIN_LIMIT_ACCOUNT": "3/5m"})
	email := w.user(t)
	own := w.browser().signIn(t, email, password)
	own.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
	own.greet(t)
	for range 3 {
		w.program().login(t, email, wrong).want(t, http.StatusUnauthorized, "")
	}
	w.program().login(t, email, password).want(t, http.StatusTooManyRequests, "")
	own.login(t, email, password).want(t, http.StatusOK, "")
	for range 3 {
		own.login(t, email, wrong).want(t, http.StatusUnauthorized, "")
	}
	own.login(t, email, password).want(t, http.StatusTooManyRequests, "too_many_attempts")
}
