package outside

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// stranger is an origin that nobody lists.
const stranger = "https://stranger.example"

// nowhere is a path that no server has.
const nowhere = "/api/v1/auth/nothing-is-here"

func (x *outside) corsChecks() []doctor.Check {
	after := []string{"public_answers"}
	return []doctor.Check{
		{Name: "status_refuses", Title: "A stranger is told to sign in, by status and not by redirect", Needs: after, Run: x.refuses},
		{Name: "cors_strangers", Title: "Pages of strangers may not read answers", Needs: after, Run: x.strangers},
		{Name: "cors_origins", Title: "Front ends of other origins may sign in", Needs: []string{"status_refuses", "cors_strangers"}, Run: x.origins},
	}
}

// refuses asks who is signed in, with nothing to show, as a script does.
func (x *outside) refuses(ctx context.Context, r *doctor.Result) {
	a, err := x.public.ask(ctx, request{path: statusPath, header: http.Header{
		"Accept": {"application/json"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Site": {"same-origin"},
	}})
	if err != nil {
		r.Unable("GET "+x.url(statusPath), err)
		return
	}
	f := api.Finding{Evidence: said("GET "+x.url(statusPath)+" without cookie or token", a), Expected: "401 not_authenticated, as JSON"}
	switch {
	case target(x.at, a) != nil:
		f.Code = "api_redirected"
		if x.found.ours { // which answers 401, whatever comes back
			f.Code = "proxy_changes_status"
		}
	case a.status == http.StatusOK && strings.Contains(string(a.body), `"authenticated":true`):
		f.Code = "cache_serves_auth"
		f.Cause = "Somebody without cookie or token is told that a person is signed in: the answer was made for another visitor."
	default:
		r.Say("%s", f.Evidence)
		return
	}
	r.Find(f)
}

// strangers tries origins that nobody lists, those among them that a careless
// comparison takes for ours.
func (x *outside) strangers(ctx context.Context, r *doctor.Result) {
	host := x.at.Hostname()
	var open, wild []string
	for i, a := range x.askAs(ctx, request{path: tokenPath}, stranger, "null", "https://"+host+".stranger.example", "https://stranger-"+host) {
		if a == nil {
			continue
		}
		from := []string{stranger, "null", "https://" + host + ".stranger.example", "https://stranger-" + host}[i]
		allowed, credentials := a.Values("Access-Control-Allow-Origin"), a.Get("Access-Control-Allow-Credentials") == "true"
		switch {
		case credentials && slices.Contains(allowed, from) && !slices.Contains(x.Origins, from):
			open = append(open, allowance(from, a))
		case slices.Contains(allowed, "*") && credentials:
			wild = append(wild, allowance(from, a))
		case slices.Contains(allowed, "*"):
			r.Note("cors_wildcard", "Every origin may read answers without cookies (Access-Control-Allow-Origin: *), which the server does not send by itself.")
		}
	}
	if len(open) > 0 {
		r.Find(api.Finding{Code: "cors_any_origin", Evidence: strings.Join(open, "\n"), Expected: "no Access-Control-Allow-Origin for an origin that is not listed"})
	} else if len(wild) > 0 {
		r.Find(api.Finding{
			Code: "cors_wildcard_with_credentials", Evidence: wild[0], Expected: "no Access-Control-Allow-Origin for an origin that is not listed",
			Setting: x.setting("CORS_ORIGINS, or the proxy"),
		})
	}
}

// askAs asks the same from several origins at once; nil where no answer came.
func (x *outside) askAs(ctx context.Context, q request, origins ...string) []*answer {
	out := make([]*answer, len(origins))
	var wait sync.WaitGroup
	for i, from := range origins {
		wait.Go(func() { out[i], _ = x.public.ask(ctx, q.from(from)) })
	}
	wait.Wait()
	return out
}

// from is the request as a script of another origin sends it.
func (q request) from(origin string) request {
	h := http.Header{"Origin": {origin}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Site": {"cross-site"}, "Accept": {"application/json"}}
	for name, values := range q.header {
		h[name] = values
	}
	q.header = h
	return q
}

// origins goes for each front end the way that its browser goes.
func (x *outside) origins(ctx context.Context, r *doctor.Result) {
	asked := 0
	for _, from := range x.Origins {
		if from == origin(x.at) || asked == 8 {
			continue
		}
		asked++
		for _, f := range x.judgeOrigin(ctx, from) {
			f.Setting = x.setting("CORS_ORIGINS, or the proxy")
			r.Find(f)
		}
	}
	r.Say("%s", counted(asked, "origin"))
}

// judgeOrigin stops at the first fault: what comes later hangs on it.
func (x *outside) judgeOrigin(ctx context.Context, from string) []api.Finding {
	expected := "Access-Control-Allow-Origin: " + from + " and Access-Control-Allow-Credentials: true"
	for _, step := range []struct {
		what    string
		q       request
		missing api.Cause
	}{
		{"GET " + tokenPath, request{path: tokenPath}, "cors_missing"},
		{"GET " + statusPath + ", which is refused", request{path: statusPath}, "cors_missing_on_errors"},
		{"GET " + nowhere + ", which is not there", request{path: nowhere}, "cors_missing_on_errors"},
		{"OPTIONS " + loginPath, preflight(), "cors_preflight_refused"},
	} {
		a, err := x.public.ask(ctx, step.q.from(from))
		if err != nil {
			return []api.Finding{{Code: step.missing, Evidence: step.what + " from " + from + ": " + reason(err), Expected: expected}}
		}
		cause := allows(a, from)
		if cause == "cors_missing" {
			cause = step.missing
		}
		if cause == "" && step.q.method == http.MethodOptions {
			cause = allowsLogin(a)
		}
		if cause != "" {
			return []api.Finding{{
				Code: cause, Expected: expected,
				Evidence: fmt.Sprintf("%s from %s\n%s", step.what, x.at.Host, allowance(from, a)) + x.directAllows(ctx, step.q, from),
			}}
		}
		if step.q.path == tokenPath && x.found.ours && !exposes(a) {
			return []api.Finding{{
				Code: "cors_headers_not_exposed", Evidence: allowance(from, a), Expected: "Access-Control-Expose-Headers: X-Request-ID, Retry-After, …",
			}}
		}
	}
	return nil
}

func preflight() request {
	return request{method: http.MethodOptions, path: loginPath, header: http.Header{
		"Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"content-type,x-csrf-token"},
	}}
}

// allows is what a browser has against an answer to a request with cookies.
func allows(a *answer, from string) api.Cause {
	values := a.Values("Access-Control-Allow-Origin")
	switch {
	case len(values) > 1 || len(values) == 1 && strings.Contains(values[0], ","):
		return "cors_duplicated"
	case len(values) == 1 && values[0] == "*":
		return "cors_wildcard_with_credentials"
	case len(values) == 0 || values[0] != from || a.Get("Access-Control-Allow-Credentials") != "true":
		return "cors_missing"
	}
	return ""
}

// allowsLogin judges a preflight whose origin is allowed. POST needs no leave.
func allowsLogin(a *answer) api.Cause {
	headers := strings.ToLower(strings.Join(a.Values("Access-Control-Allow-Headers"), ","))
	if a.status < 200 || a.status > 299 || !strings.Contains(headers, "content-type") || !strings.Contains(headers, "x-csrf-token") {
		return "cors_preflight_refused"
	}
	return ""
}

func exposes(a *answer) bool {
	list := strings.ToLower(strings.Join(a.Values("Access-Control-Expose-Headers"), ","))
	return strings.Contains(list, "x-request-id") && strings.Contains(list, "retry-after")
}

// allowance is what an answer says of origins.
func allowance(from string, a *answer) string {
	lines := []string{fmt.Sprintf("Origin: %s was answered %d with", from, a.status)}
	for _, name := range []string{"Allow-Origin", "Allow-Credentials", "Allow-Headers", "Allow-Methods", "Expose-Headers"} {
		for _, v := range a.Values("Access-Control-" + name) {
			lines = append(lines, "Access-Control-"+name+": "+v)
		}
	}
	if len(lines) == 1 {
		lines = append(lines, "no Access-Control header")
	}
	return strings.Join(lines, "\n")
}

func (x *outside) directAllows(ctx context.Context, q request, from string) string {
	if x.direct == nil {
		return ""
	}
	a, err := x.direct.ask(ctx, q.from(from))
	if err != nil {
		return ""
	}
	return "\nasked directly at " + x.Direct.Host + ": " + allowance(from, a)
}
