package ground

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// backends asks twice on one client connection which server process answered, in a busy pool of two.
func backends(t *testing.T, url string) (first, second int) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	ask := func(query func(context.Context, string, ...any) pgx.Row) (pid int) {
		if err := query(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		return pid
	}
	one, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close(t.Context()) //nolint:errcheck // the test is over
	two, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close(t.Context()) //nolint:errcheck // the test is over

	first = ask(one.QueryRow)
	// The other client takes the server connection that is free, and holds it.
	tx, err := two.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask(tx.QueryRow)
	second = ask(one.QueryRow)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	return first, second
}

func TestPgBouncerPoolsInTheModeAskedFor(t *testing.T) {
	pg := Postgres(t)
	for mode, sameServer := range map[string]bool{"session": true, "transaction": false} {
		t.Run(mode, func(t *testing.T) {
			url := PgBouncer(t, pg, mode, 2).URL(pg.NewDatabase(t))
			first, second := backends(t, url)
			if (first == second) != sameServer {
				t.Errorf("in %s mode one client was served by %d and then %d", mode, first, second)
			}
		})
	}
}

func TestPgBouncerRefusesWhatDebiansRefuses(t *testing.T) {
	pg := Postgres(t)
	url := PgBouncer(t, pg, "transaction", 2).URL(pg.NewDatabase(t))
	for name, c := range map[string]struct{ url, want string }{
		// Two things a driver likes to send in its startup message; the direct connection takes both.
		"statement_timeout": {url + "&statement_timeout=1000", "unsupported startup parameter"},
		"search_path":       {url + "&search_path=public", "unsupported startup parameter"},
		"wrong password":    {strings.Replace(url, ownerPassword, "wrong", 1), "SASL authentication failed"},
	} {
		if _, err := pgx.Connect(t.Context(), c.url); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: answered with %v, not with %q", name, err, c.want)
		}
	}
}

func TestPgBouncerReturnsToItsPort(t *testing.T) {
	pg := Postgres(t)
	b := PgBouncer(t, pg, "session", 2)
	url := b.URL(pg.NewDatabase(t))
	execute(t, url, "CREATE TABLE fruit (name text)")
	b.Stop()
	if _, err := pgx.Connect(t.Context(), url); err == nil {
		t.Error("a stopped pgbouncer took a connection")
	}
	b.Start()
	if got := count(t, url); got != 0 {
		t.Errorf("the table holds %d rows", got)
	}
}

func TestPgBouncerConsoleAnswers(t *testing.T) {
	b := PgBouncer(t, Postgres(t), "transaction", 3)
	config, err := pgx.ParseConfig(b.AdminURL())
	if err != nil {
		t.Fatal(err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // the test is over
	var version string
	err = conn.QueryRow(t.Context(), "SHOW VERSION").Scan(&version)
	if err != nil || !strings.Contains(version, "PgBouncer") {
		t.Errorf("SHOW VERSION answered %q, %v", version, err)
	}
}
