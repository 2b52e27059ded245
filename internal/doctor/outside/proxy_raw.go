package outside

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// comesAndGoes asks again where a proxy said that nothing is behind it: of
// several servers one may be away.
func (x *outside) comesAndGoes(ctx context.Context) bool {
	for range 4 {
		if a, err := x.public.ask(ctx, request{path: tokenPath}); err == nil && token(a) != "" {
			return true
		}
	}
	return false
}

// strayed asks for a path that the server knows wherever it comes to.
func (x *outside) strayed(ctx context.Context) (api.Finding, bool) {
	a, err := x.public.ask(ctx, request{path: api.EchoPath + strayPath})
	var e api.Echo
	if err != nil || json.Unmarshal(a.body, &e) != nil || e.Service != api.EchoSchema || e.Path == api.EchoPath+strayPath {
		return api.Finding{}, false
	}
	return api.Finding{
		Code:     "proxy_changes_path",
		Expected: "the path as it was sent",
		Remedy:   remedy("proxy_changes_path", kindOf(a)),
		Evidence: "sent: GET " + api.EchoPath + strayPath + "\narrived: " + e.Method + " " + e.Path,
	}, true
}

// shortPasses asks for the one answer of the server that has hardly any header:
// a header value that the HTTP library beneath it takes for broken is refused
// before the server comes to add its own. Where that passes and every other
// answer is 502, the server is reached, and its headers are what does not fit.
//
// A proxy that stands on the same library, as Caddy and Traefik do, refuses the
// value by itself, so only those are asked that are known to hand it on.
func (x *outside) shortPasses(ctx context.Context, refused *answer) bool {
	switch kindOf(refused) {
	case "nginx", "apache":
	default: // HAProxy does not tell its name, but has words of its own for it
		if !strings.Contains(string(refused.body), "invalid or incomplete response") {
			return false
		}
	}
	address := net.JoinHostPort(x.at.Hostname(), portOf(x.at))
	dialer := &net.Dialer{Timeout: 2 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	if x.at.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: x.at.Hostname(), InsecureSkipVerify: true}) //nolint:gosec // sends nothing secret
	}
	_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
	question := "GET " + api.EchoPath + " HTTP/1.1\r\nHost: " + x.at.Host + "\r\n" + control + ": a\x7fb\r\nConnection: close\r\n\r\n"
	if _, err := conn.Write([]byte(question)); err != nil {
		return false
	}
	b := make([]byte, 2048)
	n := 0
	for n < len(b) {
		more, err := conn.Read(b[n:])
		if n += more; err != nil {
			break
		}
	}
	got := strings.ToLower(string(b[:n]))
	return strings.HasPrefix(got, "http/1.1 400") && strings.Contains(
		got,
		"content-type: text/plain; charset=utf-8\r\n",
	) &&
		strings.Contains(got, "400 bad request") && !strings.Contains(got, "<html")
}
