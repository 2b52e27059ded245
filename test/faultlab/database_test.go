package faultlab

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// at looks at a deployment that differs in DATABASE_URL alone, with no server.
func at(t *testing.T, url string) api.Diagnosis {
	t.Helper()
	return doctor(t, ground.Unstarted(t, map[string]string{"DATABASE_URL": url}))
}

// super runs statements as the superuser of the cluster, one by one.
func super(t *testing.T, pg *ground.PG, url string, statements ...string) {
	t.Helper()
	run(t, pg.SuperURL(url), statements...)
}

func run(t *testing.T, url string, statements ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx) //nolint:errcheck // the statements have been answered
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// listener takes connections and lets a function answer them.
func listener(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close() //nolint:errcheck // the other side does not care
				answer(conn)
			}()
		}
	}()
	return l.Addr().String()
}

func replaced(url string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(url)
}

// reachInjections break the way to the database.
func reachInjections() []injection {
	return []injection{
		{
			fault: "database", how: "a host name that nobody knows", cause: "database_name_unknown",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, "postgres://aiwfe:secret@database.invalid:5432/aiwfe")
			},
		},
		{
			fault: "database", how: "a port where nothing listens", cause: "database_unreachable",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, "postgres://aiwfe:secret@"+net.JoinHostPort("127.0.0.1", port(ground.FreePort(t)))+"/aiwfe?sslmode=disable")
			},
		},
		{
			fault: "database", how: "a socket folder without a socket", cause: "database_unreachable",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, "postgres://aiwfe:secret@/aiwfe?host="+t.TempDir())
			},
		},
		{
			fault: "database", how: "a server that takes the connection and is silent", cause: "database_unreachable",
			examine: func(t *testing.T) api.Diagnosis {
				addr := listener(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 64)); <-t.Context().Done() })
				return at(t, "postgres://aiwfe:secret@"+addr+"/aiwfe?sslmode=disable")
			},
		},
		{
			fault: "database", how: "a forwarder whose target is away", cause: "database_unreachable",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, "postgres://aiwfe:secret@"+listener(t, func(net.Conn) {})+"/aiwfe")
			},
		},
		{
			fault: "database", how: "the port of a web server", cause: "database_not_postgres",
			examine: func(t *testing.T) api.Diagnosis {
				web := httptest.NewServer(http.NotFoundHandler())
				t.Cleanup(web.Close)
				return at(t, "postgres://aiwfe:secret@"+web.Listener.Addr().String()+"/aiwfe")
			},
		},
		{
			fault: "database", how: "the port of nginx", cause: "database_not_postgres",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, "postgres://aiwfe:secret@"+ground.Nginx(t, "server { listen 127.0.0.1:{{port}}; return 204; }").Addr()+"/aiwfe")
			},
		},
		{
			fault: "database", how: "the port of Redis", cause: "database_not_postgres",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, "postgres://aiwfe:secret@"+ground.Redis(t).Addr()+"/aiwfe")
			},
		},
		{
			fault: "database", how: "the console of pgbouncer", cause: "database_not_postgres",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, ground.PgBouncer(t, ground.Postgres(t), "session", 4).AdminURL())
			},
		},
		{
			fault: "database", how: "a wrong password", cause: "database_refuses_login",
			examine: func(t *testing.T) api.Diagnosis {
				url := ground.Postgres(t).NewDatabase(t)
				return at(t, replaced(url, password(url), "of-a-stranger"))
			},
		},
		{
			fault: "database", how: "a role that does not exist", cause: "database_refuses_login",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, replaced(ground.Postgres(t).NewDatabase(t), "aiwfe:", "nobody:"))
			},
		},
		{
			fault: "database", how: "no right to connect", cause: "database_refuses_login",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.Postgres(t)
				url := pg.NewDatabase(t)
				super(t, pg, url, "REVOKE CONNECT ON DATABASE "+name(url)+" FROM PUBLIC, aiwfe")
				return at(t, url)
			},
		},
		{
			fault: "database", how: "a database that does not exist", cause: "database_missing",
			examine: func(t *testing.T) api.Diagnosis {
				url := ground.Postgres(t).NewDatabase(t)
				return at(t, replaced(url, "/"+name(url), "/elsewhere"))
			},
		},
		{
			fault: "D11", how: "an option of another framework", cause: "database_url_wrong",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, ground.Postgres(t).NewDatabase(t)+"&schema=public")
			},
		},
		{
			fault: "D11", how: "a time zone that there is not", cause: "database_url_wrong",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, ground.Postgres(t).NewDatabase(t)+"&timezone=Mars/Olympus")
			},
		},
		{
			fault: "D11", how: "a certificate that is out of date", cause: "database_tls_untrusted",
			examine: func(t *testing.T) api.Diagnosis {
				a, err := ground.NewAuthority()
				if err != nil {
					t.Fatal(err)
				}
				old, err := a.Issue(ground.Validity{From: -48 * time.Hour, To: -time.Hour}, "127.0.0.1")
				if err != nil {
					t.Fatal(err)
				}
				pg := ground.Postgres(t)
				b := ground.PgBouncerWith(t, pg, ground.BouncerOptions{Mode: "session", Size: 4, Certificate: &old})
				return at(t, replaced(b.URL(pg.NewDatabase(t)), "sslmode=disable", "sslmode=verify-full&sslrootcert="+a.File(t)))
			},
		},
		{
			fault: "D11", how: "TLS turned off by PGSSLMODE", cause: "database_tls_required",
			examine: func(t *testing.T) api.Diagnosis {
				pg, _ := ground.TLSPostgres(t)
				url := replaced(pg.NewDatabase(t), "?sslmode=disable", "")
				return doctor(t, ground.Unstarted(t, map[string]string{"DATABASE_URL": url, "PGSSLMODE": "disable"}))
			},
		},
		{
			fault: "database", how: "a server that is shutting down", cause: "database_starting",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.PrivatePostgres(t, ground.Options{})
				url := pg.NewDatabase(t)
				t.Cleanup(pg.Stop)
				holding(t, url)
				pg.ShutDownSmart()
				return at(t, url)
			},
		},
		{
			fault: "database", how: "a standby", cause: "database_read_only",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.PrivatePostgres(t, ground.Options{})
				url := pg.NewDatabase(t)
				t.Cleanup(pg.Stop)
				pg.BecomeStandby()
				return at(t, url)
			},
		},
		{
			fault: "D11", how: "TLS asked of a server that has none", cause: "database_tls_refused",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, replaced(ground.Postgres(t).NewDatabase(t), "sslmode=disable", "sslmode=require"))
			},
		},
		{
			fault: "D11", how: "no TLS with a server that demands it", cause: "database_tls_required",
			examine: func(t *testing.T) api.Diagnosis {
				pg, _ := ground.TLSPostgres(t)
				return at(t, pg.NewDatabase(t))
			},
		},
		{
			fault: "D11", how: "a certificate of an authority that nobody named", cause: "database_tls_untrusted",
			examine: func(t *testing.T) api.Diagnosis {
				pg, _ := ground.TLSPostgres(t)
				return at(t, replaced(pg.NewDatabase(t), "sslmode=disable", "sslmode=verify-full"))
			},
		},
		{
			fault: "D11", how: "a certificate of another host name", cause: "database_tls_untrusted",
			examine: func(t *testing.T) api.Diagnosis {
				pg, ca := ground.TLSPostgres(t)
				return at(t, replaced(pg.NewDatabase(t), "sslmode=disable", "sslmode=verify-full&sslrootcert="+ca, "127.0.0.1", "localhost"))
			},
		},
		{
			fault: "database", how: "a database that is read-only by default", cause: "database_read_only",
			examine: func(t *testing.T) api.Diagnosis {
				pg := ground.Postgres(t)
				url := pg.NewDatabase(t)
				super(t, pg, url, "ALTER DATABASE "+name(url)+" SET default_transaction_read_only = on")
				return at(t, url)
			},
		},
		{
			fault: "database", how: "read-only asked for in the address", cause: "database_read_only",
			examine: func(t *testing.T) api.Diagnosis {
				return at(t, ground.Postgres(t).NewDatabase(t)+"&default_transaction_read_only=on")
			},
		},
	}
}
