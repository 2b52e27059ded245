package login_test

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

func limited(n int) func(*login.Options) { return func(o *login.Options) { o.AccountLimit = n } }

// guess answers with a wrong code, each time at a login of its own, which the
// right password began.
func (w *world) guess(email string, a *app, n int, c login.Client) {
	w.t.Helper()
	for range n {
		if _, err := w.answer(w.owes(email, c), a.wrong(), c); !fault.Is(err, api.CodeInvalidCode) {
			w.t.Fatal(err)
		}
	}
}

func TestWrongCodesCountOverNewLogins(t *testing.T) {
	w := withMail(t, limited(10))
	u, p := w.ada()
	a := w.totp(p)
	w.guess(u.Email, a, 10, curl())
	elsewhere := browser("another")
	_, err := w.answer(w.owes(u.Email, elsewhere), a.code(), elsewhere) // right, and too late
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")
	_, err = w.Reauth(t.Context(), p, right, login.Answer{Code: a.code(), Client: curl()})
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")

	// A new password through the mailbox forgives none of it.
	w.must(w.Forgot(w.soon(), u.Email, curl()))
	w.must(w.ResetPassword(t.Context(), w.tokenOf(w.newest(mail.KindReset, u.Email).Link), other, curl()))
	out, err := w.Password(t.Context(), login.Attempt{Email: u.Email, Password: other, Client: curl()})
	w.must(err)
	_, err = w.answer(out.Challenge, a.code(), curl())
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")

	w.forward(15 * time.Minute)
	out, err = w.Password(t.Context(), login.Attempt{Email: u.Email, Password: other, Client: curl()})
	w.must(err)
	_, err = w.answer(out.Challenge, a.code(), curl())
	w.must(err)
}

// One kind of answer is not a way round the count of another.
func TestAllAnswersAndSpellingsShareOneCount(t *testing.T) {
	w := build(t, limited(8))
	u, p := w.ada()
	a := w.totp(p)
	key := w.passkey(p)
	key.cred.Key = newKey(t).Key // of nobody
	wrong := a.wrong()
	wide := ""
	for _, r := range wrong {
		wide += string(r - '0' + '\uFF10')
	}
	for _, answer := range []login.Answer{
		{Code: wrong},
		{Code: wrong[:3] + " " + wrong[3:]},
		{Code: wide},
		{Code: wrong, Method: login.MethodTOTP},
		{Code: "0000-0000-0000"},
		{Code: "nonsense", Method: login.MethodBackup},
		{Code: "12345", Method: login.MethodTOTP},
	} {
		ch := w.owes(u.Email, curl())
		answer.Token, answer.Client = ch.Token, curl()
		if _, err := w.Answer(t.Context(), answer); codeOf(err) != api.CodeInvalidCode {
			t.Fatalf("%q: %v", answer.Code, err)
		}
	}
	_, err := w.Answer(t.Context(), key.second(w.owes(u.Email, curl()), curl()))
	wantFault(t, err, api.CodeInvalidCode, "passkey_signature_wrong")
	_, err = w.answer(w.owes(u.Email, curl()), a.code(), curl())
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")
}

func TestAHundredWrongCodesInARowShutTheFactorUntilAnAdministratorOpensIt(t *testing.T) {
	w := build(t, limited(50))
	u, p := w.ada()
	a := w.totp(p)
	for range 2 {
		w.guess(u.Email, a, 50, curl())
		w.forward(15 * time.Minute)
	}
	_, err := w.answer(w.owes(u.Email, curl()), a.code(), curl())
	wantFault(t, err, api.CodeTooManyAttempts, "account_shut")
	w.forward(24 * time.Hour)
	_, err = w.answer(w.owes(u.Email, curl()), a.code(), curl())
	wantFault(t, err, api.CodeTooManyAttempts, "account_shut")
	_, err = w.Unlock(t.Context(), login.Host(), u.ID)
	w.must(err)
	_, err = w.answer(w.owes(u.Email, curl()), a.code(), curl())
	w.must(err)
}

// What says nothing of the factor is no guess: an empty field, a login that is
// over, a ceremony that is.
func TestWhatIsNoGuessIsNotCounted(t *testing.T) {
	w := build(t, limited(2))
	u, p := w.ada()
	a := w.totp(p)
	key := w.passkey(p)
	ch := w.owes(u.Email, curl())
	late := key.second(ch, curl())
	w.forward(6 * time.Minute)
	for range 3 {
		_, err := w.answer(ch, " ", curl())
		wantFault(t, err, api.CodeValidationFailed, "validation_failed")
		_, err = w.Answer(t.Context(), late)
		wantFault(t, err, api.CodeChallengeExpired, "ceremony_unknown")
		_, err = w.answer(&login.Challenge{Token: "made-up"}, "123456", curl())
		wantFault(t, err, api.CodeChallengeExpired, "challenge_unknown")
	}
	_, err := w.answer(ch, a.code(), curl())
	w.must(err)
}

// A whole login forgives both counts.
func TestWholeLoginForgivesWrongCodes(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a := w.totp(p)
	for range 3 {
		w.spend(u.Email, 2, curl())
		w.guess(u.Email, a, 4, curl())
		w.whole(u.Email, a.code(), curl())
		w.forward(30 * time.Second)
	}
	if n := len(w.rows(audit.EventFactorAnswered)); n != 12 {
		t.Errorf("%d wrong answers are in the audit", n)
	}
}

// The name of an account leads to the same count however it is typed.
func TestWrongCodesOfOneAccountAreNotThoseOfAnother(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a := w.totp(p)
	bob := w.person("bob@example.com", account.RoleUser)
	b := w.totp(w.whoIs(w.signIn(bob.Email, curl())))
	w.guess("  ADA@Example.com", a, 5, curl())
	_, err := w.answer(w.owes(u.Email, curl()), a.code(), curl())
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")
	_, err = w.answer(w.owes(bob.Email, curl()), b.code(), curl())
	w.must(err)
}
