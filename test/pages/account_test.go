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
	s := server(t)
	ctx := browser.New(t, browser.Allow("status of 401", "status of 422"))
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	wantSeen(t, ctx, "#security", "Second factor is off")

	visit(t, ctx, s, "/account/security", "Security")
	click(t, ctx, "form[action='/account/security/app/begin'] button")
	wantSeen(t, ctx, "main", "Scan the code")
	key := shown(t, ctx, "#key")
	if link, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("a[href^='otpauth:']").href`)); !strings.Contains(link, "secret="+key) {
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
	visit(t, ctx, s, "/account", "Account")
	wantSeen(t, ctx, "#security", "9 backup codes left")
	wantSeen(t, ctx, "#security", "1 other session")

	visit(t, ctx, s, "/account/security/app", "Authenticator app")
	click(t, ctx, "form[action='/account/security/app/remove'] button")
	wantSeen(t, ctx, "main", "The authenticator app was removed")
	visit(t, ctx, s, "/account", "Account")
	wantSeen(t, ctx, "#security", "Second factor is off")
	newAgent(t, s).signIn(t, email, password, "", false)
}

func TestPasskeyIsAddedRenamedAndRemoved(t *testing.T) {
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
	ids, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("[data-signal=accepted]").dataset.credentialIds`))
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
	gone, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(e => e.dataset.credentialIds === "" && e.dataset.userId !== "")(document.querySelector("[data-signal=accepted]"))`))
	if err != nil || !gone {
		t.Errorf("the browser is not told that the last passkey is gone: %v, %v", gone, err)
	}
	visit(t, ctx, s, "/account/security", "Security")
	wantSeen(t, ctx, "main", "Add a passkey")
}

func TestLastSecondFactorStaysWhereItIsDemanded(t *testing.T) {
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
	if status, _, text := a.send(t, "POST", "/api/v1/auth/jwt/login", map[string]any{"email": email, "password": password}); !strings.Contains(string(text), "requires_2fa") {
		t.Errorf("the device is trusted still: %d %s", status, text)
	}
}

func TestAccessTokenWorksUntilItIsRevoked(t *testing.T) {
	s := server(t)
	ctx := browser.New(t, browser.Allow("status of 422"))
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	visit(t, ctx, s, "/account/tokens", "Access tokens")
	click(t, ctx, ".empty a")
	at(t, ctx, "New token")
	typeInto(t, ctx, "#name", "Nightly backup")
	click(t, ctx, "label[for=scope-read]") // takes the tick away
	click(t, ctx, "main button[type=submit]")
	wantSeen(t, ctx, "#scopes-error", "what the token may do")
	if kept, _ := chromedp.Run(ctx, chromedp.Value(css("#name"))); kept != "Nightly backup" {
		t.Errorf("the name typed was lost: %q", kept)
	}
	browser.Screenshot(t, ctx, "account-token-no-scope")
	click(t, ctx, "label[for=scope-read]")
	click(t, ctx, "main button[type=submit]")
	wantSeen(t, ctx, "main", "Nightly backup is ready")
	token := shown(t, ctx, "#token")
	browser.Screenshot(t, ctx, "account-token-made")
	if !strings.Contains(shown(t, ctx, "#example"), token) {
		t.Error("the example does not use the token")
	}

	me := func() int {
		r, err := http.NewRequest("GET", s.URL+"/api/v1/users/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	if got := me(); got != http.StatusOK {
		t.Errorf("the token: %d", got)
	}
	visit(t, ctx, s, "/account/tokens", "Access tokens")
	if strings.Contains(shown(t, ctx, "main"), token) {
		t.Error("the token is shown a second time")
	}
	click(t, ctx, ".edit summary")
	click(t, ctx, "form[action='/account/tokens/revoke'] button")
	wantSeen(t, ctx, "main", "The token was revoked")
	if got := me(); got != http.StatusUnauthorized {
		t.Errorf("the revoked token: %d", got)
	}
}

func TestLanguageIsChosenAndLeftToTheBrowserAgain(t *testing.T) {
	s := server(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	for _, step := range []struct{ value, lang string }{{"de", "de"}, {"", "en"}, {"ar", "ar"}} {
		browser.Open(t, ctx, s.URL+"/account") // without the notice of the step before
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector("#lang").value = %q`, step.value))); err != nil {
			t.Fatal(err)
		}
		click(t, ctx, "form[action='/account/profile'] button")
		wantSeen(t, ctx, "main", "Your profile was saved")
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.documentElement.lang + " " + document.querySelector("#lang").value`))
		if err != nil || got != step.lang+" "+step.value {
			t.Errorf("chose %q, the page is in %q (%v)", step.value, got, err)
		}
	}
	second := browser.New(t) // what was chosen holds on every device
	signIn(t, second, s, password)
	at(t, second, "Account")
	if got, _ := chromedp.Run(second, chromedp.Evaluate[string](`document.documentElement.lang`)); got != "ar" {
		t.Errorf("on another device the page is in %q", got)
	}
}

func TestExportHasEverythingButSecrets(t *testing.T) {
	s := server(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	key := setUpApp(t, ctx, s)
	visit(t, ctx, s, "/account/data", "Your data")
	click(t, ctx, "form[data-download] button") // the page stays, and nothing complains
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`fetch("/account/data/export", {method: "POST",
		body: new URLSearchParams(new FormData(document.querySelector("form[data-download]")))})
		.then(async r => r.status + r.headers.get("content-disposition") + "\n" + await r.text())`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(got, "\n")
	if !strings.HasPrefix(head, "200attachment; filename=") {
		t.Errorf("answered %q", head)
	}
	var all struct {
		User     struct{ Email string }
		Security struct{ TOTP map[string]any }
		Sessions []any
		Activity []map[string]any
	}
	if err := json.Unmarshal([]byte(body), &all); err != nil || all.User.Email != email || all.Security.TOTP == nil || len(all.Sessions) == 0 || len(all.Activity) == 0 {
		t.Fatalf("%v: %s", err, body)
	}
	for _, secret := range []string{key, password, "$argon2", "secret", "credential\"", "hash"} {
		if strings.Contains(body, secret) {
			t.Errorf("the export holds %q", secret)
		}
	}
}

func TestDeletedAccountIsGone(t *testing.T) {
	s := server(t)
	ctx := browser.New(t, browser.Allow("status of 409", "status of 422"))
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	visit(t, ctx, s, "/account/delete", "Delete account")
	typeInto(t, ctx, "#email", "somebody@example.com"+kb.Enter)
	wantSeen(t, ctx, "#email-error", "not the address of your account")
	typeInto(t, ctx, "#email", email+kb.Enter)
	wantSeen(t, ctx, "#error-summary", "last administrator")
	browser.Screenshot(t, ctx, "account-delete-last-admin")

	if r := s.RunInput(password, "user", "create", "--email", "grace@example.com", "--role", "admin", "--password-stdin"); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	typeInto(t, ctx, "#email", strings.ToUpper(email)+kb.Enter)
	at(t, ctx, "Sign in")
	wantSeen(t, ctx, "main", "Your account was deleted. Goodbye.")
	visit(t, ctx, s, "/account", "Sign in")
	if status, _, _ := newAgent(t, s).send(t, "POST", "/api/v1/auth/jwt/login", map[string]any{"email": email, "password": password}); status != http.StatusUnauthorized {
		t.Errorf("the deleted account signs in: %d", status)
	}
}

func TestAddressIsChangedByTheLinkAlone(t *testing.T) {
	s := server(t)
	ctx := browser.New(t, browser.Allow("status of 422"))
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	visit(t, ctx, s, "/account/email", "Change address")
	typeInto(t, ctx, "#email", email+kb.Enter)
	wantSeen(t, ctx, "#email-error", "your address already")
	typeInto(t, ctx, "#email", "lovelace@example.com"+kb.Enter)
	wantSeen(t, ctx, "main", "We sent a link to the new address")
	wantSeen(t, ctx, "#profile", email)
	for _, to := range []string{email, "lovelace@example.com"} {
		if !eventually(func() bool { return regexp.MustCompile(`mailbox of development.*` + to).MatchString(s.Stdout() + s.Stderr()) }) {
			t.Errorf("no letter to %s", to)
		}
	}
}

// Somebody without a recent proof is asked for one before a form is shown, and
// again where one was left open; what is only looked at is shown.
func TestSensitiveFormsAskWhoItIsBeforeTheyAreFilledIn(t *testing.T) {
	s := ground.Server(t, map[string]string{"REAUTH_WINDOW": "1s"})
	if r := s.RunInput(password, "user", "create", "--email", email, "--role", "admin", "--password-stdin"); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	a := newAgent(t, s)
	a.signIn(t, email, password, "", false)
	if !eventually(func() bool { status, _, _ := a.send(t, "GET", "/account/password", nil); return status != http.StatusOK }) {
		t.Fatal("a proof counts for ever")
	}
	for _, path := range []string{
		"/account/password", "/account/email", "/account/security/app", "/account/security/passkeys",
		"/account/security/codes", "/account/tokens/new", "/account/delete",
	} {
		if status, h, _ := a.send(t, "GET", path+"?lang=de", nil); status != http.StatusSeeOther || h.Get("Location") != "/reauth?next="+url.QueryEscape(path) {
			t.Errorf("GET %s: %d to %q", path, status, h.Get("Location"))
		}
	}
	for _, path := range []string{"/account", "/account/security", "/account/sessions", "/account/tokens", "/account/activity", "/account/data"} {
		if status, _, _ := a.send(t, "GET", path, nil); status != http.StatusOK {
			t.Errorf("GET %s: %d", path, status)
		}
	}
	for path, page := range map[string]string{
		"/account/password": "/account/password", "/account/email": "/account/email",
		"/account/security/app": "/account/security/app", "/account/security/app/begin": "/account/security/app", "/account/security/app/remove": "/account/security/app",
		"/account/security/passkeys": "/account/security/passkeys", "/account/passkeys/rename": "/account/security/passkeys",
		"/account/security/codes": "/account/security/codes", "/account/tokens": "/account/tokens/new",
		"/account/sessions/end": "/account/sessions", "/account/sessions/end-others": "/account/sessions",
		"/account/data/export": "/account/data", "/account/delete": "/account/delete",
	} {
		form := url.Values{
			"csrf_token": {a.csrf}, "email": {email}, "current_password": {password}, "new_password": {"a different sentence to keep"},
			"name": {"x"}, "days": {"7"}, "scope_read": {"on"}, "code": {"000000"}, "credential": {"{}"}, "session_id": {"ses_x"},
		}
		if path != "/account/delete" {
			form.Set("email", "other@example.com")
		}
		if status, h, text := a.send(t, "POST", path, form); status != http.StatusSeeOther || h.Get("Location") != "/reauth?next="+url.QueryEscape(page) {
			t.Errorf("POST %s: %d to %q %s", path, status, h.Get("Location"), text[:min(len(text), 300)])
		}
	}
}
