package outside

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// control is a header that no proxy has heard of: where it is gone too, the
// proxy lets only those through that it knows.
const control = "X-Aiwfe-Probe"

// families are the headers without which people cannot sign in, by what is lost
// with them.
var families = map[string]api.Cause{
	"X-Csrf-Token":  "proxy_strips_csrf_header",
	"Authorization": "proxy_strips_authorization",
	"Cookie":        "proxy_strips_cookies",
	"Origin":        "proxy_rewrites_origin", "Sec-Fetch-Site": "proxy_rewrites_origin",
}

// probe is the head of a request such as a signed-in browser or a program sends.
func (p *proxied) probe() http.Header {
	origin := p.at.Scheme + "://" + p.at.Host
	return http.Header{
		"Accept":         {"application/json"},
		"Content-Type":   {"application/json"},
		"Origin":         {origin},
		"Referer":        {origin + "/login"},
		"Sec-Fetch-Site": {"same-origin"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Dest": {"empty"},
		"X-Csrf-Token":  {api.EchoMark + "-" + strings.Repeat("csrf", 18)},
		"Authorization": {"Bearer " + api.EchoMark + ".bearer.token"},
		"Cookie":        {strings.Join(p.cookies(), "; ")}, control: {api.EchoMark + "-control"},
	}
}

// cookies are of the names that the server sets.
func (p *proxied) cookies() (list []string) {
	prefix := ""
	if p.at.Scheme == "https" {
		prefix = "__Host-"
	}
	for _, name := range []string{"aiwfe_session", "aiwfe_csrf", "aiwfe_device", "aiwfe_challenge"} {
		list = append(list, prefix+name+"="+api.EchoMark+"-"+name)
	}
	return append(list, api.EchoMark+"=1"+api.EchoMark)
}

// headers asks by both methods, and below the pages as well: a proxy has rules
// for each place.
func (p *proxied) headers(ctx context.Context, r *doctor.Result) {
	got, err := p.all(
		ctx, request{method: "POST", path: api.EchoPath + strayPath, header: p.probe(), body: "{}"},
		request{path: api.EchoPath + strayPath, header: p.probe()}, request{path: "/login" + strayPath, header: p.probe()},
		request{method: "POST", path: "/api/v1/users/me" + strayPath, header: p.probe(), body: "{}"},
	)
	if err != nil {
		p.unable(r, "a request with all headers got no answer", err)
		return
	}
	lost := map[string][]string{} // by family: what was sent and what arrived
	var host []string
	looked := 0
	for _, e := range got {
		if e == nil || !e.ours {
			continue
		}
		looked++
		p.lost(e, lost)
		if name := hostname(e.Host); !strings.EqualFold(name, p.at.Hostname()) {
			host = append(host, fmt.Sprintf("%s\nsent: Host: %s\narrived: Host: %s", e.asked.line(), p.at.Host, e.Host))
		}
	}
	if !got[0].answered() || !got[1].answered() { // below other paths another server may live
		p.culprit(ctx, r)
	}
	if looked == 0 {
		r.Skip("the echo takes no such request")
		return
	}
	p.tell(r, lost)
	if len(host) > 0 {
		p.find(r, api.Finding{Code: "proxy_rewrites_host", Evidence: host[0], Expected: "Host: " + p.at.Host})
	}
	r.Say("asked %d times, with %d headers and %d cookies each", looked, len(p.probe()), len(p.cookies()))
}

// answered says that the server itself answered, an echo or a refusal.
func (e *echo) answered() bool { return e == nil || e.ours || !e.foreign() }

// culprit looks for the header that a proxy answers by itself.
func (p *proxied) culprit(ctx context.Context, r *doctor.Result) {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(p.probe())) {
		q := request{path: api.EchoPath + strayPath, header: http.Header{name: p.probe()[name]}}
		if e, err := p.ask(ctx, p.public, q); err == nil && !e.answered() {
			lines = append(lines, fmt.Sprintf("%s with %s: %s", q.line(), name, e.seen()))
		}
	}
	if len(lines) > 0 {
		p.find(r, api.Finding{
			Code:     "proxy_answers_itself",
			Evidence: "the same without it is answered by the server\n" + strings.Join(lines, "\n"),
			Expected: "an answer of the server",
		})
	}
}

// tell makes findings of what is lost, one for one reason.
func (p *proxied) tell(r *doctor.Result, lost map[string][]string) {
	causes := map[api.Cause][]string{}
	for _, name := range slices.Sorted(maps.Keys(lost)) {
		if cause, ok := families[name]; ok {
			causes[cause] = append(causes[cause], lost[name]...)
		}
	}
	unknown := ""
	if lines := lost[control]; len(lines) > 0 {
		unknown = "\na header that no proxy knows, " + control + ", is lost as well: only a list of headers passes"
	}
	if unknown != "" && len(causes) > 1 {
		var all []string
		for _, cause := range slices.Sorted(maps.Keys(causes)) {
			all = append(all, causes[cause]...)
		}
		p.find(r, api.Finding{
			Code:     "proxy_strips_headers",
			Evidence: strings.Join(firsts(all), "\n") + unknown,
			Expected: "every header as it was sent",
		})
		return
	}
	for _, cause := range slices.Sorted(maps.Keys(causes)) {
		p.find(r, api.Finding{
			Code:     cause,
			Evidence: strings.Join(firsts(causes[cause]), "\n") + unknown,
			Expected: "the header as it was sent",
		})
	}
}

// firsts keeps evidence short.
func firsts(lines []string) []string {
	lines = slices.Compact(lines)
	return lines[:min(len(lines), 8)]
}

// lost compares one request with what arrived.
func (p *proxied) lost(e *echo, lost map[string][]string) {
	for name := range families {
		if name == "Cookie" {
			if missing := p.missingCookies(e); len(missing) > 0 {
				lost[name] = append(lost[name], fmt.Sprintf("%s: sent %d cookies; arrived changed or not at all: %s",
					e.asked.line(), len(p.cookies()), strings.Join(missing, ", ")))
			}
			continue
		}
		if how := changed(e, name); how != "" {
			lost[name] = append(
				lost[name],
				fmt.Sprintf("%s: sent %s; arrived: %s", e.asked.line(), shown(name, e.asked.header.Get(name)), how),
			)
		}
	}
	if how := changed(e, control); how != "" {
		lost[control] = append(lost[control], how)
	}
}

// shown hides what would be a secret if it were no probe, so that nobody learns
// to paste such lines.
func shown(name, value string) string {
	if name == "Authorization" || name == "X-Csrf-Token" {
		return name
	}
	return name + ": " + value
}

// changed says how a header arrived otherwise than it was sent, or "".
func changed(e *echo, name string) string {
	h, ok := arrived(e.Headers, name)
	sent := e.asked.header.Get(name)
	switch {
	case !ok:
		return "no such header"
	case h.Count > 1:
		return fmt.Sprintf("%d such headers", h.Count)
	case len(h.Values) == 1 && h.Values[0] == sent, h.Digest != "" && h.Digest == digest(sent):
		return ""
	case len(h.Values) == 1:
		return name + ": " + h.Values[0]
	}
	return "another value"
}

func arrived(list []api.EchoHeader, name string) (api.EchoHeader, bool) {
	i := slices.IndexFunc(list, func(h api.EchoHeader) bool { return h.Name == name })
	if i < 0 {
		return api.EchoHeader{}, false
	}
	return list[i], true
}

// missingCookies are the names of those that did not arrive once and unchanged.
func (p *proxied) missingCookies(e *echo) (names []string) {
	for _, c := range p.cookies() {
		name, value, _ := strings.Cut(c, "=")
		if h, ok := arrived(e.Cookies, name); !ok || h.Count != 1 || h.Digest != digest(value) {
			names = append(names, name)
		}
	}
	return names
}

func digest(v string) string {
	sum := sha256.Sum256([]byte(v))
	return hex.EncodeToString(sum[:])[:16]
}

func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.Trim(host, "[]")
}
