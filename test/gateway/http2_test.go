package gateway

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// An application by HTTPS is spoken to by HTTP/2, trailers included, and by HTTP/1.1 for WebSockets, which our transport
// has no other way for.
func TestAnApplicationByHTTP2(t *testing.T) {
	t.Parallel()
	app := &application{}
	spoke := make(chan string, 100)
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		spoke <- r.Proto
		app.ServeHTTP(w, r)
	}))
	secure.EnableHTTP2 = true
	secure.StartTLS()
	t.Cleanup(secure.Close)
	authority := filepath.Join(t.TempDir(), "authority.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(authority, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newStage(t, map[string]string{"UPSTREAM_URL": secure.URL, "SSL_CERT_FILE": authority})
	s.app = app
	p := s.signIn(t, "ada@example.com")
	a := arrived(t, s.ask(t, "POST", "/things?a=1;b", []byte("a body"), "Authorization", p.bearer(), "Cookie", "theme=dark"))
	if got := <-spoke; got != "HTTP/2.0" {
		t.Errorf("it is spoken to by %s", got)
	}
	if a.Body != "a body" || a.URI != "/things?a=1;b" || a.Host != s.public() || a.Header.Get("Remote-User") != p.id ||
		a.Header.Get("Cookie") != "theme=dark" || len(a.Header["Authorization"]) > 0 {
		t.Errorf("%+v", a)
	}
	late := s.ask(t, "GET", "/trailers", nil, "Authorization", p.bearer())
	if <-spoke; late.body != "a piece" || late.Trailer.Get("X-Sum") != "7" {
		t.Errorf("%q, trailers %v", late.body, late.Trailer)
	}
	l := s.open(t, "/socket", "Cookie: "+p.cookie)
	if got := <-spoke; got != "HTTP/1.1" || !l.goes(t) {
		t.Errorf("a WebSocket is begun by %s", got)
	}
	stream := s.open(t, "/events", "Cookie: "+p.cookie)
	if got := <-spoke; got != "HTTP/2.0" {
		t.Errorf("a stream is asked for by %s", got)
	}
	s.must(t, "POST", "/api/v1/auth/jwt/logout", "", p)
	for _, one := range []*lasting{l, stream} {
		wait(t, one.name+" ends with the session", func() bool { return !one.goes(t) })
	}
}
