package contract

import (
	"net/http"
	"strings"
	"testing"
)

// TestSecondDeviceIsToldOf by a letter, and the first is not; its link ends everything, once.
func TestSecondDeviceIsToldOf(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	email := w.joined(t, p)
	first := w.browser().signIn(t, email, password)
	w.joined(t, p) // a letter about the first would be here by now
	if n := len(p.to(email)); n != 1 {
		t.Errorf("the first device was told of: %q", p.to(email)[1].Subject)
	}
	second := w.browser().signIn(t, email, password)
	program := w.program().login(t, email, password)
	alarm := p.wait(t, email, "/not-me", 1)
	token := alarm.token("/not-me")
	if strings.Contains(alarm.Raw, second.cookie("aiwfe_session")) || strings.Contains(alarm.Raw, second.cookie("aiwfe_device")) {
		t.Error("the letter holds a secret of the session")
	}
	pat := w.bearing(first.personalToken(t, "read"))
	for range 2 { // a robot that reads mail ends nothing
		w.browser().do(t, "GET", "/not-me?token="+token, nil)
	}
	second.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	w.program().do(t, "POST", "/api/v1/auth/not-me", object{"token": token}).want(t, http.StatusNoContent, "")
	for _, c := range []*client{first, second, w.bearing(program.text("access_token")), pat} {
		c.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "")
	}
	w.program().refresh(t, program.text("refresh_token")).want(t, http.StatusUnauthorized, "")
	w.program().do(t, "POST", "/api/v1/auth/not-me", object{"token": token}).want(t, http.StatusBadRequest, "link_invalid")
	// Locked until its owner sets a new password.
	w.program().login(t, email, password).want(t, http.StatusUnauthorized, "invalid_credentials")
	p.wait(t, email, "/reset-password", 1) // the way back comes by itself
	reset := w.forgot(t, p, email, 2)
	w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": reset, "password": another}).want(t, http.StatusNoContent, "")
	w.program().login(t, email, another).want(t, http.StatusOK, "")
}

// TestCredentialChangesAreTold to the address of the account; ASVS V6.3.7.
func TestCredentialChangesAreTold(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	email := w.joined(t, p)
	c := w.program().signIn(t, email, password)
	seen := len(p.to(email))
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"a factor added", func() { c.enrol(t) }},
		{"backup codes made", func() { c.backupCodes(t) }},
		{"a factor removed", func() { c.do(t, "DELETE", "/api/v1/auth/2fa/totp", nil).want(t, http.StatusNoContent, "") }},
		{"the password changed", func() {
			c.do(t, "POST", "/api/v1/auth/password", object{"current_password": password, "new_password": another}).
				want(t, http.StatusNoContent, "")
		}},
	} {
		step.do()
		seen++
		p.waitCount(t, email, seen)
		if l := p.to(email)[seen-1]; l.Subject == "" || strings.Contains(l.Raw, another) {
			t.Errorf("%s: the letter %q", step.name, l.Subject)
		}
	}
}

// TestChangeOfAddress: both are told, the person stays, and whoever takes the old address inherits nothing.
func TestChangeOfAddress(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	email := w.joined(t, p)
	c := w.program().signIn(t, email, password)
	id := c.do(t, "GET", "/api/v1/users/me", nil).text("id")
	stale := w.forgot(t, p, email, 1) // to a mailbox that will be somebody else's
	next, told := w.address(), len(p.to(email))
	c.do(t, "POST", "/api/v1/auth/email", object{"email": next}).want(t, http.StatusAccepted, "")
	p.waitCount(t, email, told+1)
	link := p.wait(t, next, "/verify-email", 1).token("/verify-email")
	if a := c.do(t, "GET", "/api/v1/users/me", nil); a.text("email") != email {
		t.Errorf("the address changed before it was proven: %s", a)
	}
	w.program().login(t, next, password).want(t, http.StatusUnauthorized, "invalid_credentials")
	w.program().do(t, "POST", "/api/v1/auth/verify", object{"token": link}).want(t, http.StatusOK, "")
	if a := c.do(t, "GET", "/api/v1/users/me", nil); a.text("id") != id || a.text("email") != next {
		t.Errorf("the old token is of the same person: %s", a)
	}
	w.program().login(t, email, password).want(t, http.StatusUnauthorized, "invalid_credentials")
	own := w.program().signIn(t, next, password)

	heir := w.browser().greet(t)
	heir.do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": another}).want(t, http.StatusAccepted, "")
	fresh := p.wait(t, email, "/verify-email", 2).token("/verify-email") // the first made the account
	heir.do(t, "POST", "/api/v1/auth/verify", object{"token": fresh}).want(t, http.StatusOK, "")
	heir.signIn(t, email, another)
	if a := heir.do(t, "GET", "/api/v1/users/me", nil); a.text("id") == id {
		t.Errorf("the heir of an address is the person of before: %s", a)
	}
	w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": stale, "password": wrong}).
		want(t, http.StatusBadRequest, "reset_token_invalid")
	own.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusOK, "")
	w.program().login(t, next, password).want(t, http.StatusOK, "")

	// An address that is taken is not told to be.
	mine := w.program().signIn(t, next, password)
	free, taken := mine.do(t, "POST", "/api/v1/auth/email", object{"email": w.address()}), mine.do(t, "POST", "/api/v1/auth/email", object{"email": email})
	if face(free, "") != face(taken, "") {
		t.Errorf("a taken address shows: %s\n%s", free, taken)
	}
}

// TestChangeOfAddressWaitsForNobody: an account that asked for an address has no claim to it once it is another's, and a
// newer wish, or a new password, ends an older link.
func TestChangeOfAddressWaitsForNobody(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	attacker := w.program().signIn(t, w.joined(t, p), password)
	wish := func(email string) string {
		attacker.do(t, "POST", "/api/v1/auth/email", object{"email": email}).want(t, http.StatusAccepted, "")
		return p.wait(t, email, "/verify-email", 1).token("/verify-email")
	}
	verify := func(token string) answer {
		return w.program().do(t, "POST", "/api/v1/auth/verify", object{"token": token})
	}
	victim := w.address()
	early := wish(victim)
	owner := w.browser().greet(t)
	owner.do(t, "POST", "/api/v1/auth/register", object{"email": victim, "password": another}).want(t, http.StatusAccepted, "")
	own := p.wait(t, victim, "/verify-email", 2).token("/verify-email")
	owner.do(t, "POST", "/api/v1/auth/verify", object{"token": own}).want(t, http.StatusOK, "")
	if a := verify(early); a.status < 400 {
		t.Errorf("the account of before took the address: %s", a)
	}
	owner.signIn(t, victim, another)

	older := wish(w.address())
	newer := wish(w.address())
	verify(older).want(t, http.StatusBadRequest, "verify_token_invalid")
	verify(newer).want(t, http.StatusOK, "")
}
