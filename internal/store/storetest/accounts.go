package storetest

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

var accountChecks = []check{
	{"AccountIsReadBackAsMade", accountReadBack},
	{"AddressIsFoundInLowerCaseAlone", addressFound},
	{"UnknownIDsFindNobody", unknownIDsFindNobody},
	{"SearchTextMeansItself", searchMeansItself},
	{"ListingGoesOnWhereItStopped", listingGoesOn},
	{"ListingFiltersByRoleAndStatus", listingFilters},
	{"AddressIsTakenOnceByThirtyAtOnce", addressTakenOnce},
	{"NoAuditRowNoAccount", noRowNoAccount},
}

func accountReadBack(t *testing.T, g ground) {
	made := g.create(t)
	want := account.User{
		ID: made.ID, Email: made.Email, Name: "Ada", Hash: hash, Role: account.RoleUser, Status: account.StatusActive,
		Active: true, Verified: true, CreatedAt: noon, UpdatedAt: noon,
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("the new account differs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, g.byID(t, made.ID)); diff != "" {
		t.Errorf("read by id it differs (-want +got):\n%s", diff)
	}
	rows := g.rows(t, made.ID, audit.EventUserCreated)
	if len(rows) != 1 || rows[0].Address != made.Email {
		t.Errorf("the audit tells of it as %+v", rows)
	}

	invited := g.create(t, func(n *login.NewUser) { n.Hash, n.Status, n.Verified = "", account.StatusPending, false })
	if invited.Hash != "" || invited.Refusal() != "account_pending" || invited.Verified {
		t.Errorf("an account without a password is read as %+v", invited)
	}
	shut := g.create(t, func(n *login.NewUser) { n.Status = account.StatusDisabled })
	if shut.Active || shut.Refusal() != "account_disabled" {
		t.Errorf("an account made disabled is read as %+v", shut)
	}
}

func addressFound(t *testing.T, g ground) {
	made := g.create(t)
	found, ok, err := g.UserByEmail(t.Context(), made.Email)
	if err != nil || !ok || found.ID != made.ID {
		t.Errorf("its address finds %+v, %v, %v", found, ok, err)
	}
	for _, other := range []string{"", "x" + made.Email, made.Email + " ", "%" + made.Email[1:], made.Email + "\x00", "\xff@example.com"} {
		if _, ok, err := g.UserByEmail(t.Context(), other); ok || err != nil {
			t.Errorf("%q finds somebody: %v, %v", other, ok, err)
		}
	}
}

func unknownIDsFindNobody(t *testing.T, g ground) {
	ctx := t.Context()
	for _, id := range unknownIDs {
		if _, ok, err := g.UserByID(ctx, id); ok || err != nil {
			t.Errorf("UserByID(%q) answers %v, %v", id, ok, err)
		}
		if got, err := g.ChangeUser(ctx, login.Change{ID: id, Now: noon, Name: ptr("x")}); !got.Missing || err != nil {
			t.Errorf("ChangeUser(%q) answers %+v, %v", id, got, err)
		}
		if got, err := g.DeleteUser(ctx, id, row(audit.EventUserDeleted, noon)); !got.Missing || err != nil {
			t.Errorf("DeleteUser(%q) answers %+v, %v", id, got, err)
		}
		if got, err := g.ListSessions(ctx, id, noon, idle); len(got) != 0 || err != nil {
			t.Errorf("ListSessions(%q) answers %v, %v", id, got, err)
		}
		if got, err := g.EndSession(ctx, id, "none", "logout", row(audit.EventLogout, noon)); got || err != nil {
			t.Errorf("EndSession(%q) answers %v, %v", id, got, err)
		}
		if got, err := g.EndSessions(ctx, id, "", "logout", row(audit.EventSessionsEnded, noon)); got != 0 || err != nil {
			t.Errorf("EndSessions(%q) answers %v, %v", id, got, err)
		}
		if _, err := g.ListUsers(ctx, login.UserQuery{After: id, Limit: 1}); err != nil && !fault.Is(err, api.CodeMalformedRequest) {
			t.Errorf("ListUsers after %q: %v", id, err)
		}
		if got, err := g.SessionByID(ctx, string(id)); got != nil || err != nil {
			t.Errorf("SessionByID(%q) answers %v, %v", id, got, err)
		}
		if got, err := g.KnownDevice(ctx, string(id)); got || err != nil {
			t.Errorf("KnownDevice(%q) answers %v, %v", id, got, err)
		}
	}
}

func searchMeansItself(t *testing.T, g ground) {
	mark := secret.RandomText(5) // keeps apart from the accounts of other tests
	named := func(name string) account.ID {
		return g.create(t, func(n *login.NewUser) { n.Name = mark + name }).ID
	}
	percent, under, bang, plain, slash, letter := named("a%b"), named("a_b"), named("a!b"), named("aXb"), named(`a\b`), named("Ünal")
	mail := g.create(t)
	longer := g.create(t, func(n *login.NewUser) { n.Email = "x" + mail.Email })
	for _, c := range []struct {
		search, note string
		want         []account.ID
	}{
		{mark + "a%b", "a percent sign is no wildcard", []account.ID{percent}},
		{mark + "a_b", "nor is an underscore", []account.ID{under}},
		{mark + "a!b", "the escape itself means itself", []account.ID{bang}},
		{mark + `a\b`, "a backslash escapes nothing", []account.ID{slash}},
		{mark + "AxB", "case does not matter", []account.ID{plain}},
		{mark + "Ünal", "a capital beyond ASCII is found as it was written", []account.ID{letter}},
		{mark + "%", "a wildcard alone finds only itself", nil},
		{mail.Email[1:12], "a piece of an address", []account.ID{mail.ID, longer.ID}},
		{strings.ToUpper(mail.Email), "a whole address is the one that has it", []account.ID{mail.ID}},
		{mail.Email[1:], "of an address that nobody has, those that end so", []account.ID{mail.ID, longer.ID}},
		{mark + "' OR '1'='1", "a quote ends nothing", nil},
		{mark + "a\x00b", "a NUL is in no text", nil},
	} {
		var got []account.ID
		for _, u := range must[[]account.User](t)(g.ListUsers(t.Context(), login.UserQuery{Search: c.search, Limit: 10})) {
			got = append(got, u.ID)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: searching %q (-want +got):\n%s", c.note, c.search, diff)
		}
	}
}

func listingGoesOn(t *testing.T, g ground) {
	mark := secret.RandomText(5)
	want := map[account.ID]bool{}
	for range 12 { // ids of one and two digits: sorted as text, 10 would stand before 9
		want[g.create(t, func(n *login.NewUser) { n.Name = mark }).ID] = true
	}
	got := map[account.ID]bool{}
	var after account.ID
	for page := range 4 {
		list := must[[]account.User](t)(g.ListUsers(t.Context(), login.UserQuery{Search: mark, After: after, Limit: 5}))
		if size := []int{5, 5, 2, 0}[page]; len(list) != size {
			t.Fatalf("page %d holds %d accounts, not %d", page, len(list), size)
		}
		for _, u := range list {
			if got[u.ID] {
				t.Errorf("account %s is listed twice", u.ID)
			}
			got[u.ID], after = true, u.ID
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the pages together (-want +got):\n%s", diff)
	}
}

func listingFilters(t *testing.T, g ground) {
	mark := secret.RandomText(5)
	make1 := func(role, status string) account.ID {
		return g.create(t, func(n *login.NewUser) { n.Name, n.Role, n.Status = mark, role, status }).ID
	}
	boss, person := make1(account.RoleAdmin, account.StatusActive), make1(account.RoleUser, account.StatusActive)
	locked := make1(account.RoleUser, account.StatusLocked)
	for _, c := range []struct {
		q    login.UserQuery
		want []account.ID
	}{
		{login.UserQuery{Role: account.RoleAdmin}, []account.ID{boss}},
		{login.UserQuery{Role: account.RoleUser}, []account.ID{person, locked}},
		{login.UserQuery{Status: account.StatusLocked}, []account.ID{locked}},
		{login.UserQuery{Role: account.RoleUser, Status: account.StatusActive}, []account.ID{person}},
		{login.UserQuery{Role: "' OR 1=1 --"}, nil},
	} {
		c.q.Search, c.q.Limit = mark, 10
		var got []account.ID
		for _, u := range must[[]account.User](t)(g.ListUsers(t.Context(), c.q)) {
			got = append(got, u.ID)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v lists (-want +got):\n%s", c.q, diff)
		}
	}
}

func addressTakenOnce(t *testing.T, g ground) {
	n := newUser()
	var made atomic.Int64
	atOnce(30, func(i int) {
		one := n
		one.Name = fmt.Sprint(i)
		_, ok, err := g.CreateUser(t.Context(), one)
		if err != nil {
			t.Error(err)
		}
		if ok {
			made.Add(1)
		}
	})
	if made.Load() != 1 {
		t.Errorf("%d of thirty were told that the account is theirs", made.Load())
	}
	list := must[[]account.User](t)(g.ListUsers(t.Context(), login.UserQuery{Search: n.Email, Limit: 10}))
	if len(list) != 1 {
		t.Errorf("%d accounts have the address", len(list))
	}
	if rows := g.rows(t, list[0].ID, audit.EventUserCreated); len(rows) != 1 {
		t.Errorf("the audit tells of %d creations", len(rows))
	}
}

func noRowNoAccount(t *testing.T, g ground) {
	n := newUser()
	n.Row.At = time.Time{}
	if _, made, err := g.CreateUser(t.Context(), n); made || err == nil {
		t.Errorf("an account without its audit row: made %v, %v", made, err)
	}
	if _, ok, err := g.UserByEmail(t.Context(), n.Email); ok || err != nil {
		t.Errorf("the account is there all the same: %v, %v", ok, err)
	}
}
