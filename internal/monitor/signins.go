package monitor

import (
	"cmp"
	"slices"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
)

// signIn are the routes by which one signs in, each with its method.
var signIn = map[string]string{
	routeLogin: "password", routePage: "password",
	"POST /api/v1/auth/2fa/challenge": secondFactor, "POST /login/verify": secondFactor,
	"POST /api/v1/auth/2fa/webauthn/login/verify": "passkey", "POST /login/passkey": "passkey",
}

// login is told of what was decided on a credential, the second one included.
func (m *Monitor) login(r audit.Row) {
	if r.At.IsZero() {
		r.At = m.o.Now()
	}
	if r.Outcome == audit.Success {
		m.metrics.logins.WithLabelValues(method(r.Detail), success).Inc()
		m.metrics.access.Inc()
		m.counted.attempts.Add(1)
		m.counted.succeeded.Add(1)
		m.counted.access.Add(1)
		m.counted.slips.Add(m.judge.succeeded(&r))
		return
	}
	how := method(cmp.Or(r.Detail, "password"))
	if r.Event == audit.EventFactorAnswered {
		how = secondFactor
	}
	m.refused(how, r.Code, r.Reason, m.judge.refused(&r, m.wave()))
}

// wave says whether the doctor sees a wave of guesses.
func (m *Monitor) wave() bool {
	return slices.ContainsFunc(m.o.Sources.Findings(), func(f api.Finding) bool { return f.Code == "guessing_wave" })
}

// refused counts a sign-in that failed, and how many turned out to be guesses.
func (m *Monitor) refused(how string, code api.Code, reason string, guesses int64) {
	if _, known := api.Codes[code]; !known {
		code = api.CodeInternal
	}
	m.metrics.logins.WithLabelValues(how, string(code)).Inc()
	m.counted.attempts.Add(1)
	m.counted.guessing.Add(guesses)
	m.counted.failures[code].Add(1)
	m.book.Counter(figures.Reason + cmp.Or(reason, string(code))).Add(1)
}

// secondFactor is the method of a second factor that was refused.
const secondFactor = "second_factor"

// method is from the closed list of ways to sign in.
func method(detail string) string {
	switch detail {
	case "password", "passkey", "password+totp", "password+webauthn", "password+backup_code", "setup", "invitation":
		return detail
	}
	return other
}
