package faultlab

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// What is healthy must be called so, whichever way leads to the database.
func TestHealthyDatabasesHaveNoFinding(t *testing.T) {
	secure := func(t *testing.T) string {
		pg, ca := ground.TLSPostgres(t)
		return replaced(pg.NewDatabase(t), "sslmode=disable", "sslmode=verify-full&sslrootcert="+ca)
	}
	for how, address := range map[string]func(*testing.T) string{
		"SQLite":              func(*testing.T) string { return ground.Unset },
		"PostgreSQL":          func(t *testing.T) string { return ground.Postgres(t).NewDatabase(t) },
		"PostgreSQL with TLS": secure,
		"a pool by session": func(t *testing.T) string {
			pg := ground.Postgres(t)
			return ground.PgBouncer(t, pg, "session", 20).URL(pg.NewDatabase(t))
		},
		"a pool by transaction": func(t *testing.T) string {
			pg := ground.Postgres(t)
			return ground.PgBouncer(t, pg, "transaction", 2).URL(pg.NewDatabase(t))
		},
		"the address of an asyncpg system, through a pool by transaction": func(t *testing.T) string {
			pg := ground.Postgres(t)
			return replaced(ground.PgBouncer(t, pg, "transaction", 2).URL(pg.NewDatabase(t)),
				"postgres://", "postgresql+asyncpg://", "sslmode=disable", "ssl=disable&prepared_statement_cache_size=100")
		},
		"a pool by transaction with TLS on both legs": func(t *testing.T) string {
			pg, _ := ground.TLSPostgres(t)
			b := ground.PgBouncerWith(t, pg, ground.BouncerOptions{
				Mode: "transaction", Size: 4, Certificate: certificate(t), Settings: settings("server_tls_sslmode", "require"),
			})
			return replaced(b.URL(pg.NewDatabase(t)), "sslmode=disable", "sslmode=require")
		},
		"two hosts, the first of which is away": func(t *testing.T) string {
			pg := ground.Postgres(t)
			return replaced(pg.NewDatabase(t), "127.0.0.1:", "127.0.0.1:"+port(ground.FreePort(t))+",127.0.0.1:")
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := ground.Server(t, map[string]string{"DATABASE_URL": address(t)})
			expect(t, doctor(t, s))
			if res := s.RunInput("three green lanterns\n", "user", "create", "--email", "ada@example.com", "--role", "admin", "--password-stdin"); res.Code != 0 {
				t.Fatal(res.Stderr)
			}
			expect(t, doctor(t, s))
		})
	}
}
