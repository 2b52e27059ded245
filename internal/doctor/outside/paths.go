package outside

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// calls are those that clients make on the way from signing in to signing out,
// asked with nothing to show: each is refused, or has nothing to do.
var calls = []request{
	{path: statusPath},
	{path: sessionsPath},
	{path: "/api/v1/users/me"},
	{path: configPath},
	{path: healthPath},
	{method: http.MethodPost, path: refreshPath},
	{method: http.MethodPost, path: logoutPath},
	{method: http.MethodPost, path: "/api/v1/auth/2fa/challenge", body: "{}"},
	{method: http.MethodPost, path: "/api/v1/auth/forgot-password", body: "{}"},
	{method: http.MethodPost, path: "/api/v1/auth/reset-password", body: "{}"},
	{method: http.MethodPatch, path: "/api/v1/users/me", body: "{}"},
	{method: http.MethodDelete, path: sessionsPath + "/none"},
}

// paths looks whether each call reaches the server: a rule of a proxy may take a
// single one away.
func (x *outside) paths(ctx context.Context, r *doctor.Result) {
	if !x.found.ours {
		r.Say("the server is of another make")
		return
	}
	lines := make([]string, len(calls))
	var wait sync.WaitGroup
	for i, q := range calls {
		wait.Go(func() {
			question := x.asBrowser(q.method, q.path, q.body)
			a, err := x.public.ask(ctx, question)
			if err != nil || !byServer(a) {
				lines[i] = question.line() + ": " + failure(a, err) + x.directSays(ctx, question)
			}
		})
	}
	wait.Wait()
	found := strings.Join(strings.FieldsFunc(strings.Join(lines, "\x00"), func(r rune) bool { return r == 0 }), "\n")
	if found == "" {
		r.Say("%d calls", len(calls))
		return
	}
	r.Find(api.Finding{Code: "proxy_answers_itself", Evidence: found, Expected: "an answer of the server to every call"})
}

// byServer says that the server itself answered: it names each request.
func byServer(a *answer) bool {
	return a.Get("X-Request-Id") != "" || problem(a).Code != "" || a.status == http.StatusOK
}

func (x *outside) directSays(ctx context.Context, q request) string {
	if x.direct == nil {
		return ""
	}
	a, err := x.direct.ask(ctx, q)
	if err != nil {
		return ""
	}
	return "\n" + said("asked directly at "+x.Direct.Host+", the same", a)
}
