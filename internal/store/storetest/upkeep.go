package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// upkeepChecks are what the chores ask of a whole database.
var upkeepChecks = []check{
	{"SignInsAreCountedByHowTheyEnd", loginsCounted},
	{"PlacesOfAdministratorsAreTold", adminPlaces},
	{"AccountsThatAreGuessedAtAreTold", besieged},
	{"AccountsInNeedAreTold", needyAccounts},
	{"SizesAndWhatIsOverdueAreTold", sizes},
	{"ReportOfADueMomentIsKeptOnce", upkeepKept},
}

const aDay = 24 * time.Hour

// refusals are counted refusals of sign-ins.
func refusals(at time.Time, address, ip, reason string, code api.Code, n int64) audit.Row {
	r := audit.Row{Event: audit.EventLogin, Outcome: audit.Refused, Code: code, Reason: reason, Address: address, At: at, Count: n}
	r.Client.IP = ip
	return r
}

func loginsCounted(t *testing.T, g ground) {
	u := g.create(t)
	g.signIn(t, u, noon)
	g.signIn(t, u, noon.Add(-aDay))
	g.signIn(t, u, noon.Add(-3*aDay))
	rows := []audit.Row{
		refusals(noon, u.Email, "192.0.2.7", "wrong_password", api.CodeInvalidCredentials, 3),
		refusals(noon, "x@example.com", "192.0.2.8", "unknown_address", api.CodeInvalidCredentials, 40),
		refusals(noon, u.Email, "192.0.2.9", "account_limit", api.CodeTooManyAttempts, 5),
	}
	if err := g.Tally(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	l, err := g.Logins(t.Context(), noon.Add(-aDay), noon.Add(time.Minute))
	if err != nil || l.Succeeded != 2 || l.Failed != 48 || l.Guesses != 45 || l.Honest() != 5 {
		t.Errorf("counted %+v, %v", l, err)
	}
	if rate, any := l.Rate(); !any || rate != 0.4 {
		t.Errorf("2 of 5 are %v, %v", rate, any)
	}
	if l, err := g.Logins(t.Context(), noon.Add(-2*aDay), noon.Add(-aDay)); err != nil || l.Honest() != 0 {
		t.Errorf("on a day without any there are %+v, %v", l, err)
	}
}

func adminPlaces(t *testing.T, g ground) {
	boss, user := g.create(t, admin), g.create(t)
	for _, at := range []time.Time{noon.Add(-3 * aDay), noon} {
		b := beginOf(newSession(boss, at))
		b.Rows[0].User = boss.ID
		g.begin(t, b)
	}
	b := beginOf(newSession(user, noon))
	b.Rows[0].User = user.ID
	g.begin(t, b)
	far := row(audit.EventLogin, noon)
	far.User, far.Client.IP = boss.ID, "203.0.113.5"
	if err := g.Record(t.Context(), far); err != nil {
		t.Fatal(err)
	}
	list, err := g.AdminPlaces(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("places are %+v, %v", list, err)
	}
	near := list[0]
	if near.Address != boss.Email || near.IP != "192.0.2.7" || !near.First.Equal(noon.Add(-3*aDay)) || !near.Last.Equal(noon) {
		t.Errorf("the place that is known is told as %+v", near)
	}
	if list[1].IP != "203.0.113.5" || !list[1].First.Equal(noon) {
		t.Errorf("the new place is told as %+v", list[1])
	}
}

func besieged(t *testing.T, g ground) {
	u, calm := g.create(t), g.create(t)
	if err := g.Tally(t.Context(), []audit.Row{
		refusals(noon, u.Email, "192.0.2.7", "wrong_password", api.CodeInvalidCredentials, 30),
		refusals(noon, u.Email, "192.0.2.8", "wrong_password", api.CodeInvalidCredentials, 30),
		refusals(noon, calm.Email, "192.0.2.8", "wrong_password", api.CodeInvalidCredentials, 49),
		refusals(noon.Add(-2*aDay), calm.Email, "192.0.2.8", "wrong_password", api.CodeInvalidCredentials, 49),
		refusals(noon, "nobody@example.com", "192.0.2.8", "unknown_address", api.CodeInvalidCredentials, 500),
	}); err != nil {
		t.Fatal(err)
	}
	list, err := g.Besieged(t.Context(), noon.Add(-aDay), 50)
	if err != nil || len(list) != 1 || list[0].Address != u.Email || list[0].Refused != 60 || list[0].Networks != 2 {
		t.Errorf("besieged are %+v, %v", list, err)
	}
	names, err := g.Names(t.Context(), []string{string(u.ID), "host", "", "99999999", string(u.ID)})
	if err != nil || names[string(u.ID)] != u.Email || names["host"] != "" {
		t.Errorf("names are %v, %v", names, err)
	}
}

func needyAccounts(t *testing.T, g ground) {
	boss, bare := g.create(t, admin), g.create(t, admin)
	g.addPasskey(t, boss)
	g.create(t, func(n *login.NewUser) { n.Status, n.Hash = account.StatusPending, "" })
	g.create(t, func(n *login.NewUser) { n.Verified = false })
	used := g.create(t)
	g.signIn(t, used, noon.Add(100*aDay))
	old := newSession(used, noon)
	old.Kind, old.ExpiresAt = session.KindLegacy, noon.Add(30*aDay)
	g.begin(t, beginOf(old))

	if list, err := g.BareAdmins(t.Context()); err != nil || !slices.Equal(list, []string{bare.Email}) {
		t.Errorf("without a second factor are %v, %v", list, err)
	}
	if n, some, err := g.StaleInvitations(t.Context(), noon); err != nil || n != 1 || len(some) != 1 {
		t.Errorf("invitations: %d %v, %v", n, some, err)
	}
	if n, err := g.Unconfirmed(t.Context(), noon.Add(aDay)); err != nil || n != 1 {
		t.Errorf("unconfirmed: %d, %v", n, err)
	}
	if n, err := g.Unconfirmed(t.Context(), noon); err != nil || n != 0 {
		t.Errorf("unconfirmed before anybody came: %d, %v", n, err)
	}
	if n, some, err := g.Unused(t.Context(), noon.Add(aDay)); err != nil || n != 3 || len(some) != 3 || slices.Contains(some, used.Email) {
		t.Errorf("unused: %d %v, %v", n, some, err)
	}
	if list, err := g.OldTokens(t.Context(), noon); err != nil || len(list) != 1 || list[0].Address != used.Email {
		t.Errorf("of the old form: %+v, %v", list, err)
	}
	forms, err := g.Hashes(t.Context())
	if err != nil || len(forms) != 2 || forms[0].Form != "$2b$12$" || forms[0].Count != 4 || forms[1].Form != "none" {
		t.Errorf("hashes: %+v, %v", forms, err)
	}
}

func sizes(t *testing.T, g ground) {
	u := g.create(t)
	g.signIn(t, u, noon)
	for at, want := range map[time.Time]int64{noon: 0, noon.Add(2 * aDay): 1} {
		if n, err := g.Overdue(t.Context(), at); err != nil || n != want {
			t.Errorf("overdue at %v: %d, %v; want %d", at, n, err, want)
		}
	}
	s, err := g.Sizes(t.Context())
	if err != nil || s.Bytes < 1000 || len(s.Tables) < 10 {
		t.Fatalf("sizes are %+v, %v", s, err)
	}
	i := slices.IndexFunc(s.Tables, func(one api.TableSize) bool { return one.Table == "users" })
	if i < 0 || g.Engine() == store.SQLite && s.Tables[i].Rows != 1 {
		t.Errorf("the accounts are counted as %+v", s.Tables)
	}
}

func upkeepKept(t *testing.T, g ground) {
	keep := func(at, due time.Time, by string, under *store.Held, letters ...mail.Letter) (bool, error) {
		return g.KeepUpkeep(t.Context(), store.UpkeepKept{
			Report: api.MaintenanceReport{Kind: api.MaintenanceDaily, At: at, By: by, Chores: []api.Chore{}}, Under: under, Due: due, Letters: letters,
		})
	}
	due := noon.Add(-time.Hour)
	kept := make([]bool, 4)
	atOnce(4, func(i int) {
		var err error
		if kept[i], err = keep(noon, due, "node", nil, newLetter()); err != nil {
			t.Error(err)
		}
	})
	n := 0
	for _, one := range kept {
		if one {
			n++
		}
	}
	letters := must[[]store.Waiting](t)(g.WaitingLetters(t.Context(), 10))
	if n != 1 || len(letters) != 1 {
		t.Errorf("of four for one moment %d were kept, with %d letters", n, len(letters))
	}
	if ok, err := keep(noon.Add(time.Minute), time.Time{}, "command line", nil); err != nil || !ok {
		t.Errorf("one that was asked for is kept: %v, %v", ok, err)
	}
	lost := &store.Held{Name: "upkeep", Holder: "gone", Number: 7, For: time.Second}
	if ok, err := keep(noon.Add(time.Hour), noon.Add(30*time.Minute), "late", lost); ok || err == nil {
		t.Errorf("without the lease it is kept: %v, %v", ok, err)
	}
	list, err := g.UpkeepReports(t.Context())
	if err != nil || len(list) != 1 || list[0].By != "command line" || !list[0].At.Equal(noon.Add(time.Minute)) {
		t.Errorf("kept are %+v, %v", list, err)
	}
}
