package login_test

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

const trust = 30 * 24 * time.Hour

// trusts is a world in which ada's browser is trusted.
func trusts(t *testing.T) (w *world, u account.User, p *login.Person, a *app, b login.Client) {
	t.Helper()
	w = withMail(t)
	u, p = w.ada()
	a = w.totp(p)
	b = browser("mine")
	g, err := w.Answer(t.Context(), login.Answer{Token: w.owes(u.Email, b).Token, Code: a.code(), Trust: true, Client: b})
	w.must(err)
	w.must(w.Recent(w.whoIs(g)))
	return w, u, p, a, keeps(b, g)
}

// asks says whether a password alone is asked for the second factor.
func (w *world) asks(email, text string, c login.Client) bool {
	w.t.Helper()
	out, err := w.Password(w.t.Context(), login.Attempt{Email: email, Password: text, Client: c})
	w.must(err)
	return out.Challenge != nil
}

func TestTrustedBrowserIsNotAskedForThirtyDays(t *testing.T) {
	w, u, _, _, b := trusts(t)
	g := w.signIn(u.Email, b)
	if err := w.Recent(w.whoIs(g)); codeOf(err) != api.CodeReauthRequired {
		t.Errorf("a login without the second factor passed for a whole proof: %v", err)
	}
	w.forward(trust - time.Minute)
	if w.asks(u.Email, right, b) {
		t.Error("a trusted browser was asked within its time")
	}
	w.forward(time.Minute) // and being used did not extend it
	if !w.asks(u.Email, right, b) {
		t.Error("a browser was trusted beyond its time")
	}
}

func TestTrustIsInOneBrowserForOneAccount(t *testing.T) {
	w, u, _, _, b := trusts(t)
	bob := w.person("bob@example.com", account.RoleUser)
	w.totp(w.whoIs(w.signIn(bob.Email, curl())))
	another := keeps(browser("another"), &login.Grant{Device: "AAAAAAAAAAAAAAAAAAAA." + b.DeviceCookie[len(b.DeviceCookie)-43:]})
	for name, c := range map[string]struct {
		email  string
		client login.Client
	}{
		"another browser":           {u.Email, browser("another")},
		"no browser":                {u.Email, curl()},
		"a forged device cookie":    {u.Email, another},
		"another account":           {bob.Email, b},
		"the cookie of the session": {u.Email, login.Client{Client: b.Client, Network: b.Network, Browser: true, DeviceCookie: b.SessionCookie}},
	} {
		if !w.asks(c.email, right, c.client) {
			t.Errorf("%s was not asked", name)
		}
	}
	if w.asks(u.Email, right, b) {
		t.Error("the trusted browser was asked")
	}
}

func TestTrustEndsWithWhatItRestedOn(t *testing.T) {
	for name, act := range map[string]func(*world, account.User, *login.Person, *app) string{
		"change of password": func(w *world, _ account.User, p *login.Person, _ *app) string {
			w.must(w.ChangePassword(w.t.Context(), p, right, other, curl()))
			return other
		},
		"another factor": func(w *world, _ account.User, p *login.Person, _ *app) string {
			w.passkey(p)
			return right
		},
		"another app": func(w *world, _ account.User, p *login.Person, _ *app) string {
			w.totp(p)
			return right
		},
		"one device revoked": func(w *world, u account.User, p *login.Person, _ *app) string {
			sec, err := w.Security(w.t.Context(), &u)
			w.must(err)
			if len(sec.Devices) != 1 {
				w.t.Fatalf("trusted are %+v", sec.Devices)
			}
			n, err := w.EndTrust(w.t.Context(), p, sec.Devices[0].ID, curl())
			w.must(err)
			if n != 1 {
				w.t.Errorf("trust in %d devices ended", n)
			}
			return right
		},
		"all devices revoked": func(w *world, _ account.User, p *login.Person, _ *app) string {
			_, err := w.EndTrust(w.t.Context(), p, "", curl())
			w.must(err)
			return right
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, u, p, a, b := trusts(t)
			text := act(w, u, p, a)
			if !w.asks(u.Email, text, b) {
				t.Error("the browser is trusted still")
			}
		})
	}
}

func TestTrustEndsWhenAFactorIsRemoved(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a, key := w.totp(p), w.passkey(p)
	b := browser("mine")
	g, err := w.Answer(t.Context(), login.Answer{Token: w.owes(u.Email, b).Token, Code: a.code(), Trust: true, Client: b})
	w.must(err)
	b = keeps(b, g)
	if w.asks(u.Email, right, b) {
		t.Fatal("the browser is not trusted")
	}
	w.must(w.RemoveFactor(t.Context(), p, key.id, curl()))
	if !w.asks(u.Email, right, b) {
		t.Error("the browser is trusted still")
	}
}

// Trust in a device of somebody else cannot be ended, nor seen.
func TestTrustIsEndedByItsOwnerAlone(t *testing.T) {
	w, u, _, _, b := trusts(t)
	sec, err := w.Security(t.Context(), &u)
	w.must(err)
	bob := w.person("bob@example.com", account.RoleUser)
	q := w.whoIs(w.signIn(bob.Email, curl()))
	_, err = w.EndTrust(t.Context(), q, sec.Devices[0].ID, curl())
	wantFault(t, err, api.CodeNotFound, "device_unknown")
	if n, err := w.EndTrust(t.Context(), q, "", curl()); n != 0 || err != nil {
		t.Errorf("%d ended, %v", n, err)
	}
	if w.asks(u.Email, right, b) || len(w.rows(audit.EventTrustEnded)) != 0 {
		t.Error("somebody else ended it")
	}
}

// A wrong answer gives no trust, and neither does one without asking for it.
func TestTrustIsGivenOnlyWhenAskedForWithAWholeLogin(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a := w.totp(p)
	b := browser("mine")
	g := w.whole(u.Email, a.code(), b)
	b = keeps(b, g)
	if !w.asks(u.Email, right, b) {
		t.Error("trusted without being asked to")
	}
	ch := w.owes(u.Email, b)
	_, err := w.Answer(t.Context(), login.Answer{Token: ch.Token, Code: a.wrong(), Trust: true, Client: b})
	wantFault(t, err, api.CodeInvalidCode, "totp_wrong")
	if !w.asks(u.Email, right, b) {
		t.Error("trusted after a wrong code")
	}
}
