package contract

import (
	"net/http"
	"testing"
)

// trusting signs a browser in with a second factor and lets it be trusted.
func (b *client) trusting(t testing.TB, email, code string) *client {
	t.Helper()
	challenge := b.begin(t, email, password)
	b.do(t, "POST", "/api/v1/auth/2fa/challenge", object{"challenge_token": challenge, "method": "totp", "code": code, "trust_device": true}).
		want(t, http.StatusOK, "")
	return b
}

// asked reports whether a new login of this jar is asked for the second factor.
func (b *client) asked(t testing.TB, email, pass string) bool {
	t.Helper()
	if b.cookie("aiwfe_session") != "" {
		b.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
	}
	b.greet(t)
	a := b.login(t, email, pass)
	a.want(t, http.StatusOK, "")
	return a.member("requires_2fa") == true
}

// TestTrustedDevice is not asked again until the trust ends; it is one jar's, one person's, and no full proof.
func TestTrustedDevice(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email, p, c := w.protected(t)
	b := w.browser().trusting(t, email, p.at(t, 0))
	if b.asked(t, email, password) {
		t.Error("a trusted device was asked again")
	}
	b.do(t, "POST", "/api/v1/auth/2fa/backup-codes", nil).want(t, http.StatusForbidden, "reauth_required")
	if !w.browser().asked(t, email, password) || !w.program().asked(t, email, password) {
		t.Error("another device was not asked")
	}
	// The cookie alone, without the rest of the jar, is the device; of another person it is nothing.
	other, op, _ := w.protected(t)
	thief := w.browser().trusting(t, other, op.at(t, 0))
	if !thief.asked(t, email, password) {
		t.Error("a device that another person trusts was not asked")
	}
	list := c.do(t, "GET", "/api/v1/auth/2fa/trusted-devices", nil)
	id := list.first("id")
	if items, _ := list.member("items").([]any); len(items) != 1 || list.first("device") == "" || list.first("until") == "" {
		t.Fatalf("trusted devices: %s", list)
	}
	if id == b.cookie("aiwfe_device") {
		t.Error("the list tells the secret of a device")
	}
	c.do(t, "DELETE", "/api/v1/auth/2fa/trusted-devices/"+id, nil).want(t, http.StatusNoContent, "")
	c.do(t, "DELETE", "/api/v1/auth/2fa/trusted-devices/"+id, nil).want(t, http.StatusNotFound, "not_found")
	if !b.asked(t, email, password) {
		t.Error("a device whose trust ended was not asked")
	}
}

// TestTrustEndsWithThePassword, and with the factor; ASVS V7.4.3.
func TestTrustEndsWithThePassword(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email, p, c := w.protected(t)
	b := w.browser().trusting(t, email, p.at(t, 0))
	c.do(t, "POST", "/api/v1/auth/password", object{"current_password": password, "new_password": another}).want(t, http.StatusNoContent, "")
	if !b.asked(t, email, another) {
		t.Error("a trusted device was not asked after the password changed")
	}

	email, p, c = w.protected(t)
	b = w.browser().trusting(t, email, p.at(t, 0))
	c.do(t, "DELETE", "/api/v1/auth/2fa/totp", nil).want(t, http.StatusNoContent, "")
	c.enrol(t)
	if !b.asked(t, email, password) {
		t.Error("trust of a factor that was removed came back with the next")
	}
}
