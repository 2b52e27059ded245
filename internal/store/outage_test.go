package store_test

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// No answer may take longer while the database is away.
const patience = 6 * time.Second

func TestOutageIsAFaultAndEndsByItself(t *testing.T) {
	t.Parallel()
	pg := ground.PrivatePostgres(t, ground.Options{})
	bouncer := ground.PgBouncer(t, pg, "transaction", transactionPool)
	direct := migrate(t, open(t, store.Postgres, pg.NewDatabase(t)))
	pooled := migrate(t, open(t, store.Postgres, bouncer.URL(pg.NewDatabase(t))))
	for _, s := range []*store.Store{direct, pooled} {
		signedIn(t, s, "ada@example.com")
	}
	pg.Stop()
	atOnce(2, func(i int) { isAway(t, "stopped", []*store.Store{direct, pooled}[i]) })
	_, err := store.Open(within(t, patience), options(store.Postgres, "postgres://x@"+pg.Addr()+"/x"))
	if !fault.Is(err, api.CodeDatabaseUnavailable) {
		t.Errorf("opening answers %v", err)
	}
	pg.Start()
	worksAgain(t, direct)
	worksAgain(t, pooled)

	pg.Kill9()
	isAway(t, "killed", direct) // the pooler waits for it, as above
	pg.Start()
	worksAgain(t, direct)
	worksAgain(t, pooled)

	pg.Restart(true) // with nobody noticing in between
	worksAgain(t, direct)
	worksAgain(t, pooled)

	bouncer.Stop()
	isAway(t, "pgbouncer stopped", pooled)
	bouncer.Start()
	worksAgain(t, pooled)
}

// A peer that takes the connection and then says nothing is the worst outage.
func TestSilentDatabaseIsAFaultToo(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	ctx := within(t, patience+5*time.Second)
	_, err = store.Open(ctx, options(store.Postgres, "postgres://x@"+l.Addr().String()+"/x?sslmode=disable"))
	if !fault.Is(err, api.CodeDatabaseUnavailable) || ctx.Err() != nil {
		t.Errorf("opening answers %v", err)
	}
}

// isAway proves that methods of every kind say so in time, all at once.
func isAway(t *testing.T, name string, s *store.Store) {
	ctx := within(t, patience)
	calls := []func() error{
		func() error { _, _, err := s.UserByEmail(ctx, "ada@example.com"); return err },
		func() error { _, _, err := s.UserByID(ctx, "1"); return err },
		func() error { _, err := s.SessionByID(ctx, "x"); return err },
		func() error { _, err := s.ListUsers(ctx, login.UserQuery{Limit: 1}); return err },
		func() error { _, err := s.Begin(ctx, login.Begin{Now: noon}); return err },
		func() error { _, err := s.Rotate(ctx, login.Rotation{Now: noon}); return err },
		func() error { _, _, err := s.CreateUser(ctx, newUser("new@example.com")); return err },
		func() error { _, err := s.ChangeUser(ctx, login.Change{ID: "1", Now: noon}); return err },
		func() error { _, err := s.EndSession(ctx, "1", "x", "logout", audit.Row{At: noon}); return err },
		func() error { return s.Touch(ctx, map[string]time.Time{"x": noon}) },
		func() error { return s.ReturnAttempt(ctx, []byte("x")) },
		func() error { _, err := s.Version(ctx); return err },
		func() error { _, _, err := s.Schema(ctx); return err },
	}
	atOnce(len(calls), func(i int) {
		err := calls[i]()
		switch {
		case ctx.Err() != nil:
			t.Errorf("%s: call %d did not answer in time", name, i)
		case !fault.Is(err, api.CodeDatabaseUnavailable):
			t.Errorf("%s: call %d answers %v", name, i, err)
		case fault.From(err).RetryAfter <= 0:
			t.Errorf("%s: call %d does not say when to come back", name, i)
		}
	})
}

// worksAgain waits until the same store reads and writes without having been
// opened anew.
func worksAgain(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t, 15*time.Second)
	for {
		_, ok, err := s.UserByEmail(ctx, "ada@example.com")
		if err == nil {
			err = s.ReturnAttempt(ctx, []byte("x"))
		}
		if err == nil {
			if !ok {
				t.Error("the account is gone")
			}
			return
		}
		if !fault.Is(err, api.CodeDatabaseUnavailable) {
			t.Fatalf("on the way back: %v", err)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("it does not work again: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// A context that the caller ends is not an outage: nobody reads the answer.
func TestCancelledRequestIsNoOutage(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range []error{
			s.ReturnAttempt(ctx, []byte("x")),
			func() error { _, _, err := s.UserByID(ctx, "1"); return err }(),
		} {
			if err == nil || fault.Is(err, api.CodeDatabaseUnavailable) {
				t.Errorf("answered with %v", err)
			}
		}
		if _, ok, err := s.UserByID(t.Context(), "1"); ok || err != nil {
			t.Errorf("afterwards: %v, %v", ok, err)
		}
	})
}

func TestFileThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if _, err := store.Open(t.Context(), options(store.SQLite, folder)); !contains(err, "cannot be opened") {
		t.Errorf("a folder as the file: %v", err)
	}
	file := filepath.Join(folder, "a b?c#d%20e.db")
	s := migrate(t, open(t, store.SQLite, file))
	signedIn(t, s, "ada@example.com")
	if got := table(t, s, "SELECT file FROM pragma_database_list"); got[0][0] != file {
		t.Errorf("the file is %s", got[0][0])
	}
}
