package faultlab

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// slotInjections are of connections, locks and clocks.
func slotInjections() []injection {
	return []injection{
		{
			fault: "D12", how: "every connection of the cluster taken", cause: "connection_slots_exhausted",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.PrivatePostgres(t, ground.Options{Settings: settings("max_connections", "6", "max_wal_senders", "0")})
				url := pg.NewDatabase(t)
				for range 3 {
					holding(t, url)
				}
				return at(t, url)
			},
		},
		{
			fault: "D12", how: "the limit of the role reached", cause: "connection_slots_exhausted",
			examine: func(t *testing.T) api.Diagnosis {
				pg, url := limited(t, "ALTER ROLE slotless CONNECTION LIMIT 1")
				_ = pg
				holding(t, url)
				return at(t, url)
			},
		},
		{
			fault: "D12", how: "the limit of the database reached", cause: "connection_slots_exhausted",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.Postgres(t)
				url := pg.NewDatabase(t)
				super(t, pg, url, "ALTER DATABASE "+name(url)+" CONNECTION LIMIT 0")
				return at(t, url)
			},
		},
		{
			fault: "D12", how: "DB_MAX_CONNS above what the database allows", cause: "connection_slots_overcommitted",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.Postgres(t)
				url := pg.NewDatabase(t)
				super(t, pg, url, "ALTER DATABASE "+name(url)+" CONNECTION LIMIT 25")
				return doctor(t, ground.Server(t, map[string]string{"DATABASE_URL": url, "DB_MAX_CONNS": "30"}))
			},
		},
		{
			fault: "D12", how: "DB_MAX_CONNS above max_connections", cause: "connection_slots_overcommitted",
			examine: func(t *testing.T) api.Diagnosis {
				return doctor(t, ground.Server(t, map[string]string{"DATABASE_URL": ground.Postgres(t).NewDatabase(t), "DB_MAX_CONNS": "400"}))
			},
		},
		{
			fault: "D13", how: "a forgotten transaction that locks the accounts", cause: "database_locked_by",
			examine: func(t *testing.T) api.Diagnosis {
				_, url := migrated(t)
				holding(t, url+"&application_name=psql", "BEGIN", "LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
				return at(t, url)
			},
		},
		{
			fault: "D13", how: "a migration that hangs with the ledger in its hands", cause: "database_locked_by",
			examine: func(t *testing.T) api.Diagnosis {
				_, url := migrated(t)
				holding(t, url, "BEGIN", "ALTER TABLE sessions ADD COLUMN half text", "LOCK TABLE goose_db_version IN "+
					"EXCLUSIVE MODE")
				return at(t, url)
			},
		},
		{
			fault: "D13", how: "a prepared transaction that nobody ended", cause: "database_locked_by",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.PrivatePostgres(t, ground.Options{Settings: settings("max_prepared_transactions", "2")})
				url := pg.NewDatabase(t)
				t.Cleanup(pg.Stop)
				migrate(t, ground.Unstarted(t, map[string]string{"DATABASE_URL": url}))
				run(t, url, "BEGIN", "LOCK TABLE sessions IN SHARE MODE", "PREPARE TRANSACTION 'forgotten'")
				return at(t, url)
			},
		},
		{
			fault: "D19", how: "a database whose clock is fast", cause: "clock_skew",
			examine: func(t *testing.T) api.Diagnosis { return doctor(t, misclocked(t, "+ interval '45 seconds'", false)) },
		},
		{
			fault: "D19", how: "a database whose clock is slow, behind a pooler", cause: "clock_skew",
			examine: func(t *testing.T) api.Diagnosis { return doctor(t, misclocked(t, "- interval '10 minutes'", true)) },
		},
	}
}

// limited is a database with a user of its own.
func limited(t *testing.T, statements ...string) (*ground.PG, string) {
	t.Helper()
	pg := ground.PrivatePostgres(t, ground.Options{})
	url := pg.NewDatabase(t)
	super(t, pg, url, append([]string{"CREATE ROLE slotless LOGIN PASSWORD '" + password(url) + "'", "GRANT ALL ON " +
		"SCHEMA public TO slotless"}, statements...)...)
	return pg, replaced(url, "aiwfe:", "slotless:")
}

// migrated is a database that is up to date.
func migrated(t *testing.T) (*ground.PG, string) {
	t.Helper()
	pg := ground.Postgres(t)
	url := pg.NewDatabase(t)
	migrate(t, ground.Unstarted(t, map[string]string{"DATABASE_URL": url}))
	return pg, url
}

func migrate(t *testing.T, s *ground.Instance) {
	t.Helper()
	if res := s.Run("migrate", "up"); res.Code != 0 {
		t.Fatal(res.Stderr)
	}
}

// misclocked is a server whose database tells another time: a function that
// stands before PostgreSQL's own.
func misclocked(t *testing.T, off string, pooled bool) *ground.Instance {
	t.Helper()
	pg := ground.Postgres(t)
	url := pg.NewDatabase(t)
	super(t, pg, url, "CREATE SCHEMA fake AUTHORIZATION aiwfe",
		"CREATE FUNCTION fake.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT "+
			"pg_catalog.clock_timestamp() "+replaced(off, "'", "''")+"'",
		"ALTER ROLE aiwfe IN DATABASE "+name(url)+" SET search_path = public, fake, pg_catalog")
	if pooled {
		url = ground.PgBouncer(t, pg, "transaction", 4).URL(url)
	}
	return ground.Server(t, map[string]string{"DATABASE_URL": url})
}
