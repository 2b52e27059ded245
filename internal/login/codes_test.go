package login_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

func TestBackupCodeIsGoodOnceAndItsOwnerIsToldHowManyAreLeft(t *testing.T) {
	w := withMail(t)
	u, p := w.ada()
	w.totp(p)
	codes := w.codes(p)
	if len(codes) != 10 {
		t.Fatalf("%d codes", len(codes))
	}
	spellings := []string{codes[0], " " + strings.ToUpper(codes[1]) + " ", strings.ReplaceAll(codes[2], "-", "")}
	for i, code := range spellings {
		w.forward(time.Second)
		letters := w.wantKinds(func() { w.whole(u.Email, code, curl()) }, mail.KindCodeUsed)
		if letters[0].Left != 9-i || letters[0].Alarm == "" {
			t.Errorf("the letter says that %d are left", letters[0].Left)
		}
		_, err := w.answer(w.owes(u.Email, curl()), code, curl())
		wantFault(t, err, api.CodeInvalidCode, "backup_code_spent")
	}
	q := w.whoIs(w.whole(u.Email, codes[3], curl()))
	_, err := w.Reauth(t.Context(), q, right, login.Answer{Code: codes[3], Client: curl()})
	wantFault(t, err, api.CodeInvalidCode, "backup_code_spent")
	letters := w.wantKinds(func() {
		_, err = w.Reauth(t.Context(), q, right, login.Answer{Code: codes[4], Client: curl()})
		w.must(err)
	}, mail.KindCodeUsed)
	if letters[0].Left != 5 {
		t.Errorf("after a step-up the letter says that %d are left", letters[0].Left)
	}
	sec, err := w.Security(t.Context(), &u)
	w.must(err)
	if sec.CodesLeft != 5 {
		t.Errorf("%d are left", sec.CodesLeft)
	}
}

func TestOfManyAtOnceOneSpendsABackupCode(t *testing.T) {
	w := build(t, limited(100), func(o *login.Options) { o.Lanes = 10 })
	u, p := w.ada()
	w.totp(p)
	code := w.codes(p)[0]
	var in atomic.Int64
	var all sync.WaitGroup
	for range 10 {
		ch := w.owes(u.Email, curl())
		all.Go(func() {
			if _, err := w.answer(ch, code, curl()); err == nil {
				in.Add(1)
			} else if codeOf(err) != api.CodeInvalidCode {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("one code opened %d sessions", in.Load())
	}
}

func TestBackupCodeOfAnotherAccountIsRefused(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	w.totp(p)
	w.codes(p)
	bob := w.person("bob@example.com", account.RoleUser)
	q := w.whoIs(w.signIn(bob.Email, curl()))
	w.totp(q)
	theirs := w.codes(q)
	_, err := w.answer(w.owes(u.Email, curl()), theirs[0], curl())
	wantFault(t, err, api.CodeInvalidCode, "backup_code_spent")
	w.whole(bob.Email, theirs[0], curl()) // and it was not spent by that
}

func TestNewBackupCodesVoidTheOld(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	w.totp(p)
	old := w.codes(p)
	fresh := w.codes(p)
	_, err := w.answer(w.owes(u.Email, curl()), old[0], curl())
	wantFault(t, err, api.CodeInvalidCode, "backup_code_spent")
	w.whole(u.Email, fresh[0], curl())
}

// Codes stand in for a factor: without one there is nothing to stand in for,
// and those of a factor that is gone are void for ever.
func TestBackupCodesGoWithTheLastFactor(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	_, err := w.MakeCodes(t.Context(), p, curl())
	wantFault(t, err, api.CodeNotFound, "no_second_factor")
	w.totp(p)
	old := w.codes(p)
	w.must(w.RemoveTOTP(t.Context(), p, curl()))
	w.signIn(u.Email, curl()) // the password alone again
	w.totp(p)
	_, err = w.answer(w.owes(u.Email, curl()), old[0], curl())
	wantFault(t, err, api.CodeInvalidCode, "backup_code_malformed")
}
