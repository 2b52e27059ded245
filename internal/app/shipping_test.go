package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// arrivals are rows that a place was sent, in their order.
type arrivals struct {
	mu   sync.Mutex
	rows []api.AuditRow
}

func (a *arrivals) take(rows ...api.AuditRow) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rows = append(a.rows, rows...)
}

// upTo says to which row everything came, in order and with nothing left out;
// what came twice does not matter. It fails where a row came too early.
func (a *arrivals) upTo(t *testing.T) (seq int64) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.rows {
		switch {
		case r.Seq == seq+1:
			seq = r.Seq
		case r.Seq > seq+1:
			t.Fatalf("row %d came after row %d", r.Seq, seq)
		}
	}
	return seq
}

// shipping is a server that sends its audit to a file, a syslog server and a webhook.
func shipping(t *testing.T, env ...string) *Core {
	t.Helper()
	cfg, err := config.Load(config.Sources{Env: append(env, "ENVIRONMENT=test", "OUTBOUND_ALLOW=127.0.0.1",
		"DATA_DIR="+filepath.Join(t.TempDir(), "data"))})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), cfg, slog.New(slog.NewTextHandler(io.Discard, nil)), Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestAuditArrivesThroughOutages has a webhook that is busy, breaks off and then
// takes a row only to lose the answer, a syslog server that is away and then dies
// over the lines, and a file whose folder is not there yet.
func TestAuditArrivesThroughOutages(t *testing.T) {
	var web, sys arrivals
	var posts atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var p parcel
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil || r.Header.Get("X-Aiwfe-Signature") == "" {
			t.Error(err, r.Header)
		}
		switch posts.Add(1) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			panic(http.ErrAbortHandler)
		case 4:
			web.take(p.Rows...) // they were taken, and nobody hears of it
			panic(http.ErrAbortHandler)
		default:
			web.take(p.Rows...)
		}
	}))
	defer server.Close()
	away, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := away.Addr().String()
	_ = away.Close()
	folder := filepath.Join(t.TempDir(), "later")
	file := filepath.Join(folder, "audit.jsonl")
	c := shipping(t, "AUDIT_SHIP_FILE="+file, "AUDIT_SHIP_SYSLOG=tcp://"+address, "AUDIT_SHIP_WEBHOOK="+server.URL,
		"AUDIT_SHIP_WEBHOOK_SECRET=a secret of the webhook, long enough")
	record(t, c, 5)
	auditsOf(t, c)
	until(t, "the first tries failed", func() bool { return tries(t, c, "syslog") > 0 && tries(t, c, "file") > 0 && posts.Load() > 1 })
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	syslogServer(t, address, &sys)
	for range 4 {
		record(t, c, 5)
		n := place(t, c)
		until(t, fmt.Sprintf("row %d arrived everywhere", n), func() bool {
			return web.upTo(t) >= n && sys.upTo(t) >= n && inFile(t, file).upTo(t) >= n
		})
	}
	until(t, "all is known to have arrived", func() bool {
		sinks, err := c.Store.AuditSinks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sinks {
			if s.Lag > 0 || s.Failed != "" || s.Seq != 25 {
				return false
			}
		}
		return len(sinks) == 3
	})
}

// TestPositionOfAFileSurvivesHalfALine is what a process leaves that is killed
// while it writes: the line is taken off, and its row sent again.
func TestPositionOfAFileSurvivesHalfALine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(file, []byte("{\"seq\":1}\n{\"seq\":2,\"ev"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := fileSink(file).send(t.Context(), &parcel{Rows: []api.AuditRow{{Seq: 2}, {Seq: 3}}}); err != nil {
		t.Fatal(err)
	}
	if n := inFile(t, file).upTo(t); n != 3 {
		t.Errorf("it has rows up to %d", n)
	}
	text, _ := os.ReadFile(file)
	if bytes.Contains(text, []byte(`"ev{`)) || bytes.Count(text, []byte("\n")) != 3 {
		t.Errorf("%s", text)
	}
}

func tries(t *testing.T, c *Core, name string) int64 {
	t.Helper()
	sinks, err := c.Store.AuditSinks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sinks {
		if s.Name == name {
			return s.Tries
		}
	}
	return 0
}

func inFile(t *testing.T, name string) *arrivals {
	t.Helper()
	a := &arrivals{}
	text, err := os.ReadFile(name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return a
	}
	for line := range strings.Lines(string(text)) {
		var r api.AuditRow
		if err := json.Unmarshal([]byte(line), &r); err != nil && strings.HasSuffix(line, "\n") {
			t.Fatalf("a line of the file cannot be read: %s", line)
		}
		if r.Seq > 0 {
			a.take(r)
		}
	}
	return a
}

// syslogServer takes lines; of the first connection it reads one and dies.
func syslogServer(t *testing.T, address string, got *arrivals) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for first := true; ; first = false {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(conn)
			for {
				count, err := r.ReadString(' ')
				n, bad := strconv.Atoi(strings.TrimSpace(count))
				if err != nil || bad != nil {
					break
				}
				line := make([]byte, n)
				if _, err := io.ReadFull(r, line); err != nil {
					break
				}
				if _, text, ok := strings.Cut(string(line), " audit - "); ok {
					var row api.AuditRow
					if err := json.Unmarshal([]byte(text), &row); err != nil {
						t.Error(err)
					}
					got.take(row)
				}
				if first {
					_ = conn.(*net.TCPConn).SetLinger(0)
					break
				}
			}
			_ = conn.Close()
		}
	}()
}

// TestSinkThatHangsHoldsUpNobody: rows are written and placed while it hangs.
func TestSinkThatHangsHoldsUpNobody(t *testing.T) {
	let := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-let:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(let)
	c := shipping(t, "AUDIT_SHIP_WEBHOOK="+server.URL)
	auditsOf(t, c)
	record(t, c, 50)
	until(t, "all rows have their place", func() bool { return place(t, c) == 50 })
	record(t, c, 50)
	until(t, "all rows have their place", func() bool { return place(t, c) == 100 })
	sinks, err := c.Store.AuditSinks(t.Context())
	if err != nil || len(sinks) != 1 || sinks[0].Lag != 100 {
		t.Errorf("%+v, %v", sinks, err)
	}
	if n, err := c.Store.RetainAudit(t.Context(), store.Retain{
		Keys: c.Audit, Before: time.Now().Add(time.Hour), Sinks: c.sinkNames(), Most: 100,
	}); err != nil || n != 0 {
		t.Errorf("%d rows were deleted that were never taken, %v", n, err)
	}
}
