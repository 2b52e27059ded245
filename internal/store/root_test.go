package store_test

import (
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// TestAnotherRootBeginsWhileProcessesWrite has two that write and one that gives places hear of it by themselves.
func TestAnotherRootBeginsWhileProcessesWrite(t *testing.T) {
	t.Parallel()
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, dsn := place(t)
			all := chains(t, 3, engine, dsn)
			done := make(chan struct{})
			end := sync.OnceFunc(func() { close(done) })
			var wait sync.WaitGroup
			defer wait.Wait()
			defer end()
			var written [4]int
			for w := range written {
				wait.Go(func() { written[w] = all[w%2].keepWriting(done) })
			}
			wait.Go(func() { all[1].keepPlacing(done) })
			for turns := range 3 {
				all[0].comeTo(int64(turns+1) * 40)
				if !all[2].turn(time.Now()) || all[2].turn(time.Now().Add(-time.Hour)) {
					t.Error("another root is not begun once")
				}
			}
			all[0].comeTo(200)
			end()
			wait.Wait()
			all[0].seal()
			sum := 3
			for _, n := range written {
				sum += n
			}
			for i, c := range all {
				if r := c.sound(); r.Unmarked != 0 || r.Rows < int64(sum) || r.End.Key != 4 {
					t.Errorf("to process %d: %+v, written were %d", i, r, sum)
				}
			}
			all[0].inOrder()
		})
	}
}

// keepWriting writes and counts rows until it is told to stop.
func (c *chain) keepWriting(done chan struct{}) (written int) {
	for ; ; written++ {
		select {
		case <-done:
			return written
		default:
		}
		r := auditRow(written)
		r.Outcome, r.At = audit.Refused, time.Now()
		err := errors.Join(c.Record(c.t.Context(), auditRow(written)), c.Tally(c.t.Context(), []audit.Row{r}))
		switch {
		case crowded(err):
			written--
		case err != nil:
			c.t.Error(err)
			return written
		}
	}
}

// crowded says that the one pen of SQLite was not to be had among so many processes, on a slow machine.
func crowded(err error) bool { return fault.Is(err, api.CodeDatabaseUnavailable) }

func (c *chain) keepPlacing(done chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
		}
		if _, err := c.SealAudit(c.t.Context(), store.Seal{Keys: c.keys, Most: 20, Every: 30, Often: time.Hour}); err != nil && !crowded(err) {
			c.t.Error(err)
		}
		if _, err := c.verify(); err != nil && !crowded(err) {
			c.t.Error(err)
		}
	}
}

func (c *chain) comeTo(seq int64) {
	c.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		is, err := c.AuditChain(c.t.Context())
		if err != nil || time.Now().After(end) {
			c.t.Fatal(is.Seq, err)
		}
		if is.Seq >= seq {
			return
		}
	}
}

// inOrder looks whether marks and seals change their root in the same places, each begun by the row that says so.
func (c *chain) inOrder() {
	c.t.Helper()
	rows, err := c.AuditLinks(c.t.Context(), 0, math.MaxInt32)
	if err != nil {
		c.t.Fatal(err)
	}
	number := byte(1)
	for _, l := range rows {
		if l.Event == audit.EventKeyRotated {
			number++
		}
		if l.Mark[0] != number || l.Seal[0] != number {
			c.t.Errorf("row %d has a mark by root %d and a seal by root %d, not %d", l.Seq, l.Mark[0], l.Seal[0], number)
		}
	}
}
