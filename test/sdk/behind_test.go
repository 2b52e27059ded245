package sdk

import (
	"net"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestSvelteKitExampleBehindTheGateway is the same application behind the server: people sign in at the server's own
// page, and the application believes its signed word alone.
func TestSvelteKitExampleBehindTheGateway(t *testing.T) {
	app, address := listening(t), ground.FreeAddr(t)
	_, port, _ := net.SplitHostPort(address)
	app.public = "http://localhost:" + port
	srv := ground.Server(t, with(map[string]string{
		"LISTEN_ADDR": address, "PUBLIC_URL": app.public, "UPSTREAM_URL": "http://" + app.address,
	}))
	person(t, srv, "ada@example.com")
	app.start(t, "AUTH_URL="+srv.URL, "AUTH_AUDIENCE=localhost", "AUTH_ISSUER="+app.public)

	ctx := browser.New(t)
	browser.Open(t, ctx, app.public+"/notes")
	browser.Do(t, ctx,
		chromedp.WaitVisible(css("form[action='/login'] #email")), chromedp.SendKeys(css("#email"), "ada@example.com"),
		chromedp.SendKeys(css("#password"), password+kb.Enter),
	)
	wantText(t, ctx, "#who", "ada@example.com")
	wantText(t, ctx, "#method", "password")
	becomes(t, ctx, `[...document.querySelectorAll("[data-ready]")].length + ""`, "1") // its scripts have begun
	browser.Do(t, ctx, chromedp.Click(css("#logout")))
	becomes(t, ctx, `location.pathname`, "/login")
	browser.Open(t, ctx, app.public+"/notes")
	becomes(t, ctx, `location.pathname + location.search`, "/login?next=%2Fnotes")

	for name, header := range map[string]http.Header{
		"nobody":          {},
		"a forged word":   {"X-Auth-Assertion": {"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."}},
		"a forged header": {"Remote-User": {"1"}, "X-Auth-Request-Email": {"ada@example.com"}},
	} {
		if status, where := past(t, app, header); status != http.StatusSeeOther || where != "/login?next=%2Fnotes" {
			t.Errorf("%s past the gateway: %d %s", name, status, where)
		}
	}
}

// past asks the application itself for a page, as nobody can who has to come through the gateway.
func past(t *testing.T, app application, header http.Header) (status int, location string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+app.address+"/notes", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header = header
	q.Header.Set("Accept", "text/html")
	res, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode, res.Header.Get("Location")
}
