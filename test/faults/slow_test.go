package faults

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// twoSteps is what a request may take that met the slowness half-way: each step with the database has five seconds.
const twoSteps = 2*5*time.Second + 2*time.Second

// growth is what the memory of the program may grow by while everything waits, in MiB.
const growth = 64

func TestSlowAndSilentDatabaseHoldsNoRequestForLong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		silent bool // no answer comes at all, which health tells
		fault  func(*ground.Faulty)
	}{
		{"two seconds for a query", false, func(n *ground.Faulty) { n.Down(ground.Fault{Delay: 2 * time.Second}) }},
		{"silent", true, func(n *ground.Faulty) { n.BlackHole() }},
		{"half open", true, func(n *ground.Faulty) { n.BlackHole(); n.HalfOpen() }},
		{"reset", true, func(n *ground.Faulty) { n.ResetNew(true); n.Cut() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			pg := ground.Postgres(t)
			url := pg.NewDatabase(t)
			network := ground.FaultProxy(t, pg.Addr())
			at := place{"PostgreSQL", network.URL(url), url}
			s := serve(t, at, nil)
			w := watch(t, at, s)
			before := memory(t, s)
			st := startStorm(t, s)
			time.Sleep(500 * time.Millisecond)
			tt.fault(network)
			if tt.silent {
				w.healthNames(t, "database", "unreachable")
			}
			broken := time.Now()
			lasts := time.Duration(rounds(10, 60)) * time.Second
			for c := newCaller(s); time.Since(broken) < lasts; time.Sleep(200 * time.Millisecond) {
				a := c.call("GET", "/api/health/live", "", nil)
				want(t, "/api/health/live, while it lasts", a, http.StatusOK, "")
				if a.took > time.Second {
					t.Errorf("/api/health/live took %s", a.took)
				}
			}
			if grown := memory(t, s) - before; grown > growth {
				t.Errorf("the program grew by %d MiB", grown)
			}
			mended := time.Now()
			network.Heal()
			time.Sleep(5 * time.Second)
			hits := st.end()
			tally(t, hits, twoSteps)
			if first(hits, mended) < 0 {
				t.Error("nothing works within five seconds")
			}
			refusedAtOnce(t, hits, broken.Add(7*time.Second), mended)
			w.unhurt(t)
		})
	}
}

// refusedAtOnce looks at what came when the outage was old: most of it must not have waited.
func refusedAtOnce(t *testing.T, hits []hit, from, to time.Time) {
	t.Helper()
	var all, quick int
	for _, h := range hits {
		if h.begun.Before(from) || h.begun.After(to) || h.status != http.StatusServiceUnavailable {
			continue
		}
		all++
		if h.took < time.Second {
			quick++
		}
	}
	if all == 0 || quick < all/2 {
		t.Errorf("of %d requests in an old outage %d were refused at once", all, quick)
	}
}

// memory is what the program holds, in MiB.
func memory(t *testing.T, s *ground.Instance) int {
	t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.PID()) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib >> 10
}
