package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// What people ask for every day, and what the server does by itself, must not read a whole table: with a million rows it
// would take seconds, and the sweep would hold the one writer for as long.
func TestListsAndSweepReadNoWholeTable(t *testing.T) {
	t.Parallel()
	s := migrate(t, openSQLite(t))
	now := time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)
	statements := map[string][]any{}
	for _, q := range []audit.Query{
		{Event: audit.EventLogin},
		{Address: "a@example.com"},
		{IP: "192.0.2.7"},
		{User: "7"},
		{RequestID: "r"},
		{Outcome: audit.Refused},
		{Since: now},
		{Until: now},
		{Since: now, Until: now},
		{Event: audit.EventLogin, Until: now, Before: 7},
		{Event: audit.EventLogin, User: "7"},
		{IP: "192.0.2.7", Outcome: audit.Refused, Since: now},
		{Who: audit.Who{User: "7", Address: "a@example.com"}},
		{Before: 7},
		{OldestFirst: true, After: 7, Event: audit.EventLogin},
	} {
		q.Limit = 50
		query, args := store.AuditStatement(store.SQLite, q)
		statements[query] = args
	}
	for _, q := range []login.UserQuery{
		{Role: account.RoleAdmin}, {Status: account.StatusDisabled}, {Role: account.RoleAdmin, Status: account.StatusDisabled, After: "7"}, {After: "7"},
	} {
		q.Limit = 50
		query, args := store.UsersStatement(q, false)
		statements[query] = args
	}
	query, args := store.UsersStatement(login.UserQuery{Search: "a@example.com", Limit: 50}, true)
	statements[query] = args
	for _, query := range store.SweepStatements() {
		statements[query] = []any{now.UnixMilli()}
	}
	_, ro := s.Handles()
	for query, args := range statements {
		rows, err := ro.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
		for _, detail := range plan {
			// An index of refusals alone is gone through from its end, which is what is asked for.
			if strings.HasPrefix(detail, "SCAN ") && detail != "SCAN audit USING INDEX audit_refused" {
				t.Errorf("%s reads a whole table:\n%s", query, strings.Join(plan, "\n"))
			}
		}
	}
	if len(statements) < 25 {
		t.Errorf("only %d statements were looked at", len(statements))
	}
}
