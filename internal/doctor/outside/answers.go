package outside

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
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
		r.Find(x.silent(err))
		return
	}
	x.judgeTook(ctx, r, a)
	more, lines := x.again(ctx, a)
	if held := x.public.held.Load(); held > 0 && (more || token(a) != "") {
		r.Find(api.Finding{
			Code: "proxy_limits_rate", Expected: "room for the dozen of requests that a page makes at once",
			Evidence: fmt.Sprintf("of %d calls of GET %s, one after the other, some were refused at first (%d in all) and answered a moment later",
				len(lines), x.url(tokenPath), held),
		})
		return
	}
	if more != (token(a) != "") {
		r.Find(api.Finding{Code: "answers_come_and_go", Evidence: strings.Join(lines, "\n"), Expected: "the same kind of answer each time"})
		return
	}
	if token(a) == "" {
		if f, ok := x.protected(ctx, a); ok {
			r.Find(f)
			return
		}
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

// What is wrong where a connection is made and nothing comes.
const (
	silentCause  = "The address takes connections, and does not answer requests."
	silentRemedy = "Look at the log of what listens there; a proxy may wait for a server behind it that is stuck."
)

// silent is what it means that a connection was made and no answer came.
func (x *outside) silent(err error) api.Finding {
	f := api.Finding{
		Code: "public_url_unreachable", Cause: silentCause, Remedy: silentRemedy,
		Evidence: "GET " + x.url(tokenPath) + ": " + reason(err), Expected: "an answer to a request",
		Setting: x.setting("PUBLIC_URL"),
	}
	switch text := err.Error(); {
	case strings.Contains(text, "remote error: tls:"):
		f.Code, f.Remedy, f.Setting = "tls_handshake_fails", "Ask visitors for no certificate of their own (nginx: ssl_verify_client off).", ""
		f.Cause = "The connection was made and then ended by TLS, as when visitors are asked for a certificate of their own."
	case strings.Contains(text, "malformed HTTP"):
		f.Code, f.Cause, f.Remedy, f.Setting = "not_an_auth_server", "What listens there does not speak HTTP.", "", ""
	}
	return f
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
	if !x.inside() || x.Setting == nil {
		return ""
	}
	return x.Setting(name)
}
