package store_test

import (
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// The guide's second failure: a driver that prepares statements, behind a
// pooler that hands each transaction to another server connection.
func TestTwentyClientsOnTwoServerConnectionsMissNoStatement(t *testing.T) {
	t.Parallel()
	pg := ground.Postgres(t)
	o := options(store.Postgres, ground.PgBouncer(t, pg, "transaction", transactionPool).URL(pg.NewDatabase(t)))
	o.MaxConns = 20
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	migrate(t, s)
	b := signedIn(t, s, "ada@example.com")
	atOnce(20, func(int) {
		for range 15 {
			if found, err := s.SessionByID(t.Context(), b.Session.ID); err != nil || found == nil {
				t.Errorf("the session is read as %v, %v", found, err)
			}
			if _, ok, err := s.UserByEmail(t.Context(), "ada@example.com"); err != nil || !ok {
				t.Errorf("the account is read as %v, %v", ok, err)
			}
			if _, err := s.ListUsers(t.Context(), login.UserQuery{Search: "a", Role: "user", Limit: 3}); err != nil {
				t.Error(err)
			}
		}
	})
	noStatementWasMissed(t)
}

// Addresses as SQLAlchemy writes them, with the options of its drivers.
func TestSQLAlchemyAddressesReachTheDatabase(t *testing.T) {
	t.Parallel()
	pg := ground.Postgres(t)
	direct := pg.NewDatabase(t)
	bouncer := ground.PgBouncer(t, pg, "transaction", transactionPool)
	for _, c := range []struct{ scheme, url, query string }{
		{"postgresql+psycopg2", direct, "?sslmode=disable"},
		{"postgresql+asyncpg", direct, "?ssl=disable"},
		{"postgresql+asyncpg", bouncer.URL(direct), "?ssl=disable&prepared_statement_cache_size=0"},
		{"postgresql+psycopg", bouncer.URL(direct), "?sslmode=disable"},
	} {
		_, rest, _ := strings.Cut(c.url, "://")
		rest, _, _ = strings.Cut(rest, "?")
		d, err := config.ParseDatabaseURL(c.scheme+"://"+rest+c.query, t.TempDir())
		if err != nil {
			t.Errorf("%s%s: %v", c.scheme, c.query, err)
			continue
		}
		s := migrate(t, open(t, d.Engine, string(d.DSN.Reveal())))
		if want := c.url != direct; s.Pooled() != want {
			t.Errorf("%s%s: pooled %v, not %v", c.scheme, c.query, s.Pooled(), want)
		}
	}
	folder := t.TempDir()
	d, err := config.ParseDatabaseURL("sqlite+aiosqlite:///"+folder+"/auth.db", folder)
	if err != nil {
		t.Fatal(err)
	}
	migrate(t, open(t, d.Engine, string(d.DSN.Reveal())))
}

// An operator may put a pooler behind an address that was direct. Connections
// made from then on are noticed, and the mode follows without a restart.
func TestPoolerThatAppearsLaterIsNoticed(t *testing.T) {
	t.Parallel()
	pg := ground.Postgres(t)
	url := pg.NewDatabase(t)
	bouncer := ground.PgBouncer(t, pg, "transaction", transactionPool)
	lb := newSwitch(t, pg.Addr())
	s := migrate(t, open(t, store.Postgres, strings.Replace(url, pg.Addr(), lb.addr(), 1)))
	if s.Pooled() {
		t.Fatal("pooled from the start")
	}
	b := signedIn(t, s, "ada@example.com")
	lb.to(bouncer.Addr())
	worksAgain(t, s)
	if !s.Pooled() {
		t.Error("the pooler is not noticed")
	}
	atOnce(20, func(int) {
		for range 5 {
			if found, err := s.SessionByID(t.Context(), b.Session.ID); err != nil || found == nil {
				t.Errorf("the session is read as %v, %v", found, err)
			}
		}
	})
	noStatementWasMissed(t)
}
