package outside

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// line asks by each method, and with paths and a query that a proxy may think
// to know better.
func (p *proxied) line(ctx context.Context, r *doctor.Result) {
	p.methods(ctx, r)
	p.paths(ctx, r)
	p.query(ctx, r)
}

// methods are those that the API is used by. PUT is none of them, and a proxy
// may refuse it.
func (p *proxied) methods(ctx context.Context, r *doctor.Result) {
	list := []request{{method: "POST"}, {method: "PATCH", body: "{}"}, {method: "DELETE"}}
	for i := range list {
		list[i].path = api.EchoPath + strayPath
		list[i].header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
	}
	got, err := p.all(ctx, list...)
	var refused, turned []string
	for _, e := range got {
		switch {
		case e == nil:
		case e.ours && e.Method != e.asked.method:
			turned = append(turned, fmt.Sprintf("sent: %s\narrived: %s %s", e.asked.line(), e.Method, e.Path))
		case e.foreign():
			refused = append(
				refused,
				fmt.Sprintf("sent: %s\ncame back: %s", e.asked.line(), e.seen())+p.compare(ctx, e.asked),
			)
		}
	}
	if len(turned) > 0 {
		p.find(r, api.Finding{
			Code:     "proxy_changes_method",
			Evidence: strings.Join(turned, "\n"),
			Expected: "the method as it was sent",
		})
	}
	if len(refused) > 0 {
		p.find(r, api.Finding{
			Code: "proxy_answers_itself", Evidence: strings.Join(refused, "\n"),
			Expected: "an answer of the server to POST, PATCH and DELETE",
		})
	}
	if err != nil && len(turned)+len(refused) == 0 {
		p.unable(r, "a request got no answer", err)
	}
}

// paths are below several places, since a proxy has rules for each. What is
// written otherwise and means the same is no change.
func (p *proxied) paths(ctx context.Context, r *doctor.Result) {
	list := []string{
		api.EchoPath + strayPath + "/Mixed.Case~x/%C3%A4%20b", "/login" + strayPath, "/account" + strayPath,
		"/api/v1/users" + strayPath, "/api/v1/admin" + strayPath, "/api/health" + strayPath,
	}
	questions := make([]request, len(list))
	for i, path := range list {
		questions[i].path = path
	}
	got, _ := p.all(ctx, questions...)
	var turned []string
	for _, e := range got {
		if e == nil || !e.ours {
			continue // another server may live at other paths
		}
		if want, err := url.PathUnescape(e.asked.path); err == nil && e.Path != want {
			turned = append(turned, "sent: "+e.asked.path+"\narrived: "+e.Path)
		}
	}
	if len(turned) > 0 {
		p.find(r, api.Finding{
			Code:     "proxy_changes_path",
			Evidence: strings.Join(turned, "\n"),
			Expected: "the path as it was sent",
		})
		return
	}
	odd, err := p.ask(ctx, p.public, request{path: api.EchoPath + strayPath + "/a%2Fb"})
	if err == nil && odd.ours && !strings.EqualFold(odd.RawPath, odd.asked.path) {
		r.Note("proxy_decodes_paths", "The proxy writes paths anew (%s arrived as %s), which none of the paths in use is harmed by.",
			odd.asked.path, odd.RawPath)
	}
}

// query holds the parameters against each other, not how they are written.
func (p *proxied) query(ctx context.Context, r *doctor.Result) {
	const sent = "token=aiwfe-probe%2Bx%20y&next=%2Faccount%3Ftab%3D1&n=1&n=2&empty="
	e, err := p.ask(ctx, p.public, request{path: api.EchoPath + strayPath + "?" + sent})
	if err != nil || !e.ours {
		return
	}
	want, _ := url.ParseQuery(sent)
	got, err := url.ParseQuery(e.Query)
	if err == nil && maps.EqualFunc(want, got, slices.Equal[[]string]) {
		return
	}
	p.find(r, api.Finding{
		Code:     "proxy_changes_query",
		Evidence: "sent: ?" + sent + "\narrived: ?" + p.visible(e.Query),
		Expected: "the query as it was sent",
	})
}

// visible keeps what a proxy added to a query, a key perhaps, out of evidence.
func (p *proxied) visible(query string) string {
	var parts []string
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if !slices.Contains([]string{"token", "next", "n", "empty"}, name) && value != "" {
			part = name + "=…"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "&")
}
