package web

import (
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// docs is the reading form of the API's document.
func (s *Site) docs(q *httpkit.Request) error {
	doc, err := s.o.Docs()
	if err != nil {
		return err
	}
	page := NewDocsPage(doc)
	if page.Base, err = s.base(q, "common.api_reference"); err != nil {
		return err
	}
	s.render(q, http.StatusOK, PageDocs, page)
	return nil
}

// NewDocsPage shows a document; its Base is the caller's to fill.
func NewDocsPage(doc api.Document) DocsPage {
	page := DocsPage{Intro: doc.Intro, Server: doc.Server, SpecHref: doc.SpecHref}
	for _, g := range doc.Groups {
		group := DocsGroup{Anchor: g.Anchor, Name: g.Name, Text: g.Text}
		for _, o := range g.Operations {
			group.Operations = append(group.Operations, operation(o))
		}
		page.Groups = append(page.Groups, group)
	}
	return page
}

func operation(o api.Operation) DocsOperation {
	out := DocsOperation{
		ID: o.ID, Method: o.Method, Path: o.Path, Summary: o.Summary, Text: o.Text, Access: o.Access,
		Parameters: members(o.Parameters), Request: members(o.Request), RequestExample: o.RequestExample,
	}
	for _, r := range o.Responses {
		out.Responses = append(out.Responses, DocsResponse{Status: r.Status, Text: r.Text, Fields: members(r.Fields), Example: r.Example})
	}
	for _, e := range o.Errors {
		out.Errors = append(out.Errors, DocsError{Status: e.Status, Code: string(e.Code), Title: e.Title})
	}
	return out
}

func members(in []api.Member) (out []DocsField) {
	for _, m := range in {
		out = append(out, DocsField(m))
	}
	return out
}

func (s *Site) openAPI(w http.ResponseWriter, _ *http.Request) {
	q := httpkit.From(w)
	doc, err := s.o.OpenAPI()
	if err != nil {
		q.Fail(fault.Internal(err))
		return
	}
	h := q.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	q.WriteHeader(http.StatusOK)
	_, _ = q.Write(doc)
}

// problem is the page that the type of a problem leads to, and the one about a
// cause that the doctor names: no name is both.
func (s *Site) problem(q *httpkit.Request) error {
	page, ok := aboutCode(q.HTTP().PathValue("code"))
	if !ok {
		return fault.New(api.CodeNotFound, "no_such_code", "There is no error of this name.")
	}
	b := s.o.Pages.Base(q.Lang(), page.Heading)
	b.InLanguage = inLanguage(q.HTTP(), q.HTTP().URL.EscapedPath())
	b.RequestID, b.Environment = q.ID, s.o.Environment
	page.Base = b
	s.render(q, http.StatusOK, PageProblem, page)
	return nil
}

func aboutCode(name string) (ProblemPage, bool) {
	if info, ok := api.Codes[api.Code(name)]; ok {
		return ProblemPage{
			Code: name, Status: info.Status, Heading: info.Title, Explanation: api.Explanations[api.Code(name)],
		}, true
	}
	cause, ok := api.Causes[api.Cause(name)]
	return ProblemPage{
		Code: name, Severity: string(cause.Severity), Heading: cause.Title,
		Explanation: api.Explanation{Meaning: cause.Meaning, Operator: cause.Remedy, Commands: cause.Commands},
	}, ok
}

// ProblemPage explains one error code to each of its readers, or one cause to
// whoever runs the server.
type ProblemPage struct {
	Base
	Code        string
	Status      int    // of an error
	Severity    string // of a cause
	Heading     string
	Explanation api.Explanation
}

// PageProblem is the name of its template.
const PageProblem = "problem"
