package store_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// places are where several processes open the same database.
var places = map[string]func(*testing.T) (engine, dsn string){
	store.SQLite: func(t *testing.T) (string, string) {
		t.Helper()
		return store.SQLite, filepath.Join(t.TempDir(), "auth.db")
	},
	store.Postgres: func(t *testing.T) (string, string) {
		t.Helper()
		return store.Postgres, ground.Postgres(t).NewDatabase(t)
	},
	"pgbouncer": func(t *testing.T) (string, string) {
		t.Helper()
		pg := ground.Postgres(t)
		return store.Postgres, ground.PgBouncer(t, pg, "transaction", transactionPool).URL(pg.NewDatabase(t))
	},
}

// plainly is a seal that seals nothing.
func plainly(sealed map[byte][]byte) (map[byte]secret.Value, error) {
	roots := map[byte]secret.Value{}
	for n, s := range sealed {
		roots[n] = secret.New(s)
	}
	return roots, nil
}

// chains are so many processes on one database, with the root that they share.
func chains(t *testing.T, n int, engine, dsn string) (list []*chain) {
	t.Helper()
	for range n {
		list = append(list, &chain{migrate(t, open(t, engine, dsn)), t, nil})
	}
	if err := list[0].KeepAuditRoot(t.Context(), 1, secret.Random(audit.RootLen)); err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		c.know()
	}
	return list
}

// know is what a process does at its start.
func (c *chain) know() {
	c.t.Helper()
	sealed, err := c.AuditRoots(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	roots, _ := plainly(sealed)
	if c.keys, err = audit.NewKeys(roots); err != nil {
		c.t.Fatal(err)
	}
	c.keys.Open = plainly
	c.MarkAudit(c.keys)
}

// turn begins another root, unless the one in use is younger.
func (c *chain) turn(since time.Time) bool {
	c.t.Helper()
	fresh := secret.New(secret.Random(audit.RootLen))
	how := store.NewRoot{Keys: c.keys, Since: since, Turn: func(sealed map[byte][]byte, next byte, last int64,
	) (r store.TurnedRoot, err error) {
		roots, _ := plainly(sealed)
		before := c.keys.Number()
		roots[before], roots[next] = audit.EndRoot(roots[before], last), fresh
		r.Sealed = map[byte][]byte{before: roots[before].Reveal(), next: fresh.Reveal()}
		r.Row = auditRow(0)
		r.Row.Event, r.Row.Detail = audit.EventKeyRotated, "audit"
		r.Keys, err = audit.NewKeys(roots)
		return r, err
	}}
	begun, err := c.BeginAuditRoot(c.t.Context(), how)
	for try := 0; crowded(err) && try < 10; try++ {
		begun, err = c.BeginAuditRoot(c.t.Context(), how)
	}
	if err = errors.Join(err, c.RenewAudit(c.t.Context())); err != nil {
		c.t.Fatal(err)
	}
	return begun
}
