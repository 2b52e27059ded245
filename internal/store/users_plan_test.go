package store_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

var searchesOfAccounts = []login.UserQuery{
	{Search: "nobody at all"},
	{Search: "nobody at all", After: "7"},
	{Search: "nobody", Role: account.RoleUser, Status: account.StatusActive, After: "7"},
}

// crowd fills a store with so many accounts by one statement.
func crowd(t *testing.T, s *store.Store, n int) {
	t.Helper()
	series := `(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s
		WHERE n < ` + fmt.Sprint(n) + `) SELECT n FROM s) s`
	run(t, s, `INSERT INTO users (email, hashed_password, name)
		SELECT 'person' || n || '@example.com', '`+bcryptHash+`', 'Anna Meyer ' || n FROM `+series)
	if s.Engine() == store.Postgres {
		run(t, s, `ANALYZE users`)
	}
}

// TestSearchReadsNoWholeTable looks at the plans, whatever they cost.
func TestSearchReadsNoWholeTable(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s := migrate(t, openSQLite(t))
		for _, q := range searchesOfAccounts {
			q.Limit = 50
			query, args := s.LookStatement(q)
			plan, first := explained(t, s, "EXPLAIN QUERY PLAN "+query, args), "SEARCH u USING INTEGER PRIMARY KEY (rowid"
			if q.Role != "" {
				first = "CO-ROUTINE u\nSEARCH u USING INDEX users_role_status (<expr>=? AND <expr>=? AND id>?)\n"
			}
			if !strings.HasPrefix(plan, first) || q.Role == "" && !strings.Contains(plan, "rowid<?") {
				t.Errorf("%+v does not look at the beginning alone:\n%s", q, plan)
			}
			query, args = s.PartsStatement(q)
			plan = explained(t, s, "EXPLAIN QUERY PLAN "+query, args)
			if !strings.HasPrefix(plan, "SCAN s VIRTUAL TABLE INDEX") ||
				!strings.Contains(plan, "\nSEARCH u USING INTEGER PRIMARY KEY (rowid=?)\n") ||
				strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%+v reads more than a page of the index:\n%s", q, plan)
			}
		}
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		s := migrate(t, openPostgres(t))
		crowd(t, s, 20_000)
		if plan := general(t, s, login.UserQuery{Search: "x", Limit: 50}); strings.Contains(plan, "Seq Scan") ||
			!strings.Contains(plan, "Bitmap Index Scan on users_search") {
			t.Errorf("the plan for any word reads the whole table:\n%s", plan)
		}
		for _, q := range searchesOfAccounts {
			q.Limit = 50
			query, args := s.PartsStatement(q)
			plan := explained(t, s, "EXPLAIN "+query, args)
			if strings.Contains(plan, "Seq Scan") || !strings.Contains(plan, "Bitmap Index Scan on users_search") {
				t.Errorf("%+v reads the whole table:\n%s", q, plan)
			}
			query, args = s.LookStatement(q)
			plan = explained(t, s, "EXPLAIN "+query, args)
			if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "users_search") {
				t.Errorf("%+v does not look at the beginning alone:\n%s", q, plan)
			}
		}
	})
}

// explained gives the last column of a plan, line by line.
func explained(t *testing.T, s *store.Store, query string, args []any) string {
	t.Helper()
	_, ro := s.Handles()
	rows, err := ro.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(query, err)
	}
	return lastColumn(t, rows)
}

func lastColumn(t *testing.T, rows *sql.Rows) string {
	t.Helper()
	defer rows.Close() //nolint:errcheck // read to the end
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for rows.Next() {
		cells := make([]any, len(names))
		var line string
		for i := range cells {
			cells[i] = new(any)
		}
		cells[len(cells)-1] = &line
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return plan.String()
}

// general gives the plan that PostgreSQL keeps for words that it does not know yet.
func general(t *testing.T, s *store.Store, q login.UserQuery) string {
	t.Helper()
	rw, _ := s.Handles()
	conn, err := rw.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the test ends
	query, _ := s.PartsStatement(q)
	for _, one := range []string{`SET plan_cache_mode = force_generic_plan`, `PREPARE parts (text, text) AS ` + query} {
		if _, err := conn.ExecContext(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.QueryContext(t.Context(), `EXPLAIN EXECUTE parts ('%nobody%', '%nobody%')`)
	if err != nil {
		t.Fatal(err)
	}
	return lastColumn(t, rows)
}
