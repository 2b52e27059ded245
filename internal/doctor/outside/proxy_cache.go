package outside

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// cached are the questions whose answers are nobody else's business. The server
// never gives the same answer twice.
var cached = []string{"/api/v1/auth/csrf-token", api.EchoPath + "/cached", "/api/v1/auth/status", "/login", "/api/v1/users/me"}

// caches asks each question a few times as new visitors, one after the other: a
// cache may wait for the second before it keeps an answer.
func (p *proxied) caches(ctx context.Context, r *doctor.Result) {
	var lines []string
	for _, path := range cached {
		if how := p.repeated(ctx, path); how != "" {
			lines = append(lines, "GET "+path+": "+how)
		}
	}
	if len(lines) > 0 {
		p.find(r, api.Finding{
			Code: "cache_serves_auth", Evidence: strings.Join(lines, "\n"),
			Expected: "a new answer of the server to each visitor, with Cache-Control: no-store",
		})
		return
	}
	r.Say("%d questions, each answered anew", len(cached))
}

func (p *proxied) repeated(ctx context.Context, path string) string {
	var all []*echo
	for range 3 {
		e, err := p.ask(ctx, p.public, request{path: path})
		if err != nil {
			return ""
		}
		if how := hit(e); how != "" {
			return how
		}
		for _, before := range all {
			if how := twice(before, e); how != "" {
				return how
			}
		}
		all = append(all, e)
	}
	return storable(all[0])
}

// twice says what shows that two answers are one, or "". A request id alone may
// be a constant that a proxy gives to all.
func twice(a, b *echo) string {
	ta, tb := tokenOf(a), tokenOf(b)
	switch {
	case a.status != b.status:
		return ""
	case a.ours && b.ours && a.ID == b.ID:
		return "two visitors got the very same answer, " + a.ID
	case ta != "" && ta == tb:
		return "two visitors got the same CSRF token"
	case a.Get("X-Request-Id") != "" && a.Get("X-Request-Id") == b.Get("X-Request-Id") && string(a.body) == string(b.body) &&
		a.Get("Date") == b.Get("Date") && b.Get("Age") != "":
		return "two visitors got the answer to one request, X-Request-Id " + a.Get("X-Request-Id")
	case a.problem() != "" && a.Get("X-Request-Id") == b.Get("X-Request-Id") && string(a.body) == string(b.body):
		return "two visitors got the answer to one request, X-Request-Id " + a.Get("X-Request-Id")
	}
	return ""
}

func tokenOf(e *echo) string {
	var t api.CSRFToken
	if e.status != 200 || json.Unmarshal(e.body, &t) != nil {
		return formToken(string(e.body))
	}
	return t.CSRFToken
}

// formToken reads it from the form of a page.
func formToken(page string) string {
	_, rest, ok := strings.Cut(page, `name="csrf_token"`)
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, ">")
	_, rest, ok = strings.Cut(rest, `value="`)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// hit reads what caches say of themselves.
func hit(e *echo) string {
	for _, name := range []string{"X-Cache", "Cf-Cache-Status", "X-Cache-Status", "X-Proxy-Cache", "X-Varnish-Cache", "Cache-Status"} {
		for word := range strings.FieldsSeq(strings.NewReplacer(",", " ", ";", " ").Replace(e.Get(name))) {
			if word = strings.ToLower(word); word == "hit" || word == "stale" || word == "tcp_hit" {
				return "came back with " + name + ": " + e.Get(name)
			}
		}
	}
	if age, err := strconv.Atoi(e.Get("Age")); err == nil && age > 0 {
		return fmt.Sprintf("came back with Age: %d", age)
	}
	return ""
}

// storable says how an answer of the server, which forbids it, may be kept.
func storable(e *echo) string {
	if e.foreign() && tokenOf(e) == "" {
		return ""
	}
	var words []string
	for _, v := range e.Values("Cache-Control") {
		for w := range strings.SplitSeq(strings.ToLower(v), ",") {
			words = append(words, strings.TrimSpace(w))
		}
	}
	for _, shut := range []string{"no-store", "private", "no-cache"} {
		if slices.Contains(words, shut) {
			return ""
		}
	}
	open := slices.ContainsFunc(words, func(w string) bool {
		return w == "public" || strings.HasPrefix(w, "max-age=") && w != "max-age=0" || strings.HasPrefix(
			w,
			"s-maxage=",
		)
	})
	if !open {
		return ""
	}
	return "came back with Cache-Control: " + strings.Join(e.Values("Cache-Control"), ", ")
}
