package gateway

import (
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// admit lets a request pass, and tells who it is and which cookies are left for
// the application. There is no body.
func (g *Gateway) admit(q *httpkit.Request, ask Ask, p Passage) {
	assertion, err := g.o.Assertions.For(p.Person, ask.Place.Host)
	if err != nil {
		q.Fail(err)
		return
	}
	h := q.Header()
	Identify(h, p.Person, assertion)
	h["Cookie"] = []string{leftCookies(ask.Header["Cookie"], g.o.KeepSession && counts(p.Person))}
	q.WriteHeader(http.StatusOK)
}

// turnAway leads a person to the page that helps or shows what happened, and tells
// a program by its status. A database that is away is 503 to both, and no cookie is
// touched. nginx hands on no body.
func (g *Gateway) turnAway(q *httpkit.Request, ask Ask, p Passage) {
	page, query := helpful(p)
	back := ask.Scheme + "://" + ask.Authority + ask.Raw
	if browses(ask) {
		q.TurnedAway(ask.origin())
	}
	switch {
	case !navigates(ask), page == "" && subrequest(ask.Header):
		q.Fail(p.Fault)
		return
	case page == "":
		if g.leadBack(ask, back) != nil {
			back = ""
		}
		g.o.Page(q, q.Fault(p.Fault), back, true)
		return
	}
	if f := g.leadBack(ask, back); f != nil {
		q.Fail(f.Because(p.Fault.Cause))
		return
	}
	query.Set("next", back)
	q.Header()["Location"] = []string{g.o.Kit.URL(page) + "?" + query.Encode()}
	if subrequest(ask.Header) {
		q.Fail(fault.New(api.CodeNotAuthenticated, p.Fault.Reason, p.Fault.Detail).Because(p.Fault.Cause))
		return
	}
	q.Fault(p.Fault) // for the log and explain
	q.Header()["Content-Length"] = []string{"0"}
	q.WriteHeader(http.StatusFound)
}

// unread refuses what nobody can tell for sure. A person may have followed a link to
// a path that is ambiguous; all else is for the operator of the proxy.
func (g *Gateway) unread(q *httpkit.Request, ask Ask, err error) {
	f := q.Fault(err)
	if f.Reason == policy.ReasonAmbiguous && navigates(ask) && !subrequest(ask.Header) {
		g.o.Page(q, f, "", true)
		return
	}
	q.Fail(f)
}

// leadBack refuses where signing in would not help: the redirect lends our name
// to a stranger's page, or the person would be sent to and fro for ever.
func (g *Gateway) leadBack(ask Ask, back string) *fault.Error {
	if _, ok := g.o.Kit.Next(back); !ok {
		return fault.New(api.CodeForbidden, "forward_host_not_listed",
			"Nobody can be led back to this address after signing in. The operator lists its origin in CORS_ORIGINS.")
	}
	if !g.o.Kit.Reaches(ask.Scheme, ask.Place.Host) {
		return cookieElsewhere()
	}
	return nil
}

func cookieElsewhere() *fault.Error {
	return fault.New(api.CodeForbidden, "forward_cookie_elsewhere",
		"Signing in does not help here, since the cookie of it does not come along to this address. The operator sets COOKIE_DOMAIN.")
}
