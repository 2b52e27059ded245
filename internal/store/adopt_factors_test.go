package store_test

import (
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/store/storetest"
)

// Whatever the ids of a users table that another system made are, second
// factors, links, trust and tokens refer to them as to our own.
func TestStoreOnAdoptedTables(t *testing.T) {
	t.Parallel()
	for _, g := range []struct {
		note   string
		open   func(testing.TB) *store.Store
		schema string
	}{
		{"PostgreSQL, UUIDs", openPostgres, oldPostgresTables[1].schema},
		{"PostgreSQL, integers", openPostgres, oldPostgresTables[0].schema},
		{"SQLite, UUIDs of 32 characters", openSQLite, oldSQLiteTables[0].schema},
		{"SQLite, UUIDs of 36 characters", openSQLite, oldSQLiteTables[1].schema},
		{"SQLite, integers", openSQLite, oldSQLiteTables[2].schema},
	} {
		t.Run(g.note, func(t *testing.T) {
			storetest.RunAdopted(t, func(t testing.TB) *store.Store {
				s := g.open(t)
				table, _, _ := strings.Cut(g.schema, "INSERT INTO") // without its people
				run(t, s, table)
				return s
			})
		})
	}
}

// The audit tells of accounts that are gone by their ids, so a new account must
// not take over the story of an old one.
func TestIDOfADeletedAccountIsNotGivenOutAgain(t *testing.T) {
	t.Parallel()
	for _, old := range oldSQLiteTables {
		s := openSQLite(t)
		run(t, s, strings.ReplaceAll(old.schema, "$HASH", bcryptHash))
		migrate(t, s)
		seen := map[account.ID]bool{}
		for i := range 5 {
			u, made, err := s.CreateUser(t.Context(), newUser("again@example.com"))
			if err != nil || !made || seen[u.ID] {
				t.Fatalf("%s: account %d has the id %s, made %v, %v", old.note, i, u.ID, made, err)
			}
			seen[u.ID] = true
			r := audit.Succeeded(audit.EventUserDeleted, audit.Client{})
			r.At = noon
			if _, err := s.DeleteUser(t.Context(), u.ID, r); err != nil {
				t.Fatal(err)
			}
		}
	}
}
