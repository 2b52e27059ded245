package pages

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

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

// TestTheLookIsReadAnew: a new name, colour and logo are there without a restart, and
// a logo that is refused leaves everything as it is.
func TestTheLookIsReadAnew(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, logo := filepath.Join(folder, "config.yaml"), filepath.Join(folder, "logo.svg")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(logo, tallLogo)
	write(file, "product_name: First\nlogo_file: "+logo+"\n")
	w := &world{Instance: ground.Server(t, nil, "--config", file)}
	wait := func(what, pattern string) string {
		t.Helper()
		var page string
		for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
			if _, page = w.get(t, w.URL+"/login"); regexp.MustCompile(pattern).MatchString(page) {
				return page
			}
		}
		t.Fatalf("%s never came: %s", what, page)
		return ""
	}
	picture, sheet := regexp.MustCompile(`/static/logo\.\w+\.svg`), regexp.MustCompile(`/static/app\.\w+\.css`)
	before := wait("the first name", "<title>[^<]* First</title>")
	write(file, "product_name: Second\naccent_color: \"#0a7d5a\"\nlogo_file: "+logo+"\n")
	after := wait("the second name", "<title>[^<]* Second</title>")
	if sheet.FindString(before) == sheet.FindString(after) || picture.FindString(before) != picture.FindString(after) {
		t.Error("the colour is not in the sheet, or the logo changed with it")
	}
	called(t, w, "Second")
	write(logo, strings.Replace(tallLogo, "#777", "#0a7d5a", 1))
	for until := time.Now().Add(patience); picture.FindString(after) == picture.FindString(before); time.Sleep(50 * time.Millisecond) {
		if _, after = w.get(t, w.URL+"/login"); time.Now().After(until) {
			t.Fatal("the new logo never came")
		}
	}
	write(logo, strings.Replace(tallLogo, "<circle", "<script>alert(1)</script><circle", 1))
	for until := time.Now().Add(patience); !strings.Contains(w.Stderr()+w.Stdout(), "it has an element <script>"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("nobody says that the logo is refused")
		}
	}
	if status, _ := w.get(t, w.URL+picture.FindString(after)); status != http.StatusOK {
		t.Errorf("the logo that was good is answered %d", status)
	}
}

// called looks at what else says the name: an authenticator app that is set up now, the
// browser while a passkey is made, and letters.
func called(t *testing.T, w *world, name string) {
	t.Helper()
	w.person(t, email, "user")
	var in struct {
		Token string `json:"access_token"`
	}
	w.api(t, "", "/api/v1/auth/jwt/login", map[string]any{"email": email, "password": password}, &in)
	var app struct {
		URI string `json:"otpauth_uri"`
	}
	w.api(t, in.Token, "/api/v1/auth/2fa/totp/setup", map[string]any{}, &app)
	if !strings.HasPrefix(app.URI, "otpauth://totp/"+name+":") || !strings.Contains(app.URI, "&issuer="+name+"&") {
		t.Errorf("an app is told %s", app.URI)
	}
	var key struct {
		Options struct {
			RP struct{ Name string } `json:"rp"`
		} `json:"options"`
	}
	w.api(t, in.Token, "/api/v1/auth/2fa/webauthn/register/options", map[string]any{}, &key)
	if key.Options.RP.Name != name {
		t.Errorf("the browser says %q while a passkey is made", key.Options.RP.Name)
	}
	w.api(t, "", "/api/v1/auth/forgot-password", map[string]any{"email": email}, nil)
	for until := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		_, list := w.get(t, w.URL+"/dev/mailbox")
		if strings.Contains(list, "Choose a new password for "+name) {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("no letter speaks of %s: %s", name, list)
		}
	}
}
