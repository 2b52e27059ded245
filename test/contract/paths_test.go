package contract

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// opened reports whether an answer signs somebody in.
func opened(a answer) bool {
	if a.text("access_token") != "" || a.text("refresh_token") != "" || a.text("login.access_token") != "" {
		return true
	}
	for _, line := range a.header.Values("Set-Cookie") {
		k, err := http.ParseSetCookie(line)
		if err == nil && strings.HasSuffix(k.Name, "aiwfe_session") && k.Value != "" && k.MaxAge >= 0 {
			return true
		}
	}
	return false
}

// byPassword are all ways in on which a password is the first step; ASVS V6.3.4.
func byPassword(t *testing.T, w *world, email string) map[string]answer {
	t.Helper()
	page := w.browser().greet(t)
	return map[string]answer{
		"JSON by a program": w.program().login(t, email, password),
		"JSON by a browser": w.browser().login(t, email, password),
		"the OAuth2 form":   w.program().do(t, "POST", loginPath, url.Values{"username": {email}, "password": {password}}),
		"the OAuth2 form, with a grant": w.program().do(t, "POST", loginPath, url.Values{
			"grant_type": {"password"}, "username": {strings.ToUpper(email)}, "password": {password}, "scope": {"read write"},
		}),
		"the page": page.do(t, "POST", "/login", url.Values{"csrf_token": {page.csrf}, "username": {email}, "password": {password}}),
		"the page, on the way to somewhere": page.do(t, "POST", "/login?next=/account",
			url.Values{"csrf_token": {page.csrf}, "username": {email}, "password": {password}}),
	}
}

// TestSecondFactorIsAskedOnEveryWayIn: Vikunja CVE-2026-33315, tinyauth CVE-2026-32246, Mattermost CVE-2025-55070.
func TestSecondFactorIsAskedOnEveryWayIn(t *testing.T) {
	t.Parallel()
	w := start(t, accepting(24*time.Hour))
	email := w.user(t)
	for way, a := range byPassword(t, w, email) {
		if !opened(a) {
			t.Errorf("%s opens no account at all: %s", way, a)
		}
	}
	c := w.program().signIn(t, email, password)
	id := c.do(t, "GET", "/api/v1/users/me", nil).text("id")
	old := oldForm(email, id, 30*time.Minute, nil)
	status(t, w, old).want(t, http.StatusOK, "")
	c.enrol(t)
	for way, a := range byPassword(t, w, email) {
		if opened(a) || a.status >= 500 {
			t.Errorf("%s signs in without the second factor: %s", way, a)
		}
	}
	// Tokens of the old form know no factor.
	status(t, w, old).want(t, http.StatusUnauthorized, "")
	status(t, w, oldForm(email, id, 31*time.Minute, nil)).want(t, http.StatusUnauthorized, "")
}

// TestShutAccountIsShutOnEveryWayIn, also to a login that had begun before; Keycloak CVE-2026-9798.
func TestShutAccountIsShutOnEveryWayIn(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	boss := w.admin(t)
	for _, state := range []string{"disabled", "locked"} {
		email, p, c := w.protected(t)
		codes := c.backupCodes(t)
		pat := w.bearing(c.personalToken(t, "read"))
		trusted := w.browser().trusting(t, email, p.at(t, 0))
		first, second := w.program().begin(t, email, password), w.program().begin(t, email, password)
		w.setStatus(t, boss, w.idOf(t, boss, email), state)
		for way, a := range byPassword(t, w, email) {
			if opened(a) || a.member("requires_2fa") != nil {
				t.Errorf("%s, %s: %s", state, way, a)
			}
		}
		for method, code := range map[string]string{"totp": p.at(t, 1), "backup_code": codes[0]} {
			challenge := map[string]string{"totp": first, "backup_code": second}[method]
			if a := w.program().answer(t, challenge, method, code); opened(a) || a.status < 400 {
				t.Errorf("%s, by %s: %s", state, method, a)
			}
		}
		for _, was := range []*client{c, pat, trusted} {
			was.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "")
			was.do(t, "POST", "/api/v1/auth/reauth", object{"password": password, "code": p.at(t, 1)}).want(t, http.StatusUnauthorized, "")
		}
	}
}

// TestSessionIsNewAfterTheSecondFactor: a cookie that was planted before is not adopted; Zitadel CVE-2024-28197.
func TestSessionIsNewAfterTheSecondFactor(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email, p, _ := w.protected(t)
	thief := w.browser().signIn(t, w.user(t), password)
	b := w.browser().greet(t)
	challenge := b.begin(t, email, password)
	b.cookies["aiwfe_session"] = thief.cookie("aiwfe_session")
	a := b.answer(t, challenge, "totp", p.at(t, 0))
	if a.status == http.StatusOK && b.cookie("aiwfe_session") == thief.cookie("aiwfe_session") {
		t.Error("the session that was planted was adopted")
	}
	if me := thief.do(t, "GET", "/api/v1/users/me", nil); me.text("email") == email {
		t.Errorf("the thief is the victim now: %s", me)
	}
	// An answer that is another person's challenge does not add to the session that is there.
	if me := b.do(t, "GET", "/api/v1/users/me", nil); a.status == http.StatusOK && me.text("email") != email {
		t.Errorf("after the second factor: %s", me)
	}
}

// TestProofsCountAgainstTheAccount wherever a password is asked: the step-up is no second chance.
func TestProofsCountAgainstTheAccount(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"LOGIN_LIMIT_ACCOUNT": "4/5m"})
	email := w.user(t)
	c := w.program().signIn(t, email, password)
	evaluated := 0
	for range 8 {
		if a := c.do(t, "POST", "/api/v1/auth/reauth", object{"password": wrong}); a.code() == "invalid_credentials" {
			evaluated++
		}
	}
	if evaluated == 0 || evaluated > 4 {
		t.Errorf("%d wrong passwords were looked at under a limit of 4", evaluated)
	}
	w.program().login(t, email, password).want(t, http.StatusTooManyRequests, "too_many_attempts")
}
