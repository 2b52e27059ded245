package watch

import (
	"fmt"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

func TestProgramsAndScannersAreNotWaitedFor(t *testing.T) {
	s := play()
	for i := range 20 {
		program := from(i)
		program.Browser, program.Origin = false, ""
		s.do(program, post(apiLogin), func(r *Request) { r.Set = Session })
		s.do(program, func(r *Request) { r.Bearer = true })
		s.do(program)
		for range 3 { // a scanner that drops the cookie of the login page
			s.do(program, func(r *Request) { r.Page, r.Set, r.Route = true, CSRF, "GET /login" })
		}
	}
	s.expect(t)
}

func TestWhoComesBackWithTheCookieAfterAllIsFine(t *testing.T) {
	s := play()
	for i := range 5 {
		s.do(from(i), post(pageLogin), func(r *Request) { r.Set = Session })
		s.do(from(i), func(r *Request) { r.Page = true }) // another person behind the same address
		s.do(from(i), func(r *Request) { r.Page, r.Sent = true, Session })
	}
	s.expect(t)
}

func TestOldFormIsToldOfBeforeItEnds(t *testing.T) {
	for until, want := range map[time.Duration][]api.Cause{
		48 * time.Hour: {"old_form_tokens_end_soon"}, 60 * 24 * time.Hour: nil,
	} {
		s := play(func(o *Options) { o.LegacyUntil = noon.Add(until) })
		for i := range 3 {
			s.Heard(audit.Row{At: s.now, Event: audit.EventLegacySession, Outcome: audit.Success, Detail: "use", Client: audit.Client{IP: fmt.Sprint("198.51.100.", i)}})
		}
		s.expect(t, want...)
	}
}

func TestDoorsThatStrangersShut(t *testing.T) {
	s := play()
	shut := func(client, account int) {
		s.do(from(client), post(pageLogin), refused(api.CodeTooManyAttempts, "account_shut"), func(r *Request) {
			r.Address = fmt.Sprintf("u%d@example.com", account)
		})
	}
	for i := range 9 {
		shut(0, i) // whoever shut them
	}
	s.expect(t)
	for i := range 3 {
		shut(1+i, i) // their owners
	}
	s.expect(t, "locked_out_by_strangers")
}

func TestOneBrowserIsToldByItsNetwork(t *testing.T) {
	s := play()
	for i := range 50 {
		r := from(0)
		r.IP = fmt.Sprint("198.51.100.", i)
		s.do(r, post(pageLogin), refused(api.CodeCSRFTokenInvalid, "csrf_cookie_missing"))
		r.IP = fmt.Sprintf("2001:db8:1:%x::1", i)
		s.do(r, post(pageLogin), refused(api.CodeCSRFTokenInvalid, "csrf_cookie_missing"))
	}
	s.expect(t) // two networks
}

func TestMemoryIsBounded(t *testing.T) {
	s := play()
	for i := range 5000 {
		r := from(i)
		r.IP = fmt.Sprintf("2001:db8:%x::1", i)
		s.signIn(r, fmt.Sprint("u", i))
		for _, c := range []string{"kid_unknown", "legacy_off", "csrf_cookie_missing"} {
			s.do(r, refused(api.CodeTokenInvalid, c))
		}
		s.do(r, post(apiLogin), refused(api.CodeTooManyAttempts, "account_shut"), func(r *Request) { r.Address = fmt.Sprint(i) })
		s.do(r, post(apiLogin), func(r *Request) { r.Set = Session })
	}
	w := s.Watch
	for what, n := range map[string]int{
		"unknown": len(w.tokens.unknown.of), "refused": len(w.tokens.refused.of), "lost": len(w.cookies.csrf.lost.of), "kept": len(w.cookies.session.kept.of),
		"sign-ins": len(w.signIns.last), "open": len(w.signIns.open), "locks": len(w.locks.of),
	} {
		if n > room {
			t.Errorf("%s: %d", what, n)
		}
	}
	if n := len(w.cookies.waiting); n > waitRoom {
		t.Errorf("%d are waited for", n)
	}
	expected := 0
	for i := range w.cookies.expected {
		expected += int(w.cookies.expected[i].Load())
	}
	if n := len(w.cookies.waiting); expected != n || n == 0 {
		t.Errorf("%d are expected, and %d are waited for", expected, n)
	}
}

// TestSessionCheckCostsNothing: it is asked more often than all else together.
func TestSessionCheckCostsNothing(t *testing.T) {
	s := play()
	s.busy(3)
	check := from(1)
	check.Sent, check.At = Session, s.now
	for note, prepare := range map[string]func(){
		"nobody is waited for": func() {},
		"somebody is waited for": func() {
			s.do(from(9), post(pageLogin), func(r *Request) { r.Set = Session })
		},
	} {
		prepare()
		if n := testing.AllocsPerRun(100, func() { r := check; s.Done(&r) }); n != 0 {
			t.Errorf("%s: %v allocations", note, n)
		}
	}
}
