package storetest

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Somebody was thrown out while their request was on its way: the factor would
// be their way back.
func factorStale(t *testing.T, g ground) {
	u := g.create(t)
	over, foreign := g.signIn(t, u, noon).ID, g.signIn(t, g.create(t), noon).ID
	if _, err := g.EndSession(t.Context(), u.ID, over, session.EndedByUser, row(audit.EventSessionEnded, noon)); err != nil {
		t.Fatal(err)
	}
	for note, edit := range map[string]func(*login.Enrollment){
		"the session is over":         func(e *login.Enrollment) { e.Session = over },
		"the session is another's":    func(e *login.Enrollment) { e.Session = foreign },
		"the password is another now": func(e *login.Enrollment) { e.First = hash + "x" },
	} {
		e := g.registration(t, u)
		edit(&e)
		if out, err := g.Enroll(t.Context(), e); err != nil || !out.Stale {
			t.Errorf("%s: %+v, %v", note, out, err)
		}
	}
	first, second := g.registration(t, u), g.registration(t, u)
	first.First, second.First = hash, hash
	g.enroll(t, first)
	if out, err := g.Enroll(t.Context(), second); err != nil || !out.Stale {
		t.Errorf("a second factor by the password alone: %+v, %v", out, err)
	}
	if list, err := g.Factors(t.Context(), u.ID); err != nil || len(list) != 1 {
		t.Errorf("%d factors, %v", len(list), err)
	}
}
