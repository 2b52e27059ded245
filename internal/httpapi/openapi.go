package httpapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

//go:generate go test . -run TestCommittedDocumentIsUpToDate -update

const (
	documentTitle = "aiwfe-auth"
	documentIntro = "Sign-in, sessions and accounts over HTTP. JSON in and out, read strictly; every error is problem details " +
		"(RFC 9457) with a stable code and the request_id. Unsafe requests of a browser carry a CSRF token in X-CSRF-TOKEN; " +
		"a program that sends a bearer token and no cookie needs none."
)

// tagged explains the groups, in the order in which they are shown.
var tagged = []tag{
	{"Sign in", "From nothing to a session and back."},
	{"Accounts", "The own account, and how one comes to be."},
	{"Second factors", "Authenticator apps, passkeys, backup codes, trusted devices, and the step-up."},
	{"Sessions", "Where one is signed in."},
	{"Access tokens", "Personal tokens for scripts and workflow runs."},
	{"Administration", "Accounts of others, and the audit. Every change has its audit row."},
	{"Service", "What a front end needs to know."},
	{"Forward-auth", "What proxies ask before they hand a request to an application."},
	{"Health", "For orchestrators, scrapers and whoever is called at night."},
}

// endpoints is everything the document describes: the routes of this package,
// those that proxies ask, and those by which the server is watched.
func (a *API) endpoints() []api.Endpoint {
	var list []api.Endpoint
	for _, r := range a.Routes() {
		e := api.Endpoint{
			Method: r.Method, Path: r.Path, Op: r.Op, Tag: r.Tag, Summary: r.Summary, In: r.In, Out: r.Out,
			Status: r.Status, Media: r.Media, Also: r.Also, AlsoOut: r.AlsoOut, Access: cmp.Or(r.Access, access[r.Role]),
			Codes: slices.Concat(r.Codes, routeCodes),
		}
		for _, p := range r.Query {
			e.Query = append(e.Query, api.Parameter(p))
		}
		list = append(list, e)
	}
	return slices.Concat(list, api.Forwarding(), api.Watching())
}

var access = map[httpkit.Role]string{
	httpkit.Anybody: api.AccessAnybody, httpkit.Signed: api.AccessSigned, httpkit.Admin: api.AccessAdmin,
}

// OpenAPI is the OpenAPI 3.1 document. The same routes give the same bytes.
func (a *API) OpenAPI(version, serverURL string) ([]byte, error) {
	d := describer{schemas: registry{}}
	doc := openAPI{
		OpenAPI: "3.1.0", Info: info{documentTitle, documentIntro, version}, Servers: []server{{serverURL}},
		Tags: tagged, Paths: map[string]map[string]operation{},
	}
	for _, e := range a.endpoints() {
		op, err := d.operation(&e)
		if err != nil {
			return nil, fmt.Errorf("describe %s: %w", e.Op, err)
		}
		if doc.Paths[e.Path] == nil {
			doc.Paths[e.Path] = map[string]operation{}
		}
		doc.Paths[e.Path][strings.ToLower(e.Method)] = op
	}
	if _, err := d.schemas.of(reflect.TypeFor[api.Problem](), false); err != nil {
		return nil, err
	}
	examples, err := problems(serverURL)
	if err != nil {
		return nil, err
	}
	doc.Components = shared(strings.TrimSuffix(serverURL, "/"), d.schemas, examples)
	text, err := json.MarshalIndent(doc, "", "  ")
	return append(text, '\n'), err
}

type describer struct{ schemas registry }

func (d *describer) operation(e *api.Endpoint) (operation, error) {
	op := operation{
		OperationID: e.Op, Tags: []string{e.Tag}, Summary: e.Summary, Description: e.Access, Security: security(e.Access),
		Responses: map[string]response{},
	}
	for _, p := range parameters(e) {
		one := parameter{Name: p.Name, In: p.In, Description: p.Text, Required: p.Required, Schema: &schema{Type: "string"}}
		if p.Name == "X-CSRF-TOKEN" {
			one = parameter{Ref: "#/components/parameters/" + p.Name}
		}
		op.Parameters = append(op.Parameters, one)
	}
	var err error
	if e.In != nil {
		if op.RequestBody, err = d.body(e); err != nil {
			return op, err
		}
	}
	d.addErrors(op.Responses, e)
	for _, status := range statuses(e) {
		if err := d.addAnswer(op.Responses, e, status); err != nil {
			return op, err
		}
	}
	addHeaders(op.Responses, e)
	return op, nil
}

func statuses(e *api.Endpoint) []int {
	list := []int{max(e.Status, http.StatusOK)}
	if e.Also != 0 {
		list = append(list, e.Also)
	}
	return list
}

// addAnswer adds the answer that is no error; an unhealthy server shares its
// status with errors.
func (d *describer) addAnswer(to map[string]response, e *api.Endpoint, status int) error {
	key := strconv.Itoa(status)
	answer, there := to[key]
	if !there {
		answer = response{Description: http.StatusText(status), Headers: headers("X-Request-ID"), Content: map[string]media{}}
	}
	switch {
	case e.Media != "":
		for one := range strings.SplitSeq(e.Media, ", ") {
			answer.Content[one] = media{Schema: &schema{Type: "string"}}
		}
	case e.Out != nil:
		body := e.Out
		if status == e.Also && e.AlsoOut != nil {
			body = e.AlsoOut
		}
		m, err := d.media(body, false)
		if err != nil {
			return err
		}
		answer.Content["application/json"] = m
	}
	to[key] = answer
	return nil
}

func (d *describer) media(body any, request bool) (media, error) {
	s, err := d.schemas.of(reflect.TypeOf(body), request)
	if err != nil {
		return media{}, err
	}
	sample, err := exampleOf(body)
	return media{Schema: s, Example: sample}, err
}

func (d *describer) body(e *api.Endpoint) (*requestBody, error) {
	m, err := d.media(e.In, true)
	if err != nil {
		return nil, err
	}
	b := &requestBody{Required: !slices.Contains(bodyless, e.Op), Content: map[string]media{"application/json": m}}
	if e.Op == "login" {
		if m, err = d.media(LoginForm{}, false); err != nil {
			return nil, err
		}
		b.Content["application/x-www-form-urlencoded"] = m
	}
	return b, nil
}

// bodyless are the operations whose body may be left out.
var bodyless = []string{"refresh", "setupTotp", "getPasskeyCreationOptions", "getPasskeyRequestOptions"}

// LoginForm is the OAuth2 password form (RFC 6749 section 4.3.2), for the document alone.
type LoginForm struct {
	Username  string `json:"username" doc:"The address."`
	Password  string `json:"password"`
	GrantType string `json:"grant_type,omitzero" enum:"password" doc:"Read and ignored, as are scope, client_id and client_secret."`
}

var inPath = regexp.MustCompile(`\{([a-z_]+)\}`)

// parameters are those of the path, of the query, and the CSRF token.
func parameters(e *api.Endpoint) (list []api.Member) {
	for _, m := range inPath.FindAllStringSubmatch(e.Path, -1) {
		text := cmp.Or(e.InPath, "The id, as a list gave it.")
		list = append(list, api.Member{Name: m[1], In: "path", Type: "text", Required: true, Text: text})
	}
	for _, q := range e.Query {
		list = append(list, api.Member{Name: q.Name, In: "query", Type: "text", Text: q.Doc})
	}
	for _, h := range e.Sent {
		list = append(list, api.Member{Name: h.Name, In: "header", Type: "text", Required: h.Required, Text: h.Doc})
	}
	if !safe(e.Method) {
		list = append(list, api.Member{Name: "X-CSRF-TOKEN", In: "header", Type: "text", Text: csrfText})
	}
	return slices.Clip(list)
}

const csrfText = "The CSRF token. Needed from whatever carries a cookie of ours or a browser's headers, and for signing in by JSON always."
