package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

var bulkChecks = []check{
	{"RowsInBulkAreThoseThatTheServerWrites", bulkLikeOthers},
}

// bulkLikeOthers writes the same things in bulk and one by one, and reads both back.
func bulkLikeOthers(t *testing.T, g ground) {
	before, err := g.ReserveUsers(t.Context(), 2)
	if errors.Is(err, store.ErrForeignTable) {
		return // which is the right answer for an adopted table
	}
	if err != nil {
		t.Fatal(err)
	}
	one := g.create(t) // takes no id that was set aside
	if id := fmt.Sprint(before + 1); string(one.ID) == id || string(one.ID) == fmt.Sprint(before+2) {
		t.Fatalf("account %s took an id that was set aside after %d", one.ID, before)
	}
	signed := g.signIn(t, one, noon)

	u := one
	u.ID, u.Email = account.ID(fmt.Sprint(before+1)), address()
	s := newSession(u, noon)
	s.SeenAt = noon
	r := row(audit.EventLogin, noon)
	r.User, r.Address = u.ID, u.Email
	refused := row(audit.EventLogin, noon)
	refused.Outcome, refused.Reason, refused.Address = audit.Refused, "password_wrong", u.Email
	err = g.Fill(t.Context(), store.Bulk{
		Users: []account.User{u}, Sessions: []session.Session{s}, Refresh: [][]byte{secret.Random(32)}, Audit: []audit.Row{r, refused},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(u, g.byID(t, u.ID)); diff != "" {
		t.Errorf("the account differs from one that was created (-created +bulk):\n%s", diff)
	}
	got, want := *g.session(t, s.ID), *g.session(t, signed.ID)
	want.ID, want.User, want.Device, want.SecretHash, want.BrowserHash = s.ID, u, s.Device, s.SecretHash, s.BrowserHash
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the session differs from one that began (-began +bulk):\n%s", diff)
	}
	if !g.live(t, u, noon.Add(time.Minute))[s.ID] {
		t.Error("the session is not alive")
	}
	for _, one := range []audit.Row{r, refused} {
		if rows := auditOf(t, g, one); len(rows) != 1 || rows[0].At != one.At || rows[0].Reason != one.Reason {
			t.Errorf("the audit has %+v for %+v", rows, one)
		}
	}
}
