package gateway

import (
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
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

// turnAway leads a person to the page that helps, and tells a program by its
// status. A database that is away is 503 to both, and no cookie is touched.
func (g *Gateway) turnAway(q *httpkit.Request, ask Ask, p Passage) {
	page, query := helpful(p)
	if page == "" || !navigates(ask) {
		q.Fail(p.Fault)
		return
	}
	back := ask.Scheme + "://" + ask.Authority + ask.Raw
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
