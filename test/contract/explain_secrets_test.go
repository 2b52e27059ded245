package contract

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestTracesHoldNoSecret sends secrets in every place where a client may put one, has each request refused, and looks
// for them in the database and in what explain tells of each.
func TestTracesHoldNoSecret(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	b := w.visitor().signIn(t, email, password)
	p := w.program()
	login := p.login(t, email, password)
	const typed = "canary-typed-by-somebody"
	form := url.Values{"username": {email}, "password": {wrong}, "csrf_token": {typed}}
	for _, a := range []answer{
		w.visitor().login(t, email, wrong),
		w.visitor().do(t, "POST", "/login", form),
		w.visitor().do(t, "POST", "/login?password="+typed, form, with("Referer", w.public+"/x?token="+typed)),
		w.visitor().do(t, "GET", "/reset-password/"+typed+"?token="+typed, nil),
		w.visitor().do(t, "POST", "/reset-password", url.Values{"token": {typed}, "password": {wrong}}),
		w.visitor().do(t, "POST", "/api/v1/auth/jwt/login", `{"password":"`+wrong+`","`+typed+`":1}`, with("X-CSRF-TOKEN", b.csrf), with("Cookie", b.cookieHeader())),
		w.visitor().do(t, "POST", "/api/v1/auth/jwt/login", `{"email":"`+typed+`","password":"`+wrong),
		w.visitor().do(t, "GET", "/api/v1/auth/status", nil, with("Authorization", "Bearer "+login.text("access_token")+"x")),
		w.visitor().do(t, "GET", "/api/v1/auth/status", nil, with("Authorization", typed)),
		w.visitor().do(t, "GET", "/api/v1/auth/status", nil, with("Cookie", "aiwfe_session="+typed+"; "+b.cookieHeader())),
		w.visitor().do(t, "GET", "/api/v1/auth/status", nil, with("Cookie", "other="+typed+"; aiwfe_session="+typed)),
		w.visitor().do(t, "GET", "/api/v1/auth/status", nil, with("X-Request-ID", typed)),
		p.do(t, "POST", "/api/v1/auth/jwt/refresh", object{"refresh_token": login.text("refresh_token") + "x"}),
		p.do(t, "POST", "/api/v1/auth/2fa/challenge", object{"challenge_token": typed, "code": "123456"}),
		b.do(t, "PATCH", "/api/v1/users/me", object{"name": "Ada"}, with("X-CSRF-TOKEN", typed)),
	} {
		if a.status < http.StatusBadRequest {
			t.Errorf("%s: this was to be refused", a)
		}
		x := w.explained(t, a)
		for name, secret := range map[string]string{"what was typed": typed, "a wrong password": wrong, "the session cookie": b.cookie("aiwfe_session")} {
			if strings.Contains(x, secret) {
				t.Errorf("%s: explain tells %s:\n%s", a, name, x)
			}
		}
	}
	w.Stop()
	w.pid = stopped
	dump := databaseFiles(t, w.DataDir)
	if !bytes.Contains(dump, []byte(`"route":"POST /login"`)) {
		t.Fatal("this database has no traces")
	}
	for name, secret := range map[string]string{
		"a password": password, "a wrong password": wrong, "what was typed": typed, "a session cookie": b.cookie("aiwfe_session"),
		"a browser id": b.cookie("aiwfe_csrf"), "a device cookie": b.cookie("aiwfe_device"), "a CSRF token": b.csrf,
		"an access token": login.text("access_token"), "a refresh token": login.text("refresh_token"),
	} {
		if secret == "" || bytes.Contains(dump, []byte(secret)) {
			t.Errorf("the database holds %s (%d characters)", name, len(secret))
		}
	}
}

// explained is what the command line says of an answer, once it knows it.
func (w *world) explained(t *testing.T, a answer) string {
	t.Helper()
	var said string
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		r := w.Run("explain", a.header.Get("X-Request-Id"))
		if said = r.Stderr; r.Code == 0 {
			return r.Stdout
		}
	}
	t.Fatalf("%s: nobody explains it: %s\n%s", a, said, w.Stderr())
	return ""
}
