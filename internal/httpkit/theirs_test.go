package httpkit

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// TestWhatIsOursCarriesOurHeaders on the way of an application, too, for which they are left out at first.
func TestWhatIsOursCarriesOurHeaders(t *testing.T) {
	w := build(t, func(o *Options) { o.Theirs = func(r *http.Request) bool { return r.Host == "app.example.com" } })
	refused := fault.New(api.CodeForbidden, "test", "No.")
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		cache  string // of the answer, "" for one without any header of ours
	}{
		{"a fault", fails(refused), "no-store"},
		{"a text", says("ours"), "no-store"},
		{"nothing at all", func(http.ResponseWriter, *http.Request) {}, "no-store"},
		{"a panic", func(http.ResponseWriter, *http.Request) { panic("test") }, "no-store"},
		{"one that chose", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "max-age=5")
			w.WriteHeader(http.StatusOK)
		}, "max-age=5"},
		{"the application's", func(w http.ResponseWriter, _ *http.Request) {
			From(w).HandOver()
			w.WriteHeader(http.StatusOK)
		}, ""},
		{"taken back from it", func(w http.ResponseWriter, _ *http.Request) {
			q := From(w)
			q.HandOver()
			w.Header().Set("X-Theirs", "1")
			q.TakeBack()
			q.Fail(refused)
		}, "no-store"},
	} {
		got := w.serve(ask(http.MethodGet, "https://app.example.com/reports", "", "Origin: "+listed), c.answer).Header
		if got.Get("Cache-Control") != c.cache || got.Get("X-Theirs") != "" {
			t.Errorf("%s: Cache-Control %q, want %q", c.name, got.Get("Cache-Control"), c.cache)
		}
		for _, name := range []string{
			"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy",
			"Cross-Origin-Opener-Policy", "X-Request-Id", "Strict-Transport-Security", "Access-Control-Allow-Origin",
		} {
			if len(got[name]) != 1 != (c.cache == "") {
				t.Errorf("%s: %s is %q", c.name, name, got[name])
			}
		}
		if got := got.Get("Cross-Origin-Resource-Policy"); c.cache != "" && got != "cross-origin" {
			t.Errorf("%s: a listed origin reads the answer, but Cross-Origin-Resource-Policy is %q", c.name, got)
		}
	}
}

// far is a connection from somewhere.
type far struct {
	net.Conn
	from string
}

func (f far) RemoteAddr() net.Addr { return f }
func (far) Network() string        { return "tcp" }
func (f far) String() string       { return f.from }

func TestPeerOfTheConnectionIsThatOfTheRequest(t *testing.T) {
	w := build(t)
	for _, c := range []struct{ name, conn, request, want string }{
		{"the same", "203.0.113.5:1", "203.0.113.5:1", "203.0.113.5"},
		{"IPv6", "[2001:db8::1]:1", "[2001:db8::1]:1", "2001:db8::1"},
		{"no address", "@", "@", "invalid IP"},
		{"of another connection", "203.0.113.5:1", "198.51.100.7:1", "198.51.100.7"},
	} {
		r := ask(http.MethodGet, "/", "")
		r = r.WithContext(Connected(context.Background(), far{from: c.conn}))
		r.RemoteAddr = c.request
		if got := w.look(r).Client.IP; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
