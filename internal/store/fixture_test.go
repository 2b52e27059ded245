package store_test

import (
	"database/sql"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// everyGround runs f on a migrated store of each kind.
func everyGround(t *testing.T, f func(*testing.T, *store.Store)) {
	t.Helper()
	for _, g := range []struct {
		name string
		open func(t *testing.T) *store.Store
	}{
		{"sqlite", func(t *testing.T) *store.Store { return openSQLite(t) }},
		{"postgres", func(t *testing.T) *store.Store { return openPostgres(t) }},
		{"session mode", func(t *testing.T) *store.Store { return behind(t, "session", sessionPool)(t) }},
		{"transaction mode", func(t *testing.T) *store.Store { return behind(t, "transaction", transactionPool)(t) }},
	} {
		t.Run(g.name, func(t *testing.T) { f(t, migrate(t, g.open(t))) })
	}
}

// atOnce runs f n times at the same moment.
func atOnce(n int, f func(i int)) {
	start := make(chan struct{})
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() { <-start; f(i) })
	}
	close(start)
	done.Wait()
}

// signedIn makes one account and signs it in.
func signedIn(t *testing.T, s *store.Store, address string) login.Begin {
	t.Helper()
	u, made, err := s.CreateUser(t.Context(), newUser(address))
	if err != nil || !made {
		t.Fatalf("made %v, %v", made, err)
	}
	return begins(t, s, u)
}

var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

func newUser(address string) login.NewUser {
	r := audit.Succeeded(audit.EventUserCreated, audit.Client{IP: "192.0.2.7"})
	r.At = noon
	return login.NewUser{
		Now: noon, Email: address, Name: "Ada", Hash: bcryptHash, Role: account.RoleUser, Status: account.StatusActive,
		Verified: true, Row: r,
	}
}

// begins signs the account in and gives the begin.
func begins(t *testing.T, s *store.Store, u account.User) login.Begin {
	t.Helper()
	r := audit.Succeeded(audit.EventLogin, audit.Client{IP: "192.0.2.7"})
	r.At = noon
	b := login.Begin{
		Now: noon, ProvenHash: u.Hash, Limit: 5, Evict: true, Idle: time.Hour, RefreshHash: secret.Random(32),
		Rows: []audit.Row{r}, EvictedRow: r,
		Session: session.Session{
			ID: secret.RandomText(10), Kind: session.KindToken, Device: secret.RandomText(10), Method: "password",
			CreatedAt: noon, ExpiresAt: noon.Add(24 * time.Hour), User: u,
		},
	}
	if out, err := s.Begin(t.Context(), b); err != nil || out.Stale || out.Full {
		t.Fatalf("%s cannot sign in: %+v, %v", u.Email, out, err)
	}
	found, err := s.SessionByID(t.Context(), b.Session.ID)
	if err != nil || found == nil || found.User.ID != u.ID {
		t.Fatalf("the session of %s is read as %+v, %v", u.Email, found, err)
	}
	if list, err := s.ListSessions(t.Context(), u.ID, noon, time.Hour); err != nil || len(list) == 0 {
		t.Fatalf("the sessions of %s are listed as %+v, %v", u.Email, list, err)
	}
	return b
}

// run executes statements one by one, as a person would by psql.
func run(t testing.TB, s *store.Store, statements string) {
	t.Helper()
	rw, _ := s.Handles()
	for one := range strings.SplitSeq(statements, ";") {
		if strings.TrimSpace(one) == "" {
			continue
		}
		if _, err := rw.ExecContext(t.Context(), one); err != nil {
			t.Fatalf("%s: %v", one, err)
		}
	}
}

// table reads all that a query gives, as text.
func table(t *testing.T, s *store.Store, query string) [][]string {
	t.Helper()
	rw, _ := s.Handles()
	rows, err := rw.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // the rows have been read
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for rows.Next() {
		cells := make([]sql.NullString, len(names))
		dest := make([]any, len(names))
		for i := range cells {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(names))
		for i, c := range cells {
			line[i] = c.String
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
