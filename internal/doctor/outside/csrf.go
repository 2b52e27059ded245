package outside

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// tokens are the answers with CSRF tokens that later checks look at.
type tokens struct {
	first *answer // with no cookie sent
	token string  // that belongs to what the jar holds
}

// fresh asks for a token as somebody new.
func (x *outside) fresh(ctx context.Context, r *doctor.Result) {
	a, err := x.public.ask(ctx, request{path: tokenPath})
	if err != nil || token(a) == "" {
		r.Find(api.Finding{
			Code: "answers_come_and_go", Expected: "the same kind of answer each time",
			Evidence: "GET " + x.url(tokenPath) + " answered with a token a moment ago, and now: " + failure(a, err),
		})
		return
	}
	x.seen = tokens{first: a, token: token(a)}
}

// failure is an error, or an answer that is none.
func failure(a *answer, err error) string {
	if err != nil {
		return reason(err)
	}
	return said("it", a)
}

// returned sends the cookies back. The server keeps the name that it gave a
// browser, so another one says that the cookie did not arrive.
func (x *outside) returned(ctx context.Context, r *doctor.Result) {
	at := x.urlOf(tokenPath)
	before := x.jar.cookies(at, false)
	a, err := x.public.ask(ctx, request{path: tokenPath, header: http.Header{"Cookie": {x.jar.header(at)}}})
	if err != nil {
		r.Unable("GET "+x.url(tokenPath)+" with cookies", err)
		return
	}
	if a.status >= http.StatusBadGateway && a.status <= http.StatusGatewayTimeout {
		r.Find(api.Finding{
			Code: "answers_come_and_go", Expected: "the same kind of answer each time",
			Evidence: "GET " + x.url(tokenPath) + " answered with a token a moment ago, and now: " + failure(a, nil),
		})
		return
	}
	lines := x.relevant(a)
	x.judge(at, a, lines)
	x.seen.token = token(a)
	if !x.found.ours {
		r.Say("sent back; whether it arrived shows when a token is used")
		return
	}
	for _, old := range before {
		for _, now := range x.jar.cookies(at, false) {
			if now.name == old.name && now.value != old.value && strings.EqualFold(now.bare(), "aiwfe_csrf") {
				r.Find(api.Finding{
					Code: "cookie_lost_on_return", Expected: "the same value again, which says that the cookie arrived",
					Evidence: fmt.Sprintf("GET %s with the cookie %s that the server had set: it set another value, as for somebody new", x.url(tokenPath), old.name) + x.directKeeps(ctx),
				})
				return
			}
		}
	}
}

// directKeeps tries the same at the listener, where it is known.
func (x *outside) directKeeps(ctx context.Context) string {
	if x.direct == nil {
		return ""
	}
	first, err := x.direct.ask(ctx, request{path: tokenPath})
	if err != nil {
		return ""
	}
	j := newJar(x.Now)
	for _, line := range x.relevant(first) {
		j.set(x.urlOf(tokenPath), line, time.Time{})
	}
	was := j.header(x.urlOf(tokenPath))
	again, err := x.direct.ask(ctx, request{path: tokenPath, header: http.Header{"Cookie": {was}}})
	if err != nil {
		return ""
	}
	for _, line := range x.relevant(again) {
		j.set(x.urlOf(tokenPath), line, time.Time{})
	}
	if j.header(x.urlOf(tokenPath)) == was {
		return "\nasked directly at " + x.Direct.Host + ", it arrives: what stands between takes it away"
	}
	return "\nasked directly at " + x.Direct.Host + ", it is the same"
}
