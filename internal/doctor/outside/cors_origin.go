package outside

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// origins goes for each front end the way that its browser goes.
func (x *outside) origins(ctx context.Context, r *doctor.Result) {
	asked := 0
	for _, from := range x.Origins {
		if from == origin(x.at) || asked == 8 {
			continue
		}
		asked++
		if !x.inside() && !sameSite(from, x.at.Hostname()) {
			r.Note("front_end_of_another_site", "%s is another site than %s: browsers send no cookies of ours from there, so it has to use access tokens.", from, x.at.Hostname())
		}
		for _, f := range x.judgeOrigin(ctx, from) {
			f.Setting = x.setting("CORS_ORIGINS")
			r.Find(f)
		}
	}
	r.Say("%s", counted(asked, "origin"))
}

// sameSite says whether cookies go along from one to the other: both are below
// one domain that somebody registered.
func sameSite(from, host string) bool {
	u, err := url.Parse(from)
	if err != nil || u.Hostname() == host {
		return err == nil
	}
	a, errA := publicsuffix.EffectiveTLDPlusOne(u.Hostname())
	b, errB := publicsuffix.EffectiveTLDPlusOne(host)
	return errA == nil && errB == nil && a == b || loopback(u.Hostname()) && loopback(host)
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
				Code: "cors_headers_not_exposed", Evidence: allowance(from, a),
				Expected: "Access-Control-Expose-Headers: X-Request-ID, Retry-After, …",
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
