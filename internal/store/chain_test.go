package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// chain is a database whose audit is marked and given its places.
type chain struct {
	*store.Store
	t    *testing.T
	keys *audit.Keys
}

func newChain(t *testing.T, s *store.Store) *chain {
	t.Helper()
	keys, err := audit.NewKeys(map[byte]secret.Value{1: secret.New(secret.Random(audit.RootLen))})
	if err != nil {
		t.Fatal(err)
	}
	migrate(t, s).MarkAudit(keys)
	return &chain{s, t, keys}
}

// engines are the ways to a database of the chain's tests.
var engines = map[string]func(*testing.T) *store.Store{
	store.SQLite:   func(t *testing.T) *store.Store { t.Helper(); return openSQLite(t) },
	store.Postgres: func(t *testing.T) *store.Store { t.Helper(); return openPostgres(t) },
}

// TestChainGoesThroughAPooler gives places over a connection that lasts one transaction.
func TestChainGoesThroughAPooler(t *testing.T) {
	t.Parallel()
	c := newChain(t, behind(t, "transaction", transactionPool)(t))
	c.write(20)
	c.seal()
	if r := c.sound(); r.Rows != 20 {
		t.Errorf("%+v", r)
	}
}

func auditRow(n int) audit.Row {
	r := audit.Succeeded(audit.EventLogin, audit.Client{IP: fmt.Sprintf("192.0.2.%d", n%250), UserAgent: "Agent/1.0", RequestID: fmt.Sprint("r", n)})
	r.At = time.Now().Add(-time.Hour).Add(time.Duration(n) * time.Second)
	r.Code, r.Reason, r.Actor, r.User = "code", "reason", "host", "7"
	r.Address, r.Session, r.Device, r.Detail = "a@example.com", "ses", "dev", "a few words, \x00 \xff"
	return r
}

func (c *chain) write(n int) {
	c.t.Helper()
	for i := range n {
		if err := c.Record(c.t.Context(), auditRow(i)); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *chain) seal() {
	c.t.Helper()
	for _, counted := range []bool{false, true} {
		for {
			n, err := c.SealAudit(c.t.Context(), store.Seal{Keys: c.keys, Most: 7, Counted: counted, Every: 10, Often: time.Hour})
			if err != nil {
				c.t.Fatal(err)
			}
			if n == 0 {
				break
			}
		}
	}
}

func (c *chain) verify() (audit.Report, error) {
	return audit.Verify(c.t.Context(), c.Store, c.keys, func(_, _ int64) {})
}

func (c *chain) sound() audit.Report {
	c.t.Helper()
	r, err := c.verify()
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// strict ends the time in which rows may lack a mark.
func (c *chain) strict() {
	c.t.Helper()
	if _, err := c.SealAudit(c.t.Context(), store.Seal{Keys: c.keys, Most: 1, Strict: true, Every: 10, Often: time.Hour}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *chain) exec(query string, args ...any) {
	c.t.Helper()
	rw, _ := c.Handles()
	res, err := rw.ExecContext(c.t.Context(), query, args...)
	if err != nil {
		c.t.Fatal(query, err)
	}
	if n, _ := res.RowsAffected(); n == 0 && !strings.HasPrefix(query, "DROP") {
		c.t.Fatal("nothing was tampered with: ", query)
	}
}

// TestChainUnderEightWriters verifies while rows are written, counted and given
// their places by two who fight for it, and at the end.
func TestChainUnderEightWriters(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, open(t))
			const writers, each = 8, 60
			var all, sealers sync.WaitGroup
			done := make(chan struct{})
			for range 2 {
				sealers.Go(func() {
					for {
						_, err := c.SealAudit(t.Context(), store.Seal{Keys: c.keys, Most: 20, Every: 50, Often: time.Hour})
						if err != nil && !strings.Contains(err.Error(), "another server") {
							t.Error(err)
						}
						if _, err := c.verify(); err != nil {
							t.Error(err)
						}
						select {
						case <-done:
							return
						default:
						}
					}
				})
			}
			for w := range writers {
				all.Go(func() {
					for i := range each {
						err := c.Record(t.Context(), auditRow(w*each+i))
						if i%10 == 0 {
							r := auditRow(i)
							r.Outcome, r.At = audit.Refused, time.Now().Add(-time.Hour)
							err = errors.Join(err, c.Tally(t.Context(), []audit.Row{r, r}))
						}
						if err != nil {
							t.Error(err)
						}
					}
				})
			}
			all.Wait()
			close(done)
			sealers.Wait()
			c.seal()
			if r := c.sound(); r.Rows < writers*each+each/10 || r.Waiting != 0 || r.Unmarked != 0 || r.Checkpoints < 5 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestCountedRowsGetTheirPlaceWhenTheirMinuteIsOver counts on after it.
func TestCountedRowsGetTheirPlaceWhenTheirMinuteIsOver(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, open(t))
			old, fresh := auditRow(0), auditRow(1)
			old.Outcome, old.Code, fresh.Outcome, fresh.At = audit.Refused, api.CodeTooManyAttempts, audit.Refused, time.Now()
			count := func(rows ...audit.Row) {
				t.Helper()
				if err := c.Tally(t.Context(), rows); err != nil {
					t.Fatal(err)
				}
			}
			count(old, old, fresh)
			c.seal()
			count(old, fresh) // the first has its place: this one is a row of its own
			if r := c.sound(); r.Rows != 1 || r.Waiting != 2 {
				t.Errorf("%+v", r)
			}
			c.seal()
			if r := c.sound(); r.Rows != 2 || r.Waiting != 1 {
				t.Errorf("%+v", r)
			}
			rows, err := c.AuditRows(t.Context(), audit.Query{Limit: 9})
			if err != nil || len(rows) != 3 || rows[0].Count != 1 || rows[0].Seq != 2 || rows[1].Count != 2 || rows[1].Seq != 1 ||
				rows[2].Count != 2 || rows[2].Seq != 0 || len(rows[1].Sum) != 64 {
				t.Errorf("%+v, %v", rows, err)
			}
		})
	}
}
