package storetest

import (
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

var factorChecks = []check{
	{"FactorIsReadBackAsKept", factorReadBack},
	{"PendingFactorDoesNotCount", factorPending},
	{"OneConfirmationOfThirtyCounts", confirmOnce},
	{"OneRegistrationOfThirtyCounts", registerOnce},
	{"NewAuthenticatorTakesThePlaceOfTheOld", factorReplaced},
	{"CredentialBelongsToOneAccount", factorDoubled},
	{"FactorsAreLimited", factorFull},
	{"FactorIsAddedOnlyWhileItsSetUpRestsOnSomething", factorStale},
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
	remove := login.Removal{Now: noon, User: u.ID, ID: f.ID, Row: row(audit.EventFactorRemoved, noon)}
	if out, err := g.RemoveFactor(t.Context(), remove); err != nil || !out.Missing {
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
	rows, letters, links, outbox := 0, 0, 0, g.outbox(t)
	for _, e := range all {
		rows += len(auditOf(t, g, e.Row))
		if outbox[e.Letters[0].ID] {
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
