package contract

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
)

// TestAuthenticatorAppFromSetUpToLogin: what an app is given, what counts, and what a login is worth before the code.
func TestAuthenticatorAppFromSetUpToLogin(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	c := w.program().signIn(t, email, password)
	a := c.do(t, "POST", "/api/v1/auth/2fa/totp/setup", nil)
	a.want(t, http.StatusOK, "")
	p := app{a.text("secret")}
	key, err := otp.NewKeyFromURL(a.text("otpauth_uri"))
	if err != nil || key.Secret() != p.secret || key.AccountName() != email || key.Issuer() == "" || key.Type() != "totp" ||
		key.Period() != 30 || key.Digits() != otp.DigitsSix || key.Algorithm() != otp.AlgorithmSHA1 {
		t.Errorf("otpauth_uri: %v %+v", err, key)
	}
	if svg := a.text("qr_svg"); !strings.HasPrefix(svg, "<svg") || strings.Contains(svg, "script") {
		t.Errorf("qr_svg: %.80s", svg)
	}
	w.program().login(t, email, password).want(t, http.StatusOK, "") // a seed that no code confirmed asks for nothing
	confirm := func(code string) answer {
		return c.do(t, "POST", "/api/v1/auth/2fa/totp/confirm", object{"code": code})
	}
	confirm(p.wrong(t)).want(t, http.StatusUnauthorized, "invalid_code")
	code := p.at(t, 0)
	a = confirm(code)
	a.want(t, http.StatusOK, "")
	if a.text("factor.id") == "" || a.member("backup_codes_left") != 0.0 {
		t.Errorf("a confirmed app: %s", a)
	}
	for _, b := range []*client{w.program(), w.browser()} {
		a = b.login(t, email, password)
		if a.member("requires_2fa") != true || a.member("access_token") != nil || a.member("refresh_token") != nil || a.member("user") != nil {
			t.Errorf("a login whose second factor is due: %s", a)
		}
		if methods, _ := a.member("methods").([]any); !slices.Contains(methods, any("totp")) {
			t.Errorf("methods: %s", a)
		}
		b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "")
		if b.cookie("aiwfe_session") != "" {
			t.Error("a session before the second factor")
		}
		challenge := a.text("challenge_token")
		b.answer(t, challenge, "totp", code).want(t, http.StatusUnauthorized, "invalid_code") // it was spent on the set-up
		b.answer(t, challenge, "totp", p.wrong(t)).want(t, http.StatusUnauthorized, "invalid_code")
	}
	w.program().login(t, email, wrong).want(t, http.StatusUnauthorized, "invalid_credentials")
}

// TestTOTPStepIsGoodOnce: Vikunja CVE-2026-33473; also in another spelling (OpenBao CVE-2025-55003), and elsewhere.
func TestTOTPStepIsGoodOnce(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email, p, c := w.protected(t)
	challenge, code := w.program().begin(t, email, password), p.at(t, 0)
	a := w.program().answer(t, challenge, "totp", code)
	a.want(t, http.StatusOK, "")
	if a.text("access_token") == "" || a.text("user.email") != email {
		t.Errorf("the answer to a challenge is as that of a login: %s", a)
	}
	w.program().answer(t, challenge, "totp", p.at(t, 1)).want(t, http.StatusUnauthorized, "challenge_expired")
	w.program().answer(t, "nothing", "totp", p.at(t, 1)).want(t, http.StatusUnauthorized, "challenge_expired")
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, code)
	next := w.program().begin(t, email, password)
	for _, spelled := range []string{code, code[:3] + " " + code[3:], " " + code, code[:3] + "-" + code[3:], wide, code + "\n"} {
		w.program().answer(t, next, "totp", spelled).want(t, http.StatusUnauthorized, "invalid_code")
	}
	c.do(t, "POST", "/api/v1/auth/reauth", object{"password": password, "method": "totp", "code": code}).
		want(t, http.StatusUnauthorized, "invalid_code")
	w.program().answer(t, next, "totp", p.at(t, 1)).want(t, http.StatusOK, "")
	last := w.program().begin(t, email, password)
	w.program().answer(t, last, "totp", p.at(t, 0)).want(t, http.StatusUnauthorized, "invalid_code") // RFC 6238 5.2: nor one before
}

// TestTOTPWindowIsOneStep: Keycloak CVE-2024-7318. Where a step ends on the way the question is asked again.
func TestTOTPWindowIsOneStep(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email, p, _ := w.protected(t)
	challenge := w.program().begin(t, email, password)
	for _, steps := range []int{-2, 2, -3, 10} {
		for {
			began := time.Now().Unix() / 30
			a := w.program().answer(t, challenge, "totp", p.at(t, steps))
			if time.Now().Unix()/30 == began {
				a.want(t, http.StatusUnauthorized, "invalid_code")
				break
			}
			challenge = w.program().begin(t, email, password)
		}
	}
}

// TestWrongCodesAreCountedOverLogins: Zitadel CVE-2025-64102, Vikunja CVE-2026-35597. A right password resets nothing.
func TestWrongCodesAreCountedOverLogins(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"LOGIN_LIMIT_ACCOUNT": "6/5m"})
	email, p, _ := w.protected(t)
	evaluated, challenge := 0, ""
	for range 12 {
		a := w.program().login(t, email, password)
		if a.status == http.StatusOK {
			challenge = a.text("challenge_token")
		}
		if w.program().answer(t, challenge, "totp", p.wrong(t)).code() == "invalid_code" {
			evaluated++
		}
	}
	if evaluated > 6 || evaluated == 0 {
		t.Errorf("%d wrong codes were looked at under a limit of 6", evaluated)
	}
	if a := w.program().answer(t, challenge, "totp", p.at(t, 0)); a.status == http.StatusOK {
		t.Errorf("a right code after the limit: %s", a)
	}
}

// TestPendingLoginIsGoodForItsAnswerOnly: it sets up no other factor, opens nothing, and is not another's.
func TestPendingLoginIsGoodForItsAnswerOnly(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email, p, _ := w.protected(t)
	_, foreign, _ := w.protected(t)
	challenge := w.program().begin(t, email, password)
	for path, body := range map[string]object{
		"totp/setup": {}, "totp/confirm": {"code": p.at(t, 0)}, "webauthn/register/options": {}, "webauthn/register/verify": {"credential": object{}},
	} {
		body["challenge_token"] = challenge
		w.program().do(t, "POST", "/api/v1/auth/2fa/"+path, body).want(t, http.StatusUnauthorized, "challenge_expired")
	}
	b := w.browser().greet(t)
	for _, name := range []string{"aiwfe_session", "aiwfe_challenge", "aiwfe_device"} {
		for _, path := range []string{"/api/v1/auth/status", "/api/v1/users/me", "/api/v1/users/me/export"} {
			b.do(t, "GET", path, nil, with("Cookie", name+"="+challenge)).want(t, http.StatusUnauthorized, "")
		}
	}
	w.program().refresh(t, challenge).want(t, http.StatusUnauthorized, "")
	w.program().answer(t, challenge, "totp", foreign.at(t, 0)).want(t, http.StatusUnauthorized, "invalid_code")
	w.program().answer(t, challenge, "webauthn", p.at(t, 0)).want(t, http.StatusUnauthorized, "invalid_code")
	w.program().answer(t, challenge, "totp", p.at(t, 0)).want(t, http.StatusOK, "")
}

// TestPasswordChangedMeanwhileEndsAPendingLogin: what was proven is no longer so.
func TestPasswordChangedMeanwhileEndsAPendingLogin(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email, p, c := w.protected(t)
	challenge := w.program().begin(t, email, password)
	c.do(t, "POST", "/api/v1/auth/password", object{"current_password": password, "new_password": another}).want(t, http.StatusNoContent, "")
	w.program().answer(t, challenge, "totp", p.at(t, 0)).want(t, http.StatusUnauthorized, "challenge_expired")
}
