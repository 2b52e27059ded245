package outside

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// problem is the public code of a refusal, "" where the answer is none of the
// contract's. FastAPI-Users' form has its constant in "detail".
func problem(a *answer) api.Problem {
	var p api.Problem
	if json.Unmarshal(a.body, &p) != nil {
		var old struct {
			Code   api.Code `json:"code"`
			Detail any      `json:"detail"`
		}
		_ = json.Unmarshal(a.body, &old)
		p = api.Problem{Code: old.Code}
	}
	return p
}

// classify says what kind of wrong answer this is.
func (x *outside) classify(ctx context.Context, a *answer) api.Finding {
	p := problem(a)
	ours := p.Code != ""
	switch {
	case a.status >= 300 && a.status < 400 && a.Get("Location") != "":
		return x.redirected(ctx, tokenPath, a)
	case plainOnTLS(a):
		return api.Finding{Code: "tls_handshake_fails", Cause: "The address says http, and its port speaks https."}
	case a.status >= 500 && ours:
		return api.Finding{Code: "server_unhealthy", Evidence: "the server's code is " + string(p.Code) + ": " + p.Detail}
	case a.status >= 502 && a.status <= 504 && x.comesAndGoes(ctx):
		return api.Finding{
			Code: "answers_come_and_go", Evidence: "asked for a token again at once, the server answers",
			Expected: "the same kind of answer each time",
		}
	case a.status == http.StatusBadGateway && x.shortPasses(ctx, a):
		return api.Finding{
			Code: "proxy_limits_headers", Evidence: "an answer of the server without its usual headers passes",
			Remedy: remedy("proxy_limits_headers", kindOf(a)),
		}
	case a.status >= 502 && a.status <= 504, a.status >= 520 && a.status <= 527:
		return api.Finding{Code: "upstream_unreachable", Setting: "the upstream address in the proxy" + parenthesis(server(a))}
	case !ours && (a.status == 401 || a.status == 403 || a.status == 407 || a.status == 429):
		f := api.Finding{Code: "visitors_refused_in_front", Expected: "an answer of the authentication server"}
		if scheme, _, _ := strings.Cut(a.Get("WWW-Authenticate"), " "); scheme != "" {
			f.Evidence = "what answers asks for its own sign-in first: " + scheme
		}
		return f
	}
	if ours && a.status == http.StatusMethodNotAllowed {
		return api.Finding{
			Code: "proxy_changes_method", Evidence: "the server behind answered that it does not serve this method",
			Remedy: remedy("proxy_changes_method", kindOf(a)),
		}
	}
	if f, ok := x.strayed(ctx); ok {
		return f
	}
	if other := x.elsewhere(ctx); other != "" {
		code := api.Cause("path_prefix_needed")
		if strings.HasPrefix(other, "/api/api/") || !strings.HasSuffix(other, tokenPath) {
			code = "proxy_changes_path"
		}
		return api.Finding{
			Code: code, Evidence: "GET " + x.url(other) + " answers with a CSRF token",
			Remedy: "Let the proxy hand the path on as it came, at the root of the host (nginx: `location /` and proxy_pass without a path).",
		}
	}
	if ours && a.status == http.StatusNotFound {
		return api.Finding{
			Code:     "proxy_changes_path",
			Evidence: "the server behind answered that this path is none of its own, so the path was changed on the way",
			Remedy:   "Let the proxy hand the path on as it came (nginx: proxy_pass http://upstream; without a slash or path behind it).",
		}
	}
	return api.Finding{Code: "not_an_auth_server"}
}

// elsewhere looks for the server below the prefixes that proxies usually give
// or take.
func (x *outside) elsewhere(ctx context.Context) string {
	for _, prefix := range []string{"/auth", "/api", "/aiwfe", "/aiwfe-auth", "/sso", "/app"} {
		if a, err := x.public.ask(ctx, request{path: prefix + tokenPath}); err == nil && token(a) != "" {
			return prefix + tokenPath
		}
	}
	for _, path := range []string{"/v1/auth/csrf-token", "/auth/csrf-token", "/csrf-token"} {
		if a, err := x.public.ask(ctx, request{path: path}); err == nil && token(a) != "" {
			return path
		}
	}
	return ""
}
