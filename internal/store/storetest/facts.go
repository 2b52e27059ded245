package storetest

import (
	"strconv"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// factChecks are what the doctor asks of a whole database.
var factChecks = []check{
	{"FactIsChangedByOneAtATime", factChanged},
	{"AdministratorsWhoCanSignInAreCounted", administrators},
	{"WhatIsSealedIsListedWithWhatItIsBoundTo", sealedRows},
	{"RehearsalLeavesNothing", rehearsal},
}

func factChanged(t *testing.T, g ground) {
	atOnce(20, func(int) {
		if err := g.ChangeFact(t.Context(), "a_count", func(old string) string {
			n, _ := strconv.Atoi(old)
			return strconv.Itoa(n + 1)
		}); err != nil {
			t.Error(err)
		}
	})
	if got := must[string](t)(g.Fact(t.Context(), "a_count")); got != "20" {
		t.Errorf("twenty at once counted to %q", got)
	}
	if got, err := g.Fact(t.Context(), "unknown"); got != "" || err != nil {
		t.Errorf("an unknown fact is %q, %v", got, err)
	}
}

func administrators(t *testing.T, g ground) {
	wants := func(all, usable, people int) {
		t.Helper()
		a, u, p, err := g.Administrators(t.Context())
		if err != nil || a != all || u != usable || p != people {
			t.Errorf("%d administrators, %d usable, %d people, %v; want %d, %d, %d", a, u, p, err, all, usable, people)
		}
	}
	wants(0, 0, 0)
	g.create(t)
	g.create(t, admin)
	wants(1, 1, 2)
	waiting := g.create(t, admin, func(n *login.NewUser) { n.Hash = "" })
	wants(2, 1, 3)
	g.addPasskey(t, waiting)
	wants(2, 2, 3)
	if _, err := g.ChangeUser(t.Context(), login.Change{ID: waiting.ID, Now: noon, Status: ptr(account.StatusLocked)}); err != nil {
		t.Fatal(err)
	}
	wants(2, 1, 3)
}

func sealedRows(t *testing.T, g ground) {
	u := g.create(t)
	pending := g.putTOTP(t, u)
	if list, err := g.SealedRows(t.Context(), 10); err != nil || len(list) != 0 {
		t.Fatalf("what nobody confirmed is listed: %v, %v", list, err)
	}
	f := g.confirm(t, u, pending)
	g.addPasskey(t, u)
	l := newLetter()
	if err := g.Post(t.Context(), []mail.Letter{l}, nil); err != nil {
		t.Fatal(err)
	}
	list, err := g.SealedRows(t.Context(), 10)
	if err != nil || len(list) < 2 {
		t.Fatalf("%d rows, %v", len(list), err)
	}
	found := map[string]bool{}
	for _, r := range list {
		found[r.Bound[0]+" "+r.Bound[1]] = len(r.Sealed) > 0 && (r.Bound[0] != "totp" || len(r.Bound) == 3 && r.Bound[2] == string(u.ID))
	}
	if !found["totp "+f.ID] || !found["letter "+l.ID] {
		t.Errorf("listed are %v, not totp %s and letter %s", found, f.ID, l.ID)
	}
	if times, err := g.PasskeyTimes(t.Context(), 10); err != nil || len(times) != 1 || times[0].IsZero() {
		t.Errorf("one passkey was registered at %v, %v", times, err)
	}
}

func rehearsal(t *testing.T, g ground) {
	if err := g.Rehearse(t.Context(), noon); err != nil {
		t.Fatalf("without people: %v", err)
	}
	u := g.create(t)
	if err := g.Rehearse(t.Context(), noon); err != nil {
		t.Fatal(err)
	}
	if live := g.live(t, u, noon); len(live) != 0 {
		t.Errorf("it left the sessions %v", live)
	}
	if got := must[string](t)(g.Fact(t.Context(), "rehearsal")); got != "" {
		t.Errorf("it left the fact %q", got)
	}
}
