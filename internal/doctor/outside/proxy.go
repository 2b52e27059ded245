package outside

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// proxied asks what stands between a browser and the server: what is sent is
// held against what the server's echo says arrived, and what it answered against
// what came back.
type proxied struct {
	*outside
	mu sync.Mutex
	// kind is which proxy it seems to be, "" for nobody knows.
	kind string
	// first is the plainest of the echoes.
	first *echo
	// unsteady says which answer came at the second attempt alone, and how.
	unsteady string
}

// strayPath may stand below any path: the server tells where it came to.
const strayPath = "/" + api.EchoMark + "-path"

func (x *outside) proxyChecks() []doctor.Check {
	p := &proxied{outside: x}
	first, headers := append(slices.Clone(x.Needs), "public_answers"), []string{"proxy_echo"}
	checks := []doctor.Check{
		{Name: "proxy_echo", Title: "A request arrives as an answer of the server", Needs: first, Run: p.echoes},
		{Name: "proxy_request_headers", Title: "Headers and cookies arrive", Needs: headers, Run: p.headers},
		{Name: "proxy_request_line", Title: "Method, path and query arrive", Needs: headers, Run: p.line},
		{Name: "proxy_request_body", Title: "Bodies arrive as they were sent", Needs: headers, Run: p.bodies},
		{Name: "proxy_answer", Title: "Answers come back as they left", Needs: headers, Run: p.answers},
		{Name: "proxy_status", Title: "Refusals come back as they left", Needs: headers, Run: p.statuses},
		{Name: "proxy_client", Title: "The server knows who asks", Needs: headers, Run: p.client},
		{Name: "proxy_sizes", Title: "Large requests and answers pass", Needs: headers, Run: p.sizes},
		{Name: "proxy_cache", Title: "No answer comes from a cache", Needs: first, Run: p.caches},
		{
			Name:  "proxy_nodes",
			Title: "All servers behind the address agree",
			Needs: append(headers, "proxy_request_headers", "proxy_cache"),
			Run:   p.nodes,
		},
	}
	if x.SignedIn != nil {
		checks = append(checks, doctor.Check{
			Name: "proxy_one_client", Title: "People are told apart by their addresses",
			Needs: []string{"proxy_client", "database", "schema"}, Run: p.oneClient,
		})
	}
	for i := range checks {
		checks[i].Limit, checks[i].Run = limit, p.steady(checks[i].Run)
	}
	return checks
}

// limit is longer than that of others: where requests are limited, these checks
// go slowly, and where nothing answers they are not made.
const limit = 15 * time.Second

// echo is an answer of the server's echo, or what came in its place.
type echo struct {
	*answer
	api.Echo
	asked request
	// ours is set when the server itself answered.
	ours bool
	// from is our own end of the connection.
	from net.Addr
}

// ask sends a request to the echo and reads its answer. An answer of another
// kind is no error: it is somebody else's.
func (p *proxied) ask(ctx context.Context, v *visitor, q request) (*echo, error) {
	var from net.Addr
	q.path = strings.Replace(q.path, strayPath, strayPath+"-"+secret.RandomText(5), 1) // no cache has met it
	traced := httptrace.WithClientTrace(
		ctx,
		&httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { from = c.Conn.LocalAddr() }},
	)
	a, err := p.steadily(traced, v, q)
	if err != nil {
		return nil, err
	}
	if v.haste.limited() && a.held() {
		return nil, errHasty
	}
	e := &echo{answer: a, asked: q, from: from}
	e.ours = json.Unmarshal(a.body, &e.Echo) == nil && e.Service == api.EchoSchema
	p.look(a)
	return e, nil
}

// steadily asks again where a proxy says that nothing is behind it. What passes
// then shows that one of several servers is away, which must not be taken for
// what else might be the matter with the request.
func (p *proxied) steadily(ctx context.Context, v *visitor, q request) (*answer, error) {
	first, err := v.ask(ctx, q)
	if err != nil || !away(first) {
		return first, err
	}
	for range 3 {
		a, err := v.ask(ctx, q)
		if err == nil && !away(a) {
			p.mu.Lock()
			p.unsteady = fmt.Sprintf("%s: %d at first, and %d when asked again", q.line(), first.status, a.status)
			p.mu.Unlock()
			return a, nil
		}
	}
	return first, nil
}

// away is how proxies say that the server behind does not answer.
func away(a *answer) bool {
	return a.status >= http.StatusBadGateway && a.status <= http.StatusGatewayTimeout && a.Get("X-Request-Id") == ""
}

// steady makes a check that also tells of servers which come and go.
func (p *proxied) steady(check func(context.Context, *doctor.Result)) func(context.Context, *doctor.Result) {
	return func(ctx context.Context, r *doctor.Result) {
		check(ctx, r)
		p.mu.Lock()
		seen := p.unsteady
		p.mu.Unlock()
		if seen != "" {
			p.find(r, api.Finding{
				Code: "answers_come_and_go", Evidence: seen, Expected: "an answer of a server each time",
				Cause: "Of several servers behind the address one does not answer, and the proxy goes on sending people there.",
			})
		}
	}
}

// errHasty is not an answer to the question that was asked.
var errHasty = errors.New("a limit on requests in front of the server")

// unable says that a question got no answer: a fault, unless it is the doctor
// who asks too much for a limit in front of the server.
func (p *proxied) unable(r *doctor.Result, what string, err error) {
	if p.public.haste.limited() {
		r.Note(
			"requests_limited",
			"Something in front of the server limits how often one address may ask; not everything was looked at.",
		)
		r.Skip("asked too often for a limit in front of the server")
		return
	}
	r.Unable(what, err)
}

// all asks several at once. One that got no answer at all is nil; the error is
// that of the first.
func (p *proxied) all(ctx context.Context, list ...request) ([]*echo, error) {
	out, errs := make([]*echo, len(list)), make([]error, len(list))
	var wait sync.WaitGroup
	for i, q := range list {
		wait.Go(func() { out[i], errs[i] = p.ask(ctx, p.public, q) })
	}
	wait.Wait()
	for i, err := range errs {
		if err != nil {
			return out, fmt.Errorf("%s: %s", list[i].line(), why(err))
		}
	}
	return out, nil
}

// line is how evidence names a request.
func (q request) line() string {
	method := q.method
	if method == "" {
		method = http.MethodGet
	}
	path, _, _ := strings.Cut(q.path, "?")
	return method + " " + path
}

// seen says in a few words what answered.
func (e *echo) seen() string {
	text := fmt.Sprintf("%d", e.status)
	if t := e.Get("Content-Type"); t != "" {
		text += " " + t
	}
	if to := e.Get("Location"); to != "" {
		to, _, _ = strings.Cut(to, "?")
		text += ", Location " + to
	}
	if s := e.Get("Server"); s != "" {
		text += ", Server: " + s
	}
	if e.foreign() {
		text += ", without the server's X-Request-Id"
	}
	return text
}

// foreign says that the server itself did not answer.
func (e *echo) foreign() bool { return !e.ours && e.problem() == "" }

// problem is the code of a refusal by the server, "" for none.
func (e *echo) problem() string {
	var refusal api.Problem
	if e.Get("X-Request-Id") == "" || json.Unmarshal(e.body, &refusal) != nil {
		return ""
	}
	return string(refusal.Code)
}

// find tells of what the proxy does.
func (p *proxied) find(r *doctor.Result, f api.Finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.Remedy == "" {
		f.Remedy = remedy(f.Code, p.kind)
	}
	if f.Setting == "" && f.Code != "nodes_differ" {
		f.Setting = "the configuration of the proxy in front"
		if p.kind != "" {
			f.Setting += " (" + names[p.kind] + ")"
		}
	}
	r.Find(f)
}
