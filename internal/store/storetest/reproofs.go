package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

func proofReprovesOnce(t *testing.T, g ground) {
	for _, c := range costs {
		a := g.guarded(t)
		s := g.signInGuarded(t, a, noon)
		shared := c.of(t, g, a)
		before := g.heard.count(session.RevokedSession, s.ID)
		var all [30]login.Reproof
		var passed atomic.Int64
		var winner atomic.Int64
		for i := range all {
			all[i] = reproofOf(a.User, s, noon.Add(time.Minute))
			all[i].Proof = shared
			all[i].Proof.Challenges = append([][]byte{g.challenge(t, login.ChallengeCeremony, a.ID)}, shared.Challenges...)
		}
		atOnce(len(all), func(i int) {
			spent, stale, err := g.Reprove(t.Context(), all[i])
			switch {
			case err != nil, stale:
				t.Errorf("%s: stale %v, %v", c.note, stale, err)
			case spent == "":
				passed.Add(1)
				winner.Store(int64(i))
			case spent != c.spent:
				t.Errorf("%s: refused with %q", c.note, spent)
			}
		})
		if passed.Load() != 1 || g.heard.count(session.RevokedSession, s.ID) != before+1 {
			t.Errorf("%s stepped up %d times", c.note, passed.Load())
		}
		if got := g.session(t, s.ID); string(got.SecretHash) != string(all[winner.Load()].SecretHash) {
			t.Errorf("%s: the cookie is not that of the one who passed", c.note)
		}
		for i := range all {
			won := int64(i) == winner.Load()
			if n := len(auditOf(t, g, all[i].Row)); (n == 1) != won {
				t.Errorf("%s: passed %v, and the audit has %d rows", c.note, won, n)
			}
			if g.waits(t, all[i].Proof.Challenges[0], noon) == won {
				t.Errorf("%s: passed %v, and its own ceremony waits %v", c.note, won, !won)
			}
		}
	}
}

func reproofOf(u account.User, s session.Session, at time.Time) login.Reproof {
	return login.Reproof{
		Now: at, User: u.ID, Session: s.ID, ProvenHash: u.Hash, SecretHash: secret.Random(32), Row: row(audit.EventReauth, at),
	}
}

func reproveCookie(t *testing.T, g ground) {
	u := g.create(t)
	b := beginOf(newSession(u, noon))
	b.Session.AuthAt = time.Time{} // a login on a trusted device
	s, other := g.begin(t, b), g.signIn(t, u, noon)
	bucket := bucketOf(secret.Random(32))
	bucket.Limit = 1
	g.take(t, bucket, noon)
	r := reproofOf(u, s, noon.Add(time.Minute))
	r.Cleared, r.Method = [][]byte{bucket.Key}, "password+webauthn"
	if spent, stale, err := g.Reprove(t.Context(), r); spent != "" || stale || err != nil {
		t.Fatalf("%q, %v, %v", spent, stale, err)
	}
	if got := must[*session.Session](t)(g.SessionBySecret(t.Context(), s.SecretHash)); got != nil {
		t.Error("the value from before the step-up still opens the session")
	}
	got := must[*session.Session](t)(g.SessionBySecret(t.Context(), r.SecretHash))
	if got == nil || got.ID != s.ID || !got.AuthAt.Equal(r.Now) || got.Method != r.Method {
		t.Errorf("the new value opens %+v", got)
	}
	if g.heard.count(session.RevokedSession, s.ID) != 1 || !g.inFeed(t, session.RevokedSession, s.ID) {
		t.Error("other nodes were not told to read the session anew")
	}
	if len(auditOf(t, g, r.Row)) != 1 || !g.take(t, bucket, noon).OK {
		t.Error("the audit row is missing, or the attempts were not forgiven")
	}
	if same := g.session(t, other.ID); !same.AuthAt.Equal(noon) || string(same.SecretHash) != string(other.SecretHash) {
		t.Error("another session was touched")
	}
	// Sessions without a cookie, many of them, keep none.
	for range 2 {
		token := newSession(u, noon)
		token.Kind, token.SecretHash = session.KindToken, nil
		g.begin(t, beginOf(token))
		r := reproofOf(u, token, noon.Add(time.Minute))
		r.SecretHash = nil
		if spent, stale, err := g.Reprove(t.Context(), r); spent != "" || stale || err != nil {
			t.Errorf("a session without a cookie: %q, %v, %v", spent, stale, err)
		}
		if got := g.session(t, token.ID); got.SecretHash != nil || !got.AuthAt.Equal(r.Now) || got.Method != token.Method {
			t.Errorf("a session without a cookie became %+v", got)
		}
	}
	// And without the audit row there is no step-up.
	bad := reproofOf(u, s, noon.Add(time.Hour))
	bad.Row.At = time.Time{}
	if _, _, err := g.Reprove(t.Context(), bad); err == nil || string(g.session(t, s.ID).SecretHash) != string(r.SecretHash) {
		t.Errorf("a step-up without its audit row: %v", err)
	}
}

func reproveStale(t *testing.T, g ground) {
	for name, change := range map[string]func(a guarded, r *login.Reproof){
		"the session ended": func(a guarded, r *login.Reproof) {
			if _, err := g.EndSession(t.Context(), a.ID, r.Session, session.EndedLogout, row(audit.EventLogout, noon)); err != nil {
				t.Fatal(err)
			}
		},
		"the password was changed": func(a guarded, _ *login.Reproof) { g.change(t, login.Change{ID: a.ID, Hash: ptr("new")}) },
		"the account was locked": func(a guarded, _ *login.Reproof) {
			g.change(t, login.Change{ID: a.ID, Status: ptr(account.StatusLocked)})
		},
		"the session is another's": func(_ guarded, r *login.Reproof) { r.Session = g.signIn(t, g.create(t), noon).ID },
		// The password was proven before there was a factor to be proven too.
		"a factor was added": func(_ guarded, r *login.Reproof) { r.Proof = login.Proof{} },
	} {
		a := g.guarded(t)
		s := g.signInGuarded(t, a, noon)
		r := reproofOf(a.User, s, noon.Add(time.Minute))
		r.Proof = login.Proof{Factor: a.totp.ID, Step: firstStep + 1}
		change(a, &r)
		before, proven := g.session(t, r.Session), r.Proof
		if spent, stale, err := g.Reprove(t.Context(), r); !stale || spent != "" || err != nil {
			t.Errorf("%s: %q, %v, %v", name, spent, stale, err)
		}
		if diff := cmp.Diff(before, g.session(t, r.Session)); diff != "" {
			t.Errorf("%s, and yet the session changed (-want +got):\n%s", name, diff)
		}
		if len(auditOf(t, g, r.Row)) != 0 || (proven.Factor != "" && g.factor(t, a.ID, a.totp.ID).Counter != firstStep) {
			t.Errorf("%s, and yet the proof was taken", name)
		}
	}
}
