package login_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// sensitive is everything that needs a recent proof.
func (w *world) sensitive(p *login.Person) map[string]error {
	ctx, c := w.t.Context(), curl()
	id := p.User().ID
	_, enrol := w.EnrolleeOf(p, c)
	_, codes := w.MakeCodes(ctx, p, c)
	_, _, token := w.MakeToken(ctx, p, login.NewToken{Name: "x", Scopes: []string{"read"}, Life: time.Hour}, c)
	_, export := w.ExportOwn(ctx, p, c)
	_, others := w.EndOthers(ctx, login.Self(p, c.Client), id, p.Session.ID)
	_, edit := w.Edit(ctx, login.Admin(p, c.Client), id, login.Edit{Role: ref(account.RoleAdmin)})
	_, _, invite := w.Invite(ctx, login.Admin(p, c.Client), login.Invitee{Email: "new@example.com"})
	_, unlock := w.Unlock(ctx, login.Admin(p, c.Client), id)
	_, _, reset := w.IssueReset(ctx, login.Admin(p, c.Client), id)
	return map[string]error{
		"set up a factor": enrol, "backup codes": codes, "token": token, "export": export, "end others": others,
		"password": w.ChangePassword(ctx, p, right, other, c), "address": w.AskEmail(ctx, p, "new@example.com", c),
		"rename a factor": w.RenameFactor(ctx, p, "x", "y", c), "remove a factor": w.RemoveFactor(ctx, p, "x", c),
		"remove the app": w.RemoveTOTP(ctx, p, c), "reset factors": w.ResetFactors(ctx, login.Admin(p, c.Client), id),
		"end another": w.End(ctx, login.Self(p, c.Client), id, "ses_other"), "edit": edit, "invite": invite,
		"unlock": unlock, "issue a reset": reset, "delete": w.DeleteOwn(ctx, p, c),
	}
}

func (w *world) wantAllRefused(p *login.Person, code api.Code) {
	w.t.Helper()
	for what, err := range w.sensitive(p) {
		if codeOf(err) != code {
			w.t.Errorf("%s: %v, want %s", what, err, code)
		}
	}
}

func TestProofIsTooOldAfterTenMinutes(t *testing.T) {
	w := withMail(t)
	w.ada()
	g := w.signIn("ada@example.com", curl())
	w.forward(10 * time.Minute)
	w.must(w.Recent(w.whoIs(g)))
	w.forward(time.Millisecond)
	w.wantAllRefused(w.whoIs(g), api.CodeReauthRequired)
	// Nothing that goes on by itself is a proof.
	g, err := w.Refresh(t.Context(), g.RefreshToken, curl())
	w.must(err)
	w.wantAllRefused(w.whoIs(g), api.CodeReauthRequired)
	g, err = w.Renew(w.whoIs(g))
	w.must(err)
	w.wantAllRefused(w.whoIs(g), api.CodeReauthRequired)
	_, err = w.Reauth(t.Context(), w.whoIs(g), right, login.Answer{Client: curl()})
	w.must(err)
	w.must(w.Recent(w.whoIs(g)))
}

func TestTokensThatNobodyIsBehindAreNoProof(t *testing.T) {
	w := withMail(t)
	u, p := w.ada()
	text, _, err := w.MakeToken(t.Context(), p, login.NewToken{Name: "job", Scopes: []string{"read", "write"}, Life: time.Hour}, curl())
	w.must(err)
	personal, err := w.ByToken(t.Context(), text, curl())
	w.must(err)
	w.wantAllRefused(personal, api.CodeForbidden)
	w.forward(time.Second)
	old, err := w.ByToken(t.Context(), legacy(u.Email, u.ID, w.clock()), curl())
	w.must(err)
	w.wantAllRefused(old, api.CodeReauthRequired)
	for _, one := range []*login.Person{personal, old} {
		_, err = w.Reauth(t.Context(), one, right, login.Answer{Client: curl()})
		wantFault(t, err, api.CodeForbidden, "session_cannot_step_up")
	}
}

// The proof of a session was given without the factor that another one added.
func TestFactorAddedElsewhereEndsTheProofOfOthers(t *testing.T) {
	for name, add := range map[string]func(*world, *login.Person){
		"app":     func(w *world, p *login.Person) { w.totp(p) },
		"passkey": func(w *world, p *login.Person) { w.passkey(p) },
	} {
		w := build(t)
		_, p := w.ada()
		g := w.signIn("ada@example.com", browser("b"))
		w.must(w.Recent(w.whoIs(g)))
		add(w, p)
		if err := w.Recent(w.whoIs(g)); codeOf(err) != api.CodeReauthRequired {
			t.Errorf("%s: %v", name, err)
		}
		again, _, err := w.sessions.ByID(t.Context(), p.Session.ID)
		w.must(err)
		w.must(w.Recent(&login.Person{Session: again}))
	}
}

func TestStepUpTakesAWholeProof(t *testing.T) {
	w := build(t, limited(50))
	u, p := w.ada()
	a, key := w.totp(p), w.passkey(p)
	q := w.whoIs(w.whole(u.Email, a.code(), curl()))
	w.forward(11 * time.Minute)
	ctx, c := t.Context(), curl()
	for _, tc := range []struct {
		name, text string
		answer     login.Answer
		code       api.Code
	}{
		{"nothing", "", login.Answer{}, api.CodeValidationFailed},
		{"the password alone", right, login.Answer{}, api.CodeValidationFailed},
		{"the code alone", "", login.Answer{Code: a.code()}, api.CodeValidationFailed},
		{"a wrong password and the code", other, login.Answer{Code: a.code()}, api.CodeInvalidCredentials},
		{"the password and a wrong code", right, login.Answer{Code: a.wrong()}, api.CodeInvalidCode},
		{"a passkey that did not check its user", "", key.touchOnly().again(q, c), api.CodeInvalidCode},
	} {
		tc.answer.Client = c
		_, err := w.Reauth(ctx, q, tc.text, tc.answer)
		if codeOf(err) != tc.code {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.code)
		}
		if err := w.Recent(w.again(q)); err == nil {
			t.Errorf("%s passed for a proof", tc.name)
		}
	}
	for _, tc := range []struct {
		name, text string
		answer     login.Answer
	}{
		{"password and code", right, login.Answer{Code: a.code()}},
		{"password and a touch", right, key.touchOnly().again(q, c)},
		{"a passkey that checked its user", "", key.again(q, c)},
	} {
		tc.answer.Client = c
		if _, err := w.Reauth(ctx, q, tc.text, tc.answer); err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		w.must(w.Recent(w.again(q)))
		w.now.Add(1) // so that the next proof is another
	}
}

// again reads the session of somebody anew, as the next request does.
func (w *world) again(p *login.Person) *login.Person {
	w.t.Helper()
	one, reason, err := w.sessions.ByID(w.t.Context(), p.Session.ID)
	w.must(err)
	if reason != "" {
		w.t.Fatal(reason)
	}
	return &login.Person{Session: one}
}

// A node that remembers the session from before must not know better.
func TestStepUpGivesTheCookieANewValueOnEveryNode(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	second, err := session.New(session.Options{
		Store: w.db, Idle: time.Hour, Max: 24 * time.Hour, Now: w.clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	w.must(err)
	nodes := []*session.Service{w.sessions, second}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan struct{})
	for _, n := range nodes {
		go func() { n.Run(ctx); ran <- struct{}{} }()
	}
	defer func() { stop(); <-ran; <-ran }()

	g := w.signIn("ada@example.com", browser("b"))
	for _, n := range nodes { // both remember it
		if _, reason, err := n.BySecret(t.Context(), g.Cookie); reason != "" || err != nil {
			t.Fatal(reason, err)
		}
	}
	p, err := w.ByCookie(t.Context(), g.Cookie)
	w.must(err)
	up, err := w.Reauth(t.Context(), p, right, login.Answer{Client: keeps(browser("b"), g)})
	w.must(err)
	if up.Cookie == "" || up.Cookie == g.Cookie || up.Session.ID != g.Session.ID {
		t.Fatalf("the step-up gave %+v", up.Session)
	}
	for i, n := range nodes {
		one, reason, err := n.BySecret(t.Context(), up.Cookie)
		if reason != "" || err != nil {
			t.Fatalf("node %d does not know the new value: %s %v", i+1, reason, err)
		}
		if !one.AuthAt.Equal(w.clock()) {
			t.Errorf("node %d says that the last proof was at %s", i+1, one.AuthAt)
		}
	}
	_, err = w.ByCookie(t.Context(), g.Cookie)
	wantFault(t, err, api.CodeSessionEnded, "session_unknown")
	deadline := time.Now().Add(5 * time.Second) // the other node hears of it within a second
	for {
		_, reason, err := second.BySecret(t.Context(), g.Cookie)
		w.must(err)
		if reason == "session_unknown" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the old value still opens the session on another node")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if _, reason, _ := second.BySecret(t.Context(), up.Cookie); reason != "" {
		t.Errorf("the new value is %s on the other node", reason)
	}
}
