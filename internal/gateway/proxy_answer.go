package gateway

import (
	"net/http"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// answered looks at the head of the application's answer. It is the
// application's own, but that it may neither set nor clear what is ours.
func (t *trip) answered(res *http.Response) error {
	withoutOurs(res.Header)
	res.Header["X-Request-Id"] = []string{t.q.ID}
	if kind := res.Header.Get("Content-Type"); len(kind) >= len(events) && strings.EqualFold(kind[:len(events)], events) {
		t.endless.Store(true)
	}
	if res.StatusCode == http.StatusSwitchingProtocols {
		t.endless.Store(true)
		t.began.Store(true)
		t.q.Upgraded()
	}
	return nil
}

const events = "text/event-stream"

func withoutOurs(h http.Header) {
	if lines, ok := h["Set-Cookie"]; ok {
		h["Set-Cookie"] = others(lines)
	}
	if lines, ok := h["Clear-Site-Data"]; ok {
		if kept := withoutCookies(lines); kept != "" {
			h["Clear-Site-Data"] = []string{kept}
		} else {
			delete(h, "Clear-Site-Data")
		}
	}
}

// others are the cookies that are not ours.
func others(lines []string) (kept []string) {
	for _, line := range lines {
		pair, _, _ := strings.Cut(line, ";")
		// Without a name, a browser sends the value alone: =aiwfe_session=x comes as ours.
		if name, _, _ := strings.Cut(strings.TrimLeft(pair, "= \t"), "="); !httpkit.IsOurCookie(name) {
			kept = append(kept, line)
		}
	}
	return kept
}

// withoutCookies keeps an application from clearing the cookies of the whole
// site, ours among them; the rest of what it may clear is its own.
func withoutCookies(lines []string) string {
	var kept []string
	for _, line := range lines {
		for one := range strings.SplitSeq(line, ",") {
			switch one = strings.Trim(one, " \t"); one {
			case `"cache"`, `"storage"`, `"executionContexts"`, `"clientHints"`:
				kept = append(kept, one)
			}
		}
	}
	return strings.Join(kept, ", ")
}
