package storetest

import (
	"sync/atomic"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

func removeLast(t *testing.T, g ground) {
	a, b := g.guarded(t), g.guarded(t)
	foreign := login.Removal{Now: noon, User: b.ID, ID: a.key.ID, Row: row(audit.EventFactorRemoved, noon)}
	if out, err := g.RemoveFactor(t.Context(), foreign); err != nil || !out.Missing {
		t.Errorf("another's factor answers %+v, %v", out, err)
	}
	if out := g.remove(t, login.Removal{User: a.ID, ID: a.key.ID}); out.Factor.ID != a.key.ID {
		t.Errorf("removed %+v", out.Factor)
	}
	if !g.byID(t, a.ID).SecondFactor || g.codesLeft(t, a.ID) != 10 {
		t.Error("with one factor left none is demanded, or the codes went")
	}
	g.remove(t, login.Removal{User: a.ID, ID: a.totp.ID, KeepOne: false})
	if g.byID(t, a.ID).SecondFactor || g.codesLeft(t, a.ID) != 0 {
		t.Error("without a factor one is demanded, or the codes stayed")
	}
	if !g.byID(t, b.ID).SecondFactor || g.codesLeft(t, b.ID) != 10 || len(g.factors(t, b.ID)) != 2 {
		t.Error("another account was touched")
	}
	if out, err := g.RemoveFactor(t.Context(), login.Removal{Now: noon, User: a.ID, ID: a.totp.ID, Row: foreign.Row}); err != nil || !out.Missing {
		t.Errorf("again: %+v, %v", out, err)
	}
}

func removeKeepsOne(t *testing.T, g ground) {
	a := g.guarded(t)
	s := g.signInGuarded(t, a, noon)
	l, link := alarm(a.ID)
	// Two at once, each of which would leave the other.
	var last, gone atomic.Int64
	atOnce(2, func(i int) {
		out, err := g.RemoveFactor(t.Context(), login.Removal{
			Now: noon, User: a.ID, ID: []string{a.key.ID, a.totp.ID}[i], KeepOne: true, Row: row(audit.EventFactorRemoved, noon),
		})
		switch {
		case err != nil || out.Missing:
			t.Errorf("%+v, %v", out, err)
		case out.Last:
			last.Add(1)
		default:
			gone.Add(1)
		}
	})
	left := g.factors(t, a.ID)
	if last.Load() != 1 || gone.Load() != 1 || len(left) != 1 {
		t.Fatalf("%d were refused, %d went, %d are left", last.Load(), gone.Load(), len(left))
	}
	trusted := g.trust(t, g.byID(t, a.ID), noon.AddDate(0, 0, 30))
	r := login.Removal{
		Now: noon, User: a.ID, ID: left[0].ID, KeepOne: true, EndSessions: true, Reason: session.EndedByAdmin,
		Row: row(audit.EventFactorRemoved, noon), Letters: newCodes(a.User).Letters,
	}
	r.Letters, r.Links = append(r.Letters[:0], l), append(r.Links, link)
	told := g.heard.count(session.RevokedUser, string(a.ID))
	if out, err := g.RemoveFactor(t.Context(), r); err != nil || !out.Last {
		t.Errorf("%+v, %v", out, err)
	}
	if len(g.factors(t, a.ID)) != 1 || !g.byID(t, a.ID).SecondFactor || g.codesLeft(t, a.ID) != 10 {
		t.Error("the refused removal took something")
	}
	if g.reason(t, s.ID, noon) != "" || !must[bool](t)(g.Trusted(t.Context(), a.ID, trusted.Device, noon)) {
		t.Error("the refused removal ended a session or the trust in a device")
	}
	if g.posted(t, l) || g.alive(t, link, noon) || len(auditOf(t, g, r.Row)) != 0 || g.heard.count(session.RevokedUser, string(a.ID)) != told {
		t.Error("the refused removal was told")
	}
}

func removeAll(t *testing.T, g ground) {
	a := g.guarded(t)
	g.putTOTP(t, a.User)
	s := g.signInGuarded(t, a, noon)
	l, link := alarm(a.ID)
	r := login.Removal{User: a.ID, All: true, EndSessions: true, Reason: session.EndedByAdmin, Row: row(audit.EventFactorsReset, noon)}
	r.Letters, r.Links = append(r.Letters, l), append(r.Links, link)
	g.remove(t, r)
	if len(g.factors(t, a.ID)) != 0 || g.codesLeft(t, a.ID) != 0 || g.byID(t, a.ID).SecondFactor {
		t.Error("something stayed")
	}
	if got := g.reason(t, s.ID, noon); got != "ended_by_admin" {
		t.Errorf("its session is %q", got)
	}
	if !g.posted(t, l) || !g.alive(t, link, noon) || len(auditOf(t, g, r.Row)) != 1 {
		t.Error("its owner was not told")
	}
	r.Now = noon
	if out, err := g.RemoveFactor(t.Context(), r); err != nil || !out.Missing {
		t.Errorf("with none: %+v, %v", out, err)
	}
}

// A proof given before the factors, the password or the address changed says
// nothing of what is demanded now: only the session at hand stays proven.
func oldProofsEnd(t *testing.T, g ground) {
	for note, c := range map[string]struct {
		do     func(a guarded, kept string)
		factor bool
	}{
		"an authenticator was confirmed": {func(a guarded, kept string) {
			e := confirmation(a.User, g.putTOTP(t, a.User))
			e.Session = kept
			g.enroll(t, e)
		}, true},
		"a passkey was added": {func(a guarded, kept string) {
			e := g.registration(t, a.User)
			e.Session = kept
			g.enroll(t, e)
		}, true},
		"a factor was removed": {func(a guarded, kept string) {
			r := login.Removal{User: a.ID, ID: a.key.ID, Row: row(audit.EventFactorRemoved, noon)}
			r.Row.Session = kept
			g.remove(t, r)
		}, true},
		"all factors were removed": {func(a guarded, kept string) {
			r := login.Removal{User: a.ID, All: true, Row: row(audit.EventFactorsReset, noon)}
			r.Row.Session = kept
			g.remove(t, r)
		}, false},
		"the password was changed": {func(a guarded, kept string) {
			g.change(t, login.Change{ID: a.ID, Hash: ptr("new"), Except: kept})
		}, true},
		"the address was changed": {func(a guarded, kept string) {
			g.change(t, login.Change{ID: a.ID, Email: ptr(address()), Except: kept})
		}, true},
	} {
		a, other := g.guarded(t), g.guarded(t)
		kept, lost := g.trust(t, a.User, noon.AddDate(0, 0, 30)), g.trust(t, a.User, noon.AddDate(0, 0, 30))
		foreign := g.trust(t, other.User, noon.AddDate(0, 0, 30))
		told := g.heard.count(session.RevokedUser, string(a.ID))
		c.do(a, kept.ID)
		if list := must[[]login.TrustedDevice](t)(g.TrustedDevices(t.Context(), a.ID, noon)); len(list) != 0 {
			t.Errorf("%s, and %d devices are trusted", note, len(list))
		}
		if at := g.session(t, kept.ID).AuthAt; !at.Equal(noon) {
			t.Errorf("%s, and the session at hand was proven at %s", note, at)
		}
		if at := g.session(t, lost.ID).AuthAt; !at.IsZero() {
			t.Errorf("%s, and another session is still proven", note)
		}
		if got := g.byID(t, a.ID).SecondFactor; got != c.factor {
			t.Errorf("%s, and a second factor is demanded: %v", note, got)
		}
		if g.heard.count(session.RevokedUser, string(a.ID)) == told || !g.inFeed(t, session.RevokedUser, string(a.ID)) {
			t.Errorf("%s, and nodes were not told", note)
		}
		if !g.session(t, foreign.ID).AuthAt.Equal(noon) || !must[bool](t)(g.Trusted(t.Context(), other.ID, foreign.Device, noon)) {
			t.Errorf("%s, and another account lost its proof or trust", note)
		}
	}
}

func factorsCascade(t *testing.T, g ground) {
	a := g.guarded(t)
	waiting := g.challenge(t, login.ChallengeLogin, a.ID)
	trusted := g.trust(t, a.User, noon.AddDate(0, 0, 30))
	if _, err := g.DeleteUser(t.Context(), a.ID, row(audit.EventUserDeleted, noon)); err != nil {
		t.Fatal(err)
	}
	if len(g.factors(t, a.ID)) != 0 || g.codesLeft(t, a.ID) != 0 || g.waits(t, waiting, noon) {
		t.Error("factors, codes or a waiting login outlive their account")
	}
	if _, ok, err := g.FactorByCredential(t.Context(), a.key.Credential); ok || err != nil {
		t.Errorf("the passkey is found: %v, %v", ok, err)
	}
	if must[bool](t)(g.Trusted(t.Context(), a.ID, trusted.Device, noon)) {
		t.Error("the device is trusted")
	}
	again := g.create(t, func(n *login.NewUser) { n.Email = a.Email })
	if again.SecondFactor || len(g.factors(t, again.ID)) != 0 {
		t.Error("a new account with the address has the old one's factors")
	}
	key := g.addPasskey(t, again)
	if key.ID == "" {
		t.Error("no passkey can be added")
	}
	// Whoever deletes an account may meet its owner setting one up.
	added := login.Enrollment{Now: noon, User: a.ID, Factor: newPasskey(a.User), Most: 5, Row: row(audit.EventFactorAdded, noon)}
	for _, e := range []login.Enrollment{confirmation(a.User, a.totp), added} {
		if out, err := g.Enroll(t.Context(), e); err != nil || !out.Missing {
			t.Errorf("enrolling for a deleted account: %+v, %v", out, err)
		}
	}
}
