package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// What the doctor expects of PostgreSQL is derived from the migrations for
// SQLite: the two must make the same, or it would accuse healthy databases.
func TestMigrationsMakeWhatIsExpected(t *testing.T) {
	stages, err := store.Stages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := stages[len(stages)-1]
	if len(last.Shape["users"].Columns) < 10 || len(last.Shape["sessions"].Unique) < 2 {
		t.Fatalf("the expectation is %+v", last.Shape)
	}
	everyGround(t, func(t *testing.T, s *store.Store) {
		have, err := s.Shape(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if list := s.Drift(last.Shape, have); len(list) > 0 {
			t.Errorf("a database that was just migrated drifts: %q", list)
		}
		if diff := cmp.Diff(last.Shape.Tables(), have.Tables()); diff != "" {
			t.Error(diff)
		}
		for _, table := range have.Tables() {
			if len(have[table].Unique) == 0 {
				t.Errorf("no unique key of %s is seen", table)
			}
		}
	})
}

func TestEveryChangeByHandIsSeen(t *testing.T) {
	stages, err := store.Stages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := stages[len(stages)-1].Shape
	for _, c := range []struct{ name, sql, says string }{
		{"a table dropped", `DROP TABLE attempts`, "the table attempts is missing"},
		{"a column dropped", `ALTER TABLE sessions DROP COLUMN user_agent`, "the column user_agent of sessions is missing"},
		{"a column renamed", `ALTER TABLE sessions RENAME COLUMN user_agent TO agent`, "the column user_agent of sessions is missing; of its type there is: agent"},
		{"the index on addresses dropped", `DROP INDEX users_email_lower`, "the unique index on users (lower(email)) is missing"},
		{"an index on secrets dropped", `DROP INDEX sessions_secret`, "the unique index on sessions (secret_hash) is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, s := range []*store.Store{migrate(t, openSQLite(t)), migrate(t, openPostgres(t))} {
				run(t, s, c.sql)
				have, err := s.Shape(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if list := s.Drift(want, have); len(list) == 0 || list[0] != c.says {
					t.Errorf("%s: seen is %q", s.Engine(), list)
				}
			}
		})
	}
}
