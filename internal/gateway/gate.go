package gateway

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// Gate is the one place where it is decided who passes.
type Gate struct {
	// Policy holds for every place.
	Policy *policy.Policy
	// Allowed says whether an origin may make browsers act for their users.
	Allowed func(origin string) bool
	Now     func() time.Time
}

// Ask is a request as an application would get it, however it was told to us.
type Ask struct {
	// Scheme is https or http, as the user's browser sees it.
	Scheme string
	Place  policy.Place
	// Authority is the host with its port as it was sent, Raw the path with its
	// query: for the way back after login.
	Authority, Raw string
	// Header is that of the user's request: Origin, Sec-Fetch-*, Accept, Upgrade.
	Header http.Header
}

// Passage is what the gate says.
type Passage struct {
	// Person is who passes; nil for a stranger.
	Person   *login.Person
	Decision policy.Decision
	// Fault is nil for who passes, else what to answer.
	Fault *fault.Error
}

// Judge decides. What could not be found out is a refusal: a database that is
// away opens nothing.
func (g *Gate) Judge(q *httpkit.Request, ask Ask) Passage {
	if g.preflight(ask) {
		return Passage{Decision: policy.Decision{Verdict: policy.Allow, Reason: "preflight", Detail: "A preflight carries no credential."}}
	}
	p := g.judge(q, ask)
	if p.Fault != nil && p.Fault.Cause == nil {
		p.Fault = p.Fault.Because(p.why(ask))
	}
	return p
}

func (g *Gate) judge(q *httpkit.Request, ask Ask) Passage {
	p, err := q.Person()
	if err != nil {
		if api.Codes[fault.From(err).Code].Status != http.StatusUnauthorized {
			return Passage{Fault: fault.From(err)}
		}
		p = nil // a credential that does not count is none
	}
	foreign := p != nil && !p.Bearer && g.foreign(ask)
	d := g.Policy.Decide(ask.Place, asking(p), g.Now())
	switch {
	case d.Verdict == policy.Allow && d.Rule.Allow == policy.Everyone && foreign:
		return Passage{Decision: d} // as a stranger: what another site sends has nobody's authority
	case d.Verdict == policy.Allow && foreign:
		return Passage{Decision: d, Fault: fault.New(api.CodeOriginNotAllowed, "gateway_origin",
			"Another site made your browser send this, so it is not done in your name.")}
	case d.Verdict == policy.Allow && p != nil && p.Bearer && unsafe(ask) && !slices.Contains(p.Scopes, "write"):
		return Passage{Person: p, Decision: d, Fault: fault.New(api.CodeForbidden, policy.ReasonScope, "This token may only read.")}
	case d.Verdict == policy.Allow:
		return Passage{Person: p, Decision: d}
	case d.Verdict == policy.SignIn:
		return Passage{Decision: d, Fault: fault.From(err)}
	case d.Verdict == policy.StepUp && d.Reason == policy.ReasonProof:
		return Passage{Person: p, Decision: d, Fault: fault.New(api.CodeStrongerProof, d.Reason,
			"This place asks for a second factor or a passkey. Please sign in again with one.")}
	case d.Verdict == policy.StepUp:
		return Passage{Person: p, Decision: d, Fault: fault.New(api.CodeReauthRequired, d.Reason,
			"Please prove once more who you are: this place asks for it.")}
	}
	return Passage{Person: p, Decision: d, Fault: fault.New(api.CodeForbidden, d.Reason, "You may not go there.")}
}

func asking(p *login.Person) *policy.Person {
	if p == nil {
		return nil
	}
	return &policy.Person{Role: p.User().Role, Scopes: p.Scopes, Method: p.Session.Method, ProvenAt: p.Session.AuthAt}
}

// foreign says whether another site may have made the browser send this: a
// cookie comes along by itself, and SameSite stops no sibling host.
func (g *Gate) foreign(ask Ask) bool {
	if !unsafe(ask) {
		return false
	}
	if origins := ask.Header["Origin"]; len(origins) > 0 {
		origin := strings.Join(origins, ", ")
		return !g.Allowed(origin) && !ask.own(origin)
	}
	switch strings.Join(ask.Header["Sec-Fetch-Site"], ", ") {
	case "", "same-origin", "none":
		return false
	}
	return true
}

// own says whether an origin is that of the place itself. Another port is another
// program, to which the cookie comes along just as well.
func (a Ask) own(origin string) bool {
	scheme, rest, ok := strings.Cut(origin, "://")
	host, err := policy.Host(rest)
	return ok && scheme == a.Scheme && err == nil && host == a.Place.Host && port(scheme, rest) == port(scheme, a.Authority)
}

// port is that of an authority, as it is where none is written.
func port(scheme, authority string) string {
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		return authority[i+1:]
	}
	return map[string]string{"https": "443", "http": "80"}[scheme]
}

// unsafe says whether a request may change something. One that begins a
// WebSocket may: whatever follows is under its authority.
func unsafe(ask Ask) bool {
	switch ask.Place.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return upgrades(ask.Header)
	}
	return true
}
