package pages

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// go to a page of the account by its path.
func visit(t *testing.T, ctx context.Context, s *ground.Instance, path, heading string) {
	t.Helper()
	browser.Open(t, ctx, s.URL+path)
	at(t, ctx, heading)
}

func click(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := chromedp.Do(limit, chromedp.Click(css(selector))); err != nil {
		shown, _ := chromedp.Run(ctx, chromedp.TextContent(css("main")))
		t.Fatalf("click %s: %v; the page shows %s", selector, err, strings.Join(strings.Fields(shown), " "))
	}
}

func typeInto(t *testing.T, ctx context.Context, selector, text string) {
	t.Helper()
	browser.Do(t, ctx, chromedp.WaitVisible(css(selector)), chromedp.Clear(css(selector)), chromedp.SendKeys(css(selector), text))
}

// shown is the text of a part of the page, as the script would read it.
func shown(t *testing.T, ctx context.Context, selector string) string {
	t.Helper()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.textContent ?? ""`, selector)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// setUpApp turns the authenticator app on and gives its key.
func setUpApp(t *testing.T, ctx context.Context, s *ground.Instance) string {
	t.Helper()
	visit(t, ctx, s, "/account/security", "Security")
	click(t, ctx, "form[action='/account/security/app/begin'] button")
	at(t, ctx, "Authenticator app")
	wantSeen(t, ctx, "main", "Scan the code")
	key := strings.Join(strings.Fields(shown(t, ctx, "#key")), "")
	typeInto(t, ctx, "#code", codeOf(t, key, 0)+kb.Enter)
	wantSeen(t, ctx, "main", "Your authenticator app is on")
	return key
}

func TestAuthenticatorAppAndBackupCodes(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t, browser.Allow("status of 401", "status of 422"))
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	wantSeen(t, ctx, "#security", "Second factor is off")

	visit(t, ctx, s, "/account/security", "Security")
	click(t, ctx, "form[action='/account/security/app/begin'] button")
	wantSeen(t, ctx, "main", "Scan the code")
	key := shown(t, ctx, "#key")
	if link := eval[string](t, ctx, `document.querySelector("a[href^='otpauth:']").href`); !strings.Contains(link, "secret="+key) {
		t.Errorf("the link is %q, the key %q", link, key)
	}
	wrong := "000000"
	if wrong == codeOf(t, key, 0) {
		wrong = "111111"
	}
	typeInto(t, ctx, "#code", wrong+kb.Enter)
	wantSeen(t, ctx, "#code-error", "not right")
	browser.Screenshot(t, ctx, "account-app-wrong-code")
	visit(t, ctx, s, "/account/security/app", "Authenticator app")
	if again := shown(t, ctx, "#key"); again != key {
		t.Errorf("after a wrong code and a reload the key is %q, was %q", again, key)
	}
	typeInto(t, ctx, "#code", codeOf(t, key, 0)+kb.Enter)
	at(t, ctx, "Backup codes") // there are none, so now is the moment
	wantSeen(t, ctx, "main", "You have 0 unused codes")
	click(t, ctx, "form[action='/account/security/codes'] button")
	wantSeen(t, ctx, "main", "Save them now")
	codes := strings.Fields(shown(t, ctx, "#codes"))
	if len(codes) != 10 {
		t.Fatalf("%d codes: %q", len(codes), codes)
	}
	click(t, ctx, "[data-save]")
	click(t, ctx, "[data-copy]")
	browser.Screenshot(t, ctx, "account-codes-new")
	click(t, ctx, "#saved")
	click(t, ctx, "form[action='/account/security/codes/saved'] button")
	wantSeen(t, ctx, "main", "Your backup codes are good")
	wantSeen(t, ctx, "main", "10 left")
	visit(t, ctx, s, "/account/security/codes", "Backup codes")
	if strings.Contains(shown(t, ctx, "main"), codes[0]) {
		t.Error("the codes are shown a second time")
	}
	newAgent(t, s).signIn(t, email, password, codes[3], false) // they work, each once

	visit(t, ctx, s, "/account/security/codes?next=%2Fdocs", "Backup codes") // from the sign-in, and on
	click(t, ctx, "form[action='/account/security/codes'] button")
	wantSeen(t, ctx, "main", "Save them now")
	codes = strings.Fields(shown(t, ctx, "#codes"))
	click(t, ctx, "#saved")
	click(t, ctx, "form[action='/account/security/codes/saved'] button")
	at(t, ctx, "API")
	newAgent(t, s).signIn(t, email, password, codes[0], false)
	visit(t, ctx, s, "/account", "Account")
	wantSeen(t, ctx, "#security", "9 backup codes left")
	wantSeen(t, ctx, "#security", "2 other sessions")

	visit(t, ctx, s, "/account/security/app", "Authenticator app")
	click(t, ctx, "form[action='/account/security/app/remove'] button")
	wantSeen(t, ctx, "main", "The authenticator app was removed")
	visit(t, ctx, s, "/account", "Account")
	wantSeen(t, ctx, "#security", "Second factor is off")
	newAgent(t, s).signIn(t, email, password, "", false)
}

func TestPasskeyIsAddedRenamedAndRemoved(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	plug(t, ctx, phone)
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	visit(t, ctx, s, "/account/security/passkeys", "Passkeys")
	wantSeen(t, ctx, "main", "No passkey yet")
	click(t, ctx, "form[data-passkey] button")
	at(t, ctx, "Backup codes")
	wantSeen(t, ctx, "main", "The passkey was added")

	visit(t, ctx, s, "/account/security/passkeys", "Passkeys")
	ids := eval[string](t, ctx, `document.querySelector("[data-signal=accepted]").dataset.credentialIds`)
	if ids == "" || strings.Contains(ids, " ") {
		t.Errorf("the browser is told of %q", ids)
	}
	click(t, ctx, ".edit summary")
	typeInto(t, ctx, "input[name=name]", "Key ring <b>& co</b>"+kb.Enter)
	wantSeen(t, ctx, "main", "The passkey has a new name")
	wantSeen(t, ctx, ".row-title", "Key ring <b>& co</b>")
	click(t, ctx, ".edit summary")
	typeInto(t, ctx, "input[name=name]", strings.Repeat("x", 61)+kb.Enter)
	wantSeen(t, ctx, "#error-summary", "60 characters")
	browser.Screenshot(t, ctx, "account-passkeys-refused")
	browser.Problems(ctx) // the refusal is a 422

	visit(t, ctx, s, "/account/security/passkeys", "Passkeys")
	click(t, ctx, "form[data-passkey] button") // the same device once more
	wantSeen(t, ctx, "[role=status]:not(.notice)", "has a passkey")

	click(t, ctx, ".edit summary")
	click(t, ctx, "form[action='/account/passkeys/remove'] button")
	wantSeen(t, ctx, "main", "The passkey was removed")
	told := eval[string](t, ctx, `
		(d => d.userId ? "of account: " + d.credentialIds : "of nobody")(document.querySelector("[data-signal=accepted]").dataset)`)
	if told != "of account: " {
		t.Errorf("when the last passkey is gone, the browser is told %q", told)
	}
	visit(t, ctx, s, "/account/security", "Security")
	wantSeen(t, ctx, "main", "Add a passkey")
}

func TestLastSecondFactorStaysWhereItIsDemanded(t *testing.T) {
	t.Parallel()
	s := ground.Server(t, map[string]string{"MFA_REQUIRED_ROLES": "admin"})
	if r := s.RunInput(password, "user", "create", "--email", email, "--role", "user", "--password-stdin"); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	ctx := browser.New(t, browser.Allow("status of 409"))
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	key := setUpApp(t, ctx, s)
	if r := s.Run("user", "set-role", "--email", email, "--role", "admin"); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	a := newAgent(t, s)
	a.signIn(t, email, password, codeOf(t, key, 1), false)
	a.enter(t, ctx)
	visit(t, ctx, s, "/account/security", "Security")
	wantSeen(t, ctx, "main", "demanded of your account")
	visit(t, ctx, s, "/account/security/app", "Authenticator app")
	click(t, ctx, "form[action='/account/security/app/remove'] button")
	wantSeen(t, ctx, "#error-summary", "Please add another one")
}

func TestTrustedDeviceIsListedAndEnded(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	key := setUpApp(t, ctx, s)
	a := newAgent(t, s)
	a.signIn(t, email, password, codeOf(t, key, 1), true)
	a.signIn(t, email, password, "", false) // trusted: not asked

	visit(t, ctx, s, "/account/security", "Security")
	wantSeen(t, ctx, "#devices", "Firefox on Linux")
	click(t, ctx, "#devices .row form button")
	wantSeen(t, ctx, "main", "The trust was ended")
	wantSeen(t, ctx, "#devices", "No trusted devices")
	status, _, text := a.send(t, "POST", "/api/v1/auth/jwt/login", map[string]any{"email": email, "password": password})
	if !strings.Contains(string(text), "requires_2fa") {
		t.Errorf("the device is trusted still: %d %s", status, text)
	}
}
