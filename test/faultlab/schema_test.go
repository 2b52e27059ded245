package faultlab

import (
	"path/filepath"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// changed is a database that was up to date until somebody ran these
// statements, on PostgreSQL or on SQLite.
func changed(statements ...string) func(t *testing.T) api.Diagnosis {
	return func(t *testing.T) api.Diagnosis {
		pg, url := migrated(t)
		super(t, pg, url, statements...)
		return at(t, url)
	}
}

func changedLite(statements ...string) func(t *testing.T) api.Diagnosis {
	return func(t *testing.T) api.Diagnosis {
		s := ground.Unstarted(t, nil)
		migrate(t, s)
		inFile(t, s, statements...)
		return doctor(t, s)
	}
}

func inFile(t *testing.T, s *ground.Instance, statements ...string) {
	t.Helper()
	db := lite(t, filepath.Join(s.DataDir, "aiwfe-auth.db"))
	for _, one := range statements {
		if _, err := db.ExecContext(t.Context(), one); err != nil {
			t.Fatalf("%s: %v", one, err)
		}
	}
	_ = db.Close()
}

// schemaInjections are of tables and migrations.
func schemaInjections() []injection {
	return []injection{
		{
			fault: "D13", how: "an empty database in production", cause: "schema_behind",
			examine: func(t *testing.T) api.Diagnosis {
				return doctor(t, ground.Unstarted(t, production(ground.Postgres(t).NewDatabase(t))))
			},
		},
		{
			fault: "D13", how: "an empty file in production", cause: "schema_behind",
			examine: func(t *testing.T) api.Diagnosis {
				file := filepath.Join(t.TempDir(), "auth.db")
				write(t, file, "")
				return doctor(t, ground.Unstarted(t, production("sqlite:///"+file)))
			},
		},
		{fault: "D13", how: "a version of the future", cause: "schema_newer", examine: changed("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, true)")},
		{fault: "D13", how: "a version of the future in a file", cause: "schema_newer", examine: changedLite("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, 1)")},
		{fault: "D13", how: "a step that is not in the ledger, and all of its tables", cause: "migration_interrupted", examine: changed("DELETE FROM goose_db_version WHERE version_id = 5")},
		{fault: "D13", how: "a step half done", cause: "migration_interrupted", examine: changedLite("DELETE FROM goose_db_version WHERE version_id = 4", "DROP INDEX audit_tally")},
		{fault: "D13", how: "the ledger lost", cause: "migration_interrupted", examine: changed("DROP TABLE goose_db_version")},
		{
			fault: "D13", how: "the lock of a migration that died, and a step pending", cause: "migration_interrupted",
			examine: changed("DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)", "UPDATE goose_lock SET locked = true, locked_by = 'gone-1', lease_expires_at = now() - interval '1 hour', locked_at = now() - interval '1 hour'"),
		},
		{fault: "D13", how: "a column renamed", cause: "schema_drift", examine: changed("ALTER TABLE sessions RENAME COLUMN secret_hash TO secret")},
		{fault: "D13", how: "a column of another type", cause: "schema_drift", examine: changed("ALTER TABLE sessions ALTER COLUMN expires_ms TYPE text USING expires_ms::text")},
		{fault: "D13", how: "the unique index on addresses dropped", cause: "schema_drift", examine: changed("DROP INDEX users_email_lower")},
		{fault: "D13", how: "a table dropped", cause: "schema_drift", examine: changedLite("DROP TABLE attempts")},
		{fault: "D13", how: "a column that must be filled, added by hand", cause: "schema_drift", examine: changed("ALTER TABLE sessions ADD COLUMN tenant text NOT NULL")},
		{
			fault: "D13", how: "the tables moved to another schema", cause: "schema_wrong_search_path",
			examine: changed("ALTER SCHEMA public RENAME TO auth", "CREATE SCHEMA public AUTHORIZATION aiwfe"),
		},
		{
			fault: "D13", how: "a search_path in the address", cause: "schema_wrong_search_path",
			examine: func(t *testing.T) api.Diagnosis {
				pg, url := migrated(t)
				super(t, pg, url, "CREATE SCHEMA empty AUTHORIZATION aiwfe")
				return at(t, url+"&search_path=empty")
			},
		},
		{
			fault: "D13", how: "no right to look into the schema", cause: "database_privileges_missing",
			examine: changed("REVOKE ALL ON SCHEMA public FROM PUBLIC, aiwfe", "ALTER SCHEMA public OWNER TO postgres"),
		},
		{fault: "D13", how: "no right to write sessions", cause: "database_privileges_missing", examine: changed("ALTER TABLE sessions OWNER TO postgres", "GRANT SELECT ON sessions TO aiwfe")},
		{fault: "D13", how: "rows hidden by row level security", cause: "database_privileges_missing", examine: changed("ALTER TABLE users ENABLE ROW LEVEL SECURITY", "ALTER TABLE users FORCE ROW LEVEL SECURITY")},
		{fault: "D13", how: "tables restored by another owner", cause: "database_privileges_missing", examine: changed("ALTER TABLE users OWNER TO postgres", "ALTER TABLE goose_db_version OWNER TO postgres")},
	}
}
