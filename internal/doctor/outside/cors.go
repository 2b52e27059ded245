package outside

import (
	"context"
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
			Code: "cors_wildcard_with_credentials", Evidence: wild[0],
			Expected: "no Access-Control-Allow-Origin for an origin that is not listed",
			Setting:  x.setting("CORS_ORIGINS"),
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
