package pages

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// street is a server with applications behind it, each on a host of its own but one.
type street struct {
	*world
	port  string
	hits  atomic.Int64
	hands chan struct{}
}

// withoutTLS is what Chromium says of a host that is not localhost.
const withoutTLS = "Cross-Origin-Opener-Policy header has been ignored"

const rulesOfStreet = `rules:
  - {name: strong, hosts: [app.site.test], paths: [/strong/**], proof: phishing_resistant}
  - {name: second, hosts: [app.site.test], paths: [/second/**], proof: second_factor}
  - {name: administration, paths: [/secret/**], roles: [admin]}
  - {name: rest}
`

func newStreet(t *testing.T) *street {
	t.Helper()
	s := &street{hands: make(chan struct{})}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.hits.Add(1)
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><link rel=icon href=data:,>") // else it is asked for a picture later on
		if r.URL.Path == "/slow" {
			select {
			case <-r.Context().Done():
			case <-s.hands:
			}
		}
	}))
	t.Cleanup(app.Close)
	t.Cleanup(func() { close(s.hands) })
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(rulesOfStreet), 0o600); err != nil {
		t.Fatal(err)
	}
	s.port = fmt.Sprint(ground.FreePort(t))
	nobody := fmt.Sprintf("http://127.0.0.1:%d", ground.FreePort(t))
	hosts := "app.site.test/=" + app.URL + ",off.site.test/=" + nobody + ",part.site.test/only=" + app.URL + ",/far=" + nobody
	s.world = &world{ground.Server(t, map[string]string{
		"LISTEN_ADDR": "127.0.0.1:" + s.port, "PUBLIC_URL": s.at("auth", ""), "COOKIE_DOMAIN": "site.test", "POLICY_FILE": file,
		"UPSTREAM_URL": app.URL, "UPSTREAMS": hosts, "UPSTREAM_TIMEOUT": "1s", "LOGIN_LIMIT_ADDRESS": "1000/1m",
		"CORS_ORIGINS": strings.Join([]string{s.at("app", ""), s.at("off", ""), s.at("part", "")}, ","),
	})}
	return s
}

// at is an address of a host in the street.
func (s *street) at(host, path string) string {
	return "http://" + host + ".site.test:" + s.port + path
}

// reached waits until the application was asked for an address.
func (s *street) reached(t *testing.T, ctx context.Context, host, path string) {
	t.Helper()
	want, _ := url.Parse(s.at(host, path))
	got := ""
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if got, _ = chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + (document.querySelector("h1") ? " with a page of ours" : "")`)); got == want.String() {
			return
		}
	}
	t.Fatalf("the tab is at %s, want %s", got, want)
}

// speak sets what the browser says of its language.
func speak(t *testing.T, ctx context.Context, lang string) {
	t.Helper()
	headers := network.Headers{"Accept-Language": lang}
	if _, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers}); err != nil {
		t.Fatal(err)
	}
}
