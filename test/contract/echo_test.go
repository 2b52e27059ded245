package contract

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const echoPath = "/api/v1/auth/echo"

// TestEchoTellsHowARequestArrived, by each method and below its path.
func TestEchoTellsHowARequestArrived(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	c := w.program()
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		a := c.do(t, method, echoPath+"/a%2Fb/C?x=1&y=%20", `{"n":1}`, with("X-Aiwfe-Probe", "of mine"), with("Origin", w.public))
		a.want(t, http.StatusOK, "")
		want := object{
			"service": "aiwfe-auth", "method": method, "path": echoPath + "/a/b/C", "raw_path": echoPath + "/a%2Fb/C", "query": "x=1&y=%20",
			"client": "127.0.0.1", "client_kind": "loopback", "peer_trusted": false, "protocol": "HTTP/1.1", "encrypted": false, "scheme": "http",
			"body_bytes": 7.0, "body_sha256": "2bfd14f43d17fc7cea24e0917a8879b4b2f880b8baeec1b9d90fbaad655e71bd",
		}
		for member, value := range want {
			if got := a.member(member); got != value {
				t.Errorf("%s: %s is %v, want %v", method, member, got, value)
			}
		}
		if told := fmt.Sprint(a.member("headers")); !strings.Contains(told, "of mine") || !strings.Contains(told, w.public) {
			t.Errorf("%s: what the asker chose is not told: %s", method, told)
		}
	}
	if a, b := c.do(t, "GET", echoPath, nil), c.do(t, "GET", echoPath, nil); a.text("id") == b.text("id") || a.text("key_id") == "" {
		t.Errorf("two answers: %s %s", a, b)
	}
}

// TestEchoTellsNoSecret: neither the asker's nor what a proxy put in.
func TestEchoTellsNoSecret(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"TRUSTED_PROXIES": "127.0.0.1/32"})
	for _, name := range []string{"Authorization", "Cookie", "X-Csrf-Token", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "X-Forwarded-Proto", "Via", "X-Upstream-Key"} {
		a := w.program().do(t, "GET", echoPath, nil, with(name, "session=hidden-Qw8Er5Ty2Ui9"))
		a.want(t, http.StatusOK, "")
		if strings.Contains(string(a.body), "hidden") || strings.Contains(string(a.body), `"digest"`) {
			t.Errorf("%s is told: %s", name, a)
		}
	}
	a := w.program().do(t, "GET", echoPath, nil, with("X-Forwarded-For", "10.9.8.7, 203.0.113.5, 192.168.77.3, 198.18.0.9"), func(r *http.Request) { r.Host = "10.44.55.66:81" })
	told := string(a.body)
	for _, hidden := range []string{"10.9.8.7", "192.168.77.3", "10.44.55.66"} {
		if strings.Contains(told, hidden) {
			t.Errorf("%s of the inner network is told: %s", hidden, a)
		}
	}
	if !strings.Contains(told, "203.0.113.5") || a.text("client") != "198.18.0.9" || !strings.Contains(told, `"private"`) {
		t.Errorf("the hops: %s", a)
	}
}

// TestEchoSetsProbeCookiesOnlyWhenAsked, and tells what it sent.
func TestEchoSetsProbeCookiesOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"PUBLIC_URL": "https://auth.example.com", "TRUSTED_PROXIES": "127.0.0.1/32"})
	if a := w.program().do(t, "GET", echoPath, nil); len(a.header["Set-Cookie"]) > 0 {
		t.Errorf("a cookie that nobody asked for: %v", a.header["Set-Cookie"])
	}
	a := w.program().do(t, "GET", echoPath+"?cookies=1&status=401&pad=3000", nil)
	a.want(t, http.StatusUnauthorized, "")
	if n := len(a.header.Get("X-Aiwfe-Probe-Pad")); n != 3000 {
		t.Errorf("%d bytes of padding", n)
	}
	set := a.header["Set-Cookie"]
	if len(set) != 2 || !strings.HasPrefix(set[0], "__Host-aiwfe_probe=") {
		t.Fatalf("cookies: %q", set)
	}
	for _, line := range set {
		for _, part := range []string{"Path=/", "Secure", "HttpOnly", "SameSite=", "Max-Age=60"} {
			if !strings.Contains(line, part) {
				t.Errorf("%q lacks %s", line, part)
			}
		}
		if !strings.Contains(fmt.Sprint(a.member("sent")), line) {
			t.Errorf("%q is not told", line)
		}
	}
	for _, asked := range []string{"500", "503", "429", "302", "200", "99", "x"} {
		w.program().do(t, "GET", echoPath+"?status="+asked, nil).want(t, http.StatusOK, "")
	}
}

// TestEchoHasLimits: of bodies, of how often, and of who may read it.
func TestEchoHasLimits(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"TRUSTED_PROXIES": "127.0.0.1/32"})
	c := w.program()
	c.do(t, "POST", echoPath, strings.Repeat("x", 64<<10)).want(t, http.StatusOK, "")
	c.do(t, "POST", echoPath, strings.Repeat("x", 64<<10+1)).want(t, http.StatusRequestEntityTooLarge, "body_too_large")
	if a := c.do(t, "GET", echoPath, nil, with("Origin", "https://evil.example")); a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("any site may read it: %v", a.header)
	}
	refused := 0
	for range 620 {
		if a := c.do(t, "GET", echoPath, nil, with("X-Forwarded-For", "198.51.100.7")); a.status == http.StatusTooManyRequests {
			refused++
			if a.header.Get("Retry-After") == "" {
				t.Errorf("%s lacks Retry-After", a)
			}
		}
	}
	if refused != 20 {
		t.Errorf("%d of 620 requests were refused, want 20", refused)
	}
	c.do(t, "GET", echoPath, nil, with("X-Forwarded-For", "198.51.100.8")).want(t, http.StatusOK, "")
}

// TestStrayedRequestsAreToldWhereTheyCameTo: a proxy that changes paths is found by it.
func TestStrayedRequestsAreToldWhereTheyCameTo(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for _, path := range []string{"/v1/auth/echo/aiwfe-probe-path-x", "/login/aiwfe-probe-path-x", "/aiwfe-probe-path-x"} {
		a := w.program().do(t, "POST", path, nil)
		if a.status != http.StatusNotFound || a.text("path") != path || a.text("service") != "aiwfe-auth" {
			t.Errorf("%s", a)
		}
	}
	w.program().do(t, "GET", "/api/v1/aiwfe-probe", nil).want(t, http.StatusNotFound, "not_found")
}
