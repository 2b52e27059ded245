package httpapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Errors that routes have for what they are, beside those they list.
var (
	routeCodes  = []api.Code{api.CodeDatabaseUnavailable}
	unsafeCodes = []api.Code{
		api.CodeOriginNotAllowed, api.CodeCSRFTokenMissing, api.CodeCSRFTokenInvalid, api.CodeCSRFTokenExpired, api.CodeStorageFull,
	}
	bodyCodes = []api.Code{
		api.CodeBodyTooLarge, api.CodeUnsupportedMediaType, api.CodeMalformedJSON, api.CodeMalformedRequest, api.CodeValidationFailed,
	}
	queryCodes = []api.Code{api.CodeMalformedRequest, api.CodeValidationFailed}
)

// codesOf lists every error a route may answer, by status and then by name.
func codesOf(e *api.Endpoint) []api.Code {
	list := append(slices.Clone(e.Codes), api.CodeInternal)
	if !safe(e.Method) {
		list = append(list, unsafeCodes...)
	}
	if e.In != nil {
		list = append(list, bodyCodes...)
	}
	if len(e.Query) > 0 {
		list = append(list, queryCodes...)
	}
	slices.SortFunc(list, func(a, b api.Code) int {
		if d := api.Codes[a].Status - api.Codes[b].Status; d != 0 {
			return d
		}
		return strings.Compare(string(a), string(b))
	})
	return slices.Compact(list)
}

func safe(method string) bool { return method == http.MethodGet }

// addErrors groups the codes by status: OpenAPI has one answer for each.
func (d *describer) addErrors(to map[string]response, e *api.Endpoint) {
	for _, c := range codesOf(e) {
		status := strconv.Itoa(api.Codes[c].Status)
		answer, there := to[status]
		if !there {
			answer = response{
				Description: http.StatusText(api.Codes[c].Status),
				Headers:     headers("X-Request-ID"),
				Content:     map[string]media{},
			}
		}
		problem, there := answer.Content[problemType]
		if !there {
			problem = media{Schema: &schema{Ref: schemaRef + "Problem"}, Examples: map[string]example{}}
		}
		problem.Examples[string(c)] = example{Ref: "#/components/examples/" + string(c)}
		answer.Content[problemType] = problem
		switch api.Codes[c].Status {
		case http.StatusUnauthorized:
			answer.Headers["WWW-Authenticate"] = header{Ref: headerRef + "WWW-Authenticate"}
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			answer.Headers["Retry-After"] = header{Ref: headerRef + "Retry-After"}
		}
		to[status] = answer
	}
}

const (
	problemType = "application/problem+json"
	headerRef   = "#/components/headers/"
)

func headers(names ...string) map[string]header {
	m := map[string]header{}
	for _, n := range names {
		m[n] = header{Ref: headerRef + n}
	}
	return m
}

// addHeaders adds what answers of this endpoint alone have.
func addHeaders(to map[string]response, e *api.Endpoint) {
	for status, answer := range to {
		n, _ := strconv.Atoi(status)
		if slices.Contains(e.Pages, n) {
			answer.Content["text/html"] = media{Schema: &schema{Type: "string"}}
		}
		for _, h := range givenBy(e, n) {
			answer.Headers[h.Name] = header{Description: h.Doc, Required: h.Required, Schema: &schema{Type: "string"}}
		}
	}
}

func givenBy(e *api.Endpoint, status int) []api.Header {
	return slices.Concat(e.Gives[status], e.Gives[api.AnyStatus])
}

// problems gives one example for each code.
func problems(server string) (map[string]example, error) {
	all := map[string]example{}
	for code, info := range api.Codes {
		p := api.Problem{
			Type: strings.TrimSuffix(server, "/") + "/problems/" + string(code), Title: info.Title, Status: info.Status,
			Detail: api.Explanations[code].Meaning, Code: code, RequestID: "4kq2v7m5xw3ynbtd", LegacyDetail: info.Legacy,
		}
		switch {
		case code == api.CodeValidationFailed:
			p.Errors = []api.FieldError{{Pointer: "/email", Code: "required", Detail: "Please fill in this field."}}
		case code == api.CodePasswordRefused:
			p.Errors = []api.FieldError{{Pointer: "/password", Code: "too_short", Detail: "Please use at least 15 characters."}}
		case info.Status == http.StatusTooManyRequests, info.Status == http.StatusServiceUnavailable:
			p.RetryAfter = 2
		}
		text, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		all[string(code)] = example{Summary: info.Title, Value: text}
	}
	return all, nil
}
