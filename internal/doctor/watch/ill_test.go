package watch

import (
	"fmt"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// ill are the ways in which a deployment is ill, each as n clients see it.
var ill = []struct {
	note string
	play func(s *scene, n int)
	want api.Cause
}{
	{"the csrf cookie is lost", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), post(pageLogin), refused(api.CodeCSRFTokenInvalid, "csrf_cookie_missing"))
		}
	}, "cookie_not_returned"},
	{"the session cookie is lost", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), post(pageLogin), func(r *Request) { r.Sent, r.Set = CSRF, Session })
			s.do(from(i), func(r *Request) { r.Page, r.Sent = true, CSRF })
		}
	}, "cookie_not_returned"},
	{"a key is unknown", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), func(r *Request) { r.Bearer, r.Cause = true, `the key "abc" is not here` }, refused(api.CodeTokenInvalid, "kid_unknown"))
		}
	}, "unknown_key_tokens"},
	{"CSRF tokens of an unknown key", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), post(pageLogin), refused(api.CodeCSRFTokenInvalid, "signature_wrong"))
		}
	}, "unknown_key_tokens"},
	{"people use another address", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), post(pageLogin), refused(api.CodeOriginNotAllowed, "origin_foreign"), func(r *Request) {
				r.Origin, r.Host = "https://login.example.com", "login.example.com"
			})
		}
	}, "public_url_mismatch"},
	{"a proxy rewrites Host and people use another address", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), post(pageLogin), refused(api.CodeOriginNotAllowed, "origin_foreign"), func(r *Request) {
				r.Origin, r.Host, r.SameOrigin = "https://login.example.com", "backend:8080", true
			})
		}
	}, "public_url_mismatch"},
	{"the origin is hidden", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), post(pageLogin), refused(api.CodeOriginNotAllowed, "origin_null"), func(r *Request) { r.Origin = "null" })
		}
	}, "origin_null"},
	{"a front end stands elsewhere", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), post(apiLogin), refused(api.CodeOriginNotAllowed, "origin_foreign"), func(r *Request) { r.Origin = "https://app.example.com" })
		}
	}, "origin_refused_everybody"},
	{"the CSRF header does not arrive", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), post(apiLogin), refused(api.CodeCSRFTokenMissing, "csrf_token_missing"))
		}
	}, "csrf_refused_everybody"},
	{"pages are cached", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), post(pageLogin), refused(api.CodeCSRFTokenInvalid, "bound_elsewhere"))
		}
	}, "csrf_refused_everybody"},
	{"a form where JSON is read", func(s *scene, n int) {
		for range 2 {
			for i := range n {
				s.do(from(i), post(apiLogin), refused(api.CodeUnsupportedMediaType, ""))
			}
		}
	}, "wrong_body_type"},
	{"old tokens are refused", func(s *scene, n int) {
		for i := range n {
			s.do(from(i), func(r *Request) { r.Bearer = true }, refused(api.CodeTokenInvalid, "legacy_off"))
		}
	}, "old_form_tokens"},
	{"clients race", func(s *scene, n int) {
		for i := range n {
			s.Heard(audit.Row{
				At: s.now, Event: audit.EventRefreshReuse, Outcome: audit.Refused, User: account.ID(fmt.Sprint("u", i)), Detail: "race after 12s",
			})
		}
	}, "refresh_races"},
	{"the clock of the server is off", func(s *scene, n int) {
		for i := range n {
			s.Heard(audit.Row{
				At: s.now, Event: audit.EventFactorAnswered, Outcome: audit.Refused, Reason: "totp_clock_off",
				User: account.ID(fmt.Sprint("u", i)), Detail: fmt.Sprintf("totp, clock off by %s", 5*time.Minute+time.Duration(i%2)*30*time.Second),
			})
		}
	}, "clock_skew"},
}

func TestEachIllnessIsNamedAndGoesAwayByItself(t *testing.T) {
	for _, c := range ill {
		t.Run(c.note, func(t *testing.T) {
			s := play()
			c.play(s, 4)
			s.expect(t, c.want)
			if _, known := api.Causes[c.want]; !known {
				t.Errorf("%s is not in the catalogue", c.want)
			}
			s.now = s.now.Add(window + time.Minute)
			s.expect(t)
		})
	}
}

func TestOneClientMakesNoFinding(t *testing.T) {
	for _, c := range ill {
		if c.want == "old_form_tokens" {
			continue // the signature proves that they are ours
		}
		t.Run(c.note, func(t *testing.T) {
			s := play()
			for range 200 {
				c.play(s, 1)
			}
			s.expect(t)
		})
	}
}

// TestBusySystemIsHealthy: people for whom everything works, and a stranger with
// a few addresses who tries to make the operator believe otherwise.
func TestBusySystemIsHealthy(t *testing.T) {
	for _, c := range ill {
		if c.want == "old_form_tokens" || c.want == "refresh_races" {
			continue // they prove a key, and accounts
		}
		t.Run(c.note, func(t *testing.T) {
			s := play()
			for i := range 30 {
				s.Heard(audit.Row{
					At: s.now, Event: audit.EventLogin, Outcome: audit.Success, User: account.ID(fmt.Sprint("code ", i)), Detail: "password+totp",
				})
			}
			s.busy(30)
			c.play(s, 5)
			s.busy(30)
			s.expect(t)
		})
	}
}
