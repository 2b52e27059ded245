package watch

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

const public = "https://auth.example.com"

var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

// scene plays requests, a second apart.
type scene struct {
	*Watch
	now time.Time
	n   int
}

func play(edit ...func(*Options)) *scene {
	o := Options{PublicURL: public, Started: noon}
	for _, f := range edit {
		f(&o)
	}
	return &scene{Watch: New(o), now: noon}
}

// from is a browser at a public address; each number is another network.
func from(i int) Request {
	ip := fmt.Sprintf("198.%d.%d.7", 20+i/200, i%200)
	return Request{
		IP: ip, Peer: netip.MustParseAddr(ip), Agent: "Mozilla/5.0 Firefox/130.0", Host: "auth.example.com", Origin: public, Browser: true,
	}
}

// inner is a client at the address of a proxy.
func inner(r Request, forwarded string) Request {
	r.IP, r.Peer, r.Forwarded = "10.0.0.2", netip.MustParseAddr("10.0.0.2"), forwarded
	return r
}

func (s *scene) do(r Request, edit ...func(*Request)) {
	s.now = s.now.Add(time.Second)
	s.n++
	r.At, r.ID = s.now, fmt.Sprint("r", s.n)
	for _, f := range edit {
		f(&r)
	}
	s.Done(&r)
}

func post(route string) func(*Request) {
	return func(r *Request) { r.Unsafe, r.Route, r.Page = true, route, route == pageLogin }
}

func refused(code api.Code, reason string) func(*Request) {
	return func(r *Request) { r.Code, r.Reason, r.Status = code, reason, api.Codes[code].Status }
}

// signIn is a sign-in that went well, and the page after it.
func (s *scene) signIn(r Request, user string) {
	s.Heard(audit.Row{
		At: s.now, Event: audit.EventLogin, Outcome: audit.Success, User: account.ID(user), Client: audit.Client{IP: r.IP, RequestID: fmt.Sprint("r", s.n+1)},
	})
	s.do(r, post(pageLogin), func(r *Request) { r.Sent, r.Set = CSRF, Session })
	s.do(r, func(r *Request) { r.Page, r.Sent = true, CSRF|Session })
}

// busy is an afternoon of people for whom everything works.
func (s *scene) busy(people int) {
	for i := range people {
		s.signIn(from(100+i), fmt.Sprint("person ", i))
	}
}

func (s *scene) codes() (list []api.Cause) {
	for _, f := range s.Findings(s.now) {
		list = append(list, f.Code)
	}
	return list
}

func (s *scene) expect(t *testing.T, want ...api.Cause) {
	t.Helper()
	got := s.codes()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found %v, and the cause is %v: %+v", got, want, s.Findings(s.now))
	}
}

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

func TestProxyThatIsNotTrusted(t *testing.T) {
	for _, c := range []struct {
		note string
		edit func(*Options)
		play func(s *scene)
		want []api.Cause
	}{
		{"its headers do not count", nil, func(s *scene) {
			for i := range 4 {
				s.signIn(inner(from(i), "203.0.113.9"), fmt.Sprint("u", i))
			}
		}, []api.Cause{"proxy_not_trusted"}},
		{"it sends none, and https ends at it", func(o *Options) { o.BehindProxy = true }, func(s *scene) {
			for i := range 4 {
				r := inner(from(i), "")
				r.Agent = fmt.Sprint("Browser ", i)
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, []api.Cause{"proxy_not_trusted"}},
		{"it is trusted and says nothing", nil, func(s *scene) {
			for i := range 4 {
				r := inner(from(i), "")
				r.Trusted, r.Agent = true, fmt.Sprint("Browser ", i)
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, []api.Cause{"forwarded_headers_missing"}},
		{"it is trusted", nil, func(s *scene) {
			for i := range 9 {
				r := from(i)
				r.Trusted, r.Peer, r.Forwarded = true, netip.MustParseAddr("10.0.0.2"), r.IP
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, nil},
		{"one person with three accounts on this machine", nil, func(s *scene) {
			for i := range 3 {
				r := from(0)
				r.IP, r.Peer = "127.0.0.1", netip.MustParseAddr("127.0.0.1")
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, nil},
		{"an office without a proxy", nil, func(s *scene) {
			for i := range 9 {
				r := inner(from(i), "")
				r.Agent = fmt.Sprint("Browser ", i)
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, nil},
		{"strangers who forge the header", nil, func(s *scene) {
			for i := range 9 {
				r := from(i)
				r.Forwarded = fmt.Sprint("203.0.113.", i)
				s.signIn(r, fmt.Sprint("u", i))
			}
		}, nil},
		{"a service inside that hands a header on, beside people", nil, func(s *scene) {
			s.busy(20)
			for i := range 4 {
				s.signIn(inner(from(i), "203.0.113.9"), fmt.Sprint("u", i))
			}
		}, nil},
	} {
		t.Run(c.note, func(t *testing.T) {
			s := play(func(o *Options) {
				if c.edit != nil {
					c.edit(o)
				}
			})
			c.play(s)
			s.expect(t, c.want...)
		})
	}
}

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
