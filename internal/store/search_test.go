package store_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// searchWithin is what a search may take among ten million rows.
const searchWithin = 200 * time.Millisecond

// big is a year of many people: a row of n rows.
func big(n, of int, end time.Time) audit.Row {
	r := audit.Succeeded(audit.EventRefresh, audit.Client{
		IP: fmt.Sprintf("10.%d.%d.%d", n%7, n/7%250, n%250), UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101",
		RequestID: "req" + strconv.Itoa(n),
	})
	person := (n * 7919) % max(of/100, 1)
	r.At = end.Add(-365 * 24 * time.Hour).Add(time.Duration(float64(n) / float64(of) * float64(365*24*time.Hour)))
	r.User, r.Session, r.Device = account.ID(strconv.Itoa(person)), "ses_"+strconv.Itoa(n/9), "dev_"+strconv.Itoa(n/40)
	switch {
	case n%50_000 == 17:
		r.Event, r.Detail = audit.EventUserUpdated, "role=admin"
	case n%10 < 3:
		r.Event, r.Address = audit.EventLogin, "person"+strconv.Itoa(person)+"@example.com"
		if n%20 == 1 {
			r.Outcome, r.Code, r.Reason = audit.Refused, api.CodeInvalidCredentials, "wrong_password"
		}
	}
	return r
}

// fillAudit writes so many rows.
func fillAudit(t *testing.T, c *chain, of int, end time.Time) {
	t.Helper()
	const step = 50_000
	for from := 0; from < of; from += step {
		b := store.Bulk{}
		for n := from; n < min(of, from+step); n++ {
			b.Audit = append(b.Audit, big(n, of, end))
		}
		if err := c.Fill(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Filled(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// searches are what people ask, alone and together, for what there is and what there is not.
func searches(of int, end time.Time) map[string]audit.Query {
	one := big(of/2-of/2%10+2, of, end)
	day := 24 * time.Hour
	return map[string]audit.Query{
		"newest": {}, "oldest": {OldestFirst: true}, "page": {Before: int64(of / 3)},
		"user": {User: one.User}, "no such user": {User: "nobody"}, "user and event": {User: one.User, Event: audit.EventUserUpdated},
		"user in a month": {User: one.User, Since: end.Add(-60 * day), Until: end.Add(-30 * day)},
		"event":           {Event: audit.EventLogin}, "seldom event": {Event: audit.EventUserUpdated}, "event never": {Event: audit.EventExported},
		"event refused":  {Event: audit.EventLogin, Outcome: audit.Refused},
		"never refused":  {Event: audit.EventUserUpdated, Outcome: audit.Refused},
		"event of a day": {Event: audit.EventLogin, Since: end.Add(-100 * day), Until: end.Add(-99 * day)},
		"address":        {Address: one.Address}, "no such address": {Address: "nobody@example.com"},
		"network address": {IP: one.Client.IP}, "no such network address": {IP: "192.0.2.1"},
		"network address and event": {IP: one.Client.IP, Event: audit.EventExported},
		"time":                      {Since: end.Add(-200 * day), Until: end.Add(-199 * day)}, "until": {Until: end.Add(-300 * day)},
		"request": {RequestID: one.Client.RequestID}, "no such request": {RequestID: "nothing"},
		"who":     {Who: audit.Who{User: one.User, Address: one.Address}},
		"refused": {Outcome: audit.Refused}, "refused of old": {Outcome: audit.Refused, Until: end.Add(-300 * day)},
		"page of an event": {Event: audit.EventLogin, Before: int64(of / 2)},
	}
}

// TestSearchesUseAnIndexOnPostgreSQL looks at the plans, whatever they cost; for
// SQLite there is TestListsAndSweepReadNoWholeTable.
func TestSearchesUseAnIndexOnPostgreSQL(t *testing.T) {
	t.Parallel()
	c := newChain(t, openPostgres(t))
	const rows = 50_000
	end := time.Now().Truncate(time.Second)
	fillAudit(t, c, rows, end)
	_, ro := c.Handles()
	for name, q := range searches(rows, end) {
		q.Limit = 50
		query, args := store.AuditStatement(store.Postgres, q)
		plan, err := ro.QueryContext(t.Context(), "EXPLAIN "+query, args...)
		if err != nil {
			t.Fatal(name, err)
		}
		var all []string
		for plan.Next() {
			var line string
			if err := plan.Scan(&line); err != nil {
				t.Fatal(err)
			}
			all = append(all, line)
		}
		_ = plan.Close()
		if text := strings.Join(all, "\n"); strings.Contains(text, "Seq Scan on audit") || !strings.Contains(text, "Index") {
			t.Errorf("%s reads the whole table:\n%s", name, text)
		}
	}
}

// TestSearchAmongManyRows measures each search among so many rows as
// AIWFE_TEST_AUDIT_ROWS says, 2,000 unless all tests run at full length.
func TestSearchAmongManyRows(t *testing.T) {
	t.Parallel()
	rows := 2000
	if os.Getenv("AIWFE_TEST_FULL") == "1" {
		rows = 1_000_000
	}
	if n, err := strconv.Atoi(os.Getenv("AIWFE_TEST_AUDIT_ROWS")); err == nil {
		rows = n
	}
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, open(t))
			end := time.Now().Truncate(time.Second)
			began := time.Now()
			fillAudit(t, c, rows, end)
			t.Logf("%d rows in %s", rows, time.Since(began).Round(time.Second))
			for what, q := range searches(rows, end) {
				q.Limit = 50
				took := time.Hour
				var list []audit.Row
				for range 3 { // the best of three: others use this machine too
					began := time.Now()
					var err error
					if list, err = c.AuditRows(t.Context(), q); err != nil {
						t.Fatal(what, err)
					}
					took = min(took, time.Since(began))
				}
				t.Logf("%-28s %4d rows in %s", what, len(list), took.Round(10*time.Microsecond))
				if took > searchWithin {
					t.Errorf("%s takes %s", what, took)
				}
			}
		})
	}
}
