package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Every letter that tells of something says "this was not me"; the next one
// must not void the one before.
func linksBeside(t *testing.T, g ground) {
	u := g.create(t)
	one, two := linkOf(login.LinkAlarm, u.ID), linkOf(login.LinkAlarm, u.ID)
	one.Browser, two.Address = secret.Random(32), "new@example.com"
	g.change(t, login.Change{ID: u.ID, Name: ptr("x"), Links: []login.Link{one}})
	g.change(t, login.Change{ID: u.ID, Name: ptr("y"), Links: []login.Link{two}})
	if !g.alive(t, one, noon) || !g.alive(t, two, noon) {
		t.Error("one alarm voided the other")
	}
	reset, newer := linkOf(login.LinkReset, u.ID), linkOf(login.LinkReset, u.ID)
	g.change(t, login.Change{ID: u.ID, Link: &reset})
	g.change(t, login.Change{ID: u.ID, Link: &newer})
	if g.alive(t, reset, noon) || !g.alive(t, newer, noon) || !g.alive(t, one, noon) {
		t.Error("not the older reset link died, and it alone")
	}
}

// The word of the earlier address counts: an alarm of hers ends those that went
// elsewhere since, and none that an owner before her may have.
func alarmsEnd(t *testing.T, g ground) {
	u := g.create(t)
	alarm := func(to string, after time.Duration) login.Link {
		l := linkOf(login.LinkAlarm, u.ID)
		l.Address, l.CreatedAt = to, noon.Add(after)
		return l
	}
	first, used, own := alarm("first@example.com", 0), alarm("ada@example.com", time.Second), alarm("ada@example.com", 3*time.Second)
	eves := alarm("eve@example.com", 2*time.Second)
	g.change(t, login.Change{ID: u.ID, Links: []login.Link{first, used, own, eves}})
	g.change(t, login.Change{ID: u.ID, Email: ptr("ada@example.com"), Taken: &used})
	for note, c := range map[string]struct {
		l    login.Link
		want bool
	}{"earlier": {first, true}, "own": {own, true}, "later": {eves, false}, "used": {used, false}} {
		if g.alive(t, c.l, noon) != c.want {
			t.Errorf("%s: alive is %v", note, !c.want)
		}
	}
}

func linkOpenedOnce(t *testing.T, g ground) {
	u := g.create(t)
	l := g.put(t, linkOf(login.LinkReset, u.ID))
	var first, told atomic.Int64
	atOnce(30, func(int) {
		r := row(audit.EventLinkOpened, noon)
		ok, err := g.LinkOpened(t.Context(), l.Hash, r)
		if err != nil {
			t.Error(err)
		}
		if ok {
			first.Add(1)
		}
		told.Add(int64(len(auditOf(t, g, r))))
	})
	if first.Load() != 1 || told.Load() != 1 || len(g.rows(t, u.ID, audit.EventLinkOpened)) != 1 {
		t.Errorf("opened first %d times, told %d times, or not whose it is", first.Load(), told.Load())
	}
	if !g.alive(t, l, noon) {
		t.Error("opening it took it")
	}
	g.change(t, login.Change{ID: u.ID, Hash: ptr("new"), Taken: &l})
	for note, h := range map[string][]byte{"taken": l.Hash, "unknown": secret.Random(32)} {
		if ok, err := g.LinkOpened(t.Context(), h, row(audit.EventLinkOpened, noon)); ok || err != nil {
			t.Errorf("a link %s: %v, %v", note, ok, err)
		}
	}
	bad := g.put(t, linkOf(login.LinkReset, u.ID))
	if ok, err := g.LinkOpened(t.Context(), bad.Hash, row(audit.EventLinkOpened, time.Time{})); ok || err == nil {
		t.Errorf("noted without its audit row: %v, %v", ok, err)
	}
}

func linkNewestFound(t *testing.T, g ground) {
	u, other := g.create(t), g.create(t)
	old, newest := linkOf(login.LinkAlarm, u.ID), linkOf(login.LinkAlarm, u.ID)
	newest.CreatedAt, newest.Browser = noon.Add(time.Second), secret.Random(32)
	foreign := linkOf(login.LinkAlarm, other.ID)
	foreign.CreatedAt = noon.Add(time.Minute)
	g.change(t, login.Change{ID: u.ID, Links: []login.Link{newest, old}})
	g.change(t, login.Change{ID: other.ID, Links: []login.Link{foreign}})
	got, ok, err := g.NewestLink(t.Context(), u.ID, login.LinkAlarm, noon)
	if err != nil || !ok {
		t.Fatalf("found %v, %v", ok, err)
	}
	if diff := cmp.Diff(newest, got); diff != "" {
		t.Errorf("the newest (-want +got):\n%s", diff)
	}
	g.change(t, login.Change{ID: u.ID, Taken: &newest})
	if got, ok, err := g.NewestLink(t.Context(), u.ID, login.LinkAlarm, noon); err != nil || !ok || string(got.Hash) != string(old.Hash) {
		t.Errorf("after it was taken: %v, %v", ok, err)
	}
	for _, at := range []time.Time{old.ExpiresAt} {
		if _, ok, err := g.NewestLink(t.Context(), u.ID, login.LinkAlarm, at); ok || err != nil {
			t.Errorf("when all ended: %v, %v", ok, err)
		}
	}
	if _, ok, err := g.NewestLink(t.Context(), u.ID, login.LinkReset, noon); ok || err != nil {
		t.Errorf("of another kind: %v, %v", ok, err)
	}
}

// Every kind of link pays for one change of its account, whatever the change.
func linkKindsTakenOnce(t *testing.T, g ground) {
	for kind, c := range map[string]login.Change{
		login.LinkVerify: {Verified: ptr(true)},
		login.LinkEmail:  {Email: ptr(address())},
		login.LinkUnlock: {},
		login.LinkAlarm:  {Status: ptr(account.StatusLocked), LockedBy: ptr(account.LockedByOwner), EndSessions: true, EndTokens: true},
		login.LinkReset:  {Hash: ptr("new"), EndSessions: true, EndTokens: true},
		login.LinkInvite: {Hash: ptr("new"), Status: ptr(account.StatusActive)},
	} {
		u := g.create(t)
		l := linkOf(kind, u.ID)
		l.Browser, l.Address = secret.Random(32), address()
		g.put(t, l)
		var all [30]login.Change
		for i := range all {
			all[i] = c
			letter, link := alarm(u.ID)
			all[i].ID, all[i].Now, all[i].Taken = u.ID, noon, &login.Link{Hash: l.Hash, Kind: kind}
			all[i].Rows = []audit.Row{row(audit.EventUserUpdated, noon)}
			all[i].Letters, all[i].Links = []mail.Letter{letter}, []login.Link{link}
		}
		var outs [30]login.Changed
		atOnce(len(all), func(i int) {
			var err error
			if outs[i], err = g.ChangeUser(t.Context(), all[i]); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		})
		paid, outbox := 0, g.outbox(t)
		for i, out := range outs {
			won := out == login.Changed{User: out.User}
			if won {
				paid++
			} else if out != (login.Changed{LinkDead: true}) {
				t.Errorf("%s: refused with %+v", kind, out)
			}
			told := fmt.Sprint(outbox[all[i].Letters[0].ID], g.alive(t, all[i].Links[0], noon), len(auditOf(t, g, all[i].Rows[0])) == 1)
			if want := fmt.Sprint(won, won, won); told != want {
				t.Errorf("%s, paid %v: letter, link and row are there: %s", kind, won, told)
			}
		}
		if paid != 1 || g.alive(t, l, noon) {
			t.Errorf("one link of kind %s paid for %d changes", kind, paid)
		}
		linkMakesOneAccount(t, g, g.put(t, linkOf(kind, u.ID)))
	}
}

func linkMakesOneAccount(t *testing.T, g ground, l login.Link) {
	t.Helper()
	var made atomic.Int64
	var all [30]login.NewUser
	for i := range all {
		all[i] = newUser()
		all[i].Taken, all[i].Letters = &l, []mail.Letter{newLetter()}
	}
	atOnce(len(all), func(i int) {
		switch _, ok, err := g.CreateUser(t.Context(), all[i]); {
		case err != nil:
			t.Error(err)
		case ok:
			made.Add(1)
		}
	})
	letters, outbox := 0, g.outbox(t)
	for _, n := range all {
		if outbox[n.Letters[0].ID] {
			letters++
		}
	}
	if made.Load() != 1 || letters != 1 {
		t.Errorf("one link of kind %s made %d accounts and %d letters", l.Kind, made.Load(), letters)
	}
}
