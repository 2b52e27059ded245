package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Who was killed is succeeded when its lease has run out, and a moment later rows go on to where they are sent.
const placedWithin = 60 * time.Second

// TestAuditIsWholeAndShippedWhateverIsKilled kills the program while eight people refresh their tokens, rows get their
// place and are sent to a file and a webhook. In the end the chain verifies and both have every row.
func TestAuditIsWholeAndShippedWhateverIsKilled(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		t.Helper()
		hook := &auditHook{}
		server := httptest.NewServer(hook)
		t.Cleanup(server.Close)
		file := filepath.Join(t.TempDir(), "audit.jsonl")
		s := serve(t, at, map[string]string{
			"AUDIT_SHIP_FILE": file, "AUDIT_SHIP_WEBHOOK": server.URL, "OUTBOUND_ALLOW": "127.0.0.1",
			"AUDIT_SHIP_WEBHOOK_SECRET": "a secret of the webhook, long enough",
		})
		db := at.open(t, s)
		person(t, newCaller(s), ada)
		var acknowledged []string
		for range rounds(1, 12) {
			eventually(t, placedWithin, "rows get their place again", func() bool {
				want(t, "a login", newCaller(s).login(ada, password), http.StatusOK, "")
				return count(t, db, `SELECT COUNT(*) FROM audit WHERE seq IS NULL AND at_ms > $1`, time.Now().Add(-time.Minute).UnixMilli()) < 5
			})
			acknowledged = append(acknowledged, refreshing(t, newCaller(s), func() { s.Kill9() })...)
			s.Start()
		}
		if len(acknowledged) < 20 {
			t.Errorf("only %d refreshes were acknowledged", len(acknowledged))
		}
		for _, id := range acknowledged {
			if count(t, db, `SELECT COUNT(*) FROM audit WHERE request_id = $1`, id) != 1 {
				t.Errorf("the acknowledged refresh %s has no row", id)
			}
		}
		eventually(t, placedWithin, "every row was sent to both", func() bool {
			rows := int64(count(t, db, `SELECT COUNT(*) FROM audit WHERE tally IS NULL`))
			return hook.whole(t) >= rows && wholeFile(t, file) >= rows
		})
		if r := s.Run("audit", "verify"); r.Code != 0 {
			t.Errorf("the chain does not verify: %s %s", r.Stdout, r.Stderr)
		}
	})
}

// refreshing has eight people at it, and ends it in the middle.
func refreshing(t *testing.T, c *caller, end func()) (ids []string) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 8 {
		tokens := c.login(ada, password).tokens()
		all.Go(func() {
			for {
				a := c.refresh(tokens.RefreshToken)
				if a.err != nil || a.status != http.StatusOK {
					return
				}
				tokens = a.tokens()
				mu.Lock()
				ids = append(ids, a.requestID())
				mu.Unlock()
			}
		})
	}
	eventually(t, placedWithin, "some were acknowledged", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(ids) > 40
	})
	end()
	all.Wait()
	return ids
}

// auditHook takes every third post only at the second try.
type auditHook struct {
	mu    sync.Mutex
	posts int
	seqs  []int64
}

func (h *auditHook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var p struct {
		Rows []api.AuditRow `json:"rows"`
	}
	err := json.NewDecoder(r.Body).Decode(&p)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.posts++; err != nil || h.posts%3 == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	for _, row := range p.Rows {
		h.seqs = append(h.seqs, row.Seq)
	}
}

func (h *auditHook) whole(t *testing.T) int64 {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	return unbroken(t, slices.Clone(h.seqs))
}

// unbroken says up to which row all came, in order; some may have come twice.
func unbroken(t *testing.T, seqs []int64) (last int64) {
	t.Helper()
	for _, seq := range seqs {
		if seq > last+1 {
			t.Fatalf("row %d came after row %d", seq, last)
		}
		last = max(last, seq)
	}
	return last
}

func wholeFile(t *testing.T, name string) int64 {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var seqs []int64
	for line := range strings.Lines(string(text[:1+bytes.LastIndexByte(text, '\n')])) {
		var row api.AuditRow
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("a line of the file cannot be read: %s", line)
		}
		if row.Seq > 0 {
			seqs = append(seqs, row.Seq)
		}
	}
	return unbroken(t, seqs)
}
