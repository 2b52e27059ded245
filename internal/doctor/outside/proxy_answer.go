package outside

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// answers holds the headers that the server says it sent against those that
// came back.
func (p *proxied) answers(ctx context.Context, r *doctor.Result) {
	got, err := p.all(
		ctx, request{path: api.EchoPath + strayPath + "?cookies=1"},
		request{method: "POST", path: api.EchoPath + strayPath + "?cookies=1"}, request{path: "/login" + strayPath + "?cookies=1"},
	)
	if err != nil && got[0] == nil {
		p.unable(r, "a request got no answer", err)
		return
	}
	p.page(ctx, r)
	evidence := map[api.Cause][]string{}
	note := func(e *echo, cause api.Cause, lines []string) {
		if len(lines) > 0 && len(evidence[cause]) < 8 {
			evidence[cause] = append(append(evidence[cause], e.asked.line()), lines...)
		}
	}
	for _, e := range got {
		if e == nil || !e.ours {
			continue
		}
		dropped, rewritten := cookieLines(e)
		note(e, "proxy_drops_set_cookie", dropped)
		note(e, "proxy_rewrites_cookies", rewritten)
		note(e, "proxy_strips_security_headers", protection(e))
		note(e, "proxy_referrer_policy", referrer(e))
		note(e, "proxy_changes_answers", retyped(e))
	}
	expected := map[api.Cause]string{
		"proxy_drops_set_cookie":        "both Set-Cookie lines",
		"proxy_rewrites_cookies":        "each Set-Cookie line with the same name and attributes",
		"proxy_strips_security_headers": "the headers that protect pages, as they were sent",
		"proxy_changes_answers":         "the Content-Type that was sent",
		"proxy_referrer_policy":         "Referrer-Policy: same-origin, or any that lets a browser send Origin",
	}
	for _, cause := range []api.Cause{
		"proxy_drops_set_cookie", "proxy_rewrites_cookies", "proxy_referrer_policy", "proxy_strips_security_headers",
		"proxy_changes_answers",
	} {
		if lines := evidence[cause]; len(lines) > 0 {
			p.find(r, api.Finding{Code: cause, Evidence: strings.Join(lines, "\n"), Expected: expected[cause]})
		}
	}
}

// sent are the values with which one header left.
func (e *echo) sent(name string) (list []string) {
	for _, l := range e.Sent {
		if strings.EqualFold(l.Name, name) {
			list = append(list, l.Value)
		}
	}
	return list
}

// protective are the headers that keep pages from being framed, sniffed and
// scripted. A proxy may add its own; what must not be is that ours are gone.
var protective = []string{
	"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Cross-Origin-Opener-Policy",
	"Strict-Transport-Security", "Referrer-Policy", "Cache-Control",
}

// replaceable are those of which another value protects as well.
var replaceable = []string{"X-Frame-Options", "Strict-Transport-Security", "Referrer-Policy", "Cache-Control"}

func protection(e *echo) (lines []string) {
	for _, name := range protective {
		for _, value := range e.sent(name) {
			got := e.Values(name)
			switch {
			case len(got) == 0:
				lines = append(lines, fmt.Sprintf("sent %s: %s; came back: no such header", name, clipped(value)))
			case !slices.Contains(got, value) && !slices.Contains(replaceable, name),
				name == "Strict-Transport-Security" && strings.HasPrefix(
					strings.ReplaceAll(got[0], " ", ""),
					"max-age=0",
				):
				lines = append(
					lines,
					fmt.Sprintf("sent %s: %s; came back: %s", name, clipped(value), clipped(strings.Join(got, " | "))),
				)
			}
		}
	}
	return lines
}

// referrer reads the policy as browsers do: the last that they know counts.
func referrer(e *echo) []string {
	known := []string{
		"no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin",
		"strict-origin-when-cross-origin", "unsafe-url",
	}
	policy := ""
	for _, line := range e.Values("Referrer-Policy") {
		for token := range strings.SplitSeq(line, ",") {
			if token = strings.ToLower(strings.TrimSpace(token)); slices.Contains(known, token) {
				policy = token
			}
		}
	}
	if policy != "no-referrer" {
		return nil
	}
	return []string{fmt.Sprintf("sent Referrer-Policy: %s; came back: %s", strings.Join(
		e.sent("Referrer-Policy"),
		", ",
	),
		strings.Join(e.Values("Referrer-Policy"), ", "))}
}

// rewrittenBody holds the body against the digest that left with it.
func rewrittenBody(e *echo) []string {
	want, ok := strings.CutPrefix(e.Get("Content-Digest"), "sha-256=:")
	sum := sha256.Sum256(e.body)
	got := base64.StdEncoding.EncodeToString(sum[:])
	if want = strings.TrimSuffix(want, ":"); !ok || want == got {
		return nil
	}
	return []string{fmt.Sprintf("the body left with SHA-256 %.12s… and came back with %.12s…", want, got)}
}

// retyped says that an answer came back as something else: no script takes it then.
func retyped(e *echo) []string {
	if coding := e.Get("Content-Encoding"); coding != "" && coding != "identity" && json.Valid(e.body) {
		return []string{"came back with Content-Encoding: " + coding + ", and the body is plain"}
	}
	for _, sent := range e.sent("Content-Type") {
		if got := e.Get("Content-Type"); !sameType(sent, got) && !strings.HasPrefix(got, "application/json") {
			return []string{fmt.Sprintf("sent Content-Type: %s; came back: %s", sent, orNone(got))}
		}
	}
	return nil
}

func clipped(v string) string {
	if len(v) > 80 {
		return v[:80] + "…"
	}
	return v
}
