package login_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// A code seen over a shoulder, or in a proxy, is good once and on one path.
func TestCodeIsGoodOnceOnWhicheverPath(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a := w.totp(p)
	code := a.code()
	q := w.whoIs(w.whole(u.Email, code, curl()))
	_, err := w.answer(w.owes(u.Email, curl()), code, curl())
	wantFault(t, err, api.CodeInvalidCode, "totp_step_spent")
	_, err = w.Reauth(t.Context(), q, right, login.Answer{Code: code, Client: curl()})
	wantFault(t, err, api.CodeInvalidCode, "totp_step_spent")
	_, err = w.answer(w.owes(u.Email, curl()), a.off(-30*time.Second), curl()) // older than one that was taken
	wantFault(t, err, api.CodeInvalidCode, "totp_step_spent")
	_, err = w.Reauth(t.Context(), q, right, login.Answer{Code: a.off(30 * time.Second), Client: curl()})
	w.must(err)
	_, err = w.answer(w.owes(u.Email, curl()), a.off(30*time.Second), curl())
	wantFault(t, err, api.CodeInvalidCode, "totp_step_spent")
}

func TestCodeThatConfirmedTheAppIsSpent(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a := w.totp(p)
	w.forward(-30 * time.Second) // as it was when it was confirmed
	_, err := w.answer(w.owes(u.Email, curl()), a.code(), curl())
	wantFault(t, err, api.CodeInvalidCode, "totp_step_spent")
}

func TestOnlyTheStepsBesideNowAreTaken(t *testing.T) {
	for off, reason := range map[time.Duration]string{
		-60 * time.Second: "totp_clock_off", -30 * time.Second: "", 0: "", 30 * time.Second: "", 60 * time.Second: "totp_clock_off",
	} {
		w := build(t)
		u, p := w.ada()
		a := w.totp(p)
		w.forward(time.Minute) // the step that confirmed it is far behind
		_, err := w.answer(w.owes(u.Email, curl()), a.off(off), curl())
		if reason == "" {
			w.must(err)
			continue
		}
		wantFault(t, err, api.CodeInvalidCode, reason)
	}
}

// Somebody whose clock is wrong is told so, and by how much; they are not let in.
func TestWrongClockIsToldAndNotTaken(t *testing.T) {
	for _, c := range []struct {
		off          time.Duration
		says, detail string
	}{
		{10 * time.Minute, "about 10 minutes ahead of ours", "totp, clock off by 10m0s"},
		{-10 * time.Minute, "about 10 minutes behind ours", "totp, clock off by -10m0s"},
		{-time.Hour, "about 60 minutes behind ours", "totp, clock off by -1h0m0s"},
		{time.Minute, "about a minute ahead of ours", "totp, clock off by 1m0s"},
	} {
		w := build(t)
		u, p := w.ada()
		a := w.totp(p)
		_, err := w.answer(w.owes(u.Email, curl()), a.off(c.off), curl())
		f := wantFault(t, err, api.CodeInvalidCode, "totp_clock_off")
		if !strings.Contains(f.Detail, c.says) {
			t.Errorf("%s: told %q", c.off, f.Detail)
		}
		if row := w.rows(audit.EventFactorAnswered)[0]; row.Detail != c.detail || row.Reason != "totp_clock_off" {
			t.Errorf("%s: the audit has %q", c.off, row.Detail)
		}
	}
}

// Being told "ahead" tells whoever guessed that the code will be right later on.
// So it will not.
func TestCodeOfAFutureThatWasToldIsBurned(t *testing.T) {
	w := build(t, limited(20))
	u, p := w.ada()
	a := w.totp(p)
	code := a.off(10 * time.Minute)
	for range 2 { // told twice, burned once
		_, err := w.answer(w.owes(u.Email, curl()), code, curl())
		wantFault(t, err, api.CodeInvalidCode, "totp_clock_off")
	}
	w.forward(10*time.Minute - 30*time.Second)
	for range 3 { // the step before, the step, the step behind
		_, err := w.answer(w.owes(u.Email, curl()), code, curl())
		wantFault(t, err, api.CodeInvalidCode, "totp_step_burned")
		w.forward(30 * time.Second)
	}
	_, err := w.answer(w.owes(u.Email, curl()), a.code(), curl()) // others are not
	w.must(err)
}

// The same help while the app is set up, and the same rules.
func TestWrongClockIsToldWhileTheAppIsSetUp(t *testing.T) {
	w := build(t)
	_, p := w.ada()
	e, err := w.EnrolleeOf(p, curl())
	w.must(err)
	set, err := w.SetupTOTP(t.Context(), e)
	w.must(err)
	a := &app{w, set.Key}
	early := a.off(5 * time.Minute)
	_, err = w.ConfirmTOTP(t.Context(), e, early)
	wantFault(t, err, api.CodeInvalidCode, "totp_clock_off")
	again, err := w.PendingTOTP(t.Context(), e)
	w.must(err)
	if again == nil || again.Key != set.Key {
		t.Error("a code that failed cost the person the scan")
	}
	w.forward(5 * time.Minute)
	_, err = w.ConfirmTOTP(t.Context(), e, early)
	wantFault(t, err, api.CodeInvalidCode, "totp_step_burned")
	_, err = w.ConfirmTOTP(t.Context(), e, a.off(30*time.Second))
	w.must(err)
	_, err = w.ConfirmTOTP(t.Context(), e, a.off(30*time.Second))
	wantFault(t, err, api.CodeNotFound, "totp_not_pending")
}

// A new phone takes the place of the old one, whose codes are worth nothing
// from then on; until it is confirmed, the old one's are.
func TestNewAppTakesThePlaceOfTheOld(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	old := w.totp(p)
	e, err := w.EnrolleeOf(p, curl())
	w.must(err)
	set, err := w.SetupTOTP(t.Context(), e)
	w.must(err)
	now := &app{w, set.Key}
	_, err = w.answer(w.owes(u.Email, curl()), now.code(), curl())
	wantFault(t, err, api.CodeInvalidCode, "totp_wrong")
	w.whole(u.Email, old.code(), curl())
	_, err = w.ConfirmTOTP(t.Context(), e, now.code())
	w.must(err)
	w.forward(30 * time.Second)
	_, err = w.answer(w.owes(u.Email, curl()), old.code(), curl())
	wantFault(t, err, api.CodeInvalidCode, "totp_wrong")
	w.whole(u.Email, now.code(), curl())
}

// A seed that somebody else has seen must not become the owner's: a set-up is
// shown to, and confirmed by, the session or the waiting login that began it.
func TestSetUpThatAnotherBeganIsNeitherShownNorConfirmed(t *testing.T) {
	for _, demanded := range []bool{false, true} {
		w := build(t, func(o *login.Options) {
			if demanded {
				o.FactorRoles = []string{account.RoleUser}
			}
		})
		u := w.person("ada@example.com", account.RoleUser)
		enrollee := func(c login.Client) *login.Enrollee {
			out, err := w.Password(t.Context(), login.Attempt{Email: u.Email, Password: right, Client: c})
			w.must(err)
			var e *login.Enrollee
			if demanded {
				e, err = w.EnrolleeBy(t.Context(), out.Challenge.Token, c)
			} else {
				e, err = w.EnrolleeOf(w.whoIs(out.Grant), c)
			}
			w.must(err)
			return e
		}
		eve, ada := enrollee(browser("eves")), enrollee(browser("adas"))
		seen, err := w.SetupTOTP(t.Context(), eve)
		w.must(err)
		shown, err := w.PendingTOTP(t.Context(), ada)
		w.must(err)
		if shown != nil {
			t.Fatal("the owner is shown a seed that somebody else has seen")
		}
		_, err = w.ConfirmTOTP(t.Context(), ada, (&app{w, seen.Key}).code())
		wantFault(t, err, api.CodeNotFound, "totp_not_pending")
		set, err := w.SetupTOTP(t.Context(), ada)
		w.must(err)
		_, err = w.ConfirmTOTP(t.Context(), ada, (&app{w, set.Key}).code())
		w.must(err)
	}
}
