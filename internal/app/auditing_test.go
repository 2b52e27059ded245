package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// auditsOf runs what a server does for the audit.
func auditsOf(t *testing.T, c *Core) {
	t.Helper()
	c.lease = 600 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	c.audits(ctx, &all)
	t.Cleanup(func() { cancel(); all.Wait() })
}

// until waits for a condition.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never came to be that " + what)
		}
	}
}

func record(t *testing.T, c *Core, n int) {
	t.Helper()
	for range n {
		r := audit.Succeeded(audit.EventLogin, audit.Client{IP: "192.0.2.1", RequestID: "r"})
		r.At = time.Now()
		if err := c.Store.Record(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
}

func place(t *testing.T, c *Core) int64 {
	t.Helper()
	chain, err := c.Store.AuditChain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return chain.Seq
}

// TestRowsGetTheirPlaceWhileTheServerRuns has two servers, of which one does it.
func TestRowsGetTheirPlaceWhileTheServerRuns(t *testing.T) {
	both := twoCores(t)
	for _, c := range both {
		auditsOf(t, c)
	}
	for _, c := range both {
		record(t, c, 20)
	}
	until(t, "all rows have their place", func() bool { return place(t, both[0]) == 40 })
	r, err := audit.Verify(t.Context(), both[1].Store, both[1].Audit, func(_, _ int64) {})
	if err != nil || r.Rows != 40 || r.Unmarked != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestRunningServerNoticesWhatWasChanged changes a row far back, and mends it.
func TestRunningServerNoticesWhatWasChanged(t *testing.T) {
	c := twoCores(t)[0]
	record(t, c, 5)
	a := &auditing{c: c}
	held, err := c.Store.Hold(t.Context(), "audit", c.node, time.Hour)
	if err != nil || held == nil {
		t.Fatal(held, err)
	}
	look := func() *audit.Wrong {
		t.Helper()
		if err := errors.Join(a.seal(t.Context(), *held, false, time.Now().Add(time.Minute)), a.watch.look(t.Context(), c)); err != nil {
			t.Fatal(err)
		}
		w, err := AuditVerdict(t.Context(), c.Store)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	if w := look(); w != nil {
		t.Fatalf("a sound chain is found wrong: %v", w)
	}
	tamper := func(detail string) {
		t.Helper()
		sqlite(t, c, `UPDATE audit SET detail = '`+detail+`' WHERE seq = 2`)
	}
	tamper("x")
	for range 2 {
		if w := look(); w == nil || w.Seq != 2 || w.Kind != audit.Changed {
			t.Fatalf("found is: %v", w)
		}
	}
	tamper("")
	if w := look(); w != nil {
		t.Errorf("what was put back is still found wrong: %v", w)
	}
}

// sqlite changes a database behind the server's back.
func sqlite(t *testing.T, c *Core, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+string(c.Config.Database.DSN.Reveal())+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(query, err)
	}
}

// TestRunningServerNoticesARowByARootThatEnded has somebody write it who took the root along.
func TestRunningServerNoticesARowByARootThatEnded(t *testing.T) {
	c := twoCores(t)[0]
	record(t, c, 3)
	sealed, err := c.Store.AuditRoots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stolen, err := auditKeys(c.seals, sealed)
	if err != nil {
		t.Fatal(err)
	}
	if begun, err := c.turnRoot(t.Context(), time.Now()); err != nil || !begun {
		t.Fatal(begun, err)
	}
	record(t, c, 3)
	watch := &auditWatch{}
	found := func() *audit.Wrong {
		t.Helper()
		err := errors.Join(c.sealAll(t.Context()), watch.look(t.Context(), c))
		w, other := AuditVerdict(t.Context(), c.Store)
		if err != nil || other != nil {
			t.Fatal(err, other)
		}
		return w
	}
	if w := found(); w != nil {
		t.Fatalf("a sound chain is found wrong: %v", w)
	}
	r := audit.Succeeded(audit.EventLogin, audit.Client{IP: "192.0.2.1"})
	r.At = time.UnixMilli(1).UTC()
	sqlite(t, c, fmt.Sprintf(`INSERT INTO audit (at_ms, event, outcome, code, reason, actor_id, user_id, address, session_id, device_id, ip,
		user_agent, request_id, detail, count, mark) VALUES (1, 'login', 'success', '', '', '', '', '', '', '', '192.0.2.1', '', '', '', 1, x'%x')`,
		stolen.Mark(&r)))
	if w := found(); w == nil || w.Seq != 8 || w.Kind != audit.Stale {
		t.Errorf("found is: %v", w)
	}
}
