package pages

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/aiwfe/aiwfe-auth/test/browser"
)

// plug gives the tab a passkey device of Chromium's own.
func plug(t *testing.T, ctx context.Context, o webauthn.VirtualAuthenticatorOptions) webauthn.AuthenticatorID {
	t.Helper()
	if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	o.Protocol, o.Transport = webauthn.AuthenticatorProtocolCtap2, webauthn.AuthenticatorTransportInternal
	o.AutomaticPresenceSimulation = true
	added, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &o})
	if err != nil {
		t.Fatal(err)
	}
	return added.AuthenticatorID
}

var phone = webauthn.VirtualAuthenticatorOptions{HasResidentKey: true, HasUserVerification: true, IsUserVerified: true}

// press opens the page of a form and presses its button.
func press(t *testing.T, ctx context.Context, site *passkeySite, page string) {
	t.Helper()
	browser.Open(t, ctx, site.address+"/page/"+page)
	browser.Do(t, ctx, chromedp.WaitVisible(css("form button")), chromedp.Click(css("form button")))
}

func TestPasskeyFromRegistrationToLogin(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{"today's browser": "", "a browser from before 2024": "?before=old"} {
		t.Run(name, func(t *testing.T) {
			site, ctx := newPasskeySite(t), browser.New(t)
			plug(t, ctx, phone)
			press(t, ctx, site, "register"+query)
			wantSeen(t, ctx, "h1", "registered, discoverable true")
			press(t, ctx, site, "login"+query)
			wantSeen(t, ctx, "h1", "proven, verified true, back false")
			press(t, ctx, site, "second"+query)
			wantSeen(t, ctx, "h1", "proven, verified true, back false")
			press(t, ctx, site, "reauth"+query)
			wantSeen(t, ctx, "h1", "proven")
			press(t, ctx, site, "register"+query) // the same device once more
			wantSeen(t, ctx, "[role=status]", "known already")
			asked, answered := site.seen()
			if answered != 4 || len(asked) != 5 || asked[2]["challenge_token"] != "the challenge" || len(asked[0])+len(asked[1]) != 0 {
				t.Errorf("%d answers to %v", answered, asked)
			}
		})
	}
}

// Chromium chooses the only passkey by itself when a test has its device.
func TestPasskeyInTheAutofillList(t *testing.T) {
	t.Parallel()
	site, ctx := newPasskeySite(t), browser.New(t)
	plug(t, ctx, phone)
	press(t, ctx, site, "register")
	wantSeen(t, ctx, "h1", "registered")
	browser.Open(t, ctx, site.address+"/page/login?conditional=1")
	wantSeen(t, ctx, "h1", "proven, verified true")
}

func TestPasskeyThatIsNotAnsweredIsToldCalmly(t *testing.T) {
	t.Parallel()
	site, ctx := newPasskeySite(t), browser.New(t, browser.Allow("status of 403"))
	plug(t, ctx, webauthn.VirtualAuthenticatorOptions{HasResidentKey: true, HasUserVerification: true})
	press(t, ctx, site, "login") // it has none
	wantSeen(t, ctx, "[role=status]", "nobody answered")

	site.mu.Lock()
	site.refusal = "Please wait a minute."
	site.mu.Unlock()
	browser.Do(t, ctx, chromedp.Click(css("form button"))) // the same page may be pressed again
	wantSeen(t, ctx, "[role=status]", "Please wait a minute.")
	if _, answered := site.seen(); answered != 0 {
		t.Errorf("%d answers were sent", answered)
	}
}

func TestPasskeyPageAtAnotherHostSaysSo(t *testing.T) {
	t.Parallel()
	site, ctx := newPasskeySite(t), browser.New(t)
	plug(t, ctx, phone)
	site.address = strings.Replace(site.address, "localhost", "127.0.0.1", 1)
	press(t, ctx, site, "login")
	wantSeen(t, ctx, "[role=status]", "another host")
}

func TestBrowserWithoutPasskeysSeesNoForm(t *testing.T) {
	t.Parallel()
	site, ctx := newPasskeySite(t), browser.New(t)
	browser.Open(t, ctx, site.address+"/page/login?before=none&conditional=1")
	browser.Do(t, ctx, chromedp.WaitNotVisible(css("form")))
	if asked, _ := site.seen(); len(asked) != 0 {
		t.Errorf("asked for %v", asked)
	}
}

// Without a listening browser, or one that fails, the page is as it was.
func TestBrowserIsToldOfPasskeys(t *testing.T) {
	t.Parallel()
	site, ctx := newPasskeySite(t), browser.New(t)
	browser.Open(t, ctx, site.address+"/page/register?before=signals")
	for _, told := range []string{
		`{"rpId":"localhost","credentialId":"AQ"}`,
		`{"rpId":"localhost","userId":"Ag","allAcceptedCredentialIds":["AQ","Aw"]}`,
		`{"rpId":"localhost","userId":"Ag","name":"a@b.c","displayName":"A"}`,
	} {
		wantSeen(t, ctx, "h1", told)
	}
	browser.Do(t, ctx, chromedp.WaitVisible(css("form button")))
}

// Chromium makes one only for who has just used a password that it keeps, so
// the test stands in for that.
func TestPasskeyMadeAfterAPasswordLeavesThePageAlone(t *testing.T) {
	t.Parallel()
	site, ctx := newPasskeySite(t), browser.New(t)
	plug(t, ctx, phone)
	browser.Open(t, ctx, site.address+"/page/upgrade?before=upgrade")
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if _, answered := site.seen(); answered > 0 {
			break
		}
	}
	asked, answered := site.seen()
	if len(asked) != 1 || asked[0]["conditional"] != true || answered != 1 || len(site.creds) != 1 {
		t.Fatalf("%d answers to %v, %d credentials", answered, asked, len(site.creds))
	}
	wantSeen(t, ctx, "h1", "upgrade")
	browser.Do(t, ctx, chromedp.WaitNotVisible(css("form")))
}
