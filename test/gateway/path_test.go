package gateway

import (
	"strings"
	"testing"
)

// Paths that two servers could read in two ways: none of them may reach the application, whatever rule it would meet.
func TestWhatCanBeReadInTwoWaysReachesNobody(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"UPSTREAMS": "app.localhost/=APPLICATION"})
	p := s.signIn(t, "ada@example.com")
	for _, target := range []string{
		"/a/../b", "/a/./b", "/a//b", "//a", "//evil.example/a", "/a/..", "/..", "/.", "/a/%2e%2e/b", "/a/%2E./b", "/a/.%2e/b", "/%2e%2e/b", "/a/%2e/b",
		"/a%2fb", "/a%2Fb", "/a%5cb", `/a\b`, `/a\..\b`, "/a%252e%252e/b", "/a%252fb", "/a%25", "/a%00b", "/a%0d%0ab", "/a%0ab", "/a%09b", "/a%7fb",
		"/a;/../b", "/..;/b", "/a/..;x=1/b", "/.;/b", "/a;%2f..%2fb", "/a%3bx", "/a%3fx=1", "/a%23x", "/a#b", "/a%", "/a%2", "/a%zz", "/a%u002f",
		"/%c0%ae%c0%ae/b", "/%c0%af", "/%ff", "/a\x80b", "/a%c2%85b", "/open/..%2fsecret", "/api/v1/auth/..%2f..%2fx", "/login/..%2fx", "/login//../x",
		"/a/%2e%2e%2f%2e%2e%2fb", "/./a", "/a/.", "/a/%2e", "/a/...;/../b", "a", "*", "http://" + s.host() + "/a", "http://evil.example/a", "HTTP://a@b/a",
		"/" + strings.Repeat("a", 9000), "/a\tb", "/a\x7fb", "/a\vb",
	} {
		for _, host := range []string{s.host(), "app.localhost"} {
			for _, method := range []string{"GET", "POST"} {
				a := s.raw(t, method+" "+target+" HTTP/1.1\r\nHost: "+host+"\r\nAuthorization: "+p.bearer()+"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
				all := host == "app.localhost" && !strings.Contains(target, "://") // where nothing is ours to be not found
				if a.StatusCode < 400 || a.StatusCode >= 500 || all && a.StatusCode != 400 {
					t.Errorf("%s %s at %s: %d %s", method, target, host, a.StatusCode, a.body)
				}
			}
		}
	}
	for _, head := range []string{
		"GET /a HTTP/1.1\r\nHost: a b\r\n", "GET /a HTTP/1.1\r\nHost: " + s.host() + "\r\nHost: app.localhost\r\n", "GET /a HTTP/1.1\r\n",
		"GET /a HTTP/1.1\r\nHost: other.example\r\n", "GET /a HTTP/1.1\r\nHost: app.localhost.evil.example\r\n", "GET /a HTTP/1.1\r\nHost: app.localhost:x\r\n",
		"GET /a HTTP/1.1\r\nHost: user@app.localhost\r\n", "GET /a HTTP/1.1\r\nHost: app.localhost, evil\r\n", "GET /a HTTP/1.1\r\nHost: xapp.localhost\r\n",
		"TRACE /a HTTP/1.1\r\nHost: app.localhost\r\n", "get /a HTTP/1.1\r\nHost: app.localhost\r\n", "CONNECT /a HTTP/1.1\r\nHost: app.localhost\r\n",
		"CONNECT app.localhost:80 HTTP/1.1\r\nHost: app.localhost\r\n", "OPTIONS * HTTP/1.1\r\nHost: other.example\r\n",
		"GET /a HTTP/1.1\r\nHost : app.localhost\r\n", "GET /a HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: xchunked\r\n",
		"GET /a HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n", "GET /a HTTP/2.0\r\nHost: app.localhost\r\n",
		"GET /a HTTP/1.1\r\nHost: app.localhost\r\nBad Header: x\r\n", "GET /a HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding : chunked\r\n",
	} {
		if a := s.raw(t, head+"Authorization: "+p.bearer()+"\r\nConnection: close\r\n\r\n"); a.StatusCode < 400 && !strings.HasPrefix(head, "OPTIONS *") {
			t.Errorf("%q: %d %s", head, a.StatusCode, a.body)
		}
	}
	if n := s.app.asks.Load(); n != 0 {
		t.Errorf("the application was asked %d times", n)
	}
	for sent, want := range map[string]string{ // one address in other spellings is the same one
		"APP.localhost": "app.localhost", "app.localhost.": "app.localhost", "app.LOCALHOST:80": "app.localhost:80",
	} {
		if got := arrived(t, s.ask(t, "GET", "/a%20b/c;v=1", nil, "Host", sent, "Authorization", p.bearer())); got.Host != want || got.URI != "/a%20b/c;v=1" {
			t.Errorf("%s: %+v", sent, got)
		}
	}
	// What follows a body that two servers could measure in two ways is not read.
	both := s.raw(t, "POST /x HTTP/1.1\r\nHost: app.localhost\r\nAuthorization: "+p.bearer()+"\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: app.localhost\r\n\r\n")
	if both.StatusCode < 400 && !both.Close {
		t.Errorf("the connection goes on after two lengths: %d", both.StatusCode)
	}
}

// A protocol other than WebSocket would carry requests that nobody judges.
func TestOnlyWebSocketsTakeTheConnection(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	p := s.signIn(t, "ada@example.com")
	for _, kind := range []string{"h2c", "HTTP/2.0", "websocket, h2c", "tls/1.0"} {
		a := s.raw(t, "GET /socket HTTP/1.1\r\nHost: "+s.host()+"\r\nAuthorization: "+p.bearer()+"\r\nConnection: Upgrade\r\nUpgrade: "+kind+"\r\n\r\n")
		if a.StatusCode == 101 {
			t.Errorf("%s: the connection was handed over", kind)
		}
	}
	a := s.raw(t, "GET /socket HTTP/1.1\r\nHost: "+s.host()+"\r\nCookie: "+p.cookie+"\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	if a.StatusCode != 403 {
		t.Errorf("another site opened a WebSocket in somebody's name: %d", a.StatusCode)
	}
}
