package pages

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// world is a server and the people in it.
type world struct{ *ground.Instance }

// member is somebody with an authenticator app and backup codes.
type member struct {
	email, seed string
	codes       []string
}

// code is the one of the app, some steps of 30 seconds from now. One step off
// is accepted, and each counts once.
func (m member) code(t *testing.T, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(m.seed, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// person makes an account with the usual password.
func (w *world) person(t *testing.T, address, role string) {
	t.Helper()
	if r := w.RunInput(password, "user", "create", "--email", address, "--role", role, "--password-stdin"); r.Code != 0 {
		t.Fatalf("user create: %d %s", r.Code, r.Stderr)
	}
}

// protected is somebody whose account has a second factor. The code of the step
// before is spent on it.
func (w *world) protected(t *testing.T, address string) member {
	t.Helper()
	w.person(t, address, "user")
	var signedIn struct {
		Token string `json:"access_token"`
	}
	w.api(t, "", "/api/v1/auth/jwt/login", map[string]any{"email": address, "password": password}, &signedIn)
	var setup struct{ Secret string }
	w.api(t, signedIn.Token, "/api/v1/auth/2fa/totp/setup", map[string]any{}, &setup)
	m := member{email: address, seed: setup.Secret}
	w.api(t, signedIn.Token, "/api/v1/auth/2fa/totp/confirm", map[string]any{"code": m.code(t, -1)}, &struct{}{})
	var made struct{ Codes []string }
	w.api(t, signedIn.Token, "/api/v1/auth/2fa/backup-codes", nil, &made)
	m.codes = made.Codes
	return m
}

// api calls an endpoint as a program. Without out, any answer will do.
func (w *world) api(t *testing.T, token, path string, in, out any) {
	t.Helper()
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			t.Fatal(err)
		}
	}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	} else {
		q.Header.Set("X-CSRF-TOKEN", w.csrf(t))
	}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil || out == nil {
		return
	}
	if err := json.Unmarshal(answer, out); err != nil || res.StatusCode/100 != 2 {
		t.Fatalf("%s: %d %s %v", path, res.StatusCode, answer, err)
	}
}

func (w *world) csrf(t *testing.T) string {
	t.Helper()
	var body struct {
		Token string `json:"csrf_token"`
	}
	if _, text := w.get(t, w.URL+"/api/v1/auth/csrf-token"); json.Unmarshal([]byte(text), &body) != nil || body.Token == "" {
		t.Fatalf("no csrf token in %q", text)
	}
	return body.Token
}

// get opens an address as a robot does: no cookie, no redirect followed.
func (w *world) get(t *testing.T, address string) (int, string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// fillIn sends the form of the sign-in page that is open.
func fillIn(t *testing.T, ctx context.Context, address, text string) {
	t.Helper()
	browser.Do(t, ctx,
		chromedp.WaitVisible(css("form[action='/login'] #email")),
		chromedp.Clear(css("#email")), chromedp.SendKeys(css("#email"), address),
		chromedp.SendKeys(css("#password"), text+kb.Enter),
	)
}

func signOut(t *testing.T, ctx context.Context, w *world) {
	t.Helper()
	browser.Open(t, ctx, w.URL+"/account")
	browser.Do(t, ctx, chromedp.Click(css("form[action='/logout'] button")))
}

// signOutQuietly forgets the session without a page that would sign in again.
func signOutQuietly(t *testing.T, ctx context.Context, w *world) {
	t.Helper()
	browser.Open(t, ctx, w.URL+"/docs")
	if _, err := chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
}

// wantAddress waits until the tab is at a path of the server.
func wantAddress(t *testing.T, ctx context.Context, path string) {
	t.Helper()
	got := ""
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if at, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.pathname + location.search")); err == nil {
			if got = at; got == path {
				return
			}
		}
	}
	t.Fatalf("the tab is at %s, want %s", got, path)
}

// waitForPage opens an address until it shows the page with the heading.
func waitForPage(t *testing.T, ctx context.Context, address, heading string) {
	t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(200 * time.Millisecond) {
		browser.Open(t, ctx, address)
		if got, _ := chromedp.Run(ctx, chromedp.TextContent(css("h1"))); strings.Contains(got, heading) {
			return
		}
	}
	t.Fatalf("%s never showed %q", address, heading)
}

// openLetter opens the newest letter to somebody from the list.
func openLetter(t *testing.T, ctx context.Context, w *world, address string) {
	t.Helper()
	link := chromedp.Search(`//li[contains(@class, "row")][contains(., "` + address + `")]//a`)
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(200 * time.Millisecond) {
		browser.Open(t, ctx, w.URL+"/dev/mailbox") // the outbox brings it
		if got, _ := chromedp.Run(ctx, chromedp.TextContent(css("main"))); strings.Contains(got, address) {
			browser.Do(t, ctx, chromedp.Click(link), chromedp.WaitVisible(css("pre.letter")))
			return
		}
	}
	t.Fatalf("no letter to %s", address)
}

// withoutAutofill keeps the tab from offering passkeys in the list of the field,
// until the function that it returns is called.
func withoutAutofill(t *testing.T, ctx context.Context) func(*testing.T) {
	t.Helper()
	added, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: "PublicKeyCredential.isConditionalMediationAvailable = async () => false",
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T) {
		t.Helper()
		params := page.RemoveScriptToEvaluateOnNewDocumentParams(added)
		if _, err := chromedp.Call(ctx, page.RemoveScriptToEvaluateOnNewDocument, params); err != nil {
			t.Fatal(err)
		}
	}
}

// strange gives the device a passkey that the server never saw, in place of its own.
func strange(t *testing.T, ctx context.Context, device webauthn.AuthenticatorID) {
	t.Helper()
	have, err := chromedp.Call(ctx, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: device})
	if err != nil || len(have.Credentials) != 1 {
		t.Fatalf("the device holds %d passkeys, %v", len(have.Credentials), err)
	}
	if _, err := chromedp.Call(ctx, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: device}); err != nil {
		t.Fatal(err)
	}
	own := have.Credentials[0]
	other := webauthn.Credential{
		CredentialID: []byte("a passkey of another place"), IsResidentCredential: true, RpID: own.RpID,
		PrivateKey: own.PrivateKey, UserHandle: own.UserHandle, SignCount: own.SignCount,
	}
	if _, err := chromedp.Call(ctx, webauthn.AddCredential, webauthn.AddCredentialParams{AuthenticatorID: device, Credential: &other}); err != nil {
		t.Fatal(err)
	}
}

// drawn waits until the page has its new size and colours: each picture of one
// pixel waits for a frame. A page without scripts has no other clock.
func drawn(t *testing.T, ctx context.Context) {
	t.Helper()
	for range 3 {
		pixel := page.CaptureScreenshotParams{Clip: &page.Viewport{Width: 1, Height: 1, Scale: 1}}
		if _, err := chromedp.Call(ctx, page.CaptureScreenshot, pixel); err != nil {
			t.Fatal(err)
		}
	}
}

// inspect looks at the page that is open as it is, without loading it again:
// axe, the width and a picture, narrow and wide, light and dark.
func inspect(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	for _, sight := range browser.Sights(t) {
		sight.Set(t, ctx)
		drawn(t, ctx)
		browser.Screenshot(t, ctx, "flow-"+name+"-"+sight.Name())
		browser.Axe(t, ctx)
		browser.FitsWidth(t, ctx)
	}
	browser.View(t, ctx, browser.Desktop)
	browser.Scheme(t, ctx, browser.Light)
	drawn(t, ctx) // what is clicked next would else be where it was when the page was narrow
}
