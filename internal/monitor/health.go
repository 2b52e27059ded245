package monitor

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// What health can be. Degraded still serves, so it answers 200.
const (
	healthy   = "healthy"
	degraded  = "degraded"
	unhealthy = "unhealthy"
)

// States of the checks. An error itself is told in the log alone: anybody may
// ask for health.
const (
	connected   = "connected"
	unreachable = "unreachable"
	operational = "operational"
	failing     = "failing"
	busy        = "busy"
	current     = "current"
	pending     = "pending"
	unknown     = "unknown"
	drainingNow = "draining"
	findings    = "findings"
)

// probeLimit is how long a check waits for the database.
const probeLimit = time.Second

// longQueue is what a password may wait for its hash: the guide's target for a
// login. Beyond it people notice.
const longQueue = 2 * time.Second

// probe is what the database answered.
type probe struct {
	version string
	current int64
	pending int
	err     error // the database cannot be reached
	schema  error // the schema cannot be read
}

// ask reaches the database. Requests that come together share one question, so
// that asking for health loads nothing; the answer is not kept.
func (m *Monitor) ask(ctx context.Context) probe {
	answer, _, _ := m.flight.Do("database", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeLimit)
		defer cancel()
		var p probe
		if p.version, p.err = m.o.Sources.Database(ctx); p.err == nil {
			p.current, p.pending, p.schema = m.o.Sources.Schema(ctx)
		}
		return p, nil
	})
	return answer.(probe)
}

// checks gives the state of each part and of the whole.
func (m *Monitor) checks(ctx context.Context) (api.Health, probe) {
	h := api.Health{Status: healthy, Version: m.o.Version, Checks: map[string]string{
		"database": connected, "migrations": current, "auth_service": operational, "csrf": operational, "password_hashing": operational,
		doctorCheck: operational,
	}}
	worse := func(check, state, status string) {
		h.Checks[check] = state
		if h.Status != unhealthy {
			h.Status = status
		}
	}
	p := m.ask(ctx)
	switch {
	case p.err != nil:
		worse("database", unreachable, unhealthy)
		h.Checks["migrations"] = unknown
	case p.schema != nil:
		worse("migrations", unknown, degraded)
	case p.pending > 0:
		worse("migrations", pending, degraded)
	}
	tokens := m.o.Sources.TokenRoundTrip()
	if tokens != nil {
		worse("auth_service", failing, unhealthy)
	}
	csrf := m.o.Sources.CSRFRoundTrip()
	if csrf != nil {
		worse("csrf", failing, unhealthy)
	}
	if m.queue() > longQueue {
		worse("password_hashing", busy, degraded)
	}
	m.asksValkey(worse, h.Checks)
	m.asksUpstreams(worse, h.Checks)
	if found := m.o.Sources.Findings(); len(found) > 0 {
		worse(doctorCheck, string(found[0].Code), degraded)
	}
	m.turned(h, p.err, p.schema, tokens, csrf)
	return h, p
}

// queue is how long a hash that came now would wait.
func (m *Monitor) queue() time.Duration {
	return m.o.Sources.HashStats().Wait
}

// turned writes one line when health changes, not one for each question.
func (m *Monitor) turned(h api.Health, errs ...error) {
	m.mu.Lock()
	before := m.last
	m.last = h.Status
	m.mu.Unlock()
	if before == h.Status {
		return
	}
	if h.Status == healthy {
		m.o.Log.Info("health turned", "status", h.Status, "before", before)
		return
	}
	args := []any{"status", h.Status, "before", before, "checks", h.Checks}
	for _, err := range errs {
		if err != nil {
			args = append(args, "error", err.Error())
		}
	}
	m.o.Log.Warn("health turned", args...)
}

func status(of string) int {
	if of == unhealthy {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

// doctorCheck is the check that names the gravest cause that the doctor found.
const doctorCheck = "doctor"

// health tells strangers that something is wrong, and not which cause.
func (m *Monitor) health(w http.ResponseWriter, r *http.Request) {
	q := httpkit.From(w)
	h, _ := m.checks(r.Context())
	if h.Checks[doctorCheck] != operational && m.allow(q) != nil {
		h.Checks[doctorCheck] = findings
	}
	// An alert alone makes no server worse to ask: who balances by health would
	// take all of them out.
	if rules := m.critical(); len(rules) > 0 && m.allow(q) == nil {
		h.Checks["alerts"] = strings.Join(rules, " ")
	}
	q.JSON(status(h.Status), h)
}

// critical are the rules that fire critically.
func (m *Monitor) critical() (rules []string) {
	for _, a := range m.o.Sources.Alerts() {
		if a.Count > 0 && a.Severity == "critical" {
			rules = append(rules, a.Rule)
		}
	}
	return rules
}

// live asks nothing: an orchestrator kills what does not answer here, and to
// be killed because the database is away would help nobody.
func (m *Monitor) live(w http.ResponseWriter, _ *http.Request) {
	httpkit.From(w).JSON(http.StatusOK, api.Health{Status: healthy})
}

// ready says whether requests should be sent here.
func (m *Monitor) ready(w http.ResponseWriter, r *http.Request) {
	h := api.Health{Status: healthy, Checks: map[string]string{"database": connected}}
	if m.Draining() {
		h = api.Health{Status: unhealthy, Checks: map[string]string{"server": drainingNow}}
	} else if p := m.ask(r.Context()); p.err != nil {
		h = api.Health{Status: unhealthy, Checks: map[string]string{"database": unreachable}}
	}
	httpkit.From(w).JSON(status(h.Status), h)
}
