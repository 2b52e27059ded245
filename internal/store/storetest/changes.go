package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

var changeChecks = []check{
	{"ChangeTouchesOnlyWhatItNames", changeOnlyNamed},
	{"ChangeIsRefusedWhenThePasswordMovedOn", changeStale},
	{"FirstPasswordMayBeSetOnce", firstPassword},
	{"ChangeToATakenAddressIsAConflict", changeConflict},
	{"ChangeEndsTheOtherSessions", changeEndsSessions},
	{"NoAuditRowNoChange", noRowNoChange},
	{"DeletingTakesAllButTheAudit", deleting},
	{"AnotherSpellingOfAnIDIsTheSameAccount", otherSpelling},
}

func changeOnlyNamed(t *testing.T, g ground) {
	g.create(t, admin) // so that the one below may be demoted again
	u := g.create(t)
	later := noon.Add(time.Minute)
	for _, c := range []struct {
		change login.Change
		edit   func(*account.User)
	}{
		{login.Change{Name: ptr("Grace")}, func(u *account.User) { u.Name = "Grace" }},
		{login.Change{Hash: ptr("$2b$12$other")}, func(u *account.User) { u.Hash = "$2b$12$other" }},
		{login.Change{Role: ptr(account.RoleAdmin)}, func(u *account.User) { u.Role = account.RoleAdmin }},
		{login.Change{Role: ptr(account.RoleUser)}, func(u *account.User) { u.Role = account.RoleUser }},
		{login.Change{Status: ptr(account.StatusLocked)}, func(u *account.User) { u.Status = account.StatusLocked }},
		{login.Change{Active: ptr(false), Verified: ptr(false)}, func(u *account.User) { u.Active, u.Verified = false, false }},
		{login.Change{Email: ptr("new" + u.Email)}, func(u *account.User) { u.Email = "new" + u.Email }},
	} {
		c.change.ID, c.change.Now, c.change.Rows = u.ID, later, []audit.Row{row(audit.EventUserUpdated, later)}
		got, err := g.ChangeUser(t.Context(), c.change)
		if err != nil {
			t.Fatal(err)
		}
		c.edit(&u)
		u.UpdatedAt = later
		if diff := cmp.Diff(login.Changed{User: u}, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.change, diff)
		}
		if diff := cmp.Diff(u, g.byID(t, u.ID)); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
	}
	if n := len(g.rows(t, u.ID, audit.EventUserUpdated)); n != 7 {
		t.Errorf("the audit tells of %d changes, not 7", n)
	}
	if n := g.heard.count(session.RevokedUser, string(u.ID)); n != 7 {
		t.Errorf("nodes were told %d times to read the account anew, not 7", n)
	}
}

func changeStale(t *testing.T, g ground) {
	u := g.create(t)
	got, err := g.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, IfHash: ptr("another"), Hash: ptr("new")})
	if err != nil || !got.Stale {
		t.Errorf("a change proven against another password answers %+v, %v", got, err)
	}
	if diff := cmp.Diff(u, g.byID(t, u.ID)); diff != "" {
		t.Errorf("and changed (-want +got):\n%s", diff)
	}
	got, err = g.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, IfHash: &u.Hash, Hash: ptr("new")})
	if err != nil || got.Stale || got.User.Hash != "new" {
		t.Errorf("a change proven against the stored password answers %+v, %v", got, err)
	}
}

func firstPassword(t *testing.T, g ground) {
	u := g.create(t, func(n *login.NewUser) { n.Hash = "" })
	change := login.Change{ID: u.ID, Now: noon, IfHash: &u.Hash, Hash: ptr("first")}
	if got, err := g.ChangeUser(t.Context(), change); err != nil || got.Stale {
		t.Errorf("the first password is answered with %+v, %v", got, err)
	}
	if got, err := g.ChangeUser(t.Context(), change); err != nil || !got.Stale {
		t.Errorf("and again with %+v, %v", got, err)
	}
}

func changeConflict(t *testing.T, g ground) {
	u, other := g.create(t), g.create(t)
	got, err := g.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, Email: &other.Email, Name: ptr("x")})
	if err != nil || !got.Conflict {
		t.Errorf("a taken address answers %+v, %v", got, err)
	}
	if diff := cmp.Diff(u, g.byID(t, u.ID)); diff != "" {
		t.Errorf("and changed (-want +got):\n%s", diff)
	}
}

func changeEndsSessions(t *testing.T, g ground) {
	u := g.create(t)
	kept, gone := g.signIn(t, u, noon), g.signIn(t, u, noon)
	bucket := bucketOf(secret.Random(32))
	g.take(t, bucket, noon)
	later := noon.Add(time.Minute)
	got, err := g.ChangeUser(t.Context(), login.Change{
		ID: u.ID, Now: later, Hash: ptr("new"), EndSessions: true, Except: kept.ID, Reason: session.EndedPassword,
		Cleared: [][]byte{bucket.Key}, Rows: []audit.Row{row(audit.EventPasswordChanged, later)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := g.reason(t, gone.ID, later); r != "ended_password_changed" {
		t.Errorf("the other session counts: %q", r)
	}
	if r := g.reason(t, kept.ID, later); r != "" {
		t.Errorf("the own session does not count: %q", r)
	}
	if !g.byID(t, u.ID).TokensAfter.Equal(later) || got.User.ID != u.ID {
		t.Error("tokens of the old form made before would still count")
	}
	for range bucket.Limit {
		if !g.take(t, bucket, later).OK {
			t.Fatal("the attempts were not cleared")
		}
	}
}

func noRowNoChange(t *testing.T, g ground) {
	u := g.create(t)
	s := g.signIn(t, u, noon)
	_, err := g.ChangeUser(t.Context(), login.Change{
		ID: u.ID, Now: noon, Name: ptr("x"), EndSessions: true, Rows: []audit.Row{row(audit.EventUserUpdated, time.Time{})},
	})
	if err == nil {
		t.Error("a change without its audit row was made")
	}
	if diff := cmp.Diff(u, g.byID(t, u.ID)); diff != "" {
		t.Errorf("the account changed (-want +got):\n%s", diff)
	}
	if r := g.reason(t, s.ID, noon); r != "" {
		t.Errorf("its session ended: %q", r)
	}
	if n := g.heard.count(session.RevokedUser, string(u.ID)); n != 0 {
		t.Errorf("nodes were told of a change that was rolled back, %d times", n)
	}
}

func deleting(t *testing.T, g ground) {
	u := g.create(t)
	s := g.signIn(t, u, noon)
	l := linkOf(login.LinkReset, u.ID)
	if err := g.PutLink(t.Context(), l, row(audit.EventResetIssued, noon)); err != nil {
		t.Fatal(err)
	}
	got, err := g.DeleteUser(t.Context(), u.ID, row(audit.EventUserDeleted, noon))
	if err != nil || got.Missing || got.LastAdmin || got.User.Email != u.Email {
		t.Fatalf("deleting answers %+v, %v", got, err)
	}
	if _, ok, err := g.UserByID(t.Context(), u.ID); ok || err != nil {
		t.Errorf("the account is still there: %v, %v", ok, err)
	}
	if g.session(t, s.ID) != nil {
		t.Error("its session is still there")
	}
	if known, err := g.KnownDevice(t.Context(), s.Device); known || err != nil {
		t.Errorf("its device is still there: %v, %v", known, err)
	}
	if _, ok, err := g.FindLink(t.Context(), l.Hash, l.Kind, noon); ok || err != nil {
		t.Errorf("its link still opens: %v, %v", ok, err)
	}
	rows := g.rows(t, u.ID, audit.EventUserDeleted)
	if len(rows) != 1 || rows[0].Address != u.Email || len(g.rows(t, u.ID, audit.EventUserCreated)) != 1 {
		t.Errorf("the audit does not tell its story: %+v", rows)
	}
	if g.heard.count(session.RevokedUser, string(u.ID)) != 1 {
		t.Error("nodes were not told")
	}
	if got, err := g.DeleteUser(t.Context(), u.ID, row(audit.EventUserDeleted, noon)); err != nil || !got.Missing {
		t.Errorf("deleting again answers %+v, %v", got, err)
	}
}

// Both engines read "07" as 7. What nodes remember is kept under the id as the
// table spells it, so a revocation under another spelling would reach nobody.
func otherSpelling(t *testing.T, g ground) {
	u := g.create(t)
	other := "0" + u.ID
	found, ok, err := g.UserByID(t.Context(), other)
	if err != nil || (ok && found.ID != u.ID) {
		t.Fatalf("%q finds %+v, %v", other, found, err)
	}
	change := login.Change{ID: other, Now: noon, Name: ptr("x"), Rows: []audit.Row{row(audit.EventUserUpdated, noon)}}
	if _, err := g.ChangeUser(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	if _, err := g.EndSessions(t.Context(), other, "", session.EndedByAdmin, row(audit.EventSessionsEnded, noon)); err != nil {
		t.Fatal(err)
	}
	if _, err := g.DeleteUser(t.Context(), other, row(audit.EventUserDeleted, noon)); err != nil {
		t.Fatal(err)
	}
	if n := g.heard.count(session.RevokedUser, string(other)); n != 0 {
		t.Errorf("%d revocations name an id that no node knows", n)
	}
	for _, e := range []audit.Event{audit.EventUserUpdated, audit.EventSessionsEnded, audit.EventUserDeleted} {
		if n := len(g.rows(t, other, e)); n != 0 {
			t.Errorf("%d audit rows of %s name an id that the table does not hold", n, e)
		}
	}
}
