package login_test

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func TestPasskeyAloneIsAWholeLogin(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	w.totp(p)
	key := w.passkey(p)
	g, err := key.alone(browser("b"))
	w.must(err)
	if g.User.ID != u.ID || g.Session.Method != "passkey" || g.Cookie == "" {
		t.Errorf("the session is %+v", g.Session)
	}
	w.must(w.Recent(w.whoIs(g)))
}

// Whatever is wrong with a passkey is told in one sentence; the reason is in
// the audit alone.
func TestEveryRefusalOfAPasskeyLooksTheSame(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	key := w.passkey(p)
	bob := w.person("bob@example.com", account.RoleUser)
	theirs := w.passkey(w.whoIs(w.signIn(bob.Email, curl())))
	ctx, c := t.Context(), curl()

	stranger := *key
	stranger.cred = newKey(t)
	handle := *key
	handle.auth.Options.UserHandle = theirs.auth.Options.UserHandle
	noHandle := *key
	noHandle.auth.Options.UserHandle = nil
	signature := *key
	signature.cred.Key = theirs.cred.Key

	for _, tc := range []struct {
		name, reason string
		key          *device
	}{
		{"a credential that nobody has", "passkey_credential_unknown", &stranger},
		{"the user handle of somebody else", "passkey_not_this_user", &handle},
		{"no user handle", "passkey_user_handle_missing", &noHandle},
		{"the key of somebody else", "passkey_signature_wrong", &signature},
		{"a touch without a check of who it is", "passkey_user_not_verified", key.touchOnly()},
	} {
		_, err := tc.key.alone(c)
		f := wantFault(t, err, api.CodeInvalidCredentials, tc.reason)
		if f.Detail != "This passkey does not sign anybody in here." {
			t.Errorf("%s: told %q", tc.name, f.Detail)
		}
		if row := w.rows(audit.EventLogin)[0]; row.Outcome != audit.Refused || row.Reason != tc.reason {
			t.Errorf("%s: the audit has %+v", tc.name, row)
		}
	}
	for _, response := range []string{"", "{}", "null", "[]", `{"id":"x","response":{}}`} {
		_, err := w.Passkey(ctx, []byte(response), c)
		if codeOf(err) != api.CodeInvalidCredentials {
			t.Errorf("%q: %v", response, err)
		}
	}
	old := key.signs(w.PasskeyOptions(ctx, c))
	_, err := w.Passkey(ctx, old, c)
	w.must(err)
	_, err = w.Passkey(ctx, old, c)
	wantFault(t, err, api.CodeInvalidCredentials, "ceremony_unknown")
	late := key.signs(w.PasskeyOptions(ctx, c))
	w.forward(5 * time.Minute)
	_, err = w.Passkey(ctx, late, c)
	wantFault(t, err, api.CodeInvalidCredentials, "ceremony_unknown")
	elsewhere := key.signs(w.PasskeyOptions(ctx, browser("mine")))
	_, err = w.Passkey(ctx, elsewhere, browser("theirs"))
	wantFault(t, err, api.CodeInvalidCredentials, "ceremony_of_another_browser")

	_, err = w.Edit(ctx, login.Host(), u.ID, login.Edit{Status: ref(account.StatusLocked)})
	w.must(err)
	_, err = key.alone(c)
	wantFault(t, err, api.CodeInvalidCredentials, "account_locked")
}

// A counter that goes back may be a copy of the device, or a passkey that counts
// by itself: it is noted, and the owner is not locked out.
func TestCounterThatGoesBackIsAnEventAndNoRefusal(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	key := w.passkey(p)
	key.cred.Counter = 41
	_, err := key.alone(curl())
	w.must(err)
	if n := len(w.rows(audit.EventCounterWentBack)); n != 0 {
		t.Fatalf("%d events of a counter that went on", n)
	}
	key.cred.Counter = 7
	for i := range 2 { // the copy does not move the mark
		_, err = key.alone(curl())
		w.must(err)
		rows := w.rows(audit.EventCounterWentBack)
		if len(rows) != i+1 || rows[0].User != u.ID || rows[0].Detail != key.id {
			t.Errorf("the audit says %+v", rows)
		}
	}
	_, err = w.Answer(t.Context(), key.second(w.owes(u.Email, curl()), curl()))
	w.must(err)
	if n := len(w.rows(audit.EventCounterWentBack)); n != 3 {
		t.Errorf("%d events", n)
	}
	key.cred.Counter = 42
	_, err = key.alone(curl())
	w.must(err)
	if n := len(w.rows(audit.EventCounterWentBack)); n != 3 {
		t.Errorf("%d events after the device itself came back", n)
	}
}

func TestRemovedPasskeySignsNobodyIn(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	w.totp(p)
	key := w.passkey(p)
	before := key.signs(w.PasskeyOptions(t.Context(), curl()))
	ch := w.owes(u.Email, curl())
	second := key.second(ch, curl())
	w.must(w.RemoveFactor(t.Context(), p, key.id, curl()))
	_, err := key.alone(curl())
	wantFault(t, err, api.CodeInvalidCredentials, "passkey_credential_unknown")
	_, err = w.Passkey(t.Context(), before, curl())
	wantFault(t, err, api.CodeInvalidCredentials, "passkey_credential_unknown")
	_, err = w.Answer(t.Context(), second)
	wantFault(t, err, api.CodeInvalidCode, "passkey_credential_unknown")
	_, err = w.AnswerOptions(t.Context(), ch.Token, curl())
	wantFault(t, err, api.CodeNotFound, "passkey_none")
}

func TestPasskeyIsRegisteredOnceAndForOneAccount(t *testing.T) {
	w := build(t)
	_, p := w.ada()
	e, err := w.EnrolleeOf(p, curl())
	w.must(err)
	one := w.passkey(p)
	// A device that ignores excludeCredentials makes the same credential again.
	again, err := w.register(e, one.cred)
	wantFault(t, err, api.CodeFactorExists, "factor_exists")
	bob := w.person("bob@example.com", account.RoleUser)
	q := w.whoIs(w.signIn(bob.Email, curl()))
	f, err := w.EnrolleeOf(q, curl())
	w.must(err)
	_, err = w.register(f, one.cred)
	wantFault(t, err, api.CodeFactorExists, "factor_exists")
	w.signIn(bob.Email, curl()) // no factor came of it
	// An answer to the options of one account adds nothing to another.
	_, err = w.RegisterPasskey(t.Context(), f, again, "")
	if codeOf(err) == "" {
		t.Error("ada's answer added a passkey to bob")
	}
}

func TestPasskeysOfOthersAreNotRenamedNorRemoved(t *testing.T) {
	w := build(t)
	_, p := w.ada()
	w.totp(p)
	key := w.passkey(p)
	bob := w.person("bob@example.com", account.RoleUser)
	q := w.whoIs(w.signIn(bob.Email, curl()))
	wantFault(t, w.RemoveFactor(t.Context(), q, key.id, curl()), api.CodeNotFound, "factor_unknown")
	wantFault(t, w.RenameFactor(t.Context(), q, key.id, "mine", curl()), api.CodeNotFound, "factor_unknown")
	w.must(w.RenameFactor(t.Context(), p, key.id, "  Blue key ", curl()))
	sec, err := w.Security(t.Context(), p.User())
	w.must(err)
	if len(sec.Factors) != 2 || sec.Factors[1].Name != "Blue key" {
		t.Errorf("factors are %+v", sec.Factors)
	}
}

// An administrator who takes all factors away ends the sessions with them.
func TestResetOfFactorsTakesAllAndEndsSessions(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	a := w.totp(p)
	key := w.passkey(p)
	codes := w.codes(p)
	ch := w.owes(u.Email, curl())
	g := w.whole(u.Email, a.code(), curl())
	w.must(w.ResetFactors(t.Context(), login.Host(), u.ID))
	w.wantEnded(g, "ended_by_host")
	_, err := key.alone(curl())
	wantFault(t, err, api.CodeInvalidCredentials, "passkey_credential_unknown")
	_, err = w.answer(ch, codes[0], curl())
	wantFault(t, err, api.CodeInvalidCode, "backup_code_malformed")
	w.signIn(u.Email, curl())
	wantFault(t, w.ResetFactors(t.Context(), login.Host(), u.ID), api.CodeNotFound, "factor_unknown")
}
