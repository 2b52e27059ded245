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
