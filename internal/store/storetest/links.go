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
)

var linkChecks = []check{
	{"LinkIsFoundWhileItLives", linkFound},
	{"NewestLinkKillsOlderOnes", linkNewest},
	{"ThirtyAtOnceTakeALinkOnce", linkTakenOnce},
	{"LinkOfAnotherPaysForNothing", linkOfAnother},
	{"LinkIsNotBurnedByARefusal", linkNotBurned},
	{"InvitationIsMadeWithItsAccount", linkInvitation},
	{"NewPasswordEndsLinksIntoTheAccount", linkOutlivesNoPassword},
	{"ThirtyAtOnceTakeEachKindOfLinkOnce", linkKindsTakenOnce},
	{"AlarmLinksLiveBesideEachOther", linksBeside},
	{"AlarmThatTakesAnAddressBackEndsLaterOnesOfOthers", alarmsEnd},
	{"OpeningOfALinkIsNotedOnce", linkOpenedOnce},
	{"NewestLinkIsFound", linkNewestFound},
}

func linkOf(kind string, user account.ID) login.Link {
	return login.Link{
		Hash: secret.Random(32), Kind: kind, User: user, CreatedAt: noon, ExpiresAt: noon.Add(24 * time.Hour),
	}
}

func (g ground) put(t *testing.T, l login.Link) login.Link {
	t.Helper()
	if err := g.PutLink(t.Context(), l, row(audit.EventResetIssued, noon)); err != nil {
		t.Fatal(err)
	}
	return l
}

func (g ground) alive(t *testing.T, l login.Link, at time.Time) bool {
	t.Helper()
	found, ok, err := g.FindLink(t.Context(), l.Hash, l.Kind, at)
	if err != nil {
		t.Fatal(err)
	}
	if ok {
		if diff := cmp.Diff(l, found); diff != "" {
			t.Errorf("the link is read back otherwise (-want +got):\n%s", diff)
		}
	}
	return ok
}

func linkFound(t *testing.T, g ground) {
	l := g.put(t, linkOf(login.LinkReset, g.create(t).ID))
	for range 2 { // looking does not take it
		if !g.alive(t, l, noon) {
			t.Error("it is not found")
		}
	}
	if !g.alive(t, l, l.ExpiresAt.Add(-time.Millisecond)) || g.alive(t, l, l.ExpiresAt) {
		t.Error("it does not end when it should")
	}
	other := l
	other.Kind = login.LinkInvite
	if g.alive(t, other, noon) {
		t.Error("it is found as another kind")
	}
	if err := g.PutLink(t.Context(), linkOf(login.LinkReset, l.User), row(audit.EventResetIssued, time.Time{})); err == nil {
		t.Error("a link was kept without its audit row")
	}
	if !g.alive(t, l, noon) {
		t.Error("the refused link killed the one before")
	}
}

func linkNewest(t *testing.T, g ground) {
	u, other := g.create(t), g.create(t)
	old, invite, foreign := linkOf(login.LinkReset, u.ID), linkOf(login.LinkInvite, u.ID), linkOf(login.LinkReset, other.ID)
	newest := linkOf(login.LinkReset, u.ID)
	for _, l := range []login.Link{old, invite, foreign, newest} {
		g.put(t, l)
	}
	if g.alive(t, old, noon) || !g.alive(t, newest, noon) || !g.alive(t, invite, noon) || !g.alive(t, foreign, noon) {
		t.Error("not the older link of the same kind and account died, and it alone")
	}
	var many [12]login.Link
	for i := range many {
		many[i] = linkOf(login.LinkReset, u.ID)
	}
	atOnce(len(many), func(i int) {
		if err := g.PutLink(t.Context(), many[i]); err != nil {
			t.Error(err)
		}
	})
	living := 0
	for _, l := range many {
		if g.alive(t, l, noon) {
			living++
		}
	}
	if living != 1 {
		t.Errorf("of twelve made at once %d live", living)
	}
}

func linkTakenOnce(t *testing.T, g ground) {
	u := g.create(t)
	reset := g.put(t, linkOf(login.LinkReset, u.ID))
	var paid atomic.Int64
	atOnce(30, func(int) {
		got, err := g.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, Hash: ptr("new"), Taken: &reset})
		if err != nil {
			t.Error(err)
		}
		if !got.LinkDead {
			paid.Add(1)
		}
	})
	if paid.Load() != 1 {
		t.Errorf("one link paid for %d changes", paid.Load())
	}

	invite := g.put(t, linkOf(login.LinkInvite, u.ID))
	var made atomic.Int64
	atOnce(30, func(int) {
		n := newUser()
		n.Taken = &invite
		_, ok, err := g.CreateUser(t.Context(), n)
		if err != nil {
			t.Error(err)
		}
		if ok {
			made.Add(1)
		}
	})
	if made.Load() != 1 {
		t.Errorf("one link paid for %d accounts", made.Load())
	}
	if g.alive(t, reset, noon) || g.alive(t, invite, noon) {
		t.Error("a taken link is still alive")
	}
}

func linkOfAnother(t *testing.T, g ground) {
	u, other := g.create(t), g.create(t)
	foreign := g.put(t, linkOf(login.LinkReset, other.ID))
	late := g.put(t, linkOf(login.LinkReset, u.ID))
	for note, c := range map[string]struct {
		link login.Link
		at   time.Time
	}{
		"of another account": {foreign, noon},
		"expired":            {late, late.ExpiresAt},
		"never made":         {linkOf(login.LinkReset, u.ID), noon},
		"of another kind":    {login.Link{Hash: late.Hash, Kind: login.LinkInvite, User: u.ID}, noon},
	} {
		got, err := g.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: c.at, Hash: ptr("new"), Taken: &c.link})
		if err != nil || !got.LinkDead || g.byID(t, u.ID).Hash != hash {
			t.Errorf("a link %s: %+v, %v", note, got, err)
		}
	}
	if !g.alive(t, foreign, noon) {
		t.Error("the link of the other account was burned")
	}
}

func linkNotBurned(t *testing.T, g ground) {
	u := g.create(t)
	l := g.put(t, linkOf(login.LinkReset, u.ID))
	n := newUser()
	n.Email, n.Taken = u.Email, &l // the address is taken
	if _, made, err := g.CreateUser(t.Context(), n); made || err != nil {
		t.Errorf("made %v, %v", made, err)
	}
	got, err := g.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, Taken: &l, IfHash: ptr("another"), Hash: ptr("new")})
	if err != nil || !got.Stale {
		t.Errorf("%+v, %v", got, err)
	}
	if !g.alive(t, l, noon) {
		t.Error("what was refused burned the link")
	}
}

func linkInvitation(t *testing.T, g ground) {
	l := linkOf(login.LinkInvite, "")
	u := g.create(t, func(n *login.NewUser) { n.Hash, n.Status, n.Link = "", account.StatusPending, &l })
	l.User = u.ID
	if !g.alive(t, l, noon) {
		t.Error("the invitation is not kept for the new account")
	}
	again := linkOf(login.LinkReset, u.ID)
	if _, err := g.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, Link: &again}); err != nil {
		t.Fatal(err)
	}
	if !g.alive(t, again, noon) {
		t.Error("the reset link is not kept")
	}
}

// A reset link that went astray must not undo the change of password by which
// its owner answered. Other accounts and other kinds are not touched, nor is a
// link by a change that sets no password.
func linkOutlivesNoPassword(t *testing.T, g ground) {
	ada, bob := g.create(t), g.create(t)
	astray, his := g.put(t, linkOf(login.LinkReset, ada.ID)), g.put(t, linkOf(login.LinkReset, bob.ID))
	// By the last one an intruder would still move the account to an own mailbox.
	unlock, moves := g.put(t, linkOf(login.LinkUnlock, ada.ID)), g.put(t, linkOf(login.LinkEmail, ada.ID))
	registers := g.put(t, linkOf(login.LinkVerify, ada.ID)) // in another browser it sets a password too
	stays := []login.Link{his, g.put(t, linkOf(login.LinkInvite, ada.ID)), g.put(t, linkOf(login.LinkAlarm, ada.ID))}
	change := func(c login.Change) {
		t.Helper()
		c.ID, c.Now = ada.ID, noon
		if got, err := g.ChangeUser(t.Context(), c); err != nil || got.Stale || got.Missing {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	change(login.Change{Name: ptr("Ada L.")})
	if !g.alive(t, astray, noon) {
		t.Error("a new name ended the link")
	}
	if got, err := g.ChangeUser(t.Context(), login.Change{ID: ada.ID, Now: noon, Hash: ptr("x"), IfHash: ptr("another")}); err != nil || !got.Stale {
		t.Fatalf("%+v, %v", got, err)
	}
	if !g.alive(t, astray, noon) {
		t.Error("a refused change ended the link")
	}
	change(login.Change{Hash: ptr(hash + "x")})
	for _, l := range []login.Link{astray, unlock, moves, registers} {
		if g.alive(t, l, noon) {
			t.Errorf("a link of kind %s still leads in after the owner set a new password", l.Kind)
		}
	}
	for _, l := range stays {
		if !g.alive(t, l, noon) {
			t.Errorf("a link of kind %s ended as well", l.Kind)
		}
	}
}
