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
)

func TestWaitingLoginExpires(t *testing.T) {
	for _, c := range []struct {
		name, reason string
		between      func(*world, account.User, *login.Person, *login.Challenge, *app)
	}{
		{"after ten minutes", "challenge_unknown", func(w *world, _ account.User, _ *login.Person, _ *login.Challenge, _ *app) {
			w.forward(10 * time.Minute)
		}},
		{"when the password is another", "account_changed", func(w *world, _ account.User, p *login.Person, _ *login.Challenge, _ *app) {
			w.must(w.ChangePassword(w.t.Context(), p, right, other, curl()))
		}},
		{"when it is over", "challenge_unknown", func(w *world, _ account.User, _ *login.Person, ch *login.Challenge, a *app) {
			_, err := w.answer(ch, a.code(), curl())
			w.must(err)
			w.forward(30 * time.Second)
		}},
		{"when the account is shut", "account_locked", func(w *world, u account.User, _ *login.Person, _ *login.Challenge, _ *app) {
			_, err := w.Edit(w.t.Context(), login.Host(), u.ID, login.Edit{Status: ref(account.StatusLocked)})
			w.must(err)
		}},
		{"when the account is gone", "challenge_unknown", func(w *world, u account.User, _ *login.Person, _ *login.Challenge, _ *app) {
			w.must(w.Delete(w.t.Context(), login.Host(), u.ID))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := build(t)
			u, p := w.ada()
			a := w.totp(p)
			ch := w.owes(u.Email, curl())
			c.between(w, u, p, ch, a)
			_, err := w.answer(ch, a.code(), curl())
			wantFault(t, err, api.CodeChallengeExpired, c.reason)
			_, _, err = w.Pending(t.Context(), ch.Token, curl())
			wantFault(t, err, api.CodeChallengeExpired, c.reason)
		})
	}
}

func TestWaitingLoginIsAnsweredUntilItsLastMoment(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a := w.totp(p)
	ch := w.owes(u.Email, curl())
	w.forward(10*time.Minute - time.Millisecond)
	_, err := w.answer(ch, a.code(), curl())
	w.must(err)
}

// A challenge that went astray, in a log or over a shoulder, is of no use in
// another browser.
func TestWaitingLoginBelongsToItsBrowser(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a, key := w.totp(p), w.passkey(p)
	mine, theirs := browser("mine"), browser("theirs")
	ch := w.owes(u.Email, mine)
	for _, c := range []login.Client{theirs, curl()} {
		_, err := w.answer(ch, a.code(), c)
		wantFault(t, err, api.CodeChallengeExpired, "challenge_of_another_browser")
		_, err = w.AnswerOptions(t.Context(), ch.Token, c)
		wantFault(t, err, api.CodeChallengeExpired, "challenge_of_another_browser")
	}
	proof := key.second(ch, mine)
	g, err := w.Answer(t.Context(), proof)
	w.must(err)
	if g.Session.Method != "password+webauthn" {
		t.Errorf("the session says %q", g.Session.Method)
	}
}

// A passkey's proof belongs to the login or the session that asked for it.
func TestProofOfOneLoginIsRefusedAtAnother(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	key := w.passkey(p)
	one, two := w.owes(u.Email, curl()), w.owes(u.Email, curl())
	proof := key.second(one, curl())
	proof.Token = two.Token
	_, err := w.Answer(t.Context(), proof)
	wantFault(t, err, api.CodeChallengeExpired, "ceremony_unknown")

	proof.Token = ""
	_, err = w.Reauth(t.Context(), p, "", proof)
	wantFault(t, err, api.CodeChallengeExpired, "ceremony_unknown")
	_, err = w.Passkey(t.Context(), proof.Credential, curl())
	wantFault(t, err, api.CodeInvalidCredentials, "ceremony_unknown")

	g, err := w.Answer(t.Context(), key.second(one, curl()))
	w.must(err)
	q := w.whoIs(g)
	again := key.again(p, curl())
	_, err = w.Reauth(t.Context(), q, "", again)
	wantFault(t, err, api.CodeChallengeExpired, "ceremony_unknown")
	_, err = w.Reauth(t.Context(), p, "", again)
	w.must(err)
	_, err = w.Reauth(t.Context(), p, "", again) // each proof once
	wantFault(t, err, api.CodeChallengeExpired, "ceremony_unknown")
}

func TestProofOfAnotherAccountIsRefused(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a, key := w.totp(p), w.passkey(p)
	bob := w.person("bob@example.com", account.RoleUser)
	q := w.whoIs(w.signIn(bob.Email, curl()))
	w.passkey(q)
	b := w.totp(q)
	_, err := w.answer(w.owes(u.Email, curl()), b.code(), curl())
	wantFault(t, err, api.CodeInvalidCode, "totp_wrong")
	ch := w.owes(bob.Email, curl())
	proof := login.Answer{Token: ch.Token, Client: curl(), Credential: key.signs(w.AnswerOptions(t.Context(), ch.Token, curl()))}
	_, err = w.Answer(t.Context(), proof)
	if codeOf(err) != api.CodeInvalidCode {
		t.Errorf("ada's passkey at bob's login: %v", err)
	}
	_, err = w.answer(ch, a.code(), curl())
	wantFault(t, err, api.CodeInvalidCode, "totp_wrong")
}

func TestOfThirtyAnswersAtOnceOneIsTaken(t *testing.T) {
	w := build(t, limited(100), func(o *login.Options) { o.Lanes = 30 })
	u, p := w.ada()
	a := w.totp(p)
	ch := make([]*login.Challenge, 30)
	for i := range ch {
		ch[i] = w.owes(u.Email, curl())
	}
	code := a.code()
	var in atomic.Int64
	var all sync.WaitGroup
	for i := range ch {
		all.Go(func() {
			_, err := w.answer(ch[i/2], code, curl()) // each login twice
			switch codeOf(err) {
			case "":
				in.Add(1)
			case api.CodeInvalidCode, api.CodeChallengeExpired:
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("one code opened %d sessions", in.Load())
	}
}

func TestAnswerRefusesWhatIsNone(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	w.totp(p)
	for _, token := range []string{"", "made-up", strings.Repeat("a", 201)} {
		_, err := w.answer(&login.Challenge{Token: token}, "123456", curl())
		if codeOf(err) != api.CodeChallengeExpired {
			t.Errorf("%q: %v", token, err)
		}
	}
	_, err := w.Answer(t.Context(), login.Answer{Token: w.owes(u.Email, curl()).Token, Method: "sms", Code: "123456", Client: curl()})
	wantFault(t, err, api.CodeValidationFailed, "validation_failed")
}
