package faults

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// Requests of a test that were cut off, and what runs every now and then, may still be there when all is counted.
const fewGoroutines = 25

// witness knows running programs from before something was broken, and holds that against them afterwards.
type witness struct {
	at    place
	nodes []known
}

type known struct {
	*ground.Instance
	pid, goroutines int
}

// watch notes what is so now; call it before the fault, and unhurt after it.
func watch(t *testing.T, at place, nodes ...*ground.Instance) *witness {
	t.Helper()
	w := &witness{at: at}
	for _, s := range nodes {
		w.nodes = append(w.nodes, known{s, s.PID(), goroutines(t, s)})
	}
	return w
}

// healthNames waits until /api/health of every node tells of the fault: the check in the state.
func (w *witness) healthNames(t *testing.T, check, state string) {
	t.Helper()
	for _, s := range w.nodes {
		eventually(t, backWithin, fmt.Sprintf("health says %s: %s", check, state), func() bool {
			var h api.Health
			_ = json.Unmarshal(newCaller(s.Instance).call("GET", "/api/health", "", nil).body, &h)
			return h.Checks[check] == state && h.Status != "healthy"
		})
	}
}

// doctorNames runs the doctor on the host: it must find one of the causes.
func (w *witness) doctorNames(t *testing.T, causes ...api.Cause) {
	t.Helper()
	for _, s := range w.nodes {
		r := s.Run("doctor", "--json")
		var d api.Diagnosis
		if err := json.Unmarshal([]byte(r.Stdout), &d); err != nil {
			t.Errorf("the doctor's answer is no JSON: %v\n%s%s", err, r.Stdout, r.Stderr)
			continue
		}
		if !slices.ContainsFunc(d.Findings, func(f api.Finding) bool { return slices.Contains(causes, f.Code) }) {
			t.Errorf("the doctor names %+v and not %v", d.Findings, causes)
		}
	}
}

// unhurt is what must hold after every fault: the same process lives, health is green again within a bound, the rows
// hold together, and nothing that waited for the fault still runs.
func (w *witness) unhurt(t *testing.T) {
	t.Helper()
	for _, s := range w.nodes {
		if !s.Running() || s.PID() != s.pid {
			t.Fatalf("process %d did not live through it", s.pid)
		}
		want(t, "/api/health/live", newCaller(s.Instance).call("GET", "/api/health/live", "", nil), http.StatusOK, "")
		eventually(t, backWithin, "/api/health/ready is green", func() bool {
			return newCaller(s.Instance).call("GET", "/api/health/ready", "", nil).status == http.StatusOK
		})
		if strings.Contains(s.Stderr(), "panic") {
			t.Error("something panicked")
		}
	}
	db := w.at.open(t, w.nodes[0].Instance)
	defer db.Close()
	halves(t, db)
	twice(t, w.at, w.nodes[0].Instance)
	for _, s := range w.nodes {
		n := 0
		eventually(t, 30*time.Second, fmt.Sprintf("there are no more than %d goroutines (before: %d)", s.goroutines+fewGoroutines, s.goroutines),
			func() bool { n = goroutines(t, s.Instance); return n <= s.goroutines+fewGoroutines })
	}
}

// twice looks for one-time things that were spent more often: each login has one session, each used refresh token one
// child at most.
func twice(t *testing.T, at place, s *ground.Instance) {
	t.Helper()
	db := at.open(t, s)
	defer db.Close()
	if n := count(t, db, `SELECT COUNT(*) FROM (SELECT session_id FROM audit WHERE event = 'login' AND outcome = 'success'
		GROUP BY session_id HAVING COUNT(*) > 1) AS twins`); n > 0 {
		t.Errorf("%d sessions were begun by two logins", n)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM (SELECT request_id FROM audit WHERE event = 'login' AND outcome = 'success'
		AND request_id <> '' GROUP BY request_id HAVING COUNT(*) > 1) AS twins`); n > 0 {
		t.Errorf("%d requests began two sessions", n)
	}
}

// goroutines counts those of the program, without the one that each open connection of a client has.
func goroutines(t *testing.T, s *ground.Instance) int {
	t.Helper()
	return int(metric(t, s, "go_goroutines")) - connected(t, s.Addr)
}

// metric reads one series without labels, or with the very labels given.
func metric(t *testing.T, s *ground.Instance, name string) float64 {
	t.Helper()
	for line := range strings.Lines(string(newCaller(s).call("GET", "/metrics", "", nil).body)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+" "); ok {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("the metrics have no %s", name)
	return 0
}

// connected counts the connections that a listener has, by what the kernel says.
func connected(t *testing.T, addr string) (n int) {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("/proc/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const established = "01"
	for lines := bufio.NewScanner(f); lines.Scan(); {
		cells := strings.Fields(lines.Text())
		if len(cells) > 3 && strings.HasSuffix(cells[1], fmt.Sprintf(":%04X", number)) && cells[3] == established {
			n++
		}
	}
	return n
}
