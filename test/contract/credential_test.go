package contract

import (
	"crypto/sha256"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

var newMAC = sha256.New

// TestKeyAddressesInATokenAreNotFetched: jku and its kin are ignored or refused, never asked (RFC 8725 3.10).
func TestKeyAddressesInATokenAreNotFetched(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.program().signIn(t, w.user(t), password)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	header, claims := parts(t, c.bearer)
	home := "http://" + l.Addr().String() + "/keys"
	for _, more := range []object{{"jku": home}, {"x5u": home}, {"jwk": object{"kty": "oct", "k": "AAAA"}}, {"x5c": []string{home}}} {
		c.bearer = signAs(newMAC, "AAAA", jsonText(changed(header, more)), jsonText(claims))
		c.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "token_invalid")
	}
	if err := l.(*net.TCPListener).SetDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if conn, err := l.Accept(); err == nil {
		conn.Close()
		t.Error("the server fetched a key from an address in a token")
	}
}

// TestTokenOfOneIsNotTakenForAnother: id, session and scopes of a token never lend more than their owner has.
func TestTokenOfOneIsNotTakenForAnother(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	email := w.user(t)
	c := w.program().signIn(t, email, password)
	header, claims := parts(t, c.bearer)
	_, theirs := parts(t, admin.bearer)
	try := func(more object) answer {
		t.Helper()
		c.bearer = sign(jsonText(header), jsonText(changed(claims, more)))
		return c.do(t, "GET", "/api/v1/auth/status", nil)
	}
	try(object{"sub": theirs["sub"]}).want(t, http.StatusUnauthorized, "")
	try(object{"session_id": theirs["session_id"]}).want(t, http.StatusUnauthorized, "")
	if a := try(object{"email": theirs["email"]}); a.status == http.StatusOK && a.text("user.email") != email {
		t.Errorf("the address in the token decided who it is: %s", a)
	}
	try(object{"scopes": []string{"read", "write", "admin"}, "role": "admin", "is_superuser": true})
	a := c.do(t, "GET", "/api/v1/admin/users", nil)
	if a.status != http.StatusForbidden && a.status != http.StatusUnauthorized {
		t.Errorf("a scope in a token made an administrator: %s", a)
	}
}

// TestCredentialsDoNotCross: each kind of secret opens its own door only.
func TestCredentialsDoNotCross(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	p := w.program()
	a := p.login(t, email, password)
	b := w.browser().signIn(t, email, password)
	kinds := map[string]string{
		"access": a.text("access_token"), "refresh": a.text("refresh_token"), "csrf": p.csrf, "session id": a.text("session_id"),
		"session cookie": b.cookie("aiwfe_session"), "csrf cookie": b.cookie("aiwfe_csrf"), "device cookie": b.cookie("aiwfe_device"),
		"empty": "",
	}
	for kind, value := range kinds {
		if kind != "access" {
			w.program().do(t, "GET", "/api/v1/auth/status", nil, with("Authorization", "Bearer "+value)).want(t, http.StatusUnauthorized, "")
		}
		if kind != "session cookie" {
			w.program().do(t, "GET", "/api/v1/auth/status", nil, with("Cookie", "aiwfe_session="+value)).want(t, http.StatusUnauthorized, "")
		}
		if kind != "refresh" && kind != "empty" {
			w.program().do(t, "POST", "/api/v1/auth/jwt/refresh", object{"refresh_token": value}).want(t, http.StatusUnauthorized, "")
		}
		if kind != "empty" {
			w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": value, "password": another}).
				want(t, http.StatusBadRequest, "reset_token_invalid")
		}
		if kind != "csrf" {
			w.program().do(t, "POST", "/api/v1/auth/jwt/login", object{"email": email, "password": password}, with("X-CSRF-TOKEN", value)).
				want(t, http.StatusForbidden, "")
		}
		// Portainer CVE-2026-44883: never in the address.
		query := url.Values{"token": {value}, "access_token": {value}, "session": {value}, "aiwfe_session": {value}}
		w.program().do(t, "GET", "/api/v1/auth/status?"+query.Encode(), nil).want(t, http.StatusUnauthorized, "not_authenticated")
	}
}

// TestShapesOfAuthorization: what is no bearer token is 401, never a failure and never a way in.
func TestShapesOfAuthorization(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	good := w.program().signIn(t, email, password).bearer
	for _, k := range []struct {
		name, value string
		status      int
	}{
		{"as usual", "Bearer " + good, 200},
		{"the scheme has no case, RFC 9110 11.1", "bearer " + good, 200},
		{"no scheme", good, 401},
		{"Basic", "Basic YWRhOnBhc3N3b3Jk", 401},
		{"another scheme", "Token " + good, 401},
		{"nothing behind the scheme", "Bearer", 401},
		{"two tokens", "Bearer " + good + " " + good, 401},
		{"a list", "Bearer " + good + ", Bearer " + good, 401},
		{"quoted", `Bearer "` + good + `"`, 401},
		{"a tail", "Bearer " + good + ";admin", 401},
		{"not ASCII", "Bearer \xff\xfe", 401},
	} {
		t.Run(k.name, func(t *testing.T) {
			w.program().do(t, "GET", "/api/v1/auth/status", nil, with("Authorization", k.value)).want(t, k.status, "")
		})
	}
	w.program().do(t, "GET", "/api/v1/auth/status", nil, func(r *http.Request) {
		r.Header["Authorization"] = []string{"Bearer x", "Bearer " + good}
	}).want(t, http.StatusUnauthorized, "")
	w.program().do(t, "GET", "/api/v1/auth/status", nil, with("Authorization", "Bearer "+strings.Repeat("a.", 6000))).
		want(t, http.StatusUnauthorized, "")
}

// TestBearerWinsOverTheCookie: a broken token beside a good cookie is refused, so that a program notices.
func TestBearerWinsOverTheCookie(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser().signIn(t, w.user(t), password)
	b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	b.do(t, "GET", "/api/v1/auth/status", nil, with("Authorization", "Bearer x.y.z")).want(t, http.StatusUnauthorized, "token_invalid")
}

// TestBrokenSessionCookies: authentik CVE-2026-25748 let them pass; "cookie chaos" made the first of two win.
func TestBrokenSessionCookies(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser().signIn(t, w.user(t), password)
	v := b.cookie("aiwfe_session")
	for name, line := range map[string]string{
		"empty": "aiwfe_session=", "cut": "aiwfe_session=" + v[:len(v)-1], "longer": "aiwfe_session=" + v + "A",
		"in another case": "AIWFE_SESSION=" + v, "quoted": `aiwfe_session="` + v + `"`, "a prefix on http": "__Host-aiwfe_session=" + v,
		"two, the first good":        "aiwfe_session=" + v + "; aiwfe_session=x",
		"two, the second good":       "aiwfe_session=x; aiwfe_session=" + v,
		"an invisible blank before":  "\u2000aiwfe_session=" + v,
		"the old syntax, $Version":   `$Version=1; aiwfe_session="` + v + `"; $Path="/"`,
		"NUL":                        "aiwfe_session=%00" + v,
		"a list":                     "aiwfe_session[]=" + v,
		"longer than a cookie gets":  "aiwfe_session=" + strings.Repeat("A", 5000),
		"only separators":            ";;;===;",
		"a value that is no base64!": "aiwfe_session=%%%",
	} {
		a := w.program().do(t, "GET", "/api/v1/auth/status", nil, with("Cookie", line))
		if a.status != http.StatusUnauthorized {
			t.Errorf("%s: %s; want 401", name, a)
		}
	}
	b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
}

// TestSessionIsNeverAdopted: an id that the client brings does not become the session (Fiber CVE-2024-38513).
func TestSessionIsNeverAdopted(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	attacker := w.browser().signIn(t, w.user(t), password)
	planted := attacker.cookie("aiwfe_session")
	victim := w.browser().greet(t)
	for _, value := range []string{"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", planted} {
		victim.cookies["aiwfe_session"] = value
		victim.do(t, "GET", "/api/v1/auth/csrf-token", nil)
		victim.greet(t)
		victim.signIn(t, email, password)
		if got := victim.cookie("aiwfe_session"); got == value || got == "" {
			t.Errorf("the session after login is %q, which the client had before", got)
		}
		if a := victim.do(t, "GET", "/api/v1/users/me", nil); a.text("email") != email {
			t.Errorf("signed in as another: %s", a)
		}
		victim.cookies = map[string]string{"aiwfe_csrf": victim.cookie("aiwfe_csrf")}
	}
	one := w.browser().signIn(t, email, password)
	first := one.cookie("aiwfe_session")
	one.signIn(t, email, password)
	if one.cookie("aiwfe_session") == first {
		t.Error("a second login kept the id of the first")
	}
	one.do(t, "GET", "/api/v1/auth/status", nil, with("Cookie", "aiwfe_session="+first)).want(t, http.StatusUnauthorized, "")
}
