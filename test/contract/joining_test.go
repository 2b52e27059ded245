package contract

import (
	"net/http"
	"testing"
)

// TestUnverifiedAccountSignsNobodyIn, with the right password the same as with a wrong one.
func TestUnverifiedAccountSignsNobodyIn(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	email := w.address()
	b := w.browser().greet(t)
	b.do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password}).want(t, http.StatusAccepted, "")
	right, wrongly := w.program().login(t, email, password), w.program().login(t, email, wrong)
	right.want(t, http.StatusUnauthorized, "invalid_credentials")
	if face(right, email) != face(wrongly, email) {
		t.Errorf("a right password shows: %s\n%s", face(right, email), face(wrongly, email))
	}
	token := p.wait(t, email, "/verify-email", 1).token("/verify-email")
	for _, method := range []string{"GET", "HEAD", "GET"} { // a robot that reads mail
		w.browser().do(t, method, "/verify-email?token="+token, nil)
	}
	w.program().login(t, email, password).want(t, http.StatusUnauthorized, "invalid_credentials")
	a := b.do(t, "POST", "/api/v1/auth/verify", object{"token": token})
	a.want(t, http.StatusOK, "")
	if a.text("email") != email || a.member("is_verified") != true || b.cookie("aiwfe_session") != "" {
		t.Errorf("a verified account: %s", a)
	}
	b.do(t, "POST", "/api/v1/auth/verify", object{"token": token}).want(t, http.StatusBadRequest, "verify_token_invalid")
	w.program().login(t, email, password).want(t, http.StatusOK, "")
}

// TestVerificationElsewhereVoidsTheRegisteredPassword: gotrue GHSA-wpfr-6297-9v57. Whoever registered the address of
// somebody else and waits for them to open the link has nothing.
func TestVerificationElsewhereVoidsTheRegisteredPassword(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	for name, attacker := range map[string]*client{"browser": w.browser().greet(t), "program": w.program()} {
		email := w.address()
		attacker.do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password}).want(t, http.StatusAccepted, "")
		token := p.wait(t, email, "/verify-email", 1).token("/verify-email")
		owner := w.browser().greet(t)
		if a := owner.do(t, "POST", "/api/v1/auth/verify", object{"token": token}); a.status < 400 {
			t.Errorf("%s: another jar verified without a password: %s", name, a)
		}
		w.program().login(t, email, password).want(t, http.StatusUnauthorized, "invalid_credentials")
		owner.do(t, "POST", "/api/v1/auth/verify", object{"token": token, "password": "short"}).want(t, http.StatusUnprocessableEntity, "password_refused")
		owner.do(t, "POST", "/api/v1/auth/verify", object{"token": token, "password": another}).want(t, http.StatusOK, "")
		w.program().login(t, email, password).want(t, http.StatusUnauthorized, "invalid_credentials")
		w.program().login(t, email, another).want(t, http.StatusOK, "")
	}
}

// TestRegistrationsOfOneAddressCompete: an attacker registers the address before its owner does, or after; whatever
// letter the owner opens, and in whatever browser, the attacker's password opens nothing.
func TestRegistrationsOfOneAddressCompete(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	for name, ownerFirst := range map[string]bool{"the owner first": true, "the attacker first": false} {
		email := w.address()
		owner, attacker := w.browser().greet(t), w.browser().greet(t)
		register := func(b *client, pass string) {
			b.do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": pass}).want(t, http.StatusAccepted, "")
		}
		if ownerFirst {
			register(owner, password)
			register(attacker, wrong)
		} else {
			register(attacker, wrong)
			register(owner, password)
		}
		p.wait(t, email, "/verify-email", 2)
		for _, l := range p.to(email) {
			owner.do(t, "POST", "/api/v1/auth/verify", object{"token": l.token("/verify-email")})
		}
		if a := w.program().login(t, email, wrong); a.status == http.StatusOK {
			t.Errorf("%s: the attacker's password opens the account that its owner opened", name)
		}
	}
}

// TestKnownAddressIsToldOfARegistration: its owner gets a letter, which verifies nothing, and nothing changes.
func TestKnownAddressIsToldOfARegistration(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	email := w.joined(t, p)
	before := len(p.to(email))
	w.browser().greet(t).do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": another, "name": "Mallory"}).
		want(t, http.StatusAccepted, "")
	p.waitCount(t, email, before+1)
	l := p.to(email)[before]
	if l.token("/verify-email") != "" {
		t.Error("the letter to a known address verifies a new password")
	}
	w.program().login(t, email, another).want(t, http.StatusUnauthorized, "invalid_credentials")
	if a := w.program().signIn(t, email, password).do(t, "GET", "/api/v1/users/me", nil); a.text("name") != "" {
		t.Errorf("a registration changed a known account: %s", a)
	}
}

// TestLetterOutlivesARestart: the mail server is down, then ours is; the letter comes once both are back, and once only.
func TestLetterOutlivesARestart(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	p.Close()
	email := w.address()
	b := w.browser().greet(t)
	b.do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password}).want(t, http.StatusAccepted, "")
	w.Stop()
	p.Open(t)
	w.Start()
	w.pid = w.PID()
	w.transport.CloseIdleConnections()
	token := p.wait(t, email, "/verify-email", 1).token("/verify-email")
	b.do(t, "POST", "/api/v1/auth/verify", object{"token": token}).want(t, http.StatusOK, "")
	w.joined(t, p) // the next letter is here, and so would be a second copy
	if n := len(p.to(email)); n != 1 {
		t.Errorf("the letter came %d times", n)
	}
}

// waitCount waits until an address has got so many letters.
func (p *post) waitCount(t testing.TB, email string, n int) {
	t.Helper()
	p.wait(t, email, "", n)
}
