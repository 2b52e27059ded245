package config

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestSQLiteAddresses(t *testing.T) {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, raw, dsn string
		notes          int
	}{
		{"the default lives in DATA_DIR", "", "/srv/data/aiwfe-auth.db", 0},
		{"three slashes are relative to the working directory", "sqlite:///data/a.db", filepath.Join(wd, "data/a.db"), 0},
		{"four are absolute", "sqlite:////var/a.db", "/var/a.db", 0},
		{"Python's asynchronous driver", "sqlite+aiosqlite:////var/a.db", "/var/a.db", 0},
		{"memory", "sqlite:///:memory:", ":memory:", 0},
		{"memory by leaving it out", "sqlite://", ":memory:", 0},
		{"nothing is decoded, as in SQLAlchemy", "sqlite:////var/a%20b.db", "/var/a%20b.db", 0},
		{"options are told of and left out", "sqlite:////var/a.db?check_same_thread=false&timeout=5", "/var/a.db", 2},
	} {
		d, err := ParseDatabaseURL(row.raw, "/srv/data")
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if string(d.DSN.Reveal()) != row.dsn || d.Engine != SQLite || len(d.Notes) != row.notes {
			t.Errorf("%s: %s %s %q", row.name, d.Engine, d.DSN.Reveal(), d.Notes)
		}
	}
}

func TestPostgresAddresses(t *testing.T) {
	for _, row := range []struct {
		name, raw, masked string
		host, password    string
		port              uint16
		notes             int
	}{
		{"libpq", "postgres://u:p@h:5433/db", "postgres://u:***@h:5433/db", "h", "p", 5433, 0},
		{"its other name", "postgresql://u:p@h/db", "postgres://u:***@h/db", "h", "p", 5432, 0},
		{"psycopg2", "postgresql+psycopg2://u:p@h/db", "postgres://u:***@h/db", "h", "p", 5432, 0},
		{"psycopg", "postgresql+psycopg://u:p@h/db?sslmode=disable", "postgres://u:***@h/db?sslmode=disable", "h", "p", 5432, 0},
		{"psycopg_async", "postgresql+psycopg_async://u:p@h/db", "postgres://u:***@h/db", "h", "p", 5432, 0},
		{"asyncpg's ssl", "postgresql+asyncpg://u:p@h/db?ssl=require", "postgres://u:***@h/db?sslmode=require", "h", "p", 5432, 0},
		{"asyncpg's ssl=true", "postgresql+asyncpg://u:p@h/db?ssl=true", "postgres://u:***@h/db?sslmode=require", "h", "p", 5432, 0},
		{"asyncpg's options", "postgresql+asyncpg://u:p@h:6432/db?prepared_statement_cache_size=0&statement_cache_size=0&async_fallback=true&prepared_statement_name_func=f", "postgres://u:***@h:6432/db", "h", "p", 6432, 4},
		{"server settings as JSON", `postgresql+asyncpg://u:p@h/db?server_settings=%7B%22jit%22:%22off%22%7D`, "postgres://u:***@h/db?jit=off", "h", "p", 5432, 0},
		{"server settings as pairs", "postgres://u:p@h/db?server_settings=jit%3Doff,timezone%3DUTC", "postgres://u:***@h/db?jit=off&timezone=UTC", "h", "p", 5432, 0},
		{"every awkward character, encoded", "postgres://u:a%40b%2Fc%25d%23e%3Ff%3Ag%20h%2Bi@h/db", "postgres://u:***@h/db", "h", "a@b/c%d#e?f:g h+i", 5432, 0},
		{"a plus is a plus", "postgres://u:a+b@h/db", "postgres://u:***@h/db", "h", "a+b", 5432, 0},
		{"a colon needs no encoding", "postgres://u:a:b@h/db", "postgres://u:***@h/db", "h", "a:b", 5432, 0},
		{"a socket", "postgresql:///db?host=/var/run/postgresql", "postgres:///db?host=%2Fvar%2Frun%2Fpostgresql", "/var/run/postgresql", "", 5432, 0},
		{"a socket as libpq encodes it", "postgresql://u@%2Frun%2Fpg/db", "postgres://u@%2Frun%2Fpg/db", "/run/pg", "", 5432, 0},
		{"several hosts", "postgres://u:p@h1:5433,h2:5434/db?target_session_attrs=read-write", "postgres://u:***@h1:5433,h2:5434/db?target_session_attrs=read-write", "h1", "p", 5433, 0},
		{"several hosts as SQLAlchemy has them", "postgresql+psycopg2://u:p@/db?host=h1:5433&host=h2:5434", "postgres://u:***@/db?host=h1%2Ch2&port=5433%2C5434", "h1", "p", 5433, 0},
		{"IPv6", "postgres://u:p@[::1]:5433/db", "postgres://u:***@[::1]:5433/db", "::1", "p", 5433, 0},
		{"the password as an option", "postgres://h/db?user=u&password=p", "postgres://h/db?user=u&password=***", "h", "p", 5432, 0},
	} {
		d, err := ParseDatabaseURL(row.raw, "")
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if d.Masked != row.masked || d.Engine != Postgres || len(d.Notes) != row.notes {
			t.Errorf("%s: %s with %q, want %s", row.name, d.Masked, d.Notes, row.masked)
		}
		pg, err := pgconn.ParseConfig(string(d.DSN.Reveal()))
		if err != nil {
			t.Errorf("%s: pgx refuses the DSN: %v", row.name, err)
			continue
		}
		if pg.Host != row.host || pg.Password != row.password || pg.Port != row.port {
			t.Errorf("%s: pgx reads host %q, port %d, password %q", row.name, pg.Host, pg.Port, pg.Password)
		}
	}
}

func TestWrongDatabaseAddressesSayWhatToWrite(t *testing.T) {
	for _, row := range []struct{ name, raw, says string }{
		{"an @ in the password", "postgres://u:sesame@x@h/db", "%40"},
		{"a / in the password", "postgres://u:sesame/x@h/db", "%2F"},
		{"a / after digits, which might be a port", "postgres://u:12/sesame@h/db", "%2F"},
		{"an @ and a / in the password", "postgres://u:a@b/sesame@h/db", "%2F"},
		{"a # in the password", "postgres://u:sesame#x@h/db", "%23"},
		{"a ? in the password", "postgres://u:sesame?x@h/db", "%3F"},
		{"a % in the password", "postgres://u:sesame%zz@h/db", "%25"},
		{"a space", "postgres://u:sesame x@h/db", "%20"},
		{"a line break at the end", "postgres://u:sesame@h/db\n", "line break"},
		{"quotes", `"postgres://u:sesame@h/db"`, "quotation"},
		{"no host after the password", "postgres://u:sesame", "port"},
		{"no scheme", "sesame", "not a database address"},
		{"another database", "mysql+pymysql://u:sesame@h/db", "does not speak"},
		{"an unknown TLS mode", "postgres://u:sesame@h/db?sslmode=maybe", "verify-full"},
		{"two TLS modes", "postgres://u:sesame@h/db?sslmode=require&ssl=false", "two different"},
		{"an absent CA", "postgres://u:sesame@h/db?sslmode=verify-full&sslrootcert=/absent/ca.pem", "sslrootcert"},
		{"a port among the options", "postgres://u:sesame@h/db?port=abc", "port"},
		{"more ports than hosts", "postgres://u:sesame@h/db?port=1,2", "ports as hosts"},
		{"an option without value", "postgres://u:sesame@h/db?sslmode", "name=value"},
		{"a revocation list that nobody would read", "postgres://u:sesame@h/db?sslcrl=/x", "sslcrl"},
		{"server settings that choose the host", "postgres://u:sesame@h/db?server_settings=host%3Devil", "server_settings"},
		{"server settings that are none", "postgres://u:sesame@h/db?server_settings=x", "server_settings"},
		{"SQLite with a host", "sqlite://sesame/x.db", "three slashes"},
		{"SQLite folder", "sqlite:////tmp/", "SQLite file"},
		{"SQLite folder that exists", "sqlite:////tmp", "folder"},
	} {
		_, err := ParseDatabaseURL(row.raw, "")
		if err == nil {
			t.Errorf("%s: accepted", row.name)
			continue
		}
		if !strings.Contains(err.Error(), row.says) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

func TestNotesReachTheWarnings(t *testing.T) {
	c := mustLoad(t, Sources{Env: []string{"DATABASE_URL=postgres://h/db?statement_cache_size=0", "PGSSLMODE=disable"}})
	if !warned(c, "statement_cache_size of the database address is left out") || !warned(c, "PGSSLMODE") {
		t.Error(cmp.Diff([]string{}, c.Warnings()))
	}
}

// FuzzParseDatabaseURL puts a password between whatever else may stand in an
// address. No text meant for people may hold it, wherever the parts come to lie.
func FuzzParseDatabaseURL(f *testing.F) {
	f.Add("postgres", "", "", "h:5432/db?sslmode=require")
	f.Add("postgresql+asyncpg", "a@", "/b", "h/db?ssl=true")
	f.Add("postgresql+psycopg2", "1/", "?x=", "/db?host=h1:1&host=h2:2")
	f.Add("postgres", "%", "#", "[::1]:1/db?password=x")
	f.Add("sqlite", "", "", "")
	f.Fuzz(func(t *testing.T, scheme, before, after, rest string) {
		if strings.ContainsAny(rest, "@") || strings.Contains(scheme, ":") {
			return // then the password ends elsewhere than we think
		}
		const canary = "CANARY7q9"
		d, err := ParseDatabaseURL(scheme+"://u:"+before+canary+after+"@"+rest, "/d")
		if err != nil {
			if strings.Contains(err.Error(), canary) {
				t.Fatalf("the error shows the password: %v", err)
			}
			return
		}
		if d.Engine != Postgres {
			return // a SQLite path is no secret
		}
		if strings.Contains(d.Masked+strings.Join(d.Notes, " "), canary) {
			t.Fatalf("%s or %q shows the password", d.Masked, d.Notes)
		}
		pg, err := pgconn.ParseConfig(string(d.DSN.Reveal()))
		if err != nil {
			t.Fatalf("pgx refuses what was accepted")
		}
		want, err := url.PathUnescape(before + canary + after)
		if err == nil && !strings.Contains(rest, "password") && !strings.Contains(rest, "%") && pg.Password != want {
			t.Fatalf("pgx reads the password as %q, want %q", pg.Password, want)
		}
	})
}
