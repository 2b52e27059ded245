package forward

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// raw sends a request as it is spelled, and gives the status and the body.
func (w *world) raw(t *testing.T, method, target, host string, headers ...string) (int, string) {
	t.Helper()
	c, err := net.Dial("tcp", "127.0.0.1:"+w.port)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	lines := append([]string{method + " " + target + " HTTP/1.1", "Host: " + host, "Connection: close"}, headers...)
	if _, err := io.WriteString(c, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		return 0, ""
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body)
}

// pathsThatCanBeReadInTwoWays never open what a rule closes (oauth2-proxy CVE-2025-54576, Oathkeeper CVE-2026-33494,
// Traefik CVE-2026-67309), whoever asks.
func pathsThatCanBeReadInTwoWays(t *testing.T, w *world) {
	ada := w.signedIn(t, "ada", "user")
	host := appHost + ":" + w.port
	for _, target := range []string{
		"/public/../admin/users", "/public/%2e%2e/admin/users", "/public/%2E./admin", "/public/..%2fadmin", "/public/..%5cadmin", `/public/..\admin`,
		"/public/%252e%252e/admin", "//admin/users", "/public//../admin", "/./admin/users", "/%2e/admin", "/admin%2fusers", "/%61dmin/users", "/admin",
		"/admin/", "/ADMIN/users", "/Admin", "/admin;x=1/users", "/public/..;/admin", "/public/;/../admin", "/admin/%00", "/admin%0a",
		"/admin?/public/", "/admin?x=/health", "/admin#/public/", "/admin/users?#", "/public/../admin?x", "/admin%3f/public/../../public/x", "/admin%23",
		"/.//admin", "/public/.%2e/admin", "/public/%c0%ae%c0%ae/admin", "/%ef%bc%8fadmin/..", "/\xff", "admin", "*", "/public/%zz",
		"http://app.example.com/admin/users", "http://other.example.com/public/x", "http://app.example.com/public/../admin",
	} {
		w.hits.Store(0)
		for _, headers := range [][]string{nil, {"Cookie: " + ada.cookie}, {"Cookie: " + ada.cookie, "X-Forwarded-Uri: /public/x"}, {"Cookie: " + ada.cookie, "X-Original-URL: http://app.example.com/public/x"}, {"Cookie: " + ada.cookie, "X-Forwarded-Prefix: /public", "X-Forwarded-Port: 1"}} {
			status, body := w.raw(t, http.MethodGet, target, host, headers...)
			if w.hits.Load() > 0 && strings.Contains(strings.ToLower(body), "admin") || status >= 500 {
				t.Errorf("%q, %v: %d %s", target, headers, status, body)
			}
		}
	}
	for _, target := range []string{"/public/x", "/health", "/health?x=/../admin", "/public/a%20b"} {
		if status, body := w.raw(t, http.MethodGet, target, host); status != http.StatusOK {
			t.Errorf("%q is closed: %d %s", target, status, body)
		}
	}
}

// hostsThatAreSpelledInAnotherWay (Authelia CVE-2026-48794, Caddy CVE-2026-27588).
func hostsThatAreSpelledInAnotherWay(t *testing.T, w *world) {
	for _, host := range []string{
		appHost + ":" + w.port, "APP.example.com:" + w.port, "app.EXAMPLE.com", "app.example.com.", "app.example.com.:" + w.port, "app.example.com:1", "app.example.com:",
		"x@app.example.com", "app.example.com/x", "app.example.com#", "app.example.com, auth.example.com", "xn--app-.example.com", "",
	} {
		for _, target := range []string{"/closed", "http://app.example.com/closed", "http://auth.example.com/closed"} {
			if status, body := w.raw(t, http.MethodGet, target, host); status < 300 && body != "" || w.hits.Load() > 0 {
				t.Errorf("%q by %q: %d %s", target, host, status, body)
				w.hits.Store(0)
			}
		}
	}
	if status, body := w.raw(t, http.MethodConnect, "app.example.com:443", appHost); status < 400 || w.hits.Load() > 0 {
		t.Errorf("CONNECT: %d %s", status, body)
	}
}

// credentialsThatAreBroken are none: never 200, and nothing that fails (authentik CVE-2026-25748).
func credentialsThatAreBroken(t *testing.T, w *world) {
	ada := w.signedIn(t, "ada", "user")
	session, _, _ := strings.Cut(ada.cookie, ";")
	for _, shown := range []string{
		"Cookie: aiwfe_session=", "Cookie: aiwfe_session=\"", "Cookie: aiwfe_session=%00", "Cookie: ;;;=;=", "Cookie: aiwfe_session", "Cookie: " + session + "x",
		"Cookie: " + session + "; " + session, "Cookie: aiwfe_session=a; " + session, "Cookie: \u2000" + session, "Cookie: $Version=1; aiwfe_session=\"x", "Cookie: " + strings.Repeat("a=b; ", 500),
		"Authorization: Bearer", "Authorization: Bearer ", "Authorization: Bearer a.b.c", "Authorization: Basic YWRtaW46YWRtaW4=", "Authorization: bearer\t" + ada.token,
		"Authorization: Bearer " + ada.token + "x", "Authorization: Bearer " + ada.token + " " + ada.token, "Authorization: " + ada.token, "Authorization: Bearer aiwfe_pat_x",
		"Authorization: Bearer " + strings.Repeat(".", 4000),
	} {
		if status, body := w.raw(t, http.MethodGet, "/", appHost+":"+w.port, shown); status < 400 || status >= 500 || w.hits.Load() > 0 {
			t.Errorf("%.80q: %d %s", shown, status, body)
			w.hits.Store(0)
		}
	}
	if status, body := w.raw(t, http.MethodGet, "/", appHost+":"+w.port, "Cookie: "+session, "Authorization: Bearer nothing"); status != http.StatusUnauthorized {
		t.Errorf("a cookie stood in for a token: %d %s", status, body)
	}
	if a := w.get(t, "/", fmt.Sprintf("Cookie: %s", session)); a.status != http.StatusOK {
		t.Errorf("the session itself: %d", a.status)
	}
}
