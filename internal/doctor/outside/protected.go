package outside

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// protected recognises an application whose proxy, or the server itself in front
// of it, asks the server who may pass: what refuses there leads to that server.
// It has to say so itself, lest another product's login page is taken for ours.
func (x *outside) protected(ctx context.Context, first *answer) (api.Finding, bool) {
	asked := []struct {
		path string
		*answer
	}{{tokenPath, first}, {"/", nil}}
	page, err := x.public.ask(ctx, request{path: "/", header: asPage()})
	if err == nil {
		asked[1].answer = page
	}
	var lines []string
	var by *url.URL
	for _, a := range asked {
		if a.answer == nil {
			continue
		}
		lines = append(lines, said("GET "+x.url(a.path), a.answer))
		if to := x.refusedBy(a.answer); by == nil && to != nil && serves(ctx, to) {
			by = to
		}
	}
	if by == nil {
		return api.Finding{}, false
	}
	at := origin(by) + strings.TrimSuffix(by.Path, "/")
	f := api.Finding{
		Code:     "protected_application",
		Cause:    origin(x.at) + " is an application that the server at " + at + " protects, and no server itself.",
		Evidence: strings.Join(append(lines, "GET "+at+configPath+" says that it is the server"), "\n"),
		Expected: `200 {"csrf_token": "..."} of an authentication server`,
		Remedy:   "Look at the server itself: aiwfe-auth doctor --url " + at,
		Setting:  x.setting("PUBLIC_URL"),
	}
	p := problem(first)
	if p.Code == api.CodeForwardAuthUntrusted {
		f.Remedy = "The server does not trust the proxy of the application: name its address in TRUSTED_PROXIES of the " +
			"server, and restart that.\n" + f.Remedy
	}
	if id := first.Get("X-Request-Id"); id != "" {
		f.Remedy += "\nWhy a request was refused here, asked on the host of the server: aiwfe-auth explain " + id
	}
	return f, true
}

// marks are where our pages, and those that are printed for nginx, name the server.
var marks = regexp.MustCompile(`<a class="brand" href="(https?://[^"]+)"|<a href="(https?://[^"]+)/account/security"`)

// refusedBy is the server that an answer leads to, nil where it names none or
// this very address.
func (x *outside) refusedBy(a *answer) *url.URL {
	var base string
	if to := target(x.at, a); to != nil {
		back, err := url.Parse(to.Query().Get("next"))
		for _, page := range []string{pagePath, "/reauth"} {
			if path, ok := strings.CutSuffix(to.Path, page); ok && err == nil && origin(back) == origin(x.at) {
				base = origin(to) + path
			}
		}
	}
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable:
		p := problem(a)
		if before, ok := strings.CutSuffix(p.Type, "/problems/"+string(p.Code)); ok && p.Code != "" {
			base = before
		}
		if m := marks.FindSubmatch(a.body); m != nil {
			base = string(m[1]) + string(m[2])
		}
	}
	to, err := url.Parse(base)
	if base == "" || err != nil || to.Host == "" || origin(to) == origin(x.at) {
		return nil
	}
	return &url.URL{Scheme: to.Scheme, Host: to.Host, Path: strings.TrimSuffix(to.Path, "/")}
}

// serves says whether the server is there and takes that address for its own.
func serves(ctx context.Context, at *url.URL) bool {
	a, err := newVisitor(at, at.Host, at.Hostname(), true).ask(ctx, request{path: configPath})
	if err != nil || a.status != http.StatusOK {
		return false
	}
	var c api.Config
	own := strings.TrimSuffix(at.String(), "/")
	return json.Unmarshal(a.body, &c) == nil && strings.EqualFold(strings.TrimSuffix(c.PublicURL, "/"), own)
}
