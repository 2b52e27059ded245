package outside

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// What must pass. Bodies: what the server takes. Request headers: the cookies of
// a browser, those of sibling hosts among them, and a token. Answer headers: a
// login sets three cookies beside its headers; proxies as they come allow 4 KiB.
const (
	needBody    = 64<<10 - 200
	needCookies = 4 << 10
	needToken   = 2400
	needAnswer  = 2 << 10
)

// sizes sends and asks for as much as may come in use.
func (p *proxied) sizes(ctx context.Context, r *doctor.Result) {
	if !p.mine() {
		r.Skip("large requests go to this machine's own address, or with --active")
		return
	}
	if line := p.limited(ctx, withBody, needBody, "a POST with a body of %d bytes: %s"); line != "" {
		p.find(r, api.Finding{
			Code:     "proxy_limits_body",
			Expected: "a body of 64 KiB reaches the server",
			Evidence: line,
		})
	}
	lines := p.limited(ctx, withHead, needCookies+needToken, "a request with %d bytes of headers: %s")
	if line := p.limited(ctx, withAnswer, needAnswer, "an answer with %d bytes of headers beside the usual: %s"); line != "" {
		lines = strings.TrimPrefix(lines+"\n"+line, "\n")
	}
	if lines != "" {
		p.find(r, api.Finding{
			Code: "proxy_limits_headers", Evidence: lines,
			Expected: "about 7 KiB of request headers and 3 KiB of answer headers pass",
		})
	}
}

func withBody(n int) request {
	return request{
		method: "POST", path: api.EchoPath + strayPath, header: http.Header{"Content-Type": {"application/json"}},
		body: `{"pad":"` + strings.Repeat("x", max(0, n-10)) + `"}`,
	}
}

// withHead puts two thirds into a cookie and the rest into a header of its own.
func withHead(n int) request {
	return request{path: api.EchoPath + strayPath, header: http.Header{
		"Cookie":            {api.EchoMark + "-pad=" + strings.Repeat("x", n*5/8)},
		"X-Aiwfe-Probe-Pad": {strings.Repeat("x", n*3/8)},
	}}
}

func withAnswer(n int) request {
	return request{path: fmt.Sprintf("%s?pad=%d", api.EchoPath+strayPath, n)}
}

// fits says whether the server's own answer came, and what came instead.
func (p *proxied) fits(ctx context.Context, q request) (bool, string) {
	e, err := p.ask(ctx, p.public, q)
	switch {
	case errors.Is(err, errHasty) || err != nil && p.public.pace.limited():
		return true, ""
	case err != nil:
		return false, "no answer, " + why(err)
	case e.ours && e.BodyBytes < len(q.body) && e.Method == "POST" && p.intact(ctx):
		return false, fmt.Sprintf("%d bytes of the body arrived", e.BodyBytes)
	case e.ours, e.problem() == string(api.CodeTooManyAttempts):
		return true, ""
	}
	return false, e.seen()
}

// intact says whether a short body arrives whole: what a proxy does to any body
// is no limit.
func (p *proxied) intact(ctx context.Context) bool {
	e, err := p.ask(ctx, p.public, withBody(100))
	return err == nil && e.ours && e.BodyBytes == 100
}

// limited says what does not pass, and how much of the same does. What a proxy
// refuses at any size is no limit.
func (p *proxied) limited(ctx context.Context, of func(int) request, n int, format string) string {
	passes, came := p.fits(ctx, of(n))
	if passes {
		return ""
	}
	line := fmt.Sprintf(format, n, came)
	for n /= 2; n >= 64; n /= 2 {
		if passes, _ := p.fits(ctx, of(n)); passes {
			return fmt.Sprintf("%s\nwith %d bytes the same passes", line, n)
		}
	}
	return ""
}
