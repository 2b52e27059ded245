package sdk

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/aiwfe/aiwfe-auth/test/browser"
)

// TestTwoTabsRefreshOnce: 10 calls in each of two tabs that hold no token, and one refresh; who signs out in one tab is
// signed out in the other, and nothing was ever put into the storage of the browser.
func TestTwoTabsRefreshOnce(t *testing.T) {
	f := serveFront(t)
	one := browser.New(t)
	two := besides(t, one)
	for _, tab := range []context.Context{one, two} {
		openTab(t, tab, f)
	}
	script(t, one, `client.login({email: "ada@example.com", password: "`+password+`"}).then((r) => r.kind)`, "signed_in")
	for _, tab := range []context.Context{one, two} {
		openTab(t, tab, f) // neither has the token of the login any more
		script(t, tab, `client.status().then((s) => s.user.email)`, "ada@example.com")
		script(t, tab, `(window.calls = Promise.all(Array.from({length: 10}, () => client.accessToken())), "begun")`, "begun")
	}
	// One of them is in the middle of it, and the other waits for its turn.
	becomes(t, one, `navigator.locks.query().then((l) => l.held.length + " " + l.pending.length)`, "1 1")
	close(f.release)

	same := `calls.then((all) => new Set(all).size === 1 && all.length === 10 ? all[0] : "not the same")`
	a, b := value(t, one, same), value(t, two, same)
	if a != b || len(a) < 100 {
		t.Errorf("the tabs hold %.20q and %.20q", a, b)
	}
	if n := f.refreshed(); n != 1 {
		t.Errorf("%d refreshes, want 1", n)
	}

	me := `client.authFetch("/api/v1/users/me").then((r) => r.json()).then((u) => u.email)`
	script(t, two, me, "ada@example.com")
	script(t, two, `localStorage.length + sessionStorage.length + " " + document.cookie`, "0 ")
	script(t, one, `client.logout().then(() => ends[0].reason + " " + ends[0].elsewhere)`, "signed_out false")
	becomes(t, two, `ends.map((e) => e.reason + " " + e.elsewhere).join()`, "signed_out true")
	script(t, two, `client.status().then((s) => String(s))`, "null")
}

// TestPasskeysInABrowser makes a passkey by the package and signs in with it.
func TestPasskeysInABrowser(t *testing.T) {
	f := serveFront(t)
	close(f.release)
	ctx := browser.New(t)
	openTab(t, ctx, f)
	if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	device := webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}
	plug := webauthn.AddVirtualAuthenticatorParams{Options: &device}
	if _, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, plug); err != nil {
		t.Fatal(err)
	}
	script(t, ctx, `client.login({email: "ada@example.com", password: "`+password+`"}).then((r) => r.kind)`, "signed_in")
	script(t, ctx, `passkeys.registerPasskey(client, {name: "Phone"}).then((a) => a.factor.name)`, "Phone")
	script(t, ctx, `passkeys.registerPasskey(client).catch((e) => e.name + " " + e.code)`, "PasskeyError known_already")
	script(t, ctx, `client.logout().then(() => "out")`, "out")
	script(t, ctx, `passkeys.loginWithPasskey(client).then((r) => r.user.email)`, "ada@example.com")
	script(t, ctx, `client.status().then((s) => s.session.method)`, "passkey")
	script(t, ctx, `passkeys.reauthenticateWithPasskey(client).then(() => "proven")`, "proven")
	script(t, ctx, `passkeys.loginWithPasskey(client, {signal: AbortSignal.abort(new Error("enough"))})
		.catch((e) => e.message)`, "enough")
	script(t, ctx, `passkeys.signalAccepted("localhost", "AA", []).then((taken) => typeof taken)`, "boolean")
}

// besides is another tab of the same browser profile.
func besides(t *testing.T, tab context.Context) context.Context {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(tab)
	t.Cleanup(closeTab)
	browser.Do(t, ctx)
	return ctx
}

func openTab(t *testing.T, ctx context.Context, f *front) {
	t.Helper()
	browser.Open(t, ctx, f.public+"/tab")
	becomes(t, ctx, `document.title`, "Ready")
}

// value is what a script comes to, once its promise is kept.
func value(t *testing.T, ctx context.Context, text string) string {
	t.Helper()
	got, err := evaluate(ctx, text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return got
}

func evaluate(ctx context.Context, text string) (string, error) {
	text = fmt.Sprintf(`Promise.resolve(%s).catch((e) => "failed: " + e)`, text)
	return chromedp.Run(ctx, chromedp.Evaluate[string](text, chromedp.EvalAwaitPromise))
}

func script(t *testing.T, ctx context.Context, text, want string) {
	t.Helper()
	if got := value(t, ctx, text); got != want {
		t.Fatalf("%s is %q, want %q", text, got, want)
	}
}

// until asks again until a script comes to what is wanted.
func becomes(t *testing.T, ctx context.Context, text, want string) {
	t.Helper()
	got := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got, _ = evaluate(ctx, text); got == want {
			return
		}
	}
	t.Fatalf("%s never was %q but %q", text, want, got)
}
