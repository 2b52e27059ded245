package pages

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// The pages between a password and a session. The steps share one server; each
// has a person and a tab of its own.
func TestSignInPages(t *testing.T) {
	t.Parallel()
	w := &world{Instance: ground.Server(t, map[string]string{"MFA_REQUIRED_ROLES": "admin", "LOGIN_LIMIT_ADDRESS": "1000/1m"})}
	t.Run("code and trust without scripts", func(t *testing.T) { codeAndTrust(t, w) })
	t.Run("backup code", func(t *testing.T) { backupCode(t, w) })
	t.Run("set up by app", func(t *testing.T) { enrollByApp(t, w) })
	t.Run("passkeys", func(t *testing.T) { passkeys(t, w) })
	t.Run("forgotten password", func(t *testing.T) { forgotten(t, w) })
	t.Run("shut out", func(t *testing.T) { shutOut(t, w) })
}

func codeAndTrust(t *testing.T, w *world) {
	p := w.protected(t, "code@example.com")
	ctx := browser.New(t, browser.Allow("status of 401"))
	browser.NoScript(t, ctx)
	browser.Open(t, ctx, w.URL+"/login?next=%2Fdocs")
	fillIn(t, ctx, p.email, password)
	at(t, ctx, "Confirm it is you")
	wantSeen(t, ctx, "main", p.email)
	inspect(t, ctx, "verify")

	browser.Do(t, ctx, chromedp.Click(css("#trust")), chromedp.SendKeys(css("#code"), "000 000"+kb.Enter))
	wantSeen(t, ctx, "#code-error", "not right")
	if kept, _ := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelector("#trust").checked`)); !kept {
		t.Error("the tick was lost")
	}
	inspect(t, ctx, "verify-wrong")
	browser.Do(t, ctx, chromedp.SendKeys(css("#code"), p.code(t, 0)+kb.Enter))
	at(t, ctx, "API") // where the person wanted to go

	signOut(t, ctx, w)
	fillIn(t, ctx, p.email, password) // the device is trusted now
	at(t, ctx, "Account")

	// A login without its second factor is no full proof.
	browser.Open(t, ctx, w.URL+"/reauth?next=%2Faccount%23password")
	at(t, ctx, "Confirm it is you")
	inspect(t, ctx, "reauth-code")
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), "not the password at all"), chromedp.SendKeys(css("#code"), p.code(t, 1)+kb.Enter))
	wantSeen(t, ctx, "#password-error", "not right")
	inspect(t, ctx, "reauth-wrong")
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), password), chromedp.SendKeys(css("#code"), p.code(t, 1)+kb.Enter))
	at(t, ctx, "Account")
	browser.Open(t, ctx, w.URL+"/reauth?next=%2Fdocs") // nothing to ask any more
	at(t, ctx, "API")
}

func backupCode(t *testing.T, w *world) {
	p := w.protected(t, "backup@example.com")
	ctx := browser.New(t, browser.Allow("status of 401"))
	browser.Open(t, ctx, w.URL+"/login")
	fillIn(t, ctx, p.email, password)
	at(t, ctx, "Confirm it is you")
	browser.Do(t, ctx, chromedp.Click(css(`.ways a[href*="backup_code"]`)), chromedp.WaitVisible(css(".input-backup")))
	inspect(t, ctx, "verify-backup")
	browser.Do(t, ctx, chromedp.SendKeys(css("#code"), p.codes[0][1:]+kb.Enter))
	wantSeen(t, ctx, "#code-error", "not right")
	browser.Do(t, ctx, chromedp.Clear(css("#code")), chromedp.SendKeys(css("#code"), strings.ToUpper(p.codes[0])+kb.Enter))
	at(t, ctx, "Account")

	signOut(t, ctx, w)
	fillIn(t, ctx, p.email, password)
	at(t, ctx, "Confirm it is you")
	browser.Do(t, ctx, chromedp.Click(chromedp.Search(`//a[normalize-space(.)="Start again"]`)))
	at(t, ctx, "Sign in to")
}

func enrollByApp(t *testing.T, w *world) {
	w.person(t, "app@example.com", "admin")
	ctx := browser.New(t, browser.Allow("status of 401", "status of 404"))
	browser.Open(t, ctx, w.URL+"/login?next=%2Fdocs")
	fillIn(t, ctx, "app@example.com", password)
	at(t, ctx, "One more step")
	inspect(t, ctx, "enroll")
	const key = `document.querySelector("#setup-key").textContent`
	first, _ := chromedp.Run(ctx, chromedp.Evaluate[string](key))
	browser.Open(t, ctx, w.URL+"/login/enroll?next=%2Fdocs") // loaded again, the picture that was scanned still counts
	p := member{seed: first}
	if again, _ := chromedp.Run(ctx, chromedp.Evaluate[string](key)); again != first || len(first) != 32 {
		t.Errorf("the key was %q and is %q", first, again)
	}
	browser.Do(t, ctx, chromedp.SendKeys(css("#code"), "12345"+kb.Enter))
	wantSeen(t, ctx, "#code-error", "six digits")
	inspect(t, ctx, "enroll-wrong")
	browser.Do(t, ctx, chromedp.SendKeys(css("#code"), p.code(t, 0)+kb.Enter))
	wantAddress(t, ctx, "/account/security/codes?next=%2Fdocs&notice=factor-added")
	browser.Open(t, ctx, w.URL+"/account")
	at(t, ctx, "Account")
}

// passkeys sets one up where policy demands it, and signs in by it in every way.
func passkeys(t *testing.T, w *world) {
	w.person(t, "passkey@example.com", "admin")
	ctx := browser.New(t, browser.Allow("status of 401", "status of 404"))
	able := phone
	able.HasCmtgKey = true // else Chromium refuses the passkey that strange puts in
	device := plug(t, ctx, able)
	conditional := withoutAutofill(t, ctx)
	browser.Open(t, ctx, w.URL+"/login")
	inspect(t, ctx, "login-passkey")
	fillIn(t, ctx, "passkey@example.com", password)
	at(t, ctx, "One more step")
	browser.Do(t, ctx, chromedp.Click(css("form[data-passkey=register] button")))
	wantAddress(t, ctx, "/account/security/codes?notice=factor-added")

	signOut(t, ctx, w)
	browser.Do(t, ctx, chromedp.WaitVisible(css("form[data-passkey=login] button")), chromedp.Click(css("form[data-passkey=login] button")))
	at(t, ctx, "Account")

	signOut(t, ctx, w)
	fillIn(t, ctx, "passkey@example.com", password)
	at(t, ctx, "Confirm it is you")
	inspect(t, ctx, "verify-passkey")
	browser.Do(t, ctx, chromedp.Click(css("#trust")), chromedp.Click(css("form[data-passkey=second] button")))
	at(t, ctx, "Account")

	signOut(t, ctx, w)
	fillIn(t, ctx, "passkey@example.com", password) // on a trusted device
	at(t, ctx, "Account")
	browser.Open(t, ctx, w.URL+"/reauth?next=%2Fdocs")
	at(t, ctx, "Confirm it is you")
	inspect(t, ctx, "reauth-passkey")
	browser.Do(t, ctx, chromedp.Click(css("form[data-passkey=reauth] button")))
	at(t, ctx, "API")

	conditional(t) // Chromium chooses the only passkey of the list by itself
	signOutQuietly(t, ctx, w)
	browser.Open(t, ctx, w.URL+"/login?next=%2Faccount%3Fautofill")
	wantAddress(t, ctx, "/account?autofill")

	signOutQuietly(t, ctx, w)
	strange(t, ctx, device)
	browser.Open(t, ctx, w.URL+"/login")
	wantSeen(t, ctx, "#error-summary", "does not sign anybody in")
	if id, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("[data-signal=unknown]").dataset.rpId`)); id != "localhost" {
		t.Errorf("the browser is told of a passkey of %q", id)
	}
	inspect(t, ctx, "login-passkey-unknown")
}

func forgotten(t *testing.T, w *world) {
	w.person(t, "forgetful@example.com", "user")
	ctx := browser.New(t)
	browser.NoScript(t, ctx)
	browser.Open(t, ctx, w.URL+"/login")
	browser.Do(t, ctx, chromedp.Click(css("a[href='/forgot-password']")), chromedp.WaitVisible(css("#email")))
	inspect(t, ctx, "forgot")
	browser.Do(t, ctx, chromedp.SendKeys(css("#email"), "nobody@example.com"+kb.Enter))
	at(t, ctx, "Check your mail")
	stranger, _ := chromedp.Run(ctx, chromedp.TextContent(css("main")))
	browser.Open(t, ctx, w.URL+"/forgot-password")
	browser.Do(t, ctx, chromedp.SendKeys(css("#email"), "forgetful@example.com"+kb.Enter))
	at(t, ctx, "Check your mail")
	if known, _ := chromedp.Run(ctx, chromedp.TextContent(css("main"))); strings.ReplaceAll(known, "forgetful@", "nobody@") != stranger {
		t.Errorf("the page tells who has an account: %q and %q", stranger, known)
	}
	inspect(t, ctx, "mailed")

	browser.Do(t, ctx, chromedp.Click(css("a[href='/dev/mailbox']")))
	at(t, ctx, "Mailbox of development")
	openLetter(t, ctx, w, "forgetful@example.com")
	inspect(t, ctx, "letter")
	letter, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href"))
	browser.Open(t, ctx, letter+"/html") // as it looks, under a policy of its own
	wantSeen(t, ctx, "body", "Choose a new password")
	browser.Open(t, ctx, letter)
	browser.Do(t, ctx, chromedp.Click(css("main a[href*='/reset-password']")))
	at(t, ctx, "Choose a new password")
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), "a sentence nobody else would write"+kb.Enter))
	wantSeen(t, ctx, "main", "Your new password is set")
	fillIn(t, ctx, "forgetful@example.com", "a sentence nobody else would write")
	at(t, ctx, "Account")
}

// shutOut guesses until the account is shut, and lets its owner in by a link.
func shutOut(t *testing.T, w *world) {
	w.person(t, "shut@example.com", "user")
	for range 11 {
		w.api(t, "", "/api/v1/auth/jwt/login", map[string]any{"email": "shut@example.com", "password": "a wrong guess of somebody"}, nil)
	}
	ctx := browser.New(t, browser.Allow("status of 429", "status of 400"))
	browser.Open(t, ctx, w.URL+"/login")
	fillIn(t, ctx, "shut@example.com", password)
	wantSeen(t, ctx, "#error-summary", "Too many attempts")
	inspect(t, ctx, "login-shut")
	browser.Do(t, ctx, chromedp.Click(css("a[href='/unlock-request']")), chromedp.WaitVisible(css("#email")))
	inspect(t, ctx, "unlock-request")
	browser.Do(t, ctx, chromedp.SendKeys(css("#email"), "shut@example.com"+kb.Enter))
	at(t, ctx, "Check your mail")
	browser.Open(t, ctx, w.URL+"/dev/mailbox")
	inspect(t, ctx, "mailbox")
	openLetter(t, ctx, w, "shut@example.com")
	browser.Do(t, ctx, chromedp.Click(css("main a[href*='/unlock?']")))
	at(t, ctx, "Try again now")
	inspect(t, ctx, "unlock")
	address, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href"))
	browser.Do(t, ctx, chromedp.Click(css("main form button")))
	wantSeen(t, ctx, "main", "You may try again now")
	fillIn(t, ctx, "shut@example.com", password)
	at(t, ctx, "Account")
	browser.Open(t, ctx, address) // it works once
	at(t, ctx, "link is not valid")
	inspect(t, ctx, "dead-link")
}
