package pages

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

var accountPages = []string{
	"/account", "/account/security", "/account/password", "/account/email", "/account/security/app",
	"/account/security/passkeys", "/account/security/codes", "/account/sessions", "/account/tokens", "/account/tokens/new",
	"/account/activity", "/account/data", "/account/delete",
}

// lookAt runs axe on each page (WCAG 2.2 AA), on a desktop and at 320 px, where
// nothing may be cut off.
func lookAt(
	t *testing.T, ctx context.Context, s *ground.Instance, name string, desktop, narrow browser.Colors, pages ...string,
) {
	t.Helper()
	for _, view := range []struct {
		size   browser.Size
		colors browser.Colors
	}{{browser.Desktop, desktop}, {browser.Narrow, narrow}} {
		browser.View(t, ctx, view.size)
		browser.Scheme(t, ctx, view.colors)
		for _, path := range pages {
			picture := strings.ReplaceAll(strings.Trim(path, "/"), "/", "-") + "-" + name
			t.Run(picture+"-"+string(view.colors), func(t *testing.T) {
				browser.Open(t, ctx, s.URL+path)
				inspectView(t, ctx, picture, view.size, view.colors)
			})
		}
	}
	browser.View(t, ctx, browser.Desktop)
	browser.Scheme(t, ctx, browser.Light)
}

// inspect looks at the page that is open.
func inspectView(t *testing.T, ctx context.Context, name string, size browser.Size, colors browser.Colors) {
	t.Helper()
	drawn(t, ctx) // in its new colours: some of the old ones stay for a frame
	browser.Axe(t, ctx)
	browser.FitsWidth(t, ctx)
	width := "wide"
	if size == browser.Narrow {
		width = "narrow"
	}
	browser.Screenshot(t, ctx, name+"-"+width+"-"+string(colors))
}

// TestAccountIsAccessibleWhenNew looks at the pages of somebody who has set up
// nothing yet, and once in a script that is written from right to left.
func TestAccountIsAccessibleWhenNew(t *testing.T) {
	t.Parallel()
	s := ground.Server(t, nil)
	if r := s.RunInput(password, "user", "create", "--email", email, "--password-stdin"); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	ctx := browser.New(t)
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	lookAt(t, ctx, s, "new", browser.Dark, browser.Light, accountPages...)
	browser.Open(t, ctx, s.URL+"/account?lang=ar")
	lookAt(t, ctx, s, "rtl", browser.Light, browser.Dark, "/account", "/account/security")
}

// TestAccountIsAccessibleWhenFull looks at long lists and long names, and at
// what is shown once.
func TestAccountIsAccessibleWhenFull(t *testing.T) {
	t.Parallel()
	s := ground.Server(t, nil)
	long := strings.Repeat("long-name-", 6) + "@" + strings.Repeat("sub.", 20) + "example.com"
	r := s.RunInput(password, "user", "create", "--email", long, "--name", strings.Repeat("Wolfeschlegelsteinhausen", 5),
		"--role", "admin", "--password-stdin")
	if r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	ctx := browser.New(t, browser.Allow("status of 401"))
	plug(t, ctx, phone)
	browser.Open(t, ctx, s.URL+"/login")
	typeInto(t, ctx, "input[type=email]", long)
	typeInto(t, ctx, "input[name=password]", password+kb.Enter)
	at(t, ctx, "Account")

	setUpApp(t, ctx, s)
	click(t, ctx, "form[action='/account/security/codes'] button")
	wantSeen(t, ctx, "main", "Save them now")
	inspectTwice(t, ctx, "account-codes-made")
	codes := strings.Fields(shown(t, ctx, "#codes"))
	guess := map[string]any{"email": long, "password": "not the password"}
	if status, _, _ := newAgent(t, s).send(t, "POST", "/api/v1/auth/jwt/login", guess); status != 401 {
		t.Errorf("a wrong password: %d", status)
	}
	visit(t, ctx, s, "/account/security/passkeys", "Passkeys")
	click(t, ctx, "form[data-passkey] button")
	wantSeen(t, ctx, "main", "The passkey was added")
	click(t, ctx, ".edit summary")
	inspectTwice(t, ctx, "account-passkeys-open")
	typeInto(t, ctx, "input[name=name]", strings.Repeat("Schlüsselbund", 4)+kb.Enter)
	wantSeen(t, ctx, "main", "has a new name")
	for _, code := range codes[:2] { // after the last new factor, which ends all trust
		newAgent(t, s).signIn(t, long, password, code, true)
	}
	visit(t, ctx, s, "/account/tokens/new", "New token")
	typeInto(t, ctx, "#name", strings.Repeat("Nachtsicherung", 4)+kb.Enter)
	wantSeen(t, ctx, "main", "is ready")
	inspectTwice(t, ctx, "account-token")
	visit(t, ctx, s, "/account/security/app", "Authenticator app")
	click(t, ctx, "form[action='/account/security/app/begin'] button")
	wantSeen(t, ctx, "main", "Scan the code")
	typeInto(t, ctx, "#code", "12"+kb.Enter)
	wantSeen(t, ctx, "#code-error", "six digits")
	inspectTwice(t, ctx, "account-app-refused")
	lookAt(t, ctx, s, "full", browser.Light, browser.Dark, accountPages...)
}

// inspectTwice looks at a page that is not to be opened again.
func inspectTwice(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	for size, colors := range map[browser.Size]browser.Colors{browser.Narrow: browser.Dark, browser.Desktop: browser.Light} {
		browser.View(t, ctx, size)
		browser.Scheme(t, ctx, colors)
		inspectView(t, ctx, name, size, colors)
	}
	browser.View(t, ctx, browser.Desktop)
	browser.Scheme(t, ctx, browser.Light)
	drawn(t, ctx)
}
