package storetest

import (
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

var factorChecks = []check{
	{"FactorIsReadBackAsKept", factorReadBack},
	{"PendingFactorDoesNotCount", factorPending},
	{"OneConfirmationOfThirtyCounts", confirmOnce},
	{"OneRegistrationOfThirtyCounts", registerOnce},
	{"NewAuthenticatorTakesThePlaceOfTheOld", factorReplaced},
	{"CredentialBelongsToOneAccount", factorDoubled},
	{"FactorsAreLimited", factorFull},
	{"FactorIsRenamedByItsOwnerOnly", factorRenamed},
	{"LastFactorTakesTheCodesAlong", removeLast},
	{"LastFactorStaysWhereOneIsDemanded", removeKeepsOne},
	{"AllFactorsGoAtOnce", removeAll},
	{"WhatRestedOnOldProofsEnds", oldProofsEnd},
	{"FactorsGoWithTheirAccount", factorsCascade},
}

func factorReadBack(t *testing.T, g ground) {
	u := g.create(t)
	e := g.registration(t, u)
	e.Session = g.signIn(t, u, noon).ID
	if out := g.enroll(t, e); out.Left != 0 {
		t.Errorf("%d codes are left of none", out.Left)
	}
	found, ok, err := g.FactorByCredential(t.Context(), e.Factor.Credential)
	if err != nil || !ok {
		t.Fatalf("found %v, %v", ok, err)
	}
	if diff := cmp.Diff(e.Factor, found); diff != "" {
		t.Errorf("by its credential (-want +got):\n%s", diff)
	}
	totp := g.confirm(t, u, g.putTOTP(t, u))
	g.putCodes(t, u)
	if out := g.enroll(t, g.registration(t, u)); out.Left != 10 {
		t.Errorf("%d codes are left of ten", out.Left)
	}
	if totp.Pending || totp.Counter != firstStep || len(g.factors(t, u.ID)) != 3 {
		t.Errorf("the account has %+v", g.factors(t, u.ID))
	}
	if len(auditOf(t, g, e.Row)) != 1 || !g.posted(t, e.Letters[0]) || !g.alive(t, e.Links[0], noon) {
		t.Error("its owner was not told")
	}
	if _, ok, err := g.FactorByCredential(t.Context(), []byte("unknown")); ok || err != nil {
		t.Errorf("an unknown credential is found: %v, %v", ok, err)
	}
	for _, id := range unknownIDs {
		if list, err := g.Factors(t.Context(), id); len(list) != 0 || err != nil {
			t.Errorf("%q has %v, %v", id, list, err)
		}
	}
}

func factorPending(t *testing.T, g ground) {
	u := g.create(t)
	f := g.putTOTP(t, u)
	if g.byID(t, u.ID).SecondFactor {
		t.Error("it is demanded already")
	}
	if done, err := g.RenameFactor(t.Context(), u.ID, f.ID, "x", row(audit.EventFactorRenamed, noon)); done || err != nil {
		t.Errorf("renamed %v, %v", done, err)
	}
	if out, err := g.RemoveFactor(t.Context(), login.Removal{Now: noon, User: u.ID, ID: f.ID, Row: row(audit.EventFactorRemoved, noon)}); err != nil || !out.Missing {
		t.Errorf("removing it answers %+v, %v", out, err)
	}
	// It is no factor that could stay where one is demanded.
	key := g.addPasskey(t, u)
	keep := login.Removal{Now: noon, User: u.ID, ID: key.ID, KeepOne: true, Row: row(audit.EventFactorRemoved, noon)}
	if out, err := g.RemoveFactor(t.Context(), keep); err != nil || !out.Last {
		t.Errorf("beside it the last factor may go: %+v, %v", out, err)
	}
	g.remove(t, login.Removal{User: u.ID, ID: key.ID})
	if g.byID(t, u.ID).SecondFactor {
		t.Error("a pending factor is demanded after the last one went")
	}
	// Of many that are set up at once one waits.
	atOnce(10, func(int) { g.putTOTP(t, u) })
	if n := len(g.factors(t, u.ID)); n != 1 {
		t.Errorf("%d authenticators wait to be confirmed", n)
	}
}

func confirmOnce(t *testing.T, g ground) {
	u := g.create(t)
	f := g.putTOTP(t, u)
	var all [30]login.Enrollment
	for i := range all {
		all[i] = confirmation(u, f)
	}
	g.oneEnrolls(t, all[:], login.Enrolled{Missing: true})
	if got := g.factors(t, u.ID); len(got) != 1 || got[0].Pending || got[0].Counter != firstStep {
		t.Errorf("the account has %+v", got)
	}
}

// oneEnrolls holds that one of many enrollments succeeds, and that the others
// are refused as said and leave nothing.
func (g ground) oneEnrolls(t *testing.T, all []login.Enrollment, refused login.Enrolled) {
	t.Helper()
	var won atomic.Int64
	atOnce(len(all), func(i int) {
		switch out, err := g.Enroll(t.Context(), all[i]); {
		case err != nil:
			t.Error(err)
		case out == login.Enrolled{}:
			won.Add(1)
		case out != refused:
			t.Errorf("refused with %+v, not %+v", out, refused)
		}
	})
	rows, letters, links := 0, 0, 0
	for _, e := range all {
		rows += len(auditOf(t, g, e.Row))
		if g.posted(t, e.Letters[0]) {
			letters++
		}
		if g.alive(t, e.Links[0], noon) {
			links++
		}
	}
	if won.Load() != 1 || rows != 1 || letters != 1 || links != 1 {
		t.Errorf("%d succeeded, with %d audit rows, %d letters and %d links", won.Load(), rows, letters, links)
	}
}

func registerOnce(t *testing.T, g ground) {
	u := g.create(t)
	var all [30]login.Enrollment
	shared := g.challenge(t, login.ChallengeCeremony, u.ID)
	for i := range all {
		all[i] = g.registration(t, u)
		all[i].Proof.Challenges = append(all[i].Proof.Challenges, shared)
	}
	g.oneEnrolls(t, all[:], login.Enrolled{Spent: login.SpentChallenge})
	if n := len(g.factors(t, u.ID)); n != 1 {
		t.Errorf("one ceremony made %d passkeys", n)
	}
	waiting := 0
	for _, e := range all {
		if g.waits(t, e.Proof.Challenges[0], noon) {
			waiting++
		}
	}
	if waiting != 29 {
		t.Errorf("%d ceremonies of 29 that were refused can still be taken", waiting)
	}
}

func factorReplaced(t *testing.T, g ground) {
	a := g.guarded(t)
	next := g.putTOTP(t, a.User)
	if old := g.factor(t, a.ID, a.totp.ID); old.ID == "" {
		t.Error("the old one went before the new one was confirmed")
	}
	wrong := confirmation(a.User, next)
	wrong.Proof.Challenges = [][]byte{[]byte("never made")}
	if out, err := g.Enroll(t.Context(), wrong); err != nil || out.Spent != login.SpentChallenge {
		t.Errorf("%+v, %v", out, err)
	}
	if g.factor(t, a.ID, a.totp.ID).ID == "" || !g.factor(t, a.ID, next.ID).Pending {
		t.Error("a refused confirmation took the old one away")
	}
	foreign := confirmation(a.User, g.putTOTP(t, g.create(t)))
	if out, err := g.Enroll(t.Context(), foreign); err != nil || !out.Missing {
		t.Errorf("confirming another's answers %+v, %v", out, err)
	}
	g.confirm(t, a.User, next)
	var totps []string
	for _, f := range g.factors(t, a.ID) {
		if f.Kind == login.FactorTOTP {
			totps = append(totps, f.ID)
		}
	}
	if diff := cmp.Diff([]string{next.ID}, totps); diff != "" {
		t.Errorf("authenticators (-want +got):\n%s", diff)
	}
	if g.factor(t, a.ID, a.key.ID).ID == "" || g.codesLeft(t, a.ID) != 10 || !g.byID(t, a.ID).SecondFactor {
		t.Error("the passkey or the codes went too")
	}
}

func factorDoubled(t *testing.T, g ground) {
	ada := g.guarded(t)
	bob := g.create(t)
	e := g.registration(t, bob)
	e.Factor.Credential = ada.key.Credential
	if out, err := g.Enroll(t.Context(), e); err != nil || out != (login.Enrolled{Doubled: true}) {
		t.Errorf("the credential of another account answers %+v, %v", out, err)
	}
	if len(g.factors(t, bob.ID)) != 0 || g.byID(t, bob.ID).SecondFactor || g.posted(t, e.Letters[0]) || !g.waits(t, e.Proof.Challenges[0], noon) {
		t.Error("what was refused left something behind")
	}
	if found, _, err := g.FactorByCredential(t.Context(), ada.key.Credential); err != nil || found.User != ada.ID {
		t.Errorf("the passkey is now that of %s, %v", found.User, err)
	}
	// Two accounts at the same moment.
	var all [10]login.Enrollment
	first := newPasskey(bob)
	for i := range all {
		all[i] = g.registration(t, g.create(t))
		all[i].Factor.Credential = first.Credential
	}
	g.oneEnrolls(t, all[:], login.Enrolled{Doubled: true})
}

func factorFull(t *testing.T, g ground) {
	u := g.create(t)
	g.confirm(t, u, g.putTOTP(t, u)) // of another kind: takes no place
	var all [20]login.Enrollment
	for i := range all {
		all[i] = g.registration(t, u)
		all[i].Most = 3
	}
	var added, full atomic.Int64
	atOnce(len(all), func(i int) {
		switch out, err := g.Enroll(t.Context(), all[i]); {
		case err != nil:
			t.Error(err)
		case out == login.Enrolled{Full: true}:
			full.Add(1)
		case out == login.Enrolled{}:
			added.Add(1)
		default:
			t.Errorf("%+v", out)
		}
	})
	if added.Load() != 3 || full.Load() != 17 || len(g.factors(t, u.ID)) != 4 {
		t.Errorf("%d were added and %d refused", added.Load(), full.Load())
	}
	waiting := 0
	for _, e := range all {
		if g.waits(t, e.Proof.Challenges[0], noon) {
			waiting++
		}
	}
	if waiting != 17 {
		t.Errorf("%d ceremonies of those refused can still be taken", waiting)
	}
}

func factorRenamed(t *testing.T, g ground) {
	a, b := g.guarded(t), g.guarded(t)
	for _, c := range []struct {
		user account.ID
		id   string
		done bool
	}{{b.ID, a.key.ID, false}, {a.ID, "unknown", false}, {a.ID, a.key.ID, true}} {
		r := row(audit.EventFactorRenamed, noon)
		done, err := g.RenameFactor(t.Context(), c.user, c.id, "Blue\x00 key", r)
		if done != c.done || err != nil || (len(auditOf(t, g, r)) == 1) != done {
			t.Errorf("renaming %s of %s: %v, %v", c.id, c.user, done, err)
		}
	}
	if got := g.factor(t, a.ID, a.key.ID).Name; got != "Blue\uFFFD key" {
		t.Errorf("it is called %q", got)
	}
}

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
	for _, e := range []login.Enrollment{confirmation(a.User, a.totp), {Now: noon, User: a.ID, Factor: newPasskey(a.User), Most: 5, Row: row(audit.EventFactorAdded, noon)}} {
		if out, err := g.Enroll(t.Context(), e); err != nil || !out.Missing {
			t.Errorf("enrolling for a deleted account: %+v, %v", out, err)
		}
	}
}
