package outside

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// emptyLogin is refused for its empty fields once origin and token are
// accepted, before any account is looked at: it costs nobody an attempt.
const emptyLogin = `{"email":"","password":""}`

// tries of one token: with several nodes behind one address, each may get one.
const tries = 3

// accepted sends a CSRF token as the login page would.
func (x *outside) accepted(ctx context.Context, r *doctor.Result) {
	var codes []api.Code
	var last *answer
	for range tries {
		a, err := x.public.ask(ctx, x.asBrowser(http.MethodPost, loginPath, emptyLogin))
		if err != nil {
			r.Find(api.Finding{
				Code: "login_call_fails", Evidence: "POST " + x.url(loginPath) + ": " + reason(err),
				Expected: "422, since the fields were empty",
			})
			return
		}
		last = a
		codes = append(codes, verdictOf(a))
	}
	f := x.refusal(last, codes)
	if f.Code == "" {
		x.scripts(ctx, r)
		r.Say("%s", said("POST "+x.url(loginPath)+" with empty fields", last))
		return
	}
	if f.Evidence == "" {
		f.Evidence = said("POST "+x.url(loginPath)+" with a fresh token, its cookie and Origin "+origin(x.at), last)
	}
	f.Evidence += x.directAccepts(ctx)
	f.Expected = "422 validation_failed, since token and origin are right and the fields are empty"
	r.Find(f)
}

// scripts sends a token as curl does, which keeps no cookies and says no origin:
// the token alone is enough then.
func (x *outside) scripts(ctx context.Context, r *doctor.Result) {
	if !x.found.ours {
		return // of others that is not known
	}
	a, err := x.public.ask(ctx, request{path: tokenPath})
	if err == nil {
		a, err = x.public.ask(ctx, request{method: http.MethodPost, path: loginPath, body: emptyLogin, header: http.Header{
			"Content-Type": {"application/json"}, "X-Csrf-Token": {token(a)},
		}})
	}
	if err == nil && verdictOf(a) == "" {
		return
	}
	r.Find(api.Finding{
		Code: "script_login_refused", Expected: "422 validation_failed, as a browser got it a moment ago",
		Evidence: "POST " + x.url(loginPath) + " with a fresh token and nothing else: " + failure(a, err),
	})
}

// verdictOf is what the server has against the token; "" for nothing.
func verdictOf(a *answer) api.Code {
	p := problem(a)
	switch {
	case a.status == 400 || a.status == 401 || a.status == 422 || a.status == 429:
		return ""
	case p.Code != "":
		return p.Code
	}
	return api.Code("status")
}

// refusal is the cause of a refused token.
func (x *outside) refusal(a *answer, codes []api.Code) (f api.Finding) {
	code := codes[len(codes)-1]
	mixed := slices.ContainsFunc(codes, func(c api.Code) bool { return c != codes[0] })
	switch {
	case mixed && slices.Contains(codes, api.CodeCSRFTokenInvalid):
		f.Code = "nodes_differ"
		f.Evidence = "one token sent " + counted(len(codes), "time") + ", answered in turn with " + listed(codes)
	case code == "" && wantsForm(a):
		f.Code = "login_body_type_wrong"
	case code == "":
	case code == api.CodeCSRFTokenMissing:
		f.Code, f.Remedy = "proxy_strips_csrf_header", remedy("proxy_strips_csrf_header", kindOf(a))
	case code == api.CodeCSRFTokenInvalid:
		f.Code = "csrf_refused"
	case code == api.CodeCSRFTokenExpired:
		f.Code, f.Cause = "csrf_refused", "A token that was made this moment counts as expired: nodes behind the address have clocks that differ, or the answer is old."
	case code == api.CodeOriginNotAllowed:
		f.Code = "origin_refused"
		f.Setting = x.setting("PUBLIC_URL")
	case a.status >= 502 && a.status <= 504 && code == "status":
		f.Code = "upstream_unreachable"
	default:
		f.Code = "login_call_fails"
	}
	return f
}

func listed(codes []api.Code) string {
	var out []string
	for _, c := range codes {
		if c == "" {
			c = "accepted"
		}
		out = append(out, string(c))
	}
	return strings.Join(out, ", ")
}

// asBrowser is a request as a page of this address makes it, with the cookies
// that a browser would have, and the token.
func (x *outside) asBrowser(method, path, body string) request {
	h := http.Header{
		"Origin": {origin(x.at)}, "Sec-Fetch-Site": {"same-origin"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Dest": {"empty"},
		"Referer": {x.url(pagePath)}, "X-Csrf-Token": {x.seen.token}, "Accept": {"application/json"},
	}
	if body != "" {
		h.Set("Content-Type", "application/json")
	}
	if cookies := x.jar.header(x.urlOf(path)); cookies != "" {
		h.Set("Cookie", cookies)
	}
	return request{method: method, path: path, header: h, body: body}
}

// directAccepts tries the same at the listener, where it is known.
func (x *outside) directAccepts(ctx context.Context) string {
	if x.direct == nil {
		return ""
	}
	a, err := x.direct.ask(ctx, x.asBrowser(http.MethodPost, loginPath, emptyLogin))
	if err != nil {
		return ""
	}
	return "\n" + said("asked directly at "+x.Direct.Host+", the same", a)
}
