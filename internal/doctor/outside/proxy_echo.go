package outside

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// bait is text that proxies are told to replace in answers, addresses mostly.
const bait = "text=ada@example.com+http://127.0.0.1:8080/+http://localhost:8080/+aiwfe"

// echoes asks the plainest question. What does not come back from the server is
// somebody else's answer.
func (p *proxied) echoes(ctx context.Context, r *doctor.Result) {
	q := request{path: api.EchoPath + strayPath + "?" + bait, header: http.Header{"Accept": {"application/json"}}}
	e, err := p.ask(ctx, p.public, q)
	if err != nil {
		p.unable(r, q.line()+" got no answer", fmt.Errorf("%s", why(err)))
		return
	}
	p.first = e
	switch {
	case e.ours && len(rewrittenBody(e)) > 0: // what it says of anything else is not to be believed
		p.find(r, api.Finding{
			Code:     "proxy_changes_answers",
			Evidence: e.asked.line() + ": " + rewrittenBody(e)[0],
			Expected: "the body as it was sent",
		})
	case e.ours && e.status == http.StatusOK:
		r.Say("the echo answers")
	case e.problem() == string(api.CodeTooManyAttempts):
		r.Note(
			"echo_limited",
			"The echo of the server was asked too often from here; what proxies do was not looked at.",
		)
		r.Skip("asked too often from this address")
	case e.ours:
		p.find(r, api.Finding{
			Code: "proxy_changes_path", Expected: "the path as it was sent",
			Evidence: fmt.Sprintf("sent: %s\narrived: %s %s", q.line(), e.Method, e.Path),
		})
	case e.problem() == string(api.CodeNotFound) && !p.straight(ctx, q):
		r.Skip("the server has no echo: it is older than this doctor, or of another make")
	case e.foreign() && p.twin(ctx):
		r.Skip("the server has no echo: it is of another make")
	default:
		p.find(r, api.Finding{
			Code: "proxy_answers_itself", Expected: "an answer of the server",
			Evidence: fmt.Sprintf("sent: %s\ncame back: %s", q.line(), e.seen()) + p.compare(ctx, q),
		})
	}
}

// twin says that the server behind is of another make: other paths of the same
// kind are answered by it in the same way.
func (p *proxied) twin(ctx context.Context) bool {
	a, err := p.public.ask(ctx, request{path: "/api/v1/auth/status"})
	return err == nil && a.Get("X-Request-Id") == "" && a.Get("Referrer-Policy") == ""
}

// straight says whether the server itself answers the question, past the proxy.
func (p *proxied) straight(ctx context.Context, q request) bool {
	if p.direct == nil {
		return false
	}
	e, err := p.ask(ctx, p.direct, q)
	return err == nil && e.ours
}

// compare tells how the server itself takes the same request, where it can be
// reached past the proxy: then the difference is the proxy's doing.
func (p *proxied) compare(ctx context.Context, q request) string {
	if p.direct == nil {
		return ""
	}
	e, err := p.ask(ctx, p.direct, q)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("\nstraight to %s: %s", p.Direct.Host, e.seen())
}
