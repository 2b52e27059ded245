package sdk

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// front is a site whose pages load the built package, with the server behind it under the same address. It counts the
// refreshes, and holds the first one until it is released.
type front struct {
	public  string
	release chan struct{}

	mu        sync.Mutex
	refreshes int
}

const blankPage = `<!doctype html><html lang="en"><title>Tab</title><link rel="icon" href="data:,">
<script type="module">
import { createAuthClient } from "/dist/index.js";
import * as passkeys from "/dist/webauthn/index.js";
window.client = createAuthClient();
window.passkeys = passkeys;
window.ends = [];
client.onSessionEnded((end) => ends.push(end));
document.title = "Ready";
</script><p>Tab</p></html>`

func serveFront(t *testing.T) *front {
	t.Helper()
	address := ground.FreeAddr(t)
	_, port, _ := net.SplitHostPort(address)
	f := &front{public: "http://localhost:" + port, release: make(chan struct{})}
	srv := ground.Server(t, with(map[string]string{"PUBLIC_URL": f.public}))
	person(t, srv, "ada@example.com")
	behind, err := url.Parse("http://" + srv.Addr)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Host = r.In.Host
	}}
	mux := http.NewServeMux()
	mux.Handle("/dist/", http.StripPrefix("/dist/", http.FileServer(http.Dir(filepath.Join(built(t), "dist")))))
	mux.HandleFunc("/tab", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(blankPage))
	})
	mux.HandleFunc("/api/v1/auth/jwt/refresh", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.refreshes++
		f.mu.Unlock()
		<-f.release
		proxy.ServeHTTP(w, r)
	})
	mux.Handle("/", proxy)
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	site := &http.Server{Handler: mux, ReadHeaderTimeout: patience}
	go func() { _ = site.Serve(l) }()
	t.Cleanup(func() { _ = site.Close() })
	return f
}

func (f *front) refreshed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.refreshes
}
