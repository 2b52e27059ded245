package forward

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// upgrade begins a WebSocket and gives the status and what the application then says.
func (w *world) upgrade(t *testing.T, headers ...string) (int, string) {
	t.Helper()
	c, err := net.Dial("tcp", "127.0.0.1:"+w.port)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	lines := append([]string{
		"GET /live HTTP/1.1", "Host: " + appHost + ":" + w.port, "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
	}, headers...)
	if _, err := io.WriteString(c, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(c)
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		return res.StatusCode, ""
	}
	said, _ := io.ReadAll(in)
	return res.StatusCode, string(said)
}

// webSockets pass for who may, from the application's own page alone.
func webSockets(t *testing.T, w *world) {
	ada := w.signedIn(t, "ada", "user")
	own := "Origin: http://" + appHost + ":" + w.port
	for _, connection := range []string{"Connection: Upgrade", "Connection: keep-alive, Upgrade"} {
		if status, said := w.upgrade(t, connection, own, "Cookie: "+ada.cookie); status != http.StatusSwitchingProtocols || said != "you are "+ada.id {
			t.Errorf("%s: %d %q", connection, status, said)
		}
	}
	if status, _ := w.upgrade(t, "Connection: Upgrade", own); status != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", status)
	}
	if status, _ := w.upgrade(t, "Connection: Upgrade", "Origin: http://evil.example", "Cookie: "+ada.cookie); status != http.StatusForbidden {
		t.Errorf("another site: %d", status)
	}
}

// preflights reach the application, which alone knows what it takes.
func preflights(t *testing.T, w *world) {
	ask := func(origin, path string) answer {
		return w.do(t, http.MethodOptions, appHost, path, nil, "Origin: "+origin, "Access-Control-Request-Method: POST", "Sec-Fetch-Site: same-site")
	}
	if a := ask("http://front.example.com", "/items"); a.app == nil || a.app.Method != http.MethodOptions || a.app.Header.Get("Remote-User") != "" || a.header.Get("Access-Control-Allow-Methods") == "" {
		t.Errorf("from a listed origin: %d %s", a.status, a.body)
	}
	if a := ask("http://evil.example", "/items"); a.app != nil || a.status != http.StatusUnauthorized {
		t.Errorf("from another: %d %s", a.status, a.body)
	}
	if a := w.do(t, http.MethodOptions, appHost, "/items", nil); a.app != nil || a.status != http.StatusUnauthorized {
		t.Errorf("no preflight: %d %s", a.status, a.body)
	}
	// What is refused can be read by the page of a listed origin.
	a := w.get(t, "/items", "Origin: http://front.example.com", "Accept: application/json")
	if a.status != http.StatusUnauthorized || a.header.Get("Access-Control-Allow-Origin") != "http://front.example.com" || a.header.Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("a refusal: %d %v", a.status, a.header)
	}
}

// whoMayNotIsRefusedAtOnce: demoted, disabled, signed out (Authelia GHSA-x883-2vmg-xwf7).
func whoMayNotIsRefusedAtOnce(t *testing.T, w *world) {
	ada := w.signedIn(t, "ada", "admin")
	bob := w.signedIn(t, "bob", "admin")
	w.signedIn(t, "last", "admin")
	soon := func(what string, who person, path string, want int) {
		t.Helper()
		began := time.Now()
		for w.get(t, path, "Cookie: "+who.cookie).status != want {
			if time.Since(began) > 10*time.Second {
				t.Fatalf("%s is not seen", what)
			}
			time.Sleep(20 * time.Millisecond)
		}
		// A second is the promise; the rest is for a busy machine.
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s was seen after %v", what, took)
		}
	}
	soon("nothing", ada, "/admin/x", http.StatusOK)
	// By another process, which this server hears of through the database.
	if r := w.Run("user", "set-role", "--email", ada.email, "--role", "user"); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	soon("a role that is taken away", ada, "/admin/x", http.StatusForbidden)
	if a := w.get(t, "/", "Cookie: "+ada.cookie); a.app != nil && a.app.Header.Get("Remote-Groups") != "user" {
		t.Errorf("the groups are %v", a.app.Header)
	}
	if r := w.Run("user", "disable", "--email", bob.email); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	soon("an account that is disabled", bob, "/", http.StatusUnauthorized)
}

// nobodyBecomesAnother: two people, a thousand mixed requests each, and strangers among them (Oathkeeper
// CVE-2026-33496, Traefik CVE-2026-71326).
func nobodyBecomesAnother(t *testing.T, w *world) {
	ada, bob := w.signedIn(t, "ada", "user"), w.signedIn(t, "bob", "admin")
	var all sync.WaitGroup
	for _, p := range []person{ada, bob} {
		for lane := range 10 {
			all.Go(func() {
				for i := range 100 {
					w.mixed(t, p, lane, i)
				}
			})
		}
	}
	all.Wait()
}

func (w *world) mixed(t *testing.T, p person, lane, i int) {
	shown := "Cookie: " + p.cookie
	switch (lane + i) % 4 {
	case 1:
		shown = "Authorization: Bearer " + p.token
	case 2:
		shown = "Cookie: theme=dark; " + p.cookie
	case 3:
		if i%8 == 0 {
			if a := w.get(t, "/x"); a.status != http.StatusUnauthorized {
				t.Errorf("a stranger: %d %s", a.status, a.body)
			}
		}
	}
	a := w.get(t, "/x", shown)
	if a.app == nil || a.app.Header.Get("Remote-User") != p.id || a.app.Header.Get("Remote-Email") != p.email || a.app.Header.Get("X-Auth-Request-User") != p.id {
		t.Errorf("%s: %d %s", p.email, a.status, a.body)
	}
}
