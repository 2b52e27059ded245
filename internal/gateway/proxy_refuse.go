package gateway

import (
	"net/http"
	"net/url"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// refuse answers what the gate does not let pass: a person is led to sign in and
// back, a program is told.
func (p *Proxy) refuse(q *httpkit.Request, ask Ask, pass Passage) {
	f := q.Fault(pass.Fault)
	if q.Preflight() {
		return
	}
	if page, query := helpful(pass); page != "" && navigates(ask) {
		// Or whoever signs in would be asked to, again and again.
		if k := q.Kit(); ask.Place.Host != p.o.Public && !k.Reaches(k.Scheme(), ask.Place.Host) {
			p.fail(q, ask, q.Fault(cookieElsewhere().Because(f.Cause)))
			return
		}
		p.lead(q, ask, page, query)
		return
	}
	p.fail(q, ask, f)
}

// fail tells a person by a page and a program by problem details. A session that
// ended while the application was asked is begun again by signing in.
func (p *Proxy) fail(q *httpkit.Request, ask Ask, f *fault.Error) {
	switch {
	case !navigates(ask):
		q.Fail(f)
	case f.Code == api.CodeSessionEnded:
		p.lead(q, ask, "/login", url.Values{"notice": {"session-ended"}})
	default:
		back, away := p.back(q, ask)
		p.o.Page(q, f, back, away)
	}
}

// lead sends a browser to a page of ours that leads back to where it wanted to go.
func (p *Proxy) lead(q *httpkit.Request, ask Ask, page string, v url.Values) {
	if back, _ := p.back(q, ask); back != "" {
		v.Set("next", back)
	}
	if len(v) > 0 {
		page += "?" + v.Encode()
	}
	q.Header()["Location"] = []string{q.Kit().URL(page)}
	q.WriteHeader(http.StatusFound)
}

// back is the address that was asked for, "" where nobody may be led back to it, and
// whether its host is an application's own.
func (p *Proxy) back(q *httpkit.Request, ask Ask) (address string, away bool) {
	address = ask.Raw
	if away = ask.Place.Host != p.o.Public; away {
		address = ask.Scheme + "://" + ask.Authority + ask.Raw
	}
	if _, ok := q.Kit().Next(address); !ok {
		return "", away
	}
	return address, away
}
