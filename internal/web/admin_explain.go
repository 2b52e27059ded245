package web

import (
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// explain tells why a request was refused, by the id that the person read from
// the page, or by the address whose last attempt is meant.
func (s *Site) explain(v visit) error {
	b, err := s.adminBase(v, "admin.explain.title")
	if err != nil {
		return err
	}
	page := ExplainPage{Base: b, Asked: strings.TrimSpace(v.HTTP().URL.Query().Get("id"))}
	if page.Asked == "" {
		return s.showAdmin(v, PageExplain, page, nil)
	}
	x, found, err := s.o.Explain.Explain(v.Context(), page.Asked)
	if f := fault.From(err); err != nil && f.Code == api.CodeValidationFailed {
		v.Fault(f)
		page.Error = s.adminFault(b, f)
		return s.showAdmin(v, PageExplain, page, f)
	}
	if err != nil {
		return err
	}
	if found {
		s.fillExplained(&page, x)
	}
	return s.showAdmin(v, PageExplain, page, nil)
}

// explainPath is the page that explains a request; "" for one without an id.
func explainPath(id string) string {
	if id == "" {
		return ""
	}
	return addressOf("/admin/explain", url.Values{"id": {id}})
}

// explainHere shows administrators the way from an error page to its story. It
// asks nothing of a database that may be what failed.
func (s *Site) explainHere(q *httpkit.Request, page *ErrorPage) {
	if p := q.Known(); p != nil && p.User().IsAdmin() && page.Second.Href == "" {
		page.Second = Link{s.words(q).Text("admin.explain.this"), explainPath(q.ID)}
	}
}
