package pages

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// The pictures of platforms that are not there: two with the name written out, one
// that is higher than wide.
const (
	wideLogo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 390 60"><style>.w{fill:%s}</style><circle cx="30" cy="30" r="26" fill="#e0a800"/>` +
		`<path d="M18 40 30 14l12 26z" fill="#14161c"/><text class="w" x="72" y="42" font-family="sans-serif" font-size="34" font-weight="700">Northern Lights</text></svg>`
	niceLogo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 250 60"><style>.w{fill:%s}.g{fill:none;stroke:%s;stroke-width:6;stroke-linecap:round}</style>` +
		`<path class="g" d="M6 22h26a9 9 0 1 0-9-9M6 35h38a10 10 0 1 1-10 10M6 48h15"/><text class="w" x="66" y="42" font-family="sans-serif" font-size="34" font-weight="700">nordwind</text></svg>`
	tallLogo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 100"><path d="M20 2 38 40 26 98H14L2 40z" fill="#777"/><circle cx="20" cy="36" r="9" fill="#fff"/></svg>`
)

// platform is how somebody's server looks.
type platform struct {
	name, product, accent, logo, dark string
	// all says to look at every page, and not only at the first.
	all bool
}

var platforms = []platform{
	{"wide", "Northern Lights Research Computer Portal", "#ffff00", fmt.Sprintf(wideLogo, "#14161c"), fmt.Sprintf(wideLogo, "#f0f1f4"), true},
	{"tall", `<b>&"' Nuage </b>`, "#000000", tallLogo, "", false},
	{"shown", "Nordwind", "#0a7d5a", fmt.Sprintf(niceLogo, "#14161c", "#0a7d5a"), fmt.Sprintf(niceLogo, "#f0f1f4", "#4cc79c"), false},
	{"plain", "Wolkenkuckucksheimverwaltungsgesellschaf", "#ffffff", "", "", false},
}

func (p platform) environment(t *testing.T) map[string]string {
	t.Helper()
	env := map[string]string{"PRODUCT_NAME": p.product, "ACCENT_COLOR": p.accent, "LOGIN_LIMIT_ADDRESS": "1000/1m"}
	for name, drawn := range map[string]string{"LOGO_FILE": p.logo, "LOGO_DARK_FILE": p.dark} {
		if drawn != "" {
			env[name] = filepath.Join(t.TempDir(), "logo.svg")
			if err := os.WriteFile(env[name], []byte(drawn), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return env
}

// TestPagesWearALook looks at pages with the colours that are hardest to read, with
// long names and with logos of odd shapes.
func TestPagesWearALook(t *testing.T) {
	t.Parallel()
	for _, p := range platforms {
		t.Run(p.name, func(t *testing.T) {
			w := &world{Instance: ground.Server(t, p.environment(t))}
			ctx := browser.New(t, browser.Allow("status of 404"))
			browser.Open(t, ctx, w.URL+"/login")
			at(t, ctx, "Sign in to ")
			seen(t, ctx, p)
			inspect(t, ctx, "brand-"+p.name+"-login")
			if p.all || os.Getenv("AIWFE_TEST_FULL") != "" {
				throughALook(t, ctx, w, p)
			}
		})
	}
}

// seen: the logo is loaded and as large as it said, and nothing was refused.
func seen(t *testing.T, ctx context.Context, p platform) {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("img.logo")].map(i =>
		[i.complete && i.naturalWidth > 0, i.getAttribute("width") == i.clientWidth, i.getAttribute("height") == i.clientHeight, i.alt].join()).join(";")`))
	want := "true,true,true," + p.product
	if p.logo == "" {
		want = ""
	}
	if err != nil || got != want {
		t.Errorf("the logo is %q, %v", got, err)
	}
}

// throughALook signs somebody in, with a second factor, and reads a letter.
func throughALook(t *testing.T, ctx context.Context, w *world, p platform) {
	t.Helper()
	m := w.protected(t, "ada@example.com")
	fillIn(t, ctx, m.email, password)
	at(t, ctx, "Confirm it is you")
	inspect(t, ctx, "brand-"+p.name+"-verify")
	browser.Do(t, ctx, chromedp.SendKeys(css("#code"), m.code(t, 0)+kb.Enter))
	at(t, ctx, "Account")
	inspect(t, ctx, "brand-"+p.name+"-account")
	browser.Open(t, ctx, w.URL+"/nowhere")
	inspect(t, ctx, "brand-"+p.name+"-fault")
	w.person(t, "grace@example.com", "user")
	w.api(t, "", "/api/v1/auth/forgot-password", map[string]any{"email": "grace@example.com"}, nil)
	openLetter(t, ctx, w, "grace@example.com")
	letter, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href"))
	_, page := w.get(t, letter+"/html")
	mail := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { // without the sandbox, in which axe cannot run
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	}))
	defer mail.Close()
	browser.Open(t, ctx, mail.URL)
	inspect(t, ctx, "brand-"+p.name+"-letter")
}

// A fault on an application's host carries the logo within itself.
func TestAFaultElsewhereWearsTheLook(t *testing.T) {
	t.Parallel()
	port := fmt.Sprint(ground.FreePort(t))
	env := platforms[0].environment(t)
	env["LISTEN_ADDR"], env["PUBLIC_URL"], env["COOKIE_DOMAIN"] = "127.0.0.1:"+port, "http://auth.site.test:"+port, "site.test"
	env["UPSTREAMS"] = fmt.Sprintf("app.site.test/only=http://127.0.0.1:%d", ground.FreePort(t))
	ground.Server(t, env)
	ctx := browser.New(t, browser.Allow("status of 404", withoutTLS))
	browser.Open(t, ctx, "http://app.site.test:"+port+"/other")
	at(t, ctx, "Not found")
	seen(t, ctx, platforms[0])
	inspect(t, ctx, "brand-elsewhere")
}
