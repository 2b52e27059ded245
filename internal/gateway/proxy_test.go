package gateway

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

func TestWhatIsReservedIsMadeOfTheRoutes(t *testing.T) {
	r := ReservedBy([]string{
		"GET /{$}", "GET /login", "POST /login/verify", "GET /static/", "GET /api/v1/auth/status", "DELETE /api/v1/users/{id}", "GET /api/health", "/metrics",
		"GET /.well-known/jwks.json", "GET /favicon.ico",
	})
	for path, want := range map[string]bool{
		"/": false, "/login": true, "/login/nothing": true, "/logins": false, "/Login": false, "/static": true, "/static/x": true,
		"/api": false, "/api/": false, "/api/v1": false, "/api/v1/": false, "/api/v1/auth": true, "/api/v1/auth/x/y": true, "/api/v1/authors": false,
		"/api/v1/users/me": true, "/api/health/ready": true, "/api/healthy": false, "/api/boards": false, "/metrics/x": true,
		"/.well-known/jwks.json": true, "/.well-known/acme": false, "/favicon.ico": false, "": false,
	} {
		if got := r.Has(path); got != want {
			t.Errorf("%q is reserved: %t", path, got)
		}
	}
}

func TestTheLongestPrefixOfWholeSegmentsIsFound(t *testing.T) {
	list := []*upstream{{path: "/api/v2"}, {path: "/api"}, {path: "/"}}
	for path, want := range map[string]string{"/api/v2/x": "/api/v2", "/api/v20": "/api", "/api": "/api", "/apis": "/", "/": "/"} {
		if got := find(list, path); got.path != want {
			t.Errorf("%s leads to %s", path, got.path)
		}
	}
	if got := find(list[:2], "/x"); got != nil {
		t.Errorf("/x leads to %s", got.path)
	}
}

// shelf answers for sessions.
type shelf struct {
	reason string
	user   account.User
	err    error
}

func (s *shelf) glance(context.Context, string) (*session.Session, string, error) {
	return &session.Session{Method: "password", User: s.user}, s.reason, s.err
}

func TestWhatIsUnderWayIsCutWhenItMayNotGoOn(t *testing.T) {
	root := func() *login.Person {
		p := ada()
		p.Session.User.Role = "admin"
		return p
	}
	rules := &policy.Policy{Rules: []policy.Rule{{Allow: policy.SignedIn, Roles: []string{"admin"}, Fresh: time.Nanosecond}}}
	for _, tt := range []struct {
		name   string
		shelf  shelf
		person *login.Person
		rounds int
		cut    bool
	}{
		{"it lives", shelf{user: account.User{Role: "admin"}}, root(), 1, false},
		{"the session ended", shelf{reason: "ended_logout"}, root(), 1, true},
		{"its time is over", shelf{reason: "idle_end"}, root(), 1, true},
		{"the role is another", shelf{user: account.User{Role: "user"}}, root(), 1, true},
		{"the database is away for a while", shelf{err: context.DeadlineExceeded}, root(), mostDoubts, false},
		{"the database is away for too long", shelf{err: context.DeadlineExceeded}, root(), mostDoubts + 1, true},
		{"a stranger is nobody's", shelf{reason: "session_unknown"}, nil, 1, false},
	} {
		l := NewLasting(LastingOptions{Glance: tt.shelf.glance, Policy: func() *policy.Policy { return rules }, Now: time.Now})
		trip := &trip{person: tt.person, ask: Ask{Place: policy.Place{Host: "a", Path: "/", Method: http.MethodGet}}}
		trip.ctx, trip.cancel = context.WithCancelCause(t.Context())
		l.add(trip, l.heard())
		for range tt.rounds {
			l.mu.Lock()
			l.lookAtAll()
			l.mu.Unlock()
			l.recheck(t.Context())
		}
		if got := trip.ctx.Err() != nil; got != tt.cut {
			t.Errorf("%s: it is cut: %t", tt.name, got)
		}
		l.remove(trip)
		if len(l.heads[bySession])+len(l.heads[byPerson])+len(l.due) != 0 {
			t.Errorf("%s: something is left", tt.name)
		}
	}
}

// An application that was told of an administrator goes by it, whomever the rules let in.
func TestWhoWasToldToBeAnAdministratorIsCutWithTheRole(t *testing.T) {
	everybody := &policy.Policy{Rules: []policy.Rule{{Allow: policy.SignedIn}}}
	for _, tt := range []struct {
		told, now string
		cut       bool
	}{{"admin", "user", true}, {"user", "user", false}, {"admin", "admin", false}} {
		books := shelf{user: account.User{Role: tt.now}}
		l := NewLasting(LastingOptions{Glance: books.glance, Policy: func() *policy.Policy { return everybody }, Now: time.Now})
		trip := &trip{person: ada(), ask: Ask{Place: policy.Place{Host: "a", Path: "/", Method: http.MethodGet}}}
		trip.person.Session.User.Role = tt.told
		trip.ctx, trip.cancel = context.WithCancelCause(t.Context())
		l.add(trip, l.heard())
		l.Revoked(session.Revocation{Kind: session.RevokedUser, Name: "7"})
		l.recheck(t.Context())
		if got := trip.ctx.Err() != nil; got != tt.cut {
			t.Errorf("%s is %s now: it is cut: %t", tt.told, tt.now, got)
		}
	}
}

// A revocation that comes while somebody is judged is heard after all.
func TestOneWhoIsJudgedDuringARevocationIsLookedAtAgain(t *testing.T) {
	l := NewLasting(LastingOptions{})
	before := l.heard()
	l.Revoked(session.Revocation{Kind: session.RevokedUser, Name: "another"})
	one, two, three := &trip{person: ada()}, &trip{person: ada()}, &trip{person: ada()}
	l.add(one, before)
	l.add(two, l.heard())
	l.add(three, l.heard())
	if _, due := l.due[one]; !due || len(l.due) != 1 {
		t.Errorf("due are %d", len(l.due))
	}
	l.remove(two) // from the middle
	l.Revoked(session.Revocation{Kind: session.RevokedSession, Name: ada().Session.ID})
	if len(l.due) != 2 {
		t.Errorf("due are %d of 2", len(l.due))
	}
	l.remove(three)
	l.remove(one)
	if len(l.heads[0])+len(l.heads[1])+len(l.due) != 0 {
		t.Error("something is left")
	}
}

func TestTheFirstLettersOfWhatIsRemovedAreAllOfThem(t *testing.T) {
	names := slices.Concat(Identity, claimedPrefixes)
	for _, list := range []map[string]bool{claimed, misleading, ofProxies} {
		names = slices.AppendSeq(names, maps.Keys(list))
	}
	for _, name := range names {
		if !strings.Contains(first, strings.ToLower(name[:1])) {
			t.Errorf("%s begins with a letter that is not looked at", name)
		}
	}
}

func TestWhatMayBeClearedAndSet(t *testing.T) {
	h := http.Header{
		"Set-Cookie": {
			"a=1", " __HOST-AIWFE_SESSION =x", "aiwfe_csrf", "aiwfe_sessions=1", "__Secure-aiwfe_lang=de; Path=/",
			"=aiwfe_session=x; Domain=example.com", " = aiwfe_session=x", "==__Secure-aiwfe_session=x", "\t=\taiwfe_csrf",
		},
		"Clear-Site-Data": {`"cookies", "storage"`, `"*"`},
	}
	withoutOurs(h)
	if !slices.Equal(h["Set-Cookie"], []string{"a=1", "aiwfe_sessions=1"}) || h.Get("Clear-Site-Data") != `"storage"` {
		t.Error(h)
	}
}
