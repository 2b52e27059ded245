package inside

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// TestSchemaSaysWhereAccountsAreSearchedWithoutAnIndex: there they are found all the same, so it is no finding.
func TestSchemaSaysWhereAccountsAreSearchedWithoutAnIndex(t *testing.T) {
	t.Parallel()
	for drop, without := range map[string]bool{"SELECT 1": false, "DROP TRIGGER users_search_update": true} {
		folder := t.TempDir()
		path := filepath.Join(folder, "aiwfe-auth.db")
		s, err := store.Open(t.Context(), store.Options{Engine: store.SQLite, DSN: path, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Close()
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), drop+";"); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		d := look(t, strict(map[string]string{"DATA_DIR": folder}), nil, "config", "data_dir", "database", "pooler", "locks", "schema")
		var schema api.DoctorCheck
		for _, c := range d.Checks {
			if c.Check == "schema" {
				schema = c
			}
		}
		if schema.State != api.CheckPassed || strings.Contains(schema.Said, "without an index") != without {
			t.Errorf("%s: %+v", drop, schema)
		}
	}
}
