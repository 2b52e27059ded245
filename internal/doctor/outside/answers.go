package outside

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// Paths of the public contract.
const (
	tokenPath  = "/api/v1/auth/csrf-token"
	loginPath  = "/api/v1/auth/jwt/login"
	statusPath = "/api/v1/auth/status"
	configPath = "/api/v1/config"
	healthPath = "/api/health"
	pagePath   = "/login"
)

// identity is what the server says of itself. Servers of other makes that follow
// the contract may say none of it.
type identity struct {
	// ours is set for this very program: it has request ids and an echo.
	ours bool
	api.Config
}

func (x *outside) answerChecks() []doctor.Check {
	needs := append([]string{"server_running", "public_tls"}, x.Needs...)
	after := []string{"public_answers"}
	return []doctor.Check{
		{Name: "public_answers", Title: "An authentication server answers there", Needs: needs, Run: x.answers},
		{Name: "public_health", Title: "The server calls itself healthy", Needs: append(after, "database", "schema", "migrations"), Run: x.health},
		{Name: "public_identity", Title: "The server knows its own address", Needs: after, Run: x.identity},
		{Name: "public_page", Title: "The login page is where it should be", Needs: after, Run: x.page},
	}
}

// answers asks for a CSRF token: every client begins with it, and hardly
// anything but an authentication server answers it.
func (x *outside) answers(ctx context.Context, r *doctor.Result) {
	a, err := x.public.ask(ctx, request{path: tokenPath})
	if err != nil {
		r.Find(api.Finding{
			Code: "public_url_unreachable", Cause: "The address takes connections, and does not answer requests.",
			Evidence: "GET " + x.url(tokenPath) + ": " + reason(err), Expected: "an answer to a request",
			Remedy:  "Look at the log of what listens there; a proxy may wait for a server behind it that is stuck.",
			Setting: x.setting("PUBLIC_URL"),
		})
		return
	}
	if token(a) == "" {
		f := x.classify(ctx, a)
		f.Evidence = said("GET "+x.url(tokenPath), a) + prefixed("\n", f.Evidence) + x.compared(ctx, tokenPath)
		if f.Expected == "" {
			f.Expected = `200 {"csrf_token": "..."}`
		}
		r.Find(f)
		return
	}
	x.know(ctx, a)
	r.Say("%s", said("GET "+x.url(tokenPath), a))
}

// know asks the server who it is.
func (x *outside) know(ctx context.Context, first *answer) {
	a, err := x.public.ask(ctx, request{path: configPath})
	if err == nil && a.status == http.StatusOK && json.Unmarshal(a.body, &x.found.Config) == nil && x.found.PublicURL != "" {
		x.found.ours = first.Get("X-Request-Id") != "" || x.found.APIBaseURL != ""
	}
}

// token is the CSRF token of an answer, "" for none.
func token(a *answer) string {
	var t api.CSRFToken
	if a.status != http.StatusOK || json.Unmarshal(a.body, &t) != nil {
		return ""
	}
	return t.CSRFToken
}

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
	case a.status >= 502 && a.status <= 504, a.status >= 520 && a.status <= 527:
		return api.Finding{Code: "upstream_unreachable", Setting: "the upstream address in the proxy (" + server(a) + ")"}
	case !ours && (a.status == 401 || a.status == 403 || a.status == 407 || a.status == 429):
		f := api.Finding{Code: "visitors_refused_in_front", Expected: "an answer of the authentication server"}
		if scheme, _, _ := strings.Cut(a.Get("WWW-Authenticate"), " "); scheme != "" {
			f.Evidence = "what answers asks for its own sign-in first: " + scheme
		}
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
			Code: "proxy_changes_path", Evidence: "the server behind answered that this path is none of its own, so the path was changed on the way",
			Remedy: "Let the proxy hand the path on as it came (nginx: proxy_pass http://upstream; without a slash or path behind it).",
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

// compared says how the listener behind answers the same, where it is known.
func (x *outside) compared(ctx context.Context, path string) string {
	if x.direct == nil {
		return ""
	}
	a, err := x.direct.ask(ctx, request{path: path})
	if err != nil {
		return "\nasked directly at " + x.Direct.Host + ": " + reason(err)
	}
	return "\n" + said("asked directly at "+x.Direct.Host+", the same", a)
}

func (x *outside) url(path string) string { return strings.TrimSuffix(x.at.String(), "/") + path }

// setting names a variable where the configuration is at hand.
func (x *outside) setting(name string) string {
	if x.inside() {
		return name
	}
	return ""
}

// said is an answer in one line: status, kind, length and, of a page, its title.
func said(question string, a *answer) string {
	text := fmt.Sprintf("%s answered %d", question, a.status)
	if kind := a.Get("Content-Type"); kind != "" {
		text += " " + kind
	}
	if to := a.Get("Location"); to != "" {
		text += ", Location " + withoutQuery(to)
	}
	if p := problem(a); p.Code != "" {
		return text + ", code " + string(p.Code) + requestID(p.RequestID)
	}
	if s := server(a); s != "" {
		text += ", by " + s
	}
	if t := title(a.body); t != "" {
		text += ": " + t
	}
	return text
}

func requestID(id string) string { return prefixed(", request ", id) }

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func server(a *answer) string {
	if s := a.Get("Server"); s != "" {
		return s
	}
	return a.Get("Via")
}

// title is what a page calls itself.
func title(body []byte) string {
	lower := strings.ToLower(string(body))
	_, rest, ok := strings.Cut(lower, "<title")
	if !ok {
		return ""
	}
	from := len(lower) - len(rest) + strings.IndexByte(rest, '>') + 1
	end := strings.Index(lower[from:], "</title")
	if end < 0 || end > 120 {
		return ""
	}
	return strings.Join(strings.Fields(string(body[from:from+end])), " ")
}

// withoutQuery drops what may be a secret.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable)"
	}
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	u.Fragment = ""
	return u.Redacted()
}
