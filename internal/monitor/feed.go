package monitor

import (
	"net/http"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/version"
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
	case audit.EventFactorAnswered:
		if r.Outcome != audit.Success { // one that was right begins a session, which is told of
			m.login(r)
		}
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
	if d.Route == routeCSRF {
		m.metrics.csrfFailed.Inc()
		m.counted.csrfLost.Add(1)
	}
	if how, ok := signIn[d.Route]; ok && !told(d) && !examined(d) {
		var guesses int64
		if d.Code == api.CodeTooManyAttempts {
			guesses = 1
		}
		m.refused(how, d.Code, d.Reason, guesses)
	}
}

// told says that a refusal is told by its audit row, or that nobody saw how it
// would have ended.
func told(d httpkit.Done) bool {
	switch d.Code {
	case api.CodeInvalidCredentials, api.CodeInvalidCode, api.CodeSessionLimitReached:
		return true
	}
	return d.Reason == "client_gone"
}

// examined says that nobody wanted in: the doctor sends empty fields to see
// whether a CSRF token gets through. Who takes its name and tries a password
// counts like all others.
func examined(d httpkit.Done) bool {
	return d.Code == api.CodeValidationFailed && d.Request != nil && strings.HasPrefix(d.Request.Client.UserAgent, version.DoctorsAgent)
}

// answered times the answer. Every check of a session comes by here, so it takes
// no lock that another could hold and allocates nothing.
func (m *Monitor) answered(d httpkit.Done) {
	child := m.routes.child(m.metrics.requests, m.book, d)
	child.Observe(d.Took.Seconds())
	if d.Request != nil && d.Request.Theirs() {
		return // how long an application takes, and whether it fails, says nothing of this server
	}
	child.timer.Observe(d.Took)
	m.counted.answers.Add(1)
	if d.Status >= http.StatusInternalServerError {
		m.counted.broken.Add(1)
	}
	if d.Request == nil {
		return
	}
	switch looked, err := d.Request.ByToken(); {
	case looked && err == nil:
		m.metrics.validated.of(success).Inc()
	case looked:
		m.metrics.validated.of(fault.From(err).Code).Inc()
	}
}

func (m *Monitor) succeeded(d httpkit.Done) {
	if d.Status >= http.StatusBadRequest {
		return
	}
	if _, ok := signIn[d.Route]; ok {
		m.metrics.loginTime.Observe(d.Took.Seconds())
		m.counted.login.Observe(d.Took)
	}
	switch d.Route {
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
