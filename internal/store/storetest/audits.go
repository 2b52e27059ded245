package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

var auditChecks = []check{
	{"AuditRowIsReadBackAsWritten", auditReadBack},
	{"AuditRowsAreSelected", auditSelected},
	{"AuditIsPagedWithoutGapsWhenAClockWentBack", auditPages},
	{"RefusalsAreCountedInOneRow", auditTally},
	{"RowsAreWrittenTogetherOrNotAtAll", auditTogether},
}

// auditOf finds rows by the request that they tell of.
func auditOf(t *testing.T, g ground, r audit.Row) []audit.Row {
	t.Helper()
	return must[[]audit.Row](t)(g.AuditRows(t.Context(), audit.Query{RequestID: r.Client.RequestID, Limit: 100}))
}

func auditReadBack(t *testing.T, g ground) {
	want := audit.Row{
		At: noon.Add(123 * time.Millisecond), Event: audit.EventLogin, Outcome: audit.Refused, Code: api.CodeInvalidCredentials,
		Reason: "password_wrong", Actor: "host", User: "nobody", Address: address(), Session: "s", Device: "d",
		Client: audit.Client{IP: "2001:db8::1", UserAgent: agent, RequestID: secret.RandomText(10)}, Detail: "role user -> admin", Count: 3,
	}
	if err := g.Record(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got := auditOf(t, g, want)
	if len(got) != 1 || got[0].ID == 0 {
		t.Fatalf("read back as %+v", got)
	}
	got[0].ID = 0
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("read back otherwise (-want +got):\n%s", diff)
	}
}

func auditSelected(t *testing.T, g ground) {
	mail := address()
	u := account.ID("u" + secret.RandomText(5))
	var rows []audit.Row
	for i := range 6 {
		r := row(audit.EventLogin, noon.Add(time.Duration(i)*time.Minute))
		r.Address, r.User = mail, u
		rows = append(rows, r)
	}
	rows[1].Event = audit.EventLogout
	rows[2].Outcome = audit.Refused
	rows[3].Client.IP = "198.51.100.1"
	rows[4].User = "other"
	if err := g.Record(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	third := auditOf(t, g, rows[3])[0].ID
	for _, c := range []struct {
		q    audit.Query
		want []int // indices into rows, newest first
	}{
		{audit.Query{}, []int{5, 4, 3, 2, 1, 0}},
		{audit.Query{Event: audit.EventLogin}, []int{5, 4, 3, 2, 0}},
		{audit.Query{User: u}, []int{5, 3, 2, 1, 0}},
		{audit.Query{Outcome: audit.Refused}, []int{2}},
		{audit.Query{IP: "198.51.100.1"}, []int{3}},
		{audit.Query{RequestID: rows[4].Client.RequestID}, []int{4}},
		{audit.Query{Since: rows[4].At}, []int{5, 4}},
		{audit.Query{Until: rows[2].At}, []int{1, 0}},
		{audit.Query{Since: rows[1].At, Until: rows[3].At}, []int{2, 1}},
		{audit.Query{Before: third}, []int{2, 1, 0}},
		{audit.Query{Limit: 2}, []int{5, 4}},
		{audit.Query{Event: audit.EventLogin, User: u, Before: third, Limit: 1}, []int{2}},
		{audit.Query{OldestFirst: true, Limit: 3}, []int{0, 1, 2}},
		{audit.Query{OldestFirst: true, After: third}, []int{4, 5}},
		{audit.Query{OldestFirst: true, After: third, Event: audit.EventLogin, Limit: 1}, []int{4}},
		{audit.Query{Who: audit.Who{User: u}}, []int{5, 3, 2, 1, 0}},
		{audit.Query{Who: audit.Who{User: "other", Address: "nobody"}}, []int{4}}, // either half is enough
		{audit.Query{Who: audit.Who{User: "nobody", Address: mail}, Before: third}, []int{2, 1, 0}},
		{audit.Query{User: "' OR ''='"}, nil},
		{audit.Query{IP: "\x00"}, nil},
	} {
		c.q.Address = mail
		if c.q.Limit == 0 {
			c.q.Limit = 100
		}
		var got []int
		for _, r := range must[[]audit.Row](t)(g.AuditRows(t.Context(), c.q)) {
			got = append(got, slices.IndexFunc(rows, func(o audit.Row) bool { return o.Client == r.Client }))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.q, diff)
		}
	}
}

// Pages of one and of two rows give all rows once, in order of time, also where that is not the order of writing.
func auditPages(t *testing.T, g ground) {
	mail, ip := address(), "192.0.2."+secret.RandomText(5)
	event := audit.EventExported // of this test alone
	var rows []audit.Row
	for _, minute := range []int{3, 4, 4, 1, 2, 4, 9} {
		r := row(event, noon.Add(time.Duration(minute)*time.Minute))
		r.Address, r.Client.IP = mail, ip
		rows = append(rows, r)
	}
	if err := g.Record(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	inTime := []int{6, 5, 2, 1, 0, 4, 3}
	for _, c := range []struct {
		q    audit.Query
		want []int
	}{
		{audit.Query{Address: mail}, inTime},
		{audit.Query{IP: ip}, inTime},
		{audit.Query{Event: event, Address: mail}, inTime},
		{audit.Query{Event: event}, inTime},
		{audit.Query{Event: event, Until: noon.Add(4 * time.Minute)}, []int{0, 4, 3}},
		{audit.Query{IP: ip, Since: noon.Add(2 * time.Minute), Until: noon.Add(9 * time.Minute)}, []int{5, 2, 1, 0, 4}},
	} {
		for _, c.q.Limit = range []int{1, 2, 100} {
			var got []int
			for c.q.Before = 0; ; {
				page := must[[]audit.Row](t)(g.AuditRows(t.Context(), c.q))
				for _, r := range page {
					got = append(got, slices.IndexFunc(rows, func(o audit.Row) bool { return o.Client == r.Client }))
					c.q.Before = r.ID
				}
				if len(page) < c.q.Limit {
					break
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", c.q, diff)
			}
		}
	}
}

func auditTally(t *testing.T, g ground) {
	ip := "192.0.2." + secret.RandomText(5) // of this test alone
	refusal := func(at time.Time) audit.Row {
		r := row(audit.EventRequestRefused, at)
		r.Outcome, r.Code, r.Reason, r.Client.IP = audit.Refused, api.CodeOriginNotAllowed, "origin", ip
		return r
	}
	other := refusal(noon)
	other.Reason = "origin_null"
	event := refusal(noon)
	event.Event = audit.EventSessionLimit
	three := refusal(noon.Add(59 * time.Second))
	three.Count = 3
	named := refusal(noon) // about an account: whoever asks for its address finds it
	named.Address = ip + "@example.com"
	atOnce(10, func(i int) {
		rows := []audit.Row{refusal(noon), three, refusal(noon.Add(time.Minute)), other, event, named}
		if i%2 == 1 {
			slices.Reverse(rows) // two nodes count in any order
		}
		if err := g.Tally(t.Context(), rows); err != nil {
			t.Error(err)
		}
	})
	got := map[string]int64{}
	list := must[[]audit.Row](t)(g.AuditRows(t.Context(), audit.Query{IP: ip, Limit: 100}))
	for _, r := range list {
		got[string(r.Event)+" "+r.Reason+" "+r.At.Truncate(time.Minute).Format("15:04")+strings.TrimPrefix(r.Address, ip)] += r.Count
	}
	want := map[string]int64{
		"request_refused origin 12:00": 40, "request_refused origin 12:01": 10,
		"request_refused origin_null 12:00": 10, "session_limit origin 12:00": 10,
		"request_refused origin 12:00@example.com": 10,
	}
	if diff := cmp.Diff(want, got); diff != "" || len(list) != 5 {
		t.Errorf("%d rows (-want +got):\n%s", len(list), diff)
	}
}

func auditTogether(t *testing.T, g ground) {
	good := row(audit.EventLogin, noon)
	nameless := row("", noon)
	if err := g.Record(t.Context(), good, nameless); err == nil {
		t.Error("a row without an event was written")
	}
	if n := len(auditOf(t, g, good)); n != 0 {
		t.Errorf("the row before it stayed, %d times", n)
	}
	if err := g.Tally(t.Context(), []audit.Row{row(audit.EventLogin, time.Time{})}); err == nil {
		t.Error("a refusal without a time was counted")
	}
}
