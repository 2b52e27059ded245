package outside

import (
	"context"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// links are the parts of a page without which its form goes nowhere. Other links
// may depend on who asks.
var links = regexp.MustCompile(`\b(?:action|method|name|src|type)="[^"]*"`)

// random are values that differ from answer to answer.
var random = regexp.MustCompile(`[A-Za-z0-9_-]{20,}`)

// page holds the sign-in page, as it comes through the proxy, against the same
// page from the server itself, where that can be asked.
func (p *proxied) page(ctx context.Context, r *doctor.Result) {
	if p.direct == nil {
		return
	}
	whole, err := p.direct.ask(ctx, request{path: "/login"})
	through, errT := p.public.ask(ctx, request{path: "/login"})
	if err != nil || errT != nil || whole.status != http.StatusOK || through.status != http.StatusOK || through.Get("X-Request-Id") == "" {
		return
	}
	want, got := partsOf(whole), partsOf(through)
	var lost, added []string
	for _, part := range slices.Sorted(maps.Keys(want)) {
		if !got[part] {
			lost = append(lost, part)
		}
	}
	for _, part := range slices.Sorted(maps.Keys(got)) {
		if !want[part] {
			added = append(added, part)
		}
	}
	switch {
	case len(lost) > 0:
		p.find(r, api.Finding{
			Code: "proxy_changes_answers", Expected: "the page as the server sent it",
			Evidence: "GET /login left with " + strings.Join(
				firsts(lost),
				", ",
			) + "\ncame back with " + orNone(strings.Join(firsts(added), ", ")) + " in place of it",
		})
	case len(added) > 0:
		r.Note(
			"proxy_adds_to_pages",
			"The proxy puts something into pages, which the policy of the page keeps from running: %s.",
			strings.Join(firsts(added), ", "),
		)
	}
}

func partsOf(a *answer) map[string]bool {
	parts := map[string]bool{}
	for _, part := range links.FindAllString(string(a.body), -1) {
		parts[random.ReplaceAllString(part, "…")] = true
	}
	return parts
}
