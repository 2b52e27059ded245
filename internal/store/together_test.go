package store

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// crowd is a file with a table of names, and a way to have many transactions wait
// for the same commit.
type crowd struct {
	*Store
	t    *testing.T
	told []string
	mu   sync.Mutex
}

func newCrowd(t *testing.T) *crowd {
	c := &crowd{t: t}
	s, err := Open(t.Context(), Options{
		Engine: SQLite, DSN: filepath.Join(t.TempDir(), "some.db"), Log: slog.New(slog.DiscardHandler),
		Revoked: func(r session.Revocation) {
			c.mu.Lock()
			c.told = append(c.told, r.Name)
			c.mu.Unlock()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if _, err := s.rw.ExecContext(t.Context(), `CREATE TABLE names (name TEXT NOT NULL UNIQUE)`); err != nil {
		t.Fatal(err)
	}
	c.Store = s
	return c
}

func put(name string) func(context.Context, *tx) error {
	return func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO names (name) VALUES ($1)`, name)
		t.revoked = append(t.revoked, session.Revocation{Kind: session.RevokedUser, Name: name})
		return err
	}
}

// all runs the transactions so that the first holds the writer until the others
// wait for it, and gives how each ended.
func (c *crowd) all(fs ...func(context.Context, *tx) error) []error {
	c.t.Helper()
	began, free := make(chan struct{}), make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		_ = c.write(c.t.Context(), "hold the writer", func(context.Context, *tx) error {
			close(began)
			<-free
			return nil
		})
	})
	<-began
	ends := make([]error, len(fs))
	for i, f := range fs {
		done.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					ends[i] = errors.New("panic: " + p.(string))
				}
			}()
			ends[i] = c.write(c.t.Context(), "try", f)
		})
	}
	for waiting := 0; waiting < len(fs); {
		c.together.mu.Lock()
		waiting = len(c.together.waiting)
		c.together.mu.Unlock()
	}
	close(free)
	done.Wait()
	return ends
}

func (c *crowd) names() (all []string) {
	c.t.Helper()
	if err := each(c.t.Context(), c.ro, `SELECT name FROM names ORDER BY name`, nil, func(row scanner) error {
		var name string
		err := row.Scan(&name)
		all = append(all, name)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return all
}

func TestWritesThatWaitShareACommit(t *testing.T) {
	c := newCrowd(t)
	before := c.together.commits
	var fs []func(context.Context, *tx) error
	for i := range 40 {
		fs = append(fs, put(string(rune('A'+i))))
	}
	for i, err := range c.all(fs...) {
		if err != nil {
			t.Errorf("transaction %d: %v", i, err)
		}
	}
	if n := c.together.commits - before; n != 2 {
		t.Errorf("there were %d commits, want that of the first and one for all who waited", n)
	}
	if got := c.names(); len(got) != 40 || len(c.told) != 40 {
		t.Errorf("kept are %v, told %v", got, c.told)
	}
}

// One that fails, panics, or has SQLite end the transaction under it takes
// nobody along.
func TestWhoFailsTakesNobodyAlong(t *testing.T) {
	then := func(f func(context.Context, *tx) error, end func(context.Context, *tx) error) func(context.Context, *tx) error {
		return func(ctx context.Context, t *tx) error { return errors.Join(f(ctx, t), end(ctx, t)) }
	}
	for name, c := range map[string]struct {
		bad  func(context.Context, *tx) error
		want string
	}{
		"fails":  {then(put("bad"), func(context.Context, *tx) error { return errors.New("not so") }), "not so"},
		"clash":  {put("ann"), "UNIQUE"},
		"panics": {then(put("bad"), func(context.Context, *tx) error { panic("ouch") }), "panic: ouch"},
		"tears": {then(put("bad"), func(ctx context.Context, t *tx) error {
			_, err := t.ExecContext(ctx, `ROLLBACK`)
			return errors.Join(err, errors.New("torn"))
		}), "torn"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCrowd(t)
			ends := w.all(put("ann"), c.bad, put("bob"))
			failed := slices.DeleteFunc(slices.Clone(ends), func(err error) bool { return err == nil })
			if len(failed) != 1 || !strings.Contains(failed[0].Error(), c.want) && !strings.Contains(errorText(failed[0]), c.want) {
				t.Errorf("they ended with %v", ends)
			}
			if got := w.names(); !slices.Equal(got, []string{"ann", "bob"}) {
				t.Errorf("kept are %v", got)
			}
			slices.Sort(w.told)
			if !slices.Equal(w.told, []string{"ann", "bob"}) {
				t.Errorf("told are %v", w.told)
			}
		})
	}
}

// errorText is all that an error wraps: the sentence for people leaves causes out.
func errorText(err error) string {
	var b strings.Builder
	for ; err != nil; err = errors.Unwrap(err) {
		b.WriteString(err.Error() + "; ")
	}
	return b.String()
}

// Who goes away while waiting is not run; who does so while it runs harms nobody.
func TestWhoGoesAwayHarmsNobody(t *testing.T) {
	c := newCrowd(t)
	gone, leave := context.WithCancel(t.Context())
	ends := c.all(
		func(ctx context.Context, t *tx) error {
			leave()
			return put("ann")(ctx, t)
		},
		func(context.Context, *tx) error {
			return c.Store.ro.PingContext(gone) // as one whose own context ended
		},
		put("bob"),
	)
	if got := c.names(); !slices.Equal(got, []string{"ann", "bob"}) {
		t.Errorf("kept are %v; they ended with %v", got, ends)
	}
	var g together
	g.led = true
	p := &piece{turn: make(chan bool, 1)}
	g.join(p)
	if !g.leave(p) || g.leave(p) || len(g.waiting) != 0 {
		t.Error("who leaves still waits")
	}
	if g.handOn(); g.led {
		t.Error("nobody waits, and somebody leads")
	}
}
