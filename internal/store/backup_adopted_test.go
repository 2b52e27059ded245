package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// TestBackupOfAnAdoptedTable: foreign columns, ids of any kind and enumerations come back as they were, and what is
// made afterwards fits among them.
func TestBackupOfAnAdoptedTable(t *testing.T) {
	t.Parallel()
	for engine, c := range map[string]struct {
		olds []oldTable
		open func(*testing.T) *store.Store
	}{
		"sqlite":   {oldSQLiteTables, func(t *testing.T) *store.Store { return openSQLite(t) }},
		"postgres": {oldPostgresTables, func(t *testing.T) *store.Store { return openPostgres(t) }},
	} {
		for _, old := range c.olds {
			t.Run(engine+": "+old.note, func(t *testing.T) {
				source := c.open(t)
				run(t, source, strings.ReplaceAll(old.schema, "$HASH", bcryptHash)+";"+alembic)
				migrate(t, source)
				signedIn(t, source, "ada@example.com")
				f := saved(t, source)
				if len(f.Manifest().Adopted) == 0 {
					t.Fatal("it is taken for a table of ours")
				}
				if foreign := strings.Join(f.Manifest().Foreign, " "); !strings.Contains(foreign, "alembic_version") {
					t.Errorf("left out: %s", foreign)
				}
				want := rowsOf(t, source, f.Manifest().Tables)

				target := c.open(t)
				if err := target.AdoptAs(t.Context(), f.Manifest().Adopted); err != nil {
					t.Fatal(err)
				}
				if _, err := target.MigrateTo(t.Context(), f.Manifest().Schema); err != nil {
					t.Fatal(err)
				}
				if _, err := target.Load(t.Context(), f, restoring(true)); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, rowsOf(t, target, f.Manifest().Tables)); diff != "" {
					t.Errorf("other rows (-before +after):\n%s", diff)
				}
				migrate(t, target)
				signedIn(t, target, "eve@example.com")
				if again := saved(t, target); cmp.Diff(f.Manifest().Adopted, again.Manifest().Adopted) != "" {
					t.Errorf("the table is another one:\n%s", cmp.Diff(f.Manifest().Adopted, again.Manifest().Adopted))
				}
			})
		}
	}
}

// TestUsersThatLeanOnOthersAreNotBackedUp: they could not be restored.
func TestUsersThatLeanOnOthersAreNotBackedUp(t *testing.T) {
	t.Parallel()
	s := openSQLite(t)
	run(t, s, `CREATE TABLE tenants (id INTEGER PRIMARY KEY);
		CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, hashed_password TEXT, tenant INTEGER REFERENCES tenants (id))`)
	migrate(t, s)
	if err := s.Dump(t.Context(), nil); !contains(err, "foreign keys into tenants") {
		t.Error(err)
	}
}
