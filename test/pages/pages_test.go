// Package pages looks at the running program's pages in a real Chromium.
package pages

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const (
	email    = "ada@example.com"
	password = "plums in the icebox, so cold"
)

// server runs the program with one person in it.
func server(t *testing.T) *ground.Instance {
	t.Helper()
	s := ground.Server(t, nil)
	r := s.RunInput(password, "user", "create", "--email", email, "--name", "Ada Lovelace", "--role", "admin", "--password-stdin")
	if r.Code != 0 {
		t.Fatalf("user create: %d %s", r.Code, r.Stderr)
	}
	return s
}

// patience is how long a page may take to come; it is slow only where
// something is wrong.
const patience = 15 * time.Second

func css(s string) chromedp.CSS { return chromedp.CSS(s) }

// signIn fills in the form and sends it.
func signIn(t *testing.T, ctx context.Context, s *ground.Instance, text string) {
	t.Helper()
	browser.Open(t, ctx, s.URL+"/login")
	browser.Do(t, ctx,
		chromedp.SendKeys(css("input[type=email]"), email),
		chromedp.SendKeys(css("input[name=password]"), text+kb.Enter),
	)
}

// wantSeen waits until the part of the page reads as it should. The page may be
// on its way to another one meanwhile, so errors only mean to look again.
func wantSeen(t *testing.T, ctx context.Context, selector, part string) {
	t.Helper()
	// A page that is still read lacks its end, though the part may be there.
	script := fmt.Sprintf(`document.readyState === "loading" ? "" : (document.querySelector(%q)?.textContent || "").replace(/\s+/g, " ")`, selector)
	var got string
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if err == nil && strings.Contains(text, part) {
			return
		}
		got = text
	}
	t.Fatalf("%s reads %q, want it to contain %q", selector, got, part)
}

// at waits for a page by its heading.
func at(t *testing.T, ctx context.Context, heading string) {
	t.Helper()
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := chromedp.Do(limit, chromedp.WaitVisible(chromedp.Search(`//h1[contains(normalize-space(.), "`+heading+`")]`))); err != nil {
		shown, _ := chromedp.Run(ctx, chromedp.TextContent(css("body")))
		t.Fatalf("never came to the page %q; it shows: %s", heading, strings.Join(strings.Fields(shown), " "))
	}
}

// TestGuidesBrowserScript follows the guide's end-to-end script step by step.
func TestGuidesBrowserScript(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	browser.Open(t, ctx, s.URL+"/login")
	browser.Do(t, ctx, chromedp.WaitVisible(css("input[type='email']")))

	res, err := http.Get(s.URL + "/api/v1/auth/csrf-token")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body struct {
		CSRFToken string `json:"csrf_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil || res.StatusCode != http.StatusOK || body.CSRFToken == "" {
		t.Fatalf("csrf-token: %d %v %+v", res.StatusCode, err, body)
	}
	browser.Do(t, ctx,
		chromedp.SendKeys(css("input[type='email']"), "test@example.com"),
		chromedp.SendKeys(css("input[type='password']"), "test_password"),
	)
	browser.Screenshot(t, ctx, "guide-filled-in")
}

func TestPersonSignsInLooksRoundAndLeaves(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t, browser.Allow("status of 401"))

	signIn(t, ctx, s, "not the password at all")
	wantSeen(t, ctx, "#error-summary", "do not go together")
	if kept, _ := chromedp.Run(ctx, chromedp.Value(css("input[type=email]"))); kept != email {
		t.Errorf("the address typed was lost: %q", kept)
	}
	browser.Screenshot(t, ctx, "login-wrong-password")

	browser.Do(t, ctx, chromedp.SendKeys(css("input[name=password]"), password+kb.Enter))
	at(t, ctx, "Account")
	browser.Screenshot(t, ctx, "account")

	browser.Do(t, ctx, chromedp.Click(css("form[action='/logout'] button")))
	at(t, ctx, "Sign in")
	wantSeen(t, ctx, "body", "You are signed out")
	browser.Screenshot(t, ctx, "signed-out")

	browser.Open(t, ctx, s.URL+"/account")
	at(t, ctx, "Sign in")
}

// TestEverythingWorksWithoutJavaScript walks the same way with scripts off.
func TestEverythingWorksWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	browser.NoScript(t, ctx)
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")

	browser.Do(t, ctx,
		chromedp.Clear(css("input[name=name]")),
		chromedp.SendKeys(css("input[name=name]"), "Augusta Ada"+kb.Enter),
	)
	wantSeen(t, ctx, "body", "Your profile was saved")

	next := "a different sentence to keep"
	browser.Open(t, ctx, s.URL+"/account/password")
	browser.Do(t, ctx,
		chromedp.SendKeys(css("input[name=current_password]"), password),
		chromedp.SendKeys(css("input[name=new_password]"), next+kb.Enter),
	)
	wantSeen(t, ctx, "body", "Your password was changed")
	setUpApp(t, ctx, s)
	click(t, ctx, "form[action='/account/security/codes'] button")
	wantSeen(t, ctx, "main", "Save them now")
	click(t, ctx, "#saved")
	click(t, ctx, "form[action='/account/security/codes/saved'] button")
	wantSeen(t, ctx, "main", "10 left")
	visit(t, ctx, s, "/account/security/app", "Authenticator app")
	click(t, ctx, "form[action='/account/security/app/remove'] button")
	wantSeen(t, ctx, "main", "was removed")
	browser.Do(t, ctx, chromedp.Click(css("form[action='/logout'] button")))
	at(t, ctx, "Sign in")
	signIn(t, ctx, s, next)
	at(t, ctx, "Account")
	wantSeen(t, ctx, "header", "Augusta Ada")
}

func TestOtherSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	s := server(t)
	first := browser.New(t)
	signIn(t, first, s, password)
	at(t, first, "Account")
	second := browser.New(t)
	signIn(t, second, s, password)
	at(t, second, "Account")

	visit(t, second, s, "/account/sessions", "Sessions")
	wantSeen(t, second, "body", "Chrome")
	browser.Do(t, second, chromedp.Click(css("form[action='/account/sessions/end-others'] button")))
	wantSeen(t, second, "body", "1 other session was ended")

	browser.Open(t, first, s.URL+"/account")
	at(t, first, "Sign in")
	wantSeen(t, first, "body", "Your session has ended")
}

func TestFirstAdministratorIsMadeByTheLink(t *testing.T) {
	t.Parallel()
	s := ground.Server(t, nil)
	link := regexp.MustCompile(`(?m)^http\S+/setup\?token=\S+$`).FindString(s.Stdout())
	if link == "" {
		t.Fatalf("no set-up link on a line of its own: %q", s.Stdout())
	}
	ctx := browser.New(t, browser.Allow("status of 403", "status of 422"))
	browser.Open(t, ctx, link)
	at(t, ctx, "Set up")
	browser.Screenshot(t, ctx, "setup")
	browser.Do(t, ctx,
		chromedp.SendKeys(css("input[name=name]"), "Grace"),
		chromedp.SendKeys(css("input[name=username]"), "grace@example.com"),
		chromedp.SendKeys(css("input[name=password]"), "too short"+kb.Enter),
	)
	wantSeen(t, ctx, "#error-summary", "15")
	browser.Screenshot(t, ctx, "setup-short-password")
	browser.Do(t, ctx, chromedp.SendKeys(css("input[name=password]"), "compilers are only patient"+kb.Enter))
	at(t, ctx, "Account")
	wantSeen(t, ctx, "header", "Grace")

	browser.Open(t, ctx, link)
	at(t, ctx, "set-up link is not valid")
	browser.Screenshot(t, ctx, "setup-used")
}

// TestKeyboardAlone signs in with Tab and Enter and nothing else.
func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	browser.Open(t, ctx, s.URL+"/login")
	browser.Do(t, ctx, chromedp.WaitVisible(css("input[type=email]")))
	for range 10 { // to the first field, past the skip link and the mark
		if on, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.name || ""`)); on == "username" {
			break
		}
		browser.Do(t, ctx, chromedp.KeyEvent(kb.Tab))
	}
	browser.Do(t, ctx, chromedp.KeyEvent(email+kb.Tab+password+kb.Enter))
	at(t, ctx, "Account")
}

// TestEveryPageIsAccessible runs axe (WCAG 2.2 AA) on each page, in both colour
// schemes, from a desktop down to 320 px, where nothing may be cut off.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	s := server(t)
	invite := s.Run("user", "create", "--email", strings.Repeat("long-name-", 6)+"@"+strings.Repeat("sub.", 20)+"example.com", "--invite", "--json")
	reset := s.Run("user", "reset-password", "--email", email, "--json")
	pages := map[string]string{
		"login": "/login", "register": "/register", "login-next": "/login?next=%2Fdocs&notice=session-ended",
		"docs": "/docs", "problem": "/problems/csrf_token_invalid", "not-found": "/nowhere",
		"invitation": path(t, invite.Stdout), "reset": path(t, reset.Stdout), "dead-link": "/reset-password?token=dead",
	}
	ctx := browser.New(t, browser.Allow("status of 404", "status of 400"))
	look(t, ctx, s, pages)
}

func look(t *testing.T, ctx context.Context, s *ground.Instance, pages map[string]string) {
	t.Helper()
	for name, path := range pages {
		sights := browser.Sights(t)
		for i, sight := range sights {
			if name == "docs" && len(sights) == 4 && i%2 == 1 {
				continue // it is long: axe takes ten seconds for each look
			}
			t.Run(name+"-"+sight.Name(), func(t *testing.T) {
				sight.Set(t, ctx)
				browser.Open(t, ctx, s.URL+path)
				browser.Axe(t, ctx)
				browser.FitsWidth(t, ctx)
				browser.Screenshot(t, ctx, name+"-"+sight.Name())
			})
		}
	}
	browser.View(t, ctx, browser.Desktop)
	browser.Scheme(t, ctx, browser.Light)
}

// path is the path of the link in a verb's JSON answer.
func path(t *testing.T, answer string) string {
	t.Helper()
	var body struct {
		Link string `json:"link"`
	}
	if err := json.Unmarshal([]byte(answer), &body); err != nil || body.Link == "" {
		t.Fatalf("no link in %q: %v", answer, err)
	}
	u, err := url.Parse(body.Link)
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}
