package pages

import (
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

func TestAccessTokenWorksUntilItIsRevoked(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	for _, step := range []struct{ value, lang, saved string }{
		{"de", "de", "Ihr Profil wurde gespeichert"}, {"", "en", "Your profile was saved"}, {"ar", "ar", "تم حفظ ملفك الشخصي"},
	} {
		browser.Open(t, ctx, s.URL+"/account") // without the notice of the step before
		eval[string](t, ctx, fmt.Sprintf(`document.querySelector("#lang").value = %q`, step.value))
		click(t, ctx, "form[action='/account/profile'] button")
		wantSeen(t, ctx, "main", step.saved)
		got := eval[string](t, ctx, `document.documentElement.lang + " " + document.querySelector("#lang").value`)
		if got != step.lang+" "+step.value {
			t.Errorf("chose %q, the page is in %q", step.value, got)
		}
	}
	second := browser.New(t) // what was chosen holds on every device
	signIn(t, second, s, password)
	at(t, second, "الحساب")
}

func TestExportHasEverythingButSecrets(t *testing.T) {
	t.Parallel()
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
	err = json.Unmarshal([]byte(body), &all)
	if err != nil || all.User.Email != email || all.Security.TOTP == nil || len(all.Sessions) == 0 || len(all.Activity) == 0 {
		t.Fatalf("%v: %s", err, body)
	}
	for _, secret := range []string{key, password, "$argon2", "secret", "credential\"", "hash"} {
		if strings.Contains(body, secret) {
			t.Errorf("the export holds %q", secret)
		}
	}
}

func TestDeletedAccountIsGone(t *testing.T) {
	t.Parallel()
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
	status, _, _ := newAgent(t, s).send(t, "POST", "/api/v1/auth/jwt/login", map[string]any{"email": email, "password": password})
	if status != http.StatusUnauthorized {
		t.Errorf("the deleted account signs in: %d", status)
	}
}

func TestAddressIsChangedByTheLinkAlone(t *testing.T) {
	t.Parallel()
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
		if !eventually(func() bool {
			return regexp.MustCompile(`mailbox of development.*` + to).MatchString(s.Stdout() + s.Stderr())
		}) {
			t.Errorf("no letter to %s", to)
		}
	}
}

// Somebody without a recent proof is asked for one before a form is shown, and
// again where one was left open; what is only looked at is shown.
func TestSensitiveFormsAskWhoItIsBeforeTheyAreFilledIn(t *testing.T) {
	t.Parallel()
	s := ground.Server(t, map[string]string{"REAUTH_WINDOW": "1s"})
	if r := s.RunInput(password, "user", "create", "--email", email, "--role", "admin", "--password-stdin"); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	a := newAgent(t, s)
	a.signIn(t, email, password, "", false)
	if !eventually(func() bool {
		status, _, _ := a.send(t, "GET", "/account/password", nil)
		return status != http.StatusOK
	}) {
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
