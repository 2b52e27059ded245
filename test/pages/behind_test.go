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
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
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

// TestFaultsStandInTheApplicationsPlace looks at every fault that somebody meets on the way to an application. On its
// own host a page is whole in itself: the application is asked for nothing, and every link leads away from it.
func TestFaultsStandInTheApplicationsPlace(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.person(t, email, "user")
	ctx := browser.New(t, browser.Allow("status of 4", "status of 5", withoutTLS))
	browser.Open(t, ctx, s.at("app", "/welcome"))
	fillIn(t, ctx, email, password)
	s.reached(t, ctx, "app", "/welcome")
	faults := []fault{
		{"forbidden", "app", "/secret/x", "en", "You have no access here", s.at("auth", "/account")},
		{"stronger-de", "app", "/strong/x", "de", "stärkeren Nachweis", s.at("auth", "/account/security")},
		{"away-ar", "off", "/x", "ar", "يتعذر الوصول", s.at("off", "/x")},
		{"late", "app", "/slow", "en", "did not answer in time", s.at("app", "/slow")},
		{"unclear-de", "app", "/a%2f..%2fb", "de", "nicht eindeutig", s.at("auth", "/")},
		{"own-away", "auth", "/far/x", "de", "Die Anwendung ist nicht erreichbar", s.at("auth", "/far/x")},
		{"wrong-host", "else", "/other", "de", "Nicht gefunden", s.at("else", "/")},
	}
	if os.Getenv("AIWFE_TEST_FULL") != "" {
		faults = append(faults, []fault{
			{"forbidden-ar", "app", "/secret/x", "ar", "ليس لديك حق", s.at("auth", "/account")},
			{"away", "off", "/x?a=b&lang=de", "en", "Die Anwendung ist nicht erreichbar", s.at("off", "/x?a=b&lang=de")},
			{"nothing", "part", "/other", "en", "Not found", s.at("auth", "/")},
			{"forbidden-de", "app", "/secret/x", "de", "Hier haben Sie keinen Zugang", s.at("auth", "/account")},
			{"stronger", "app", "/strong/x", "en", "asks for a stronger proof", s.at("auth", "/account/security")},
			{"unclear", "app", "/a%2f..%2fb", "en", "This address is not clear", s.at("auth", "/")},
			{"own-forbidden", "auth", "/secret/x", "en", "You have no access here", s.at("auth", "/account")},
		}...)
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) { s.look(t, ctx, f) })
	}
	t.Run("confirm", s.confirm)
}

// fault is where one is met, what its page says, and where its first button leads.
type fault struct{ name, host, path, lang, says, first string }

// look opens a fault and looks at it.
func (s *street) look(t *testing.T, ctx context.Context, f fault) {
	t.Helper()
	speak(t, ctx, f.lang)
	before := s.hits.Load()
	browser.Open(t, ctx, s.at(f.host, f.path))
	at(t, ctx, f.says)
	inspect(t, ctx, "behind-"+f.name)
	if n := s.hits.Load() - before; n > 0 && f.path != "/slow" || n > 1 {
		t.Errorf("the application was asked %d times", n)
	}
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[
		getComputedStyle(document.querySelector(".btn-primary")).display, document.querySelector(".btn-primary").href,
		document.querySelectorAll("form, script").length + "", document.querySelector("#request-id").textContent, document.cookie,
		...performance.getEntriesByType("resource").map(e => e.name)]`))
	if err != nil {
		t.Fatal(err)
	}
	if seen[0] != "inline-flex" && seen[0] != "flex" || seen[1] != f.first || len(seen[3]) < 16 {
		t.Errorf("its style, first link and request id: %q", seen[:4])
	}
	if f.host == "auth" || f.host == "else" { // ours, or nobody's
		return
	}
	if seen[2] != "0" || seen[4] != "" || len(seen) > 5 {
		t.Errorf("forms and scripts, cookies, what was loaded: %q", seen[2:])
	}
	links, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.links].map(a => a.getAttribute("href"))`))
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(links, func(l string) bool { return l != "" && l != "#main" && !strings.HasPrefix(l, s.at("auth", "/")) }); i >= 0 {
		t.Errorf("a link leads to %s", links[i])
	}
}

// confirm follows the page for somebody who has just set up a second factor, as it told: it leads to the confirmation,
// and that back to the application.
func (s *street) confirm(t *testing.T) {
	const grace = "grace@example.com"
	s.person(t, grace, "user")
	ctx := browser.New(t, browser.Allow("status of 403", withoutTLS))
	browser.Open(t, ctx, s.at("app", "/welcome"))
	fillIn(t, ctx, grace, password)
	s.reached(t, ctx, "app", "/welcome")
	browser.Open(t, ctx, s.at("auth", "/account/security/app"))
	click(t, ctx, "form[action='/account/security/app/begin'] button")
	wantSeen(t, ctx, "main", "Scan the code")
	key := shown(t, ctx, "#key")
	typeInto(t, ctx, "#code", codeOf(t, key, -1)+kb.Enter)
	at(t, ctx, "Backup codes")
	browser.Open(t, ctx, s.at("app", "/second/x"))
	at(t, ctx, "asks for a stronger proof")
	inspect(t, ctx, "behind-confirm")
	browser.Do(t, ctx, chromedp.Click(css(".btn-primary")))
	at(t, ctx, "Confirm it is you")
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), password), chromedp.SendKeys(css("#code"), codeOf(t, key, 0)+kb.Enter))
	s.reached(t, ctx, "app", "/second/x")
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
