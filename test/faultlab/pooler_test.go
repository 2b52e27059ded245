package faultlab

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// pooled is a deployment behind a pooler of this kind.
func pooled(t *testing.T, o ground.BouncerOptions, change ...string) api.Diagnosis {
	t.Helper()
	pg := ground.Postgres(t)
	if o.Mode == "" {
		o.Mode = "transaction"
	}
	if o.Size == 0 {
		o.Size = 4
	}
	url := ground.PgBouncerWith(t, pg, o).URL(pg.NewDatabase(t))
	return at(t, replaced(url, change...))
}

func settings(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// certificate is one for 127.0.0.1, of an authority that nobody knows.
func certificate(t *testing.T) *ground.Certificate {
	t.Helper()
	a, err := ground.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Issue(ground.Validity{}, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

// poolerInjections are of what stands between server and database.
func poolerInjections() []injection {
	return []injection{
		{
			fault: "G2", how: "pool_mode statement", cause: "pooler_statement_mode",
			examine: func(t *testing.T) api.Diagnosis { return pooled(t, ground.BouncerOptions{Mode: "statement"}) },
		},
		{
			fault: "D10", how: "named statements asked for through a pool by transaction", cause: "pooler_prepared_statements",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{Size: 2}, "sslmode=disable", "sslmode=disable&default_query_exec_mode=cache_statement")
			},
		},
		{
			fault: "G2", how: "named statements asked for, and a pool of one connection", cause: "pooler_prepared_statements",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{Size: 1}, "sslmode=disable", "sslmode=disable&default_query_exec_mode=cache_statement")
			},
		},
		{
			fault: "D10", how: "statements described in one transaction and run in the " +
				"next", cause: "pooler_prepared_statements",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{Size: 1}, "sslmode=disable", "sslmode=disable&default_query_exec_mode=describe_exec")
			},
		},
		{
			fault: "D11", how: "a startup parameter that the pooler does not take", cause: "pooler_startup_parameter",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{}, "sslmode=disable", "sslmode=disable&search_path=public")
			},
		},
		{
			fault: "D11", how: "PGOPTIONS in the environment, behind a pooler", cause: "pooler_startup_parameter",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.Postgres(t)
				url := ground.PgBouncer(t, pg, "transaction", 2).URL(pg.NewDatabase(t))
				d := doctor(t, ground.Unstarted(t, map[string]string{"DATABASE_URL": url, "PGOPTIONS": "-c " +
					"statement_timeout=5000"}))
				if len(d.Findings) == 1 && d.Findings[0].Setting != "PGOPTIONS (environment)" {
					t.Errorf("blamed is %s", d.Findings[0].Setting)
				}
				return d
			},
		},
		{
			fault: "D11", how: "TLS asked of a pooler that has none", cause: "pooler_tls_mismatch",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{}, "sslmode=disable", "sslmode=require")
			},
		},
		{
			fault: "D11", how: "no TLS with a pooler that demands it", cause: "pooler_tls_mismatch",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{Certificate: certificate(t), Settings: settings("client_tls_sslmode", "require")})
			},
		},
		{
			fault: "D11", how: "a pooler that comes to PostgreSQL without the TLS it demands", cause: "pooler_tls_mismatch",
			examine: func(t *testing.T) api.Diagnosis {
				pg, _ := ground.TLSPostgres(t)
				b := ground.PgBouncerWith(t, pg, ground.BouncerOptions{Mode: "session", Size: 4, Settings: settings("server_tls_sslmode", "disable")})
				return at(t, b.URL(pg.NewDatabase(t)))
			},
		},
		{
			fault: "pooler", how: "a pooler that looks for PostgreSQL at the wrong port", cause: "pooler_server_unreachable",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{Databases: "* = host=127.0.0.1 port=1"})
			},
		},
		{
			fault: "pooler", how: "PostgreSQL stopped behind a pooler", cause: "pooler_server_unreachable",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.PrivatePostgres(t, ground.Options{})
				url := ground.PgBouncer(t, pg, "transaction", 4).URL(pg.NewDatabase(t))
				run(t, url, "SELECT 1")
				pg.Stop()
				return at(t, url)
			},
		},
		{
			fault: "pooler", how: "a user that auth_file lacks", cause: "pooler_refuses_login",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{Users: "\"other\" \"secret\"\n"})
			},
		},
		{
			fault: "pooler", how: "another password in auth_file", cause: "pooler_refuses_login",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{Users: "\"aiwfe\" \"another\"\n"})
			},
		},
		{
			fault: "pooler", how: "a pooler whom PostgreSQL does not let in", cause: "pooler_server_login",
			examine: func(t *testing.T) api.Diagnosis {
				_, port, _ := strings.Cut(ground.Postgres(t).Addr(), ":")
				return pooled(t, ground.BouncerOptions{Databases: "* = host=127.0.0.1 user=nobody password=x port=" + port})
			},
		},
		{
			fault: "pooler", how: "a database that the pooler does not know", cause: "database_missing",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{Databases: "other = host=127.0.0.1 port=1"})
			},
		},
		{
			fault: "D12", how: "a pool by session with one connection", cause: "pooler_too_small",
			examine: func(t *testing.T) api.Diagnosis { return pooled(t, ground.BouncerOptions{Mode: "session", Size: 1}) },
		},
		{
			fault: "D12", how: "max_client_conn reached", cause: "pooler_too_small",
			examine: func(t *testing.T) api.Diagnosis {
				return pooled(t, ground.BouncerOptions{Settings: settings("max_client_conn", "0")})
			},
		},
		{
			fault: "D12", how: "every connection of the pool in a transaction", cause: "pooler_too_small",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.Postgres(t)
				url := ground.PgBouncer(t, pg, "transaction", 1).URL(pg.NewDatabase(t))
				holding(t, url, "BEGIN")
				return at(t, url)
			},
		},
		{
			fault: "pooler", how: "DATABASE_DIRECT_URL of another database", cause: "direct_url_wrong",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.Postgres(t)
				url := ground.PgBouncer(t, pg, "transaction", 4).URL(pg.NewDatabase(t))
				return doctor(t, ground.Unstarted(t, map[string]string{"DATABASE_URL": url, "DATABASE_DIRECT_URL": pg.NewDatabase(t)}))
			},
		},
		{
			fault: "pooler", how: "DATABASE_DIRECT_URL through the pooler", cause: "direct_url_wrong",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.Postgres(t)
				url := ground.PgBouncer(t, pg, "transaction", 4).URL(pg.NewDatabase(t))
				return doctor(t, ground.Unstarted(t, map[string]string{"DATABASE_URL": url, "DATABASE_DIRECT_URL": url}))
			},
		},
	}
}

// holding runs statements on a connection that stays as it is then.
func holding(t *testing.T, url string, statements ...string) {
	t.Helper()
	var conn *pgx.Conn
	var err error
	for range 50 { // who was just let go takes a slot for a moment longer
		if conn, err = pgx.Connect(t.Context(), url); err == nil || !strings.Contains(err.Error(), "53300") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	for _, s := range statements {
		if _, err := conn.Exec(t.Context(), s, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
