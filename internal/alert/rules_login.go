package alert

import (
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Least counts within five minutes: below them a figure says nothing.
const (
	leastAttempts = 20
	leastFailed   = 5
	leastAnswers  = 20
	nearlyAll     = 0.5
)

func loginFailures(l Limits) Rule {
	return Rule{
		Name: "login_failures", Watches: "sign-ins that fail, of the honest ones, in five minutes on all nodes",
		Threshold: fmt.Sprintf("over %s %% of %d or more, and %d or more; over 50 %% is critical", number(100*l.FailureRate), leastAttempts, leastFailed),
		For:       2 * time.Minute, Keep: 5 * time.Minute, Severities: []Severity{Warning, Critical},
		Related: []string{
			"csrf_", "cookie", "origin_", "guessing_", "wrong_body", "unknown_key", "locked_out", "database_", "pooler_", "session_",
			"login_", "proxy_", "secret_", "connection_", "schema_", "row_",
		},
		look: func(s *Snapshot) []Reading {
			var failed, honest int64
			for _, n := range s.Nodes {
				failed, honest = failed+n.HonestFailed, honest+n.Honest
			}
			level, part := over(failed, honest, leastFailed, leastAttempts, l.FailureRate)
			r := Reading{Level: level, Severity: Warning, Says: fmt.Sprintf("%d of %d honest sign-ins failed in five minutes (%s %%)", failed, honest, number(100*part))}
			if part > nearlyAll {
				r.Severity = Critical
			}
			return []Reading{r}
		},
	}
}

func responseTime(l Limits) Rule {
	return Rule{
		Name: "response_time", Watches: "the 95th percentile of answers under /api/v1/auth/ and of sign-ins, of the slowest route and node",
		Threshold: fmt.Sprintf("over %s s, of %d answers or more in five minutes", number(l.ResponseTime.Seconds()), leastAnswers),
		For:       3 * time.Minute, Keep: 5 * time.Minute, Severities: []Severity{Warning},
		Related: []string{"database_", "pooler_", "connection_", "disk_", "sqlite_", "redis_", "guessing_", "answers_", "row_expensive"},
		look: func(s *Snapshot) []Reading {
			worst := Reading{Level: Well, Severity: Warning}
			var slowest time.Duration
			for _, n := range s.Nodes {
				for _, t := range n.Times {
					level := Well
					switch {
					case t.P95 > l.ResponseTime && t.Count >= leastAnswers:
						level = Bad
					case float64(t.P95) > band*float64(l.ResponseTime):
						level = Between
					}
					if level > worst.Level || level == worst.Level && t.P95 > slowest {
						slowest, worst.Level = t.P95, level
						worst.Says = fmt.Sprintf("%s takes %s s on %s (95th percentile of %d answers in five minutes)",
							t.Route, number(t.P95.Seconds()), n.Host, t.Count)
					}
				}
			}
			return []Reading{worst}
		},
	}
}

func csrfFailures() Rule {
	return Rule{
		Name: "csrf_failures", Watches: "CSRF tokens that cannot be made or do not verify", Threshold: "any in five minutes",
		Keep: 10 * time.Minute, Severities: []Severity{Critical}, Urgent: true,
		Related: []string{"secret_", "data_key", "database_", "data_dir", "disk_"},
		look: func(s *Snapshot) []Reading {
			var failed int64
			r := Reading{Severity: Critical}
			for _, n := range s.Nodes {
				failed += n.CSRFFailed
				if n.CSRFBroken {
					r.Level, r.Says = Bad, "a CSRF token that "+n.Host+" made just now does not verify"
				}
			}
			if failed > 0 && r.Level != Bad {
				r.Level, r.Says = Bad, fmt.Sprintf("%s could not be made in five minutes", many(failed, "CSRF token"))
			}
			return []Reading{r}
		},
	}
}

const causeWave = api.Cause("guessing_wave")

func guessingWave() Rule {
	return Rule{
		Name: "guessing_wave", Watches: "wrong passwords at many accounts from many networks within a minute",
		Threshold: "40 or more, by 20 or more clients, at 20 or more accounts, and few that are right",
		Keep:      10 * time.Minute, Severities: []Severity{Warning}, Urgent: true, Usual: causeWave,
		look: func(s *Snapshot) []Reading {
			for _, f := range s.findings() {
				if f.Code == causeWave {
					return []Reading{{Level: Bad, Severity: Warning, Says: f.Evidence, Finding: &f}}
				}
			}
			return nil
		},
	}
}

func number(v float64) string {
	if v >= 100 || v == float64(int64(v)) {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

func many(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
