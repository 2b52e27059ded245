package contract

import (
	"net/http"
	"strings"
	"testing"
)

// TestBackupCodes: ten, each once, counted, and new ones void the old.
func TestBackupCodes(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email, p, c := w.protected(t)
	old := c.backupCodes(t)
	codes := c.backupCodes(t)
	if c.codesLeft(t) != 10 {
		t.Errorf("%d are left of 10", c.codesLeft(t))
	}
	use := func(code string) answer {
		return w.program().answer(t, w.program().begin(t, email, password), "backup_code", code)
	}
	use(old[0]).want(t, http.StatusUnauthorized, "invalid_code")
	use(codes[0]).want(t, http.StatusOK, "")
	use(codes[0]).want(t, http.StatusUnauthorized, "invalid_code")
	use(strings.ToLower(strings.ReplaceAll(codes[1], "-", " "))).want(t, http.StatusOK, "") // as people type them
	use(codes[1]).want(t, http.StatusUnauthorized, "invalid_code")
	if c.codesLeft(t) != 8 {
		t.Errorf("%d are left of 8", c.codesLeft(t))
	}
	c.do(t, "POST", "/api/v1/auth/reauth", object{"password": password, "method": "backup_code", "code": codes[0]}).
		want(t, http.StatusUnauthorized, "invalid_code")

	// Gogs CVE-2025-64175: a code belongs to one account.
	other, _, oc := w.protected(t)
	oc.backupCodes(t)
	w.program().answer(t, w.program().begin(t, other, password), "backup_code", codes[2]).want(t, http.StatusUnauthorized, "invalid_code")

	c.do(t, "DELETE", "/api/v1/auth/2fa/totp", nil).want(t, http.StatusNoContent, "")
	w.program().signIn(t, email, password) // no factor is asked any more
	again := c.enrol(t)
	if c.codesLeft(t) != 0 {
		t.Error("codes of a factor that was removed came back with the next")
	}
	challenge := w.program().begin(t, email, password)
	w.program().answer(t, challenge, "backup_code", codes[3]).want(t, http.StatusUnauthorized, "")
	w.program().answer(t, challenge, "totp", p.at(t, 0)).want(t, http.StatusUnauthorized, "invalid_code")
	w.program().answer(t, challenge, "totp", again.at(t, 0)).want(t, http.StatusOK, "")
}

// TestAccountsOfWhichAFactorIsDemanded: eight characters are enough for them, enrolling is all that their first login
// is good for, and the last factor stays.
func TestAccountsOfWhichAFactorIsDemanded(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"MFA_REQUIRED_ROLES": "user"})
	register := func(pass string) answer {
		return w.program().do(t, "POST", "/api/v1/auth/register", object{"email": w.address(), "password": pass})
	}
	register("ice🧊🍑in").want(t, http.StatusUnprocessableEntity, "password_refused") // seven
	a := register("ice🧊🍑inx")
	a.want(t, http.StatusCreated, "")
	email := a.text("email")

	login := w.program().login(t, email, "ice🧊🍑inx")
	challenge := login.text("challenge_token")
	if login.status != http.StatusOK || login.member("enrollment_required") != true || challenge == "" || login.member("access_token") != nil {
		t.Fatalf("a first login: %s", login)
	}
	p := w.program()
	p.answer(t, challenge, "totp", "123456").want(t, http.StatusUnauthorized, "")
	p.do(t, "GET", "/api/v1/users/me", nil, with("Authorization", "Bearer "+challenge)).want(t, http.StatusUnauthorized, "")
	setup := p.do(t, "POST", "/api/v1/auth/2fa/totp/setup", object{"challenge_token": challenge})
	setup.want(t, http.StatusOK, "")
	device := app{setup.text("secret")}
	confirm := func(code string) answer {
		return p.do(t, "POST", "/api/v1/auth/2fa/totp/confirm", object{"challenge_token": challenge, "code": code})
	}
	confirm(device.wrong(t)).want(t, http.StatusUnauthorized, "invalid_code")
	done := confirm(device.at(t, 0))
	done.want(t, http.StatusOK, "")
	c := w.program()
	if c.bearer = done.text("login.access_token"); c.bearer == "" {
		t.Fatalf("the login that waited: %s", done)
	}
	confirm(device.at(t, 1)).want(t, http.StatusUnauthorized, "challenge_expired")
	if a := c.do(t, "GET", "/api/v1/auth/2fa", nil); a.member("required") != true || a.member("enabled") != true {
		t.Errorf("what protects it: %s", a)
	}
	c.do(t, "DELETE", "/api/v1/auth/2fa/totp", nil).want(t, http.StatusConflict, "last_factor")
	change := func(pass string) answer {
		return c.do(t, "POST", "/api/v1/auth/password", object{"current_password": "ice🧊🍑inx", "new_password": pass})
	}
	change("ice🍑inx").want(t, http.StatusUnprocessableEntity, "password_refused")
	change("ice🧊🍑inz").want(t, http.StatusNoContent, "")

	// An administrator is not covered here, so the long rule holds for one.
	admin := w.admin(t)
	admin.do(t, "POST", "/api/v1/auth/password", object{"current_password": password, "new_password": "ice🧊🍑inz"}).
		want(t, http.StatusUnprocessableEntity, "password_refused")
	id := w.idOf(t, admin, email)
	token := w.resetToken(t, admin, id)
	reset := func(pass string) answer {
		return w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": token, "password": pass})
	}
	reset("ice🍑inx").want(t, http.StatusUnprocessableEntity, "password_refused")
	reset("ice🧊🍑iny").want(t, http.StatusNoContent, "")
	// Being made an administrator, of whom no factor is demanded, does not turn eight characters into enough alone.
	w.program().begin(t, email, "ice🧊🍑iny")
}

// TestOneEnrolmentIsOneSession, thirty times at the same instant.
func TestOneEnrolmentIsOneSession(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"MFA_REQUIRED_ROLES": "user"})
	challenge := w.program().login(t, w.user(t), password).text("challenge_token")
	setup := w.program().do(t, "POST", "/api/v1/auth/2fa/totp/setup", object{"challenge_token": challenge})
	setup.want(t, http.StatusOK, "")
	code := app{setup.text("secret")}.at(t, 0)
	if won := thirty(func() answer {
		return w.program().do(t, "POST", "/api/v1/auth/2fa/totp/confirm", object{"challenge_token": challenge, "code": code})
	}); won != 1 {
		t.Errorf("one enrolment gave %d sessions", won)
	}
}

// TestFactorsThatAnAdministratorResets: nothing of them is left, pending logins included, and the account is not opened.
func TestFactorsThatAnAdministratorResets(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	boss := w.admin(t)
	email, p, c := w.protected(t)
	codes := c.backupCodes(t)
	trusted := w.browser().trusting(t, email, p.at(t, 0))
	first, second := w.program().begin(t, email, password), w.program().begin(t, email, password)
	path := "/api/v1/admin/users/" + w.idOf(t, boss, email)
	a := boss.do(t, "GET", path+"/factors", nil)
	if a.member("enabled") != true || strings.Contains(string(a.body), p.secret) {
		t.Errorf("what an administrator sees of factors: %s", a)
	}
	boss.do(t, "POST", path+"/reset-factors", nil).want(t, http.StatusNoContent, "")
	for method, code := range map[string]string{"totp": p.at(t, 1), "backup_code": codes[0]} {
		challenge := map[string]string{"totp": first, "backup_code": second}[method]
		if a := w.program().answer(t, challenge, method, code); opened(a) {
			t.Errorf("%s of a factor that was reset: %s", method, a)
		}
	}
	if a := boss.do(t, "GET", path+"/factors", nil); a.member("enabled") != false || a.member("backup_codes_left") != 0.0 {
		t.Errorf("after the reset: %s", a)
	}
	if trusted.asked(t, email, password) {
		t.Error("an account without a factor is asked for one")
	}
	w.program().signIn(t, email, password).enrol(t)
	if !trusted.asked(t, email, password) {
		t.Error("trust in a device outlived the reset of the factors")
	}
}
