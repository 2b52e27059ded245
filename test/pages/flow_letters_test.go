package pages

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// The pages behind the links of letters, with a mail server, so that addresses
// are proven by mail. A proof counts for a second, so that every step-up is asked for.
func TestLetterPages(t *testing.T) {
	t.Parallel()
	post := ground.SMTP(t)
	w := &world{Instance: ground.Server(t, map[string]string{
		"SMTP_URL": post.URL, "MAIL_FROM": "no-reply@example.com", "REAUTH_WINDOW": "1s", "LOGIN_LIMIT_ADDRESS": "1000/1m",
		"SECURITY_CONTACT": "mailto:security@example.com",
	})}
	t.Run("registration", func(t *testing.T) { registration(t, w, post) })
	t.Run("another browser", func(t *testing.T) { anotherBrowser(t, w, post) })
	t.Run("this was not me", func(t *testing.T) { notMe(t, w, post) })
	t.Run("well-known addresses", func(t *testing.T) { wellKnown(t, w) })
}

func register(t *testing.T, ctx context.Context, w *world, address string) {
	t.Helper()
	browser.Open(t, ctx, w.URL+"/register")
	browser.Do(t, ctx, chromedp.SendKeys(css("#email"), address), chromedp.SendKeys(css("#password"), password+kb.Enter))
	at(t, ctx, "Check your mail")
}

func registration(t *testing.T, w *world, post *ground.PostOffice) {
	ctx := browser.New(t, browser.Allow("status of 401", "status of 400"))
	register(t, ctx, w, "new@example.com")
	inspect(t, ctx, "register-mailed")
	browser.Open(t, ctx, w.URL+"/login")
	fillIn(t, ctx, "new@example.com", password)
	wantSeen(t, ctx, "main", "Just registered?")
	inspect(t, ctx, "login-unproven")

	link := post.Link(t, "new@example.com", "/verify-email")
	for range 2 { // a scanner of mail opens every link
		if status, _ := w.get(t, link); status != http.StatusOK {
			t.Fatalf("a robot is answered %d", status)
		}
	}
	browser.Open(t, ctx, link)
	at(t, ctx, "Confirm your address")
	inspect(t, ctx, "verify-email")
	browser.Do(t, ctx, chromedp.Click(css("main form button")))
	wantSeen(t, ctx, "main", "Your account is ready")
	fillIn(t, ctx, "new@example.com", password)
	at(t, ctx, "Account")

	waitForPage(t, ctx, w.URL+"/reauth?next=%2Fdocs", "Confirm it is you") // once the second is over
	inspect(t, ctx, "reauth")
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), password+kb.Enter))
	at(t, ctx, "API")
	browser.Open(t, ctx, link)
	at(t, ctx, "link is not valid")
}

// anotherBrowser: whoever opens the link elsewhere chooses the password, so
// that the one of a stranger who registered counts for nothing.
func anotherBrowser(t *testing.T, w *world, post *ground.PostOffice) {
	register(t, browser.New(t), w, "owner@example.com")
	ctx := browser.New(t, browser.Allow("status of 422", "status of 401"))
	browser.Open(t, ctx, post.Link(t, "owner@example.com", "/verify-email"))
	at(t, ctx, "Confirm your address")
	inspect(t, ctx, "verify-email-password")
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), "too short"+kb.Enter))
	wantSeen(t, ctx, "#password-error", "15")
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), "my own words for this place"+kb.Enter))
	wantSeen(t, ctx, "main", "Your account is ready")
	fillIn(t, ctx, "owner@example.com", password)
	wantSeen(t, ctx, "#error-summary", "do not go together")
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), "my own words for this place"+kb.Enter))
	at(t, ctx, "Account")
}

// notMe answers a letter that tells of a changed password.
func notMe(t *testing.T, w *world, post *ground.PostOffice) {
	w.person(t, "victim@example.com", "user")
	thief := browser.New(t, browser.Allow("status of 401"))
	browser.Open(t, thief, w.URL+"/login")
	fillIn(t, thief, "victim@example.com", password)
	at(t, thief, "Account")

	ctx := browser.New(t)
	browser.Open(t, ctx, w.URL+"/forgot-password")
	browser.Do(t, ctx, chromedp.SendKeys(css("#email"), "victim@example.com"+kb.Enter))
	at(t, ctx, "Check your mail")
	browser.Open(t, ctx, post.Link(t, "victim@example.com", "/reset-password"))
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), "what the thief would like to have"+kb.Enter))
	wantSeen(t, ctx, "main", "Your new password is set")
	fillIn(t, ctx, "victim@example.com", "what the thief would like to have")
	at(t, ctx, "Account")

	browser.Open(t, ctx, post.Link(t, "victim@example.com", "/not-me"))
	at(t, ctx, "This was not me")
	inspect(t, ctx, "not-me")
	browser.Do(t, ctx, chromedp.Click(css("main form button")))
	at(t, ctx, "Choose a new password")
	browser.Open(t, thief, w.URL+"/account")
	at(t, thief, "Sign in")
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), "mine again and only mine now"+kb.Enter))
	wantSeen(t, ctx, "main", "Your new password is set")
	fillIn(t, ctx, "victim@example.com", "mine again and only mine now")
	at(t, ctx, "Account")
}

func wellKnown(t *testing.T, w *world) {
	for path, want := range map[string]string{
		"/.well-known/passkey-endpoints": `{"enroll":"` + w.URL + `/account/security/passkeys","manage":"` + w.URL + `/account/security/passkeys"}`,
		"/.well-known/security.txt":      "Contact: mailto:security@example.com\nExpires: ",
	} {
		if status, body := w.get(t, w.URL+path); status != http.StatusOK || !strings.HasPrefix(body, want) {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	if status, body := w.get(t, w.URL+"/.well-known/change-password"); status != http.StatusFound {
		t.Errorf("change-password: %d %q", status, body)
	}
	if status, _ := w.get(t, w.URL+"/dev/mailbox"); status != http.StatusNotFound {
		t.Errorf("there is a mailbox beside a mail server: %d", status)
	}
}
