package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

var tokenChecks = []check{
	{"TokenIsReadBackAsKept", tokenReadBack},
	{"TokensAreNoSessions", tokensApart},
	{"TokensEndWhenTheyShould", tokensEnd},
	{"ThirtyAtOnceKeepTheLimitOfTokens", tokensLimited},
	{"NoTokenForAnAccountThatChanged", tokenStale},
}

func newToken(u account.User) session.Session {
	return session.Session{
		ID: "pat_" + secret.RandomText(10), Kind: session.KindPersonal, Method: "personal_token", SecretHash: secret.Random(32),
		Name: "deploy", Scopes: []string{"admin:read", "profile"}, IP: "192.0.2.7", UserAgent: agent,
		CreatedAt: noon, SeenAt: noon, ExpiresAt: noon.AddDate(0, 1, 0), User: u,
	}
}

func (g ground) token(t *testing.T, u account.User) session.Session {
	t.Helper()
	one := newToken(u)
	if kept, err := g.PutToken(t.Context(), one, 50, row(audit.EventTokenMade, noon)); !kept || err != nil {
		t.Fatalf("kept %v, %v", kept, err)
	}
	return one
}

// tokens are the ids of the living tokens.
func (g ground) tokens(t *testing.T, u account.ID, at time.Time) (ids []string) {
	t.Helper()
	for _, s := range must[[]session.Session](t)(g.ListTokens(t.Context(), u, at)) {
		ids = append(ids, s.ID)
	}
	return ids
}

func tokenReadBack(t *testing.T, g ground) {
	u, other := g.create(t), g.create(t)
	one, r := newToken(u), row(audit.EventTokenMade, noon)
	if kept, err := g.PutToken(t.Context(), one, 50, r); !kept || err != nil {
		t.Fatalf("kept %v, %v", kept, err)
	}
	if diff := cmp.Diff(&one, must[*session.Session](t)(g.SessionBySecret(t.Context(), one.SecretHash))); diff != "" {
		t.Errorf("by its secret (-want +got):\n%s", diff)
	}
	newer := newToken(u)
	newer.CreatedAt, newer.SeenAt = noon.Add(time.Second), noon.Add(time.Second)
	if kept, err := g.PutToken(t.Context(), newer, 50, row(audit.EventTokenMade, noon)); !kept || err != nil {
		t.Fatalf("kept %v, %v", kept, err)
	}
	want := []session.Session{newer, one}
	if diff := cmp.Diff(want, must[[]session.Session](t)(g.ListTokens(t.Context(), u.ID, noon))); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}
	if len(auditOf(t, g, r)) != 1 || len(g.tokens(t, other.ID, noon)) != 0 || len(g.tokens(t, u.ID, one.ExpiresAt)) != 0 {
		t.Error("the row is missing, or a token is listed where it should not be")
	}
	bad := newToken(u)
	if kept, err := g.PutToken(t.Context(), bad, 50, row(audit.EventTokenMade, time.Time{})); kept || err == nil || g.session(t, bad.ID) != nil {
		t.Errorf("a token was kept without its audit row: %v, %v", kept, err)
	}
}

func tokensApart(t *testing.T, g ground) {
	u := g.create(t)
	one := g.token(t, u)
	b := beginOf(newSession(u, noon))
	b.Limit, b.Evict = 1, false // it takes no place
	s := g.begin(t, b)
	evict := beginOf(newSession(u, noon.Add(time.Second)))
	evict.Limit = 1 // and makes none
	kept := g.begin(t, evict)
	if g.reason(t, s.ID, noon) != "ended_evicted" || g.reason(t, one.ID, noon) != "" {
		t.Error("the limit of sessions ended a token")
	}
	if diff := cmp.Diff(map[string]bool{kept.ID: true}, g.live(t, u, noon)); diff != "" {
		t.Errorf("the list of sessions (-want +got):\n%s", diff)
	}
	if r := g.reason(t, one.ID, noon.Add(3*idle)); r != "" { // a script that runs once a week
		t.Errorf("without activity it is %q", r)
	}
	if n, err := g.EndSessions(t.Context(), u.ID, "", session.EndedByUser, row(audit.EventSessionsEnded, noon)); n != 1 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	g.change(t, login.Change{ID: u.ID, Hash: ptr("new"), EndSessions: true, Reason: session.EndedPassword})
	if diff := cmp.Diff([]string{one.ID}, g.tokens(t, u.ID, noon)); diff != "" {
		t.Errorf("tokens after all sessions ended (-want +got):\n%s", diff)
	}
}

func tokensEnd(t *testing.T, g ground) {
	for name, c := range map[string]struct {
		change login.Change
		reason string
	}{
		"a reset of the password": {
			login.Change{Hash: ptr("new"), EndSessions: true, EndTokens: true, Reason: session.EndedPassword}, "ended_password_changed",
		},
		"this was not me": {login.Change{Status: ptr(account.StatusLocked), EndTokens: true, Reason: session.EndedReported}, "ended_reported"},
		"disabling": {
			login.Change{Status: ptr(account.StatusDisabled), Active: ptr(false), EndSessions: true, Reason: session.EndedByAdmin}, "ended_by_admin",
		},
		"making it inactive": {login.Change{Active: ptr(false)}, "ended_by_admin"},
	} {
		u, other := g.create(t), g.create(t)
		one, foreign := g.token(t, u), g.token(t, other)
		c.change.ID = u.ID
		g.change(t, c.change)
		if r := g.reason(t, one.ID, noon); r != c.reason || g.reason(t, foreign.ID, noon) != "" {
			t.Errorf("after %s the token is %q", name, r)
		}
		g.change(t, login.Change{ID: u.ID, Status: ptr(account.StatusActive), Active: ptr(true)})
		if g.reason(t, one.ID, noon) == "" || len(g.tokens(t, u.ID, noon)) != 0 {
			t.Errorf("after %s the token came back to life with its account", name)
		}
		if g.heard.count(session.RevokedUser, string(u.ID)) == 0 {
			t.Errorf("after %s nodes were not told", name)
		}
	}
	// A lock that is taken off again only stops them.
	u := g.create(t)
	one := g.token(t, u)
	g.change(t, login.Change{ID: u.ID, Status: ptr(account.StatusLocked)})
	if r := g.reason(t, one.ID, noon); r != "account_locked" {
		t.Errorf("while the account is locked the token is %q", r)
	}
	g.change(t, login.Change{ID: u.ID, Status: ptr(account.StatusActive)})
	for i, want := range []bool{true, false} {
		ended, err := g.EndSession(t.Context(), u.ID, one.ID, session.EndedByUser, row(audit.EventTokenEnded, noon))
		if ended != want || err != nil {
			t.Errorf("end %d: %v, %v", i, ended, err)
		}
	}
}

func tokensLimited(t *testing.T, g ground) {
	u := g.create(t)
	for range 40 {
		g.token(t, u)
	}
	var kept atomic.Int64
	atOnce(30, func(int) {
		ok, err := g.PutToken(t.Context(), newToken(u), 50, row(audit.EventTokenMade, noon))
		if err != nil {
			t.Error(err)
		}
		if ok {
			kept.Add(1)
		}
	})
	list := g.tokens(t, u.ID, noon)
	if kept.Load() != 10 || len(list) != 50 {
		t.Errorf("beside forty, %d of thirty were kept: %d", kept.Load(), len(list))
	}
	if _, err := g.EndSession(t.Context(), u.ID, list[0], session.EndedByUser, row(audit.EventTokenEnded, noon)); err != nil {
		t.Fatal(err)
	}
	g.token(t, u) // one that ended makes room
	late := newToken(u)
	late.CreatedAt = noon.AddDate(0, 1, 0)
	late.ExpiresAt = late.CreatedAt.Add(time.Hour)
	if ok, err := g.PutToken(t.Context(), late, 1, row(audit.EventTokenMade, noon)); !ok || err != nil { // so do those that expired
		t.Errorf("kept %v, %v", ok, err)
	}
}

// Whoever asks for a token in the moment in which the owner sets a new
// password must not keep one that the reset did not see.
func tokenStale(t *testing.T, g ground) {
	for name, change := range map[string]login.Change{
		"a new password": {Hash: ptr("new"), EndTokens: true},
		"a lock":         {Status: ptr(account.StatusLocked), EndTokens: true},
		"disabling":      {Active: ptr(false)},
	} {
		u := g.create(t)
		change.ID = u.ID
		g.change(t, change)
		kept, err := g.PutToken(t.Context(), newToken(u), 50, row(audit.EventTokenMade, noon))
		if kept || !fault.Is(err, api.CodeSessionEnded) || len(g.tokens(t, u.ID, noon)) != 0 {
			t.Errorf("after %s: kept %v, %v", name, kept, err)
		}
	}
	gone := g.create(t)
	if _, err := g.DeleteUser(t.Context(), gone.ID, row(audit.EventUserDeleted, noon)); err != nil {
		t.Fatal(err)
	}
	if kept, err := g.PutToken(t.Context(), newToken(gone), 50, row(audit.EventTokenMade, noon)); kept || !fault.Is(err, api.CodeSessionEnded) {
		t.Errorf("for a deleted account: %v, %v", kept, err)
	}
}
