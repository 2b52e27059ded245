package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// TestBackupOfAnOlderVersionIsRestored: into the schema that it has, which then grows; the audit tells of it at the end.
func TestBackupOfAnOlderVersionIsRestored(t *testing.T) {
	t.Parallel()
	const older = 10
	for name, open := range map[string]func(*testing.T) *store.Store{
		"sqlite": func(t *testing.T) *store.Store { return openSQLite(t) }, "postgres": func(t *testing.T) *store.Store { return openPostgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			source, target := open(t), open(t)
			for _, s := range []*store.Store{source, target} {
				if _, err := s.MigrateTo(t.Context(), older); err != nil {
					t.Fatal(err)
				}
			}
			run(t, source, `INSERT INTO users (email) VALUES ('ada@example.com')`)
			f := saved(t, source)
			if f.Schema != older {
				t.Fatalf("the backup has schema %d", f.Schema)
			}
			r := restoring(false)
			if _, err := target.Load(t.Context(), f, r); err != nil {
				t.Fatal(err)
			}
			migrate(t, target)
			for range 2 { // whoever was killed does it once more
				if err := target.FinishRestore(t.Context(), r.Row, nil); err != nil {
					t.Fatal(err)
				}
			}
			if got := fmt.Sprint(table(t, target, `SELECT (SELECT COUNT(*) FROM users), COUNT(*) FROM audit WHERE event = 'backup_restored'`)); got != "[[1 1]]" {
				t.Errorf("people and rows that tell of it: %s", got)
			}
			if p, err := target.Place(t.Context(), time.Minute); err != nil || p.Used || p.Restored.Owed {
				t.Errorf("%+v, %v", p, err)
			}
			if _, err := target.Load(t.Context(), f, store.Restoring{ID: "again", Now: noon, Exact: true, Replace: true}); err != nil {
				t.Error(err)
			}
		})
	}
}
