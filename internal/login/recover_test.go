package login_test

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// What is answered tells nothing; what is mailed goes to the owner alone.
func TestForgotSaysTheSameToEverybodyAndMailsWhereItMay(t *testing.T) {
	t.Parallel()
	w := withMail(t, proven)
	shut := func(email, status string) {
		u := w.person(email, account.RoleUser)
		_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Status: &status})
		w.must(err)
	}
	w.person("open@example.com", account.RoleUser)
	shut("disabled@example.com", account.StatusDisabled)
	shut("locked@example.com", account.StatusLocked)
	own := w.person("own-lock@example.com", account.RoleUser)
	w.totp(w.whoIs(w.signIn(own.Email, curl())))
	_, err := w.Report(t.Context(), w.alarmed(mail.KindFactorAdded, own.Email), curl())
	w.must(err)
	w.invite("invited@example.com")
	_, err = w.Register(w.soon(), login.Joining{Email: "registered@example.com", Password: right, Client: browser("b")})
	w.must(err)
	for _, c := range []struct {
		email string
		kinds []mail.Kind
	}{
		{"nobody@example.com", nil},
		{"open@example.com", []mail.Kind{mail.KindReset}},
		{"OPEN@example.com ", []mail.Kind{mail.KindReset}},
		{"disabled@example.com", nil},
		{"locked@example.com", nil},
		{"own-lock@example.com", []mail.Kind{mail.KindReset}},
		{"invited@example.com", []mail.Kind{mail.KindInvitation}},
		{"registered@example.com", []mail.Kind{mail.KindVerify}},
	} {
		w.wantKinds(func() {
			if err := w.Forgot(t.Context(), c.email, curl()); err != nil {
				t.Errorf("%s: %v", c.email, err)
			}
		}, c.kinds...)
	}
}

func TestWithoutMailNothingIsAskedForByMail(t *testing.T) {
	w := build(t)
	_, p := w.ada()
	for name, err := range map[string]error{
		"forgot": w.Forgot(t.Context(), "ada@example.com", curl()), "unlock": w.AskUnlock(t.Context(), "ada@example.com", curl()),
		"verification": w.AskVerification(t.Context(), "nobody@example.com", curl()),
		"new address":  w.AskEmail(t.Context(), p, "new@example.com", curl()),
	} {
		if codeOf(err) != api.CodeMailNotConfigured {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One mailbox gets five letters an hour on request, whatever they are about and
// whoever asks.
func TestMailboxIsNotFilledByStrangers(t *testing.T) {
	t.Parallel()
	w := withMail(t, proven)
	w.person("ada@example.com", account.RoleUser)
	ask := []func() error{
		func() error { return w.Forgot(w.soon(), "ada@example.com", curl()) },
		func() error { return w.AskUnlock(w.soon(), "ada@example.com", browser("x")) },
		func() error { return w.Forgot(w.soon(), "ADA@example.com", curl()) },
		func() error {
			_, err := w.Register(w.soon(), login.Joining{Email: "ada@example.com", Password: right, Client: browser("y")})
			return err
		},
		func() error { return w.Forgot(w.soon(), "ada@example.com", curl()) },
	}
	w.wantKinds(func() {
		for i, f := range ask {
			if err := f(); err != nil {
				t.Fatalf("request %d: %v", i+1, err)
			}
		}
	}, mail.KindReset, mail.KindUnlock, mail.KindReset, mail.KindKnown, mail.KindReset)
	w.wantKinds(func() {
		w.must(w.Forgot(t.Context(), "ada@example.com", curl()))
		w.must(w.AskUnlock(t.Context(), "ada@example.com", curl()))
	})
	// Another mailbox is another matter, and an hour later this one is again.
	w.person("bob@example.com", account.RoleUser)
	w.wantKinds(func() { w.must(w.Forgot(w.soon(), "bob@example.com", curl())) }, mail.KindReset)
	w.forward(time.Hour)
	w.wantKinds(func() { w.must(w.Forgot(w.soon(), "ada@example.com", curl())) }, mail.KindReset)
}

func TestResetByMailEndsEverythingAndSignsNobodyIn(t *testing.T) {
	w := withMail(t)
	u, p := w.ada()
	totp := w.totp(p)
	token, _, err := w.MakeToken(t.Context(), p, login.NewToken{Name: "job", Scopes: []string{"read"}, Life: time.Hour}, curl())
	w.must(err)
	b := browser("b")
	out, err := w.Answer(t.Context(), login.Answer{Token: w.owes(u.Email, b).Token, Code: totp.code(), Trust: true, Client: b})
	w.must(err)
	w.must(w.Forgot(w.soon(), u.Email, curl()))
	older := w.tokenOf(w.newest(mail.KindReset, u.Email).Link)
	w.must(w.Forgot(w.soon(), u.Email, curl()))
	link := w.tokenOf(w.newest(mail.KindReset, u.Email).Link)

	wantFault(t, w.ResetPassword(t.Context(), older, other, curl()), api.CodeResetTokenInvalid, "reset_link_dead")
	w.whoIs(out) // asking alone takes nothing
	w.wantKinds(func() { w.must(w.ResetPassword(t.Context(), link, other, curl())) }, mail.KindPasswordChanged)
	w.wantEnded(out, "ended_password_changed")
	_, err = w.ByToken(t.Context(), token, curl())
	wantFault(t, err, api.CodeSessionEnded, "ended_password_changed")
	list, err := w.Sessions(t.Context(), u.ID)
	w.must(err)
	if len(list) != 0 {
		t.Errorf("after a reset there are sessions: %+v", list)
	}
	after, err := w.Password(t.Context(), login.Attempt{Email: u.Email, Password: other, Client: keeps(b, out)})
	w.must(err)
	if after.Challenge == nil {
		t.Error("a mailbox passed for a second factor")
	}
	wantFault(t, w.ResetPassword(t.Context(), link, right, curl()), api.CodeResetTokenInvalid, "reset_link_dead")
}

// Strangers' guesses shut the password; the mailbox opens it. The second factor
// it does not open: a mailbox is none (CVE-2026-35597).
func TestLinkByMailOpensAShutPasswordAndNoShutFactor(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	u, p := w.ada()
	totp := w.totp(p)
	ch := w.owes(u.Email, curl())
	for range 5 {
		_, err := w.answer(ch, totp.wrong(), curl())
		wantFault(t, err, api.CodeInvalidCode, "totp_wrong")
	}
	w.spend(u.Email, 5, curl())
	_, err := w.try(u.Email, right, curl())
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")
	w.must(w.AskUnlock(w.soon(), u.Email, curl()))
	link := w.tokenOf(w.newest(mail.KindUnlock, u.Email).Link)
	w.must(w.SelfUnlock(t.Context(), link, curl()))
	wantFault(t, w.SelfUnlock(t.Context(), link, curl()), api.CodeLinkInvalid, "unlock_link_dead")
	_, err = w.answer(w.owes(u.Email, curl()), totp.code(), curl())
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")
}

func TestUnlockByMailDoesNotOpenWhatAnAdministratorShut(t *testing.T) {
	t.Parallel()
	for _, status := range []string{account.StatusLocked, account.StatusDisabled} {
		w := withMail(t)
		u, _ := w.ada()
		w.must(w.AskUnlock(w.soon(), u.Email, curl()))
		link := w.tokenOf(w.newest(mail.KindUnlock, u.Email).Link)
		_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Status: &status})
		w.must(err)
		w.wantKinds(func() { w.must(w.AskUnlock(t.Context(), u.Email, curl())) })
		w.must(w.SelfUnlock(t.Context(), link, curl()))
		_, err = w.try(u.Email, right, curl())
		wantFault(t, err, api.CodeInvalidCredentials, "account_"+status)
	}
}

// A link is one of its kind: none opens what another was made for.
func TestLinksInLettersAreOfOneKind(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	u, p := w.ada()
	w.totp(p)
	w.must(w.Forgot(w.soon(), u.Email, curl()))
	w.must(w.AskUnlock(w.soon(), u.Email, curl()))
	w.must(w.AskEmail(w.soon(), p, "new@example.com", curl()))
	links := map[string]string{
		login.LinkReset:  w.tokenOf(w.newest(mail.KindReset, u.Email).Link),
		login.LinkUnlock: w.tokenOf(w.newest(mail.KindUnlock, u.Email).Link),
		login.LinkEmail:  w.tokenOf(w.newest(mail.KindEmailConfirm, "new@example.com").Link),
		login.LinkAlarm:  w.alarmed(mail.KindFactorAdded, u.Email),
		"none":           "made-up",
	}
	for kind, link := range links {
		for use, take := range map[string]func() error{
			login.LinkReset:  func() error { return w.ResetPassword(t.Context(), link, other, curl()) },
			login.LinkUnlock: func() error { return w.SelfUnlock(t.Context(), link, curl()) },
			login.LinkEmail:  func() error { _, err := w.Verify(t.Context(), link, other, curl()); return err },
			login.LinkAlarm:  func() error { _, err := w.Report(t.Context(), link, curl()); return err },
		} {
			if use == kind {
				continue
			}
			switch err := take(); codeOf(err) {
			case api.CodeResetTokenInvalid, api.CodeLinkInvalid, api.CodeVerifyTokenInvalid:
			default:
				t.Errorf("a link for %s was used for %s: %v", kind, use, err)
			}
		}
	}
	w.owes(u.Email, curl()) // and the account is as it was
}
