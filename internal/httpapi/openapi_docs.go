package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Docs is the same reference for a page: of the same list, so that the page
// and the OpenAPI document cannot disagree.
func (a *API) Docs(version, serverURL string) (api.Document, error) {
	doc := api.Document{Title: documentTitle, Version: version, Intro: documentIntro, Server: serverURL, SpecHref: "/openapi.json"}
	for _, t := range tagged {
		doc.Groups = append(doc.Groups, api.Group{
			Anchor: "group-" + strings.ReplaceAll(strings.ToLower(t.Name), " ", "-"), Name: t.Name, Text: t.Description,
		})
	}
	for _, e := range a.endpoints() {
		op, err := shown(&e)
		if err != nil {
			return doc, err
		}
		for i := range doc.Groups {
			if doc.Groups[i].Name == e.Tag {
				doc.Groups[i].Operations = append(doc.Groups[i].Operations, op)
			}
		}
	}
	return doc, nil
}

func shown(e *api.Endpoint) (api.Operation, error) {
	op := api.Operation{
		ID: e.Op, Method: e.Method, Path: e.Path, Summary: e.Summary, Access: e.Access, Parameters: parameters(e),
	}
	var err error
	if e.In != nil {
		if op.Request, op.RequestExample, err = shownBody(e.In, true); err != nil {
			return op, err
		}
	}
	for _, status := range statuses(e) {
		r := api.Response{Status: status, Text: http.StatusText(status)}
		if e.Out != nil {
			if r.Fields, r.Example, err = shownBody(e.Out, false); err != nil {
				return op, err
			}
		}
		for _, h := range givenBy(e, status) {
			r.Fields = append(r.Fields, api.Member{Name: h.Name, In: "header", Type: "text", Text: h.Doc})
		}
		op.Responses = append(op.Responses, r)
	}
	for _, c := range codesOf(e) {
		op.Errors = append(op.Errors, api.ErrorRef{Status: api.Codes[c].Status, Code: c, Title: api.Codes[c].Title})
	}
	return op, nil
}

func shownBody(body any, request bool) (list []api.Member, example string, err error) {
	fields, err := members(reflect.TypeOf(body), request)
	if err != nil {
		return nil, "", err
	}
	for _, m := range fields {
		list = append(list, api.Member{Name: m.name, Type: m.typeName(), Required: m.required, Text: m.doc})
	}
	raw, err := exampleOf(body)
	if err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	err = json.Indent(&b, raw, "", "  ")
	return list, b.String(), err
}
