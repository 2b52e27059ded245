package ground

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
)

// Between is a proxy of a test that changes what goes through it, where no real one can be told to.
type Between struct {
	URL string
	// Request and Answer change what goes to the server and what comes back; nil leaves it.
	Request func(*http.Request)
	Answer  func(*http.Response) error

	target atomic.Pointer[url.URL]
}

// NewBetween listens. The server behind it is started with its URL as PUBLIC_URL, and then named by Lead.
func NewBetween(t testing.TB) *Between {
	t.Helper()
	b := &Between{}
	forward := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(b.target.Load())
			p.Out.Host = p.In.Host
			p.SetXForwarded()
			if b.Request != nil {
				b.Request(p.Out)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			if b.Answer != nil {
				return b.Answer(r)
			}
			return nil
		},
	}
	s := httptest.NewServer(forward)
	t.Cleanup(s.Close)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	b.URL = "http://localhost:" + port
	return b
}

// Lead sends what comes on to a server.
func (b *Between) Lead(t testing.TB, s *Instance) {
	t.Helper()
	u, err := url.Parse("http://" + s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	b.target.Store(u)
}
