package contract

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

// polyglots break out of more than one place at once.
var polyglots = []string{
	`"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `</title><svg/onload=alert(1)>`, `javascript:alert(1)//"'--></style>`,
	"{{7*7}}", "${7*7}", "<%= 7*7 %>", "' OR '1'='1", "'; DROP TABLE users; --", "\" UNION SELECT hashed_password FROM users --", "%00", "\x00",
	"a\r\nSet-Cookie: aiwfe_session=x", "\u202edlrow", "=cmd|' /C calc'!A0", "../../../etc/passwd", strings.Repeat("A", 5000), "\ufeff", "\ud7ff\ue000",
}

// dangerous strings are markup, and stand in no page by themselves.
func dangerous(s string) bool { return strings.ContainsAny(s, `<>"'&`) && len(s) > 3 }

func naughty() []string { return append(vectors.NaughtyStrings(), polyglots...) }

// fine fails for an answer that is a failure of ours.
func fine(t *testing.T, a answer, field, value string) {
	t.Helper()
	if a.status >= 500 || a.status == 0 {
		t.Errorf("%s = %q: %s", field, value, a)
	}
}

// TestNaughtyStringsInEveryField: whatever a field holds, the answer is no failure of ours and names no inside.
func TestNaughtyStringsInEveryField(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	csrf := w.program().greet(t).csrf
	all(naughty(), func(s string) {
		c := w.program()
		c.csrf = csrf
		fine(t, c.do(t, "POST", loginPath, object{"email": s, "password": s}), "login.email", s)
		fine(t, c.do(t, "POST", loginPath, url.Values{"username": {s}, "password": {s}}), "form.username", s)
		fine(t, c.do(t, "POST", "/api/v1/auth/jwt/refresh", object{"refresh_token": s}), "refresh_token", s)
		fine(t, c.do(t, "POST", "/api/v1/auth/reset-password", object{"token": s, "password": "short"}), "reset.token", s)
		fine(t, c.do(t, "POST", "/api/v1/auth/register", object{"email": s, "password": "short", "name": s}), "register.name", s)
		fine(t, c.do(t, "POST", "/api/v1/auth/register", object{"email": "x@example.com", "password": "short", "invitation": s}), "invitation", s)
		fine(t, admin.do(t, "POST", "/api/v1/admin/users", object{"email": s, "role": s}), "invite.email", s)
		fine(t, admin.do(t, "PATCH", "/api/v1/admin/users/1", object{"status": s}), "status", s)
		q := url.QueryEscape(s)
		for _, path := range []string{"users?q=", "users?status=", "users?cursor=", "audit?event=", "audit?since=", "audit?request_id=", "audit?address=", "audit?ip=", "audit?user_id="} {
			fine(t, admin.do(t, "GET", "/api/v1/admin/"+path+q, nil), path, s)
		}
		fine(t, admin.do(t, "GET", "/api/v1/admin/users/"+url.PathEscape(s), nil), "id", s)
		fine(t, admin.do(t, "DELETE", "/api/v1/auth/sessions/"+url.PathEscape("x"+s), nil), "session", s)
	})
	admin.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
}

// TestNaughtyHeaders: a header that Go's client agrees to send is read by ours without harm.
func TestNaughtyHeaders(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	b := w.browser().signIn(t, email, password)
	all(naughty(), func(s string) {
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.TrimSpace(s) != s || s == "" {
			return
		}
		for _, name := range []string{"User-Agent", "X-CSRF-TOKEN", "Authorization", "Accept-Language", "Accept", "Cookie", "Origin", "Referer", "Sec-Fetch-Site", "X-Request-ID", "If-None-Match", "Range"} {
			fine(t, b.do(t, "DELETE", "/api/v1/auth/sessions/ses_nothing", nil, with(name, s)), name, s)
		}
	})
}

// TestPagesEscapeWhatTheyShow: names, agents and addresses of others stand on pages; none becomes markup.
func TestPagesEscapeWhatTheyShow(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	b := w.browser().signIn(t, email, password)
	shown := 0
	for _, s := range naughty() {
		if !dangerous(s) {
			continue
		}
		a := b.do(t, "PATCH", "/api/v1/users/me", object{"name": s})
		fine(t, a, "name", s)
		if a.status != http.StatusOK {
			continue
		}
		shown++
		if page := b.do(t, "GET", "/account", nil); strings.Contains(string(page.body), s) {
			t.Errorf("the account page shows a name as it is: %q", s)
		}
	}
	if shown < 20 {
		t.Errorf("only %d names were taken", shown)
	}
	for i, s := range polyglots {
		if !dangerous(s) || strings.ContainsAny(s, "\r\n\x00") {
			continue
		}
		p := w.program()
		p.agent = s
		p.signIn(t, email, password)
		form := w.browser().signInByPage(t, s, wrong, s)
		next := w.browser().do(t, "GET", "/login?next="+url.QueryEscape(s)+"&error="+url.QueryEscape(s), nil)
		missing := w.browser().do(t, "GET", "/"+url.PathEscape(s), nil)
		for name, page := range map[string]answer{"account": b.do(t, "GET", "/account", nil), "login": form, "next": next, "404": missing} {
			if strings.Contains(string(page.body), s) {
				t.Errorf("%d: the page %s shows %q as it is", i, name, s)
			}
		}
	}
}

// TestNamesAreKeptAsTheyAre where they are taken, and are limited.
func TestNamesAreKeptAsTheyAre(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.program().signIn(t, w.user(t), password)
	for _, name := range []string{"Augusta Ada", "玉青", "O'Brien <x>", "🍑", "محمد"} {
		a := c.do(t, "PATCH", "/api/v1/users/me", object{"name": name})
		if a.status != http.StatusOK || a.text("name") != name || c.do(t, "GET", "/api/v1/users/me", nil).text("name") != name {
			t.Errorf("the name %s: %s", name, a)
		}
	}
	for _, long := range []string{strings.Repeat("a", 121), strings.Repeat("a", 10_000)} {
		a := c.do(t, "PATCH", "/api/v1/users/me", object{"name": long})
		a.want(t, http.StatusUnprocessableEntity, "validation_failed")
		if strings.Contains(string(a.body), long) {
			t.Error("the refusal sends the value back")
		}
	}
	c.do(t, "PATCH", "/api/v1/users/me", object{"name": strings.Repeat("玉", 120)}).want(t, http.StatusOK, "")
	c.do(t, "PATCH", "/api/v1/users/me", fmt.Sprintf(`{"name":%d}`, 1)).want(t, http.StatusUnprocessableEntity, "validation_failed")
}
