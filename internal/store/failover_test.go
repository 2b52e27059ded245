package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// A server that hands its part over refuses writes on the connections that it
// has; those must not be kept for as long as it lives.
func TestWritesGoToTheHostThatTakesThem(t *testing.T) {
	t.Parallel()
	first, second := ground.PrivatePostgres(t, ground.Options{}), ground.PrivatePostgres(t, ground.Options{})
	a, b := first.NewDatabase(t), second.NewDatabase(t)
	defer writable(t, first, a, true)    // else its database cannot be dropped
	for _, url := range []string{a, b} { // of the same name and owner on both
		signedIn(t, migrate(t, open(t, store.Postgres, url)), "ada@example.com")
	}
	writable(t, second, b, false)
	both := strings.Replace(a, first.Addr(), first.Addr()+","+second.Addr(), 1) + "&target_session_attrs=read-write"
	s := open(t, store.Postgres, both)
	worksAgain(t, s)

	writable(t, first, a, false)
	if err := s.ReturnAttempt(t.Context(), []byte("x")); !fault.Is(err, api.CodeDatabaseUnavailable) {
		t.Errorf("with no host that takes writes, one is answered %v", err)
	}
	writable(t, second, b, true)
	worksAgain(t, s)
	if _, made, err := s.CreateUser(t.Context(), newUser("new@example.com")); err != nil || !made {
		t.Errorf("after the change the account is made %v, %v", made, err)
	}
	if got := table(t, open(t, store.Postgres, b), `SELECT COUNT(*) FROM users`); got[0][0] != "2" {
		t.Errorf("the host that takes writes has %s accounts, not 2", got[0][0])
	}
}

// writable sets whether a cluster takes writes, as its operator or a fail-over does.
func writable(t *testing.T, pg *ground.PG, url string, yes bool) {
	t.Helper()
	value := map[bool]string{true: "off", false: "on"}[yes]
	super := open(t, store.Postgres, pg.SuperURL(url)+"&options=-c%20default_transaction_read_only%3Doff")
	run(t, super, "ALTER SYSTEM SET default_transaction_read_only = "+value+"; SELECT pg_reload_conf()")
	owner := open(t, store.Postgres, url)
	for until := time.Now().Add(10 * time.Second); table(t, owner, "SHOW default_transaction_read_only")[0][0] != value; {
		if time.Now().After(until) {
			t.Fatal("PostgreSQL does not take its setting on")
		}
		time.Sleep(10 * time.Millisecond)
	}
}
