package monitor

import (
	"cmp"
	"net/http"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// Routes that mean something to the figures, as the muxes name them.
const (
	routeLogin   = "POST /api/v1/auth/jwt/login"
	routePage    = "POST /login"
	routeRefresh = "POST /api/v1/auth/jwt/refresh"
	routeCSRF    = "GET /api/v1/auth/csrf-token"
)

var csrfCodes = []api.Code{
	api.CodeOriginNotAllowed, api.CodeCSRFTokenMissing, api.CodeCSRFTokenInvalid, api.CodeCSRFTokenExpired,
}

// success is the result of a login that is no code.
const success = "success"

// Heard is told of every audit row that was written.
func (m *Monitor) Heard(r audit.Row) {
	m.metrics.events.of(r.Event).Add(float64(max(1, r.Count)))
	m.begin()
	switch r.Event {
	case audit.EventLogin, audit.EventSessionLimit:
		m.login(r)
	case audit.EventRefresh:
		if r.Outcome == audit.Success {
			m.metrics.refresh.Inc()
			m.counted.refresh.Add(1)
		}
	case audit.EventLegacySession:
		if r.Detail == "use" { // the first use is told as an adoption too
			m.metrics.legacy.Inc()
			m.counted.legacy.Add(1)
		}
	}
}

func (m *Monitor) login(r audit.Row) {
	if r.Outcome == audit.Success {
		m.metrics.logins.WithLabelValues(method(r.Detail), success).Inc()
		m.metrics.access.Inc()
		m.counted.attempts.Add(1)
		m.counted.succeeded.Add(1)
		m.counted.access.Add(1)
		return
	}
	m.refused(r.Code, r.Reason)
}

// refused counts a login that failed. What a guesser at unknown addresses
// fails at says nothing of how people fare, nor does what a limit refused: the
// honest rate leaves both out.
func (m *Monitor) refused(code api.Code, reason string) {
	if _, known := api.Codes[code]; !known {
		code = api.CodeInternal
	}
	m.metrics.logins.WithLabelValues("password", string(code)).Inc()
	guessing := reason == "unknown_address" || code == api.CodeTooManyAttempts
	m.counted.attempts.Add(1)
	if guessing {
		m.counted.guessing.Add(1)
	}
	m.counted.failures[code].Add(1)
	m.book.Counter(figures.Reason + cmp.Or(reason, string(code))).Add(1)
}

// method is from the closed list of ways to sign in.
func method(detail string) string {
	switch detail {
	case "password", "setup":
		return detail
	}
	return other
}

// Done is told of every request that was answered.
func (m *Monitor) Done(d httpkit.Done) {
	now := d.At
	if now.IsZero() {
		now = m.o.Now()
	}
	m.book.At(m.shared(now))
	m.answered(d)
	switch d.Code {
	case "":
		m.succeeded(d)
		return
	case api.CodeOriginNotAllowed, api.CodeCSRFTokenMissing, api.CodeCSRFTokenInvalid, api.CodeCSRFTokenExpired:
		m.metrics.csrf.of(d.Code).Inc()
		m.counted.refused[d.Code].Add(1)
	case api.CodeTooManyAttempts:
		m.metrics.limited.of(d.Reason).Inc()
	case api.CodeDatabaseUnavailable, api.CodeStorageFull:
		m.metrics.dbErrors.of(string(d.Code)).Inc()
	}
	switch {
	case d.Route == routeCSRF:
		m.metrics.csrfFailed.Inc()
		m.counted.csrfLost.Add(1)
	case d.Route != routeLogin && d.Route != routePage:
	case d.Code == api.CodeInvalidCredentials, d.Code == api.CodeSessionLimitReached: // told by their audit rows
	case d.Reason == "client_gone": // nobody saw how it would have ended
	default:
		m.refused(d.Code, d.Reason)
	}
}

// answered times the answer. Every check of a session comes by here, so it takes
// no lock that another could hold and allocates nothing.
func (m *Monitor) answered(d httpkit.Done) {
	child := m.routes.child(m.metrics.requests, m.book, d)
	child.Observe(d.Took.Seconds())
	child.timer.Observe(d.Took)
	m.counted.answers.Add(1)
	if d.Status >= http.StatusInternalServerError {
		m.counted.broken.Add(1)
	}
}

func (m *Monitor) succeeded(d httpkit.Done) {
	if d.Status >= http.StatusBadRequest {
		return
	}
	switch d.Route {
	case routeLogin, routePage:
		m.metrics.loginTime.Observe(d.Took.Seconds())
		m.counted.login.Observe(d.Took)
	case routeRefresh:
		m.metrics.access.Inc()
		m.counted.access.Add(1)
	case routeCSRF:
		m.metrics.csrfMade.Inc()
		m.counted.csrfMade.Add(1)
	}
}

// HashWaited is told how long a password hash waited for a worker.
func (m *Monitor) HashWaited(d time.Duration) {
	m.metrics.hashWait.Observe(d.Seconds())
	m.begin()
	m.counted.wait.Observe(d)
}

// Hashed is told the time of every password hash.
func (m *Monitor) Hashed(algorithm string, d time.Duration) {
	o, ok := m.metrics.hashTime[algorithm]
	if !ok {
		o = m.metrics.hashTime[other]
	}
	o.Observe(d.Seconds())
}
