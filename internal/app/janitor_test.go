package app

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

func TestRefusalsAreMergedByReasonAddressAndMinute(t *testing.T) {
	at := time.Date(2026, time.November, 2, 12, 0, 59, 0, time.UTC)
	row := func(reason, ip string, after time.Duration) audit.Row {
		return audit.Row{At: at.Add(after), Event: audit.EventRequestRefused, Code: "forbidden", Reason: reason, Client: audit.Client{IP: ip}, Count: 1}
	}
	counted := row("a", "192.0.2.1", 0)
	counted.Count = 3
	zero := row("a", "192.0.2.1", 0)
	zero.Count = 0 // a row stands for one refusal at least
	got := merge([]audit.Row{
		row("a", "192.0.2.1", 0), row("b", "192.0.2.1", 0), counted, row("a", "192.0.2.2", 0), zero,
		row("a", "192.0.2.1", time.Second), // the next minute
	})
	first := row("a", "192.0.2.1", 0)
	first.Count = 5
	want := []audit.Row{first, row("b", "192.0.2.1", 0), row("a", "192.0.2.2", 0), row("a", "192.0.2.1", time.Second)}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := merge(nil); len(got) != 0 {
		t.Errorf("nothing became %v", got)
	}
}

func TestTallyWritesWhatWaitsAndStaysBounded(t *testing.T) {
	c := open(t, filepath.Join(t.TempDir(), "data"))
	ta := &tally{c: c}
	at := time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)
	for n := range tallyRoom + 100 {
		ta.add(audit.Row{
			At: at, Event: audit.EventRequestRefused, Outcome: audit.Refused, Code: "forbidden", Reason: fmt.Sprint("reason ", n%2), Count: 1,
		})
	}
	if len(ta.rows) != tallyRoom {
		t.Fatalf("%d rows wait, the bound is %d", len(ta.rows), tallyRoom)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ta.run(ctx) // it ends at once, and writes what waits before
	rows, err := c.Store.AuditRows(t.Context(), audit.Query{Event: audit.EventRequestRefused, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Count+rows[1].Count != tallyRoom {
		t.Errorf("written are %+v", rows)
	}
}
