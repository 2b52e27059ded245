package pages

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

var printedPage = regexp.MustCompile(`return (403|503) '(<!doctype html>[^']*)';`)

// TestPagesOfProxies looks at what nginx is told to show where it can hand on no page of ours.
func TestPagesOfProxies(t *testing.T) {
	t.Parallel()
	u := ground.Unstarted(t, map[string]string{"PUBLIC_URL": "https://auth.example.com"})
	r := u.Run("proxy", "nginx", "--protect", "app.example.com=http://127.0.0.1:3000")
	found := printedPage.FindAllStringSubmatch(r.Stdout, -1)
	if len(found) != 2 {
		t.Fatalf("%d pages in %s%s", len(found), r.Stdout, r.Stderr)
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, m := range found {
			if r.URL.Path == "/"+m[1] {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
				_, _ = w.Write([]byte(strings.ReplaceAll(m[2], "$request_id", "5f0c1f6b7f0e4d3c8a9b0c1d2e3f4a5b")))
			}
		}
	}))
	t.Cleanup(site.Close)
	ctx := browser.New(t, browser.Allow("favicon"))
	for _, m := range found {
		browser.Open(t, ctx, site.URL+"/"+m[1])
		inspect(t, ctx, "proxy-"+m[1])
	}
}
