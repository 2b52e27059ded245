package login_test

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// alarmed is the link "this was not me" of the newest letter of a kind.
func (w *world) alarmed(kind mail.Kind, to string) string {
	w.t.Helper()
	return w.tokenOf(w.newest(kind, to).Alarm)
}

func TestReportEndsEverythingLocksAndGivesALinkThatWorks(t *testing.T) {
	w := withMail(t)
	u, p := w.ada()
	totp := w.totp(p)
	alarm := w.alarmed(mail.KindFactorAdded, u.Email)
	token, _, err := w.MakeToken(t.Context(), p, login.NewToken{Name: "job", Scopes: []string{"read"}, Life: time.Hour}, curl())
	w.must(err)
	b := browser("b")
	out, err := w.Answer(t.Context(), login.Answer{Token: w.owes(u.Email, b).Token, Code: totp.code(), Trust: true, Client: b})
	w.must(err)
	b = keeps(b, out)

	var reset string
	letters := w.wantKinds(func() {
		reset, err = w.Report(t.Context(), alarm, curl())
		w.must(err)
	}, mail.KindReset)
	if letters[0].To != u.Email || w.tokenOf(letters[0].Link) != reset {
		t.Errorf("the letter is %v, and not about the link that was given", letters[0])
	}
	w.wantEnded(out, "ended_reported")
	_, err = w.ByToken(t.Context(), token, curl())
	wantFault(t, err, api.CodeSessionEnded, "ended_reported")
	_, err = w.try(u.Email, right, b)
	wantFault(t, err, api.CodeInvalidCredentials, "account_locked")
	_, err = w.Report(t.Context(), alarm, curl())
	wantFault(t, err, api.CodeLinkInvalid, "alarm_link_dead")

	w.must(w.ResetPassword(t.Context(), reset, other, curl()))
	login2, err := w.Password(t.Context(), login.Attempt{Email: u.Email, Password: other, Client: b})
	w.must(err)
	if login2.Challenge == nil { // trust in the browser is gone too
		t.Error("after a report the second factor is not asked")
	}
}

func TestLastAdministratorIsNotLockedOutByAReport(t *testing.T) {
	w := withMail(t)
	root := w.person("root@example.com", account.RoleAdmin)
	g := w.signIn(root.Email, curl())
	w.totp(w.whoIs(g))
	alarm := w.alarmed(mail.KindFactorAdded, root.Email)
	reset, err := w.Report(t.Context(), alarm, curl())
	w.must(err)
	w.wantEnded(g, "ended_reported")
	w.owes(root.Email, curl()) // still open
	if rows := w.rows(audit.EventReported); len(rows) != 1 || rows[0].Detail != "not locked: the last administrator" {
		t.Errorf("the audit says %+v", rows)
	}
	w.must(w.ResetPassword(t.Context(), reset, other, curl()))

	w.person("second@example.com", account.RoleAdmin)
	_, err = w.Report(t.Context(), w.alarmed(mail.KindPasswordChanged, root.Email), curl())
	w.must(err)
	_, err = w.try(root.Email, other, curl())
	wantFault(t, err, api.CodeInvalidCredentials, "account_locked")
}

// An account that an administrator shut is not opened by what its owner reports.
func TestReportDoesNotUndoAnAdministratorsLock(t *testing.T) {
	for _, status := range []string{account.StatusLocked, account.StatusDisabled} {
		w := withMail(t)
		u, p := w.ada()
		w.totp(p)
		_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Status: &status})
		w.must(err)
		reset, err := w.Report(t.Context(), w.alarmed(mail.KindFactorAdded, u.Email), curl())
		w.must(err)
		w.must(w.ResetPassword(t.Context(), reset, other, curl()))
		_, err = w.try(u.Email, other, curl())
		wantFault(t, err, api.CodeInvalidCredentials, "account_"+status)
	}
}

// Whoever has a session and the password moves the account to a mailbox of
// theirs. The alarm in the old mailbox must take it back: a reset that goes to
// the new one would hand the account over for good.
func TestReportTakesAMovedAddressBack(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	u, p := w.ada()
	w.must(w.AskEmail(w.soon(), p, "eve@example.com", curl()))
	alarm := w.alarmed(mail.KindEmailNotice, u.Email)
	w.forward(time.Minute)
	_, err := w.Verify(t.Context(), w.tokenOf(w.newest(mail.KindEmailConfirm, "eve@example.com").Link), "", curl())
	w.must(err)
	var reset string
	letters := w.wantKinds(func() {
		reset, err = w.Report(t.Context(), alarm, curl())
		w.must(err)
	}, mail.KindReset)
	if letters[0].To != u.Email {
		t.Errorf("the reset went to %s", letters[0].To)
	}
	w.wantKinds(func() { w.must(w.Forgot(t.Context(), "eve@example.com", curl())) })
	w.must(w.ResetPassword(t.Context(), reset, other, curl()))
	_, err = w.try(u.Email, other, curl())
	w.must(err)
}

// Where the old address belongs to somebody else by now, an administrator must
// look: neither mailbox opens the account.
func TestReportOfAnAddressThatIsTakenMeanwhileLeavesItToAnAdministrator(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	u, p := w.ada()
	w.must(w.AskEmail(w.soon(), p, "eve@example.com", curl()))
	alarm := w.alarmed(mail.KindEmailNotice, u.Email)
	w.forward(time.Minute)
	_, err := w.Verify(t.Context(), w.tokenOf(w.newest(mail.KindEmailConfirm, "eve@example.com").Link), "", curl())
	w.must(err)
	w.person(u.Email, account.RoleUser)
	w.wantKinds(func() {
		reset, err := w.Report(t.Context(), alarm, curl())
		w.must(err)
		if reset != "" {
			t.Error("a reset link was given")
		}
		w.must(w.Forgot(t.Context(), "eve@example.com", curl()))
	})
	got, err := w.Find(t.Context(), u.ID)
	w.must(err)
	if got.Status != account.StatusLocked || got.LockedBy == account.LockedByOwner {
		t.Errorf("the account is %+v", got)
	}
}

// The link to a new address that somebody else asked for must not outlive what
// its owner did about it.
func TestLinkToANewAddressDiesWithTheSessionsOfTheAccount(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(*world, account.User, *login.Person){
		"reset": func(w *world, u account.User, _ *login.Person) {
			_, link, err := w.IssueReset(w.t.Context(), login.Host(), u.ID)
			w.must(err)
			w.must(w.ResetPassword(w.t.Context(), link, other, curl()))
		},
		"change of password": func(w *world, _ account.User, p *login.Person) {
			w.must(w.ChangePassword(w.t.Context(), p, right, other, curl()))
		},
		"all sessions ended": func(w *world, u account.User, p *login.Person) {
			_, err := w.EndOthers(w.t.Context(), login.Self(p, curl().Client), u.ID, p.Session.ID)
			w.must(err)
		},
		"report, then reset": func(w *world, u account.User, _ *login.Person) {
			reset, err := w.Report(w.t.Context(), w.alarmed(mail.KindEmailNotice, u.Email), curl())
			w.must(err)
			w.must(w.ResetPassword(w.t.Context(), reset, other, curl()))
		},
		"report by the last administrator": func(w *world, u account.User, _ *login.Person) {
			_, err := w.Edit(w.t.Context(), login.Host(), u.ID, login.Edit{Role: ref(account.RoleAdmin)})
			w.must(err)
			_, err = w.Report(w.t.Context(), w.alarmed(mail.KindEmailNotice, u.Email), curl())
			w.must(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := withMail(t)
			u, p := w.ada()
			w.must(w.AskEmail(w.soon(), p, "eve@example.com", curl()))
			link := w.tokenOf(w.newest(mail.KindEmailConfirm, "eve@example.com").Link)
			_, err := w.LookAtVerification(t.Context(), link, curl())
			w.must(err)
			w.forward(time.Second)
			act(w, u, p)
			_, err = w.Verify(t.Context(), link, "", curl())
			wantFault(t, err, api.CodeVerifyTokenInvalid, "verify_link_dead")
		})
	}
}

// Letters that went to the intruder's mailbox hold alarms too. Once the account
// is back, they must not take it away again; nor may one of theirs, used first,
// void the owner's.
func TestAlarmOfTheIntrudersMailboxTakesNothingAfterTheOwners(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	u, p := w.ada()
	move := func(to string) {
		w.forward(time.Minute)
		w.must(w.AskEmail(w.soon(), p, to, curl()))
		w.forward(time.Minute)
		_, err := w.Verify(t.Context(), w.tokenOf(w.newest(mail.KindEmailConfirm, to).Link), "", curl())
		w.must(err)
		p = w.whoIs(w.signIn(to, curl()))
	}
	move("eve@example.com")
	owners := w.alarmed(mail.KindEmailNotice, u.Email)
	w.must(w.ChangePassword(t.Context(), p, right, other, curl()))
	late := w.alarmed(mail.KindPasswordChanged, "eve@example.com")
	w.must(w.ChangePassword(t.Context(), w.again(p), other, right, curl()))
	p = w.whoIs(w.signIn("eve@example.com", curl()))
	move("mallory@example.com")
	early := w.alarmed(mail.KindEmailNotice, "eve@example.com")
	_, err := w.Report(t.Context(), early, curl())
	w.must(err)

	reset, err := w.Report(t.Context(), owners, curl())
	w.must(err)
	w.must(w.ResetPassword(t.Context(), reset, other, curl()))
	_, err = w.Report(t.Context(), late, curl())
	wantFault(t, err, api.CodeLinkInvalid, "alarm_link_dead")
	_, err = w.try(u.Email, other, curl())
	w.must(err)
}

// The last administrator is not locked, and another may be unlocked by hand: a
// report itself must end the trust in the browser of whoever was reported.
func TestReportEndsTrustInDevices(t *testing.T) {
	t.Parallel()
	w, u, _, _, b := trusts(t)
	if w.asks(u.Email, right, b) {
		t.Fatal("the browser is not trusted")
	}
	_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Role: ref(account.RoleAdmin)})
	w.must(err)
	_, err = w.Report(t.Context(), w.alarmed(mail.KindFactorAdded, u.Email), curl())
	w.must(err)
	if !w.asks(u.Email, right, b) {
		t.Error("the second factor is not asked of a browser that was trusted before the report")
	}
}

// Where anybody may register, an address that nobody proved must not stand in
// its owner's way back.
func TestUnprovenRegistrationGivesWayToAReport(t *testing.T) {
	t.Parallel()
	w := withMail(t, proven)
	u, p := w.ada()
	w.must(w.AskEmail(w.soon(), p, "eve@example.com", curl()))
	alarm := w.alarmed(mail.KindEmailNotice, u.Email)
	w.forward(time.Minute)
	_, err := w.Verify(t.Context(), w.tokenOf(w.newest(mail.KindEmailConfirm, "eve@example.com").Link), "", curl())
	w.must(err)
	_, err = w.Register(w.soon(), login.Joining{Email: u.Email, Name: "Eve", Password: other, Client: browser("eves")})
	w.must(err)
	registered := w.tokenOf(w.newest(mail.KindVerify, u.Email).Link)

	reset, err := w.Report(t.Context(), alarm, curl())
	w.must(err)
	w.must(w.ResetPassword(t.Context(), reset, "nine crooked chimneys", curl()))
	_, err = w.try(u.Email, "nine crooked chimneys", curl())
	w.must(err)
	_, err = w.Verify(t.Context(), registered, other, browser("eves"))
	wantFault(t, err, api.CodeVerifyTokenInvalid, "verify_link_dead")
	if rows := w.rows(audit.EventUserDeleted); len(rows) != 1 || rows[0].Address != u.Email {
		t.Errorf("the audit says %+v", rows)
	}
}

// A node may still remember the session of somebody who was just reported.
func TestFactorOfASessionThatWasReportedIsNotAdded(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	u, p := w.ada()
	w.must(w.ChangePassword(t.Context(), p, right, other, curl()))
	e, err := w.EnrolleeOf(w.again(p), curl())
	w.must(err)
	set, err := w.SetupTOTP(t.Context(), e)
	w.must(err)
	_, err = w.Report(t.Context(), w.alarmed(mail.KindPasswordChanged, u.Email), curl())
	w.must(err)
	_, err = w.ConfirmTOTP(t.Context(), e, (&app{w, set.Key}).code())
	wantFault(t, err, api.CodeSessionEnded, "account_changed")
	_, _, err = w.enrolPasskey(e)
	wantFault(t, err, api.CodeSessionEnded, "account_changed")
}
