package forward

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// nothingButAWebSocketTakesAConnectionOver: in another protocol, such as h2c, a client would send requests that
// nobody asks about, with whatever it says of who it is, over the connection of the proxy to the application.
func nothingButAWebSocketTakesAConnectionOver(t *testing.T, w *world) {
	ada := w.signedIn(t, "ada", "user")
	const settings = "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"
	for _, tt := range []struct {
		method  string
		headers []string
	}{
		{"GET", []string{"Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", settings}},
		{"GET", []string{"Connection: Upgrade", "Upgrade: h2c", settings}},
		{"GET", []string{"Connection: upgrade", "Upgrade: H2C, websocket", settings}},
		{"GET", []string{"Connection: Upgrade", "Upgrade: anything"}},
		{"POST", []string{"Connection: Upgrade", "Upgrade: websocket", "Content-Length: 0"}},
		{"OPTIONS", []string{"Connection: Upgrade", "Upgrade: websocket"}},
	} {
		for path, more := range map[string][]string{"/public/x": nil, "/closed": {"Cookie: " + ada.cookie}} {
			if status := w.status(t, tt.method, path, append(more, tt.headers...)); status == http.StatusSwitchingProtocols || status == 0 {
				t.Errorf("%s %s with %v: %d", tt.method, path, tt.headers, status)
			}
		}
	}
	// The last of two does not speak for the first.
	if kind := w.tookOver(t, "/public/x", "Connection: Upgrade", "Upgrade: h2c", "Upgrade: websocket", settings); kind != "" && !strings.EqualFold(kind, "websocket") {
		t.Errorf("two protocols: the application speaks %q", kind)
	}
}

// status is that of the answer to a request that is sent as it stands.
func (w *world) status(t *testing.T, method, path string, headers []string) int {
	t.Helper()
	res := w.plainly(t, method, path, headers)
	_ = res.Body.Close()
	return res.StatusCode
}

// tookOver is the protocol that the application goes over to, "" for none.
func (w *world) tookOver(t *testing.T, path string, headers ...string) string {
	t.Helper()
	res := w.plainly(t, http.MethodGet, path, headers)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSwitchingProtocols {
		return ""
	}
	return res.Header.Get("Upgrade")
}

func (w *world) plainly(t *testing.T, method, path string, headers []string) *http.Response {
	t.Helper()
	c, err := net.Dial("tcp", "127.0.0.1:"+w.port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	_, _ = fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %s:%s\r\n%s\r\n\r\n", method, path, appHost, w.port, strings.Join(headers, "\r\n"))
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s with %v: %v", method, path, headers, err)
	}
	return res
}
