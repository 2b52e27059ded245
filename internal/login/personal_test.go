package login_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// token makes a personal access token of an hour.
func (w *world) token(p *login.Person, scopes ...string) string {
	w.t.Helper()
	text, _, err := w.MakeToken(w.t.Context(), p, login.NewToken{Name: "job", Scopes: scopes, Life: time.Hour}, curl())
	w.must(err)
	return text
}

func TestPersonalTokenMayWhatItSaysAndItsOwnerMay(t *testing.T) {
	w := build(t)
	w.person("root@example.com", account.RoleAdmin)
	u := w.person("ada@example.com", account.RoleAdmin)
	p := w.whoIs(w.signIn(u.Email, curl()))
	all, admin, read := w.token(p, "read", "write", "admin"), w.token(p, "admin"), w.token(p, "read", "read")
	want := func(token string, scopes ...string) {
		t.Helper()
		q, err := w.ByToken(t.Context(), token, curl())
		w.must(err)
		slices.Sort(q.Scopes)
		if !slices.Equal(q.Scopes, scopes) || q.User().ID != u.ID || !q.Bearer {
			t.Errorf("the token of %s may %v, want %v", q.User().Email, q.Scopes, scopes)
		}
	}
	want(all, "admin", "read", "write")
	want(admin, "admin")
	want(read, "read")
	_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Role: ref(account.RoleUser)})
	w.must(err)
	want(all, "read", "write")
	want(admin)
	want(read, "read")
}

func TestPersonalTokenEndsWithItsOwnerAndItsTime(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	text := w.token(p, "read")
	w.forward(time.Hour - time.Millisecond) // idleness does not end it
	_, err := w.ByToken(t.Context(), text, curl())
	w.must(err)
	_, err = w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Status: ref(account.StatusLocked)})
	w.must(err)
	_, err = w.ByToken(t.Context(), text, curl())
	wantFault(t, err, api.CodeSessionEnded, "account_locked")
	_, err = w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Status: ref(account.StatusActive)})
	w.must(err)
	_, err = w.ByToken(t.Context(), text, curl())
	w.must(err) // a lock only holds it up
	w.forward(time.Millisecond)
	_, err = w.ByToken(t.Context(), text, curl())
	wantFault(t, err, api.CodeSessionEnded, "absolute_end")
}

// Somebody who left comes back to no token of the time before.
func TestPersonalTokenDoesNotComeBackWithADisabledAccount(t *testing.T) {
	w := build(t)
	u, p := w.ada()
	text := w.token(p, "read")
	for _, status := range []string{account.StatusDisabled, account.StatusActive} {
		_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Status: &status})
		w.must(err)
		_, err = w.ByToken(t.Context(), text, curl())
		wantFault(t, err, api.CodeSessionEnded, "ended_by_host")
	}
}

func TestPersonalTokenIsNoCookieAndNoOtherSecretIsAToken(t *testing.T) {
	w := build(t)
	_, p := w.ada()
	text := w.token(p, "read")
	_, err := w.ByCookie(t.Context(), text)
	wantFault(t, err, api.CodeSessionEnded, "session_unknown")
	g := w.signIn("ada@example.com", browser("b"))
	for _, raw := range []string{
		g.Cookie, "aiwfe_pat_" + g.Cookie, text + "x", strings.TrimPrefix(text, "aiwfe_pat_"), "aiwfe_pat_", strings.ToUpper(text),
	} {
		if _, err := w.ByToken(t.Context(), raw, curl()); codeOf(err) != api.CodeTokenInvalid {
			t.Errorf("%.14s...: %v", raw, err)
		}
	}
	_, err = w.Refresh(t.Context(), text, curl())
	wantFault(t, err, api.CodeTokenInvalid, "refresh_unknown")
}

func TestPersonalTokenIsRevokedByItsOwnerAlone(t *testing.T) {
	w := build(t)
	_, p := w.ada()
	text := w.token(p, "read")
	list, err := w.Tokens(t.Context(), p)
	w.must(err)
	if len(list) != 1 || list[0].Name != "job" {
		t.Fatalf("tokens are %+v", list)
	}
	bob := w.person("bob@example.com", account.RoleUser)
	q := w.whoIs(w.signIn(bob.Email, curl()))
	wantFault(t, w.RevokeToken(t.Context(), q, list[0].ID, curl()), api.CodeNotFound, "token_unknown")
	wantFault(t, w.RevokeToken(t.Context(), p, p.Session.ID, curl()), api.CodeNotFound, "token_unknown") // no way round ending a session
	w.must(w.RevokeToken(t.Context(), p, list[0].ID, curl()))
	_, err = w.ByToken(t.Context(), text, curl())
	wantFault(t, err, api.CodeSessionEnded, "ended_by_user")
	wantFault(t, w.RevokeToken(t.Context(), p, list[0].ID, curl()), api.CodeNotFound, "token_unknown")
}

func TestPersonalTokenIsMadeOnlyAsFarAsOneMay(t *testing.T) {
	w := build(t)
	_, p := w.ada()
	for name, in := range map[string]login.NewToken{
		"more than its owner": {Name: "x", Scopes: []string{"read", "admin"}, Life: time.Hour},
		"no such scope":       {Name: "x", Scopes: []string{"everything"}, Life: time.Hour},
		"no scope":            {Name: "x", Life: time.Hour},
		"no name":             {Name: "  ", Scopes: []string{"read"}, Life: time.Hour},
		"for ever":            {Name: "x", Scopes: []string{"read"}, Life: 367 * 24 * time.Hour},
		"for no time":         {Name: "x", Scopes: []string{"read"}},
		"back in time":        {Name: "x", Scopes: []string{"read"}, Life: -time.Hour},
	} {
		if _, _, err := w.MakeToken(t.Context(), p, in, curl()); codeOf(err) != api.CodeValidationFailed {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 50 {
		w.token(p, "read")
	}
	_, _, err := w.MakeToken(t.Context(), p, login.NewToken{Name: "x", Scopes: []string{"read"}, Life: time.Hour}, curl())
	wantFault(t, err, api.CodeTokenLimit, "token_limit_reached")
	w.signIn("ada@example.com", curl()) // they take no room from sessions
	w.must(w.Recent(w.again(p)))
}
