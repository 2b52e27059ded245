package store_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/store/storetest"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// How many connections a store of these tests may hold. Behind a pooler in
// session mode each holds a server connection of its own, so the pooler must
// have as many; in transaction mode two serve all.
const (
	conns           = 8
	sessionPool     = 4 * conns
	transactionPool = 2
)

// open opens a store that closes with the test.
func open(t testing.TB, engine, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), options(engine, dsn))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func options(engine, dsn string) store.Options {
	return store.Options{Engine: engine, DSN: dsn, MaxConns: conns, Log: slog.New(slog.DiscardHandler)}
}

func openSQLite(t testing.TB) *store.Store {
	t.Helper()
	return open(t, store.SQLite, filepath.Join(t.TempDir(), "auth.db"))
}

func openPostgres(t testing.TB) *store.Store {
	t.Helper()
	return open(t, store.Postgres, ground.Postgres(t).NewDatabase(t))
}

// migrate brings the schema up to date and returns the store.
func migrate(t testing.TB, s *store.Store) *store.Store {
	t.Helper()
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStoreOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, openSQLite)
}

func TestStoreOnPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) *store.Store {
		t.Helper()
		s := openPostgres(t)
		if s.Pooled() {
			t.Error("a direct connection is taken for a pooled one")
		}
		return s
	})
	noDeadlock(t)
}

// noDeadlock looks at the log: a deadlock is broken up after a second and the
// loser runs again, so nothing but the log and a slow answer tell of it.
func noDeadlock(t *testing.T) {
	t.Helper()
	if ground.Postgres(t).LogContains("deadlock detected") {
		t.Error("transactions waited for each other in a circle")
	}
}

func TestStoreBehindPgbouncerInSessionMode(t *testing.T) {
	t.Parallel()
	storetest.Run(t, behind(t, "session", sessionPool))
}

func TestStoreBehindPgbouncerInTransactionMode(t *testing.T) {
	t.Parallel()
	storetest.Run(t, behind(t, "transaction", transactionPool))
	noStatementWasMissed(t)
}

// behind opens stores through one pgbouncer.
func behind(t *testing.T, mode string, size int) func(testing.TB) *store.Store {
	t.Helper()
	pg := ground.Postgres(t)
	bouncer := ground.PgBouncer(t, pg, mode, size)
	t.Cleanup(func() {
		if strings.Contains(bouncer.Log(), "prepared statement") {
			t.Errorf("pgbouncer's log speaks of prepared statements:\n%s", bouncer.Log())
		}
	})
	return func(t testing.TB) *store.Store {
		t.Helper()
		s := open(t, store.Postgres, bouncer.URL(pg.NewDatabase(t)))
		if !s.Pooled() {
			t.Error("the pooler is not noticed")
		}
		return s
	}
}

// noStatementWasMissed looks at all that the shared cluster has logged: 26000
// is "prepared statement does not exist", 42P05 "already exists".
func noStatementWasMissed(t *testing.T) {
	t.Helper()
	pg := ground.Postgres(t)
	for _, sign := range []string{" 26000 ", " 42P05 ", "prepared statement \""} {
		if pg.LogContains(sign) {
			t.Errorf("the log of PostgreSQL holds %q", sign)
		}
	}
}

// within gives a context for a call that must answer by itself before it ends.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func contains(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }
