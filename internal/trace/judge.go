package trace

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// judgeToken tells what became of the CSRF token or of its cookie.
func (s *Story) judgeToken(at int, v *api.Verdict) {
	r := &s.Rows[at]
	seen := fmt.Sprintf("%s %s came with cookies: %s; CSRF token: %s",
		stamp(r.At), r.Route, came(r), or(r.Token, "none"))
	switch {
	case s.damaged(r, "_csrf", v):
	case r.Reason == "csrf_cookie_missing" && s.lost(at, "_csrf", v):
	case r.Reason == "bound_elsewhere":
		s.boundElsewhere(at, v)
	case r.Reason == "csrf_token_missing" && r.Proxied && s.given(at):
		(*named)(v).name("csrf_token_not_arrived", seen, "the request came through the proxy "+or(r.Peer, "in front"))
	case r.Cause != "":
		v.Evidence = seen + "\n" + r.Cause
	default:
		v.Evidence = seen
	}
	if i, ok := s.fetched(at); ok && !strings.HasPrefix(v.Cause, "cookie_") {
		v.Evidence += fmt.Sprintf("\n%s %s had given it a token", stamp(s.Rows[i].At), s.Rows[i].Route)
	}
}

// fetched says whether this browser was given a token before.
func (s *Story) fetched(at int) (int, bool) {
	i, c := s.lastSet(at, "_csrf")
	return i, i >= 0 && !c.Cleared
}

func (s *Story) given(at int) bool {
	_, ok := s.fetched(at)
	return ok
}

// boundElsewhere tells which browser id came, and where it was given.
func (s *Story) boundElsewhere(at int, v *api.Verdict) {
	r := &s.Rows[at]
	lines := []string{fmt.Sprintf("%s %s came with cookies: %s", stamp(r.At), r.Route, came(r))}
	for i := at - 1; i >= 0; i-- {
		before := &s.Rows[i]
		for _, c := range before.Set {
			if strings.HasSuffix(c.Name, "_csrf") && c.Cleared {
				lines = append(lines, fmt.Sprintf("%s %s ended the browser id that the token belongs to", stamp(before.At), before.Route))
			}
		}
		if before.Gave != "" && before.Gave != before.Browser {
			lines = append(lines, fmt.Sprintf("%s %s gave this place a new browser id", stamp(before.At), before.Route))
		}
	}
	v.Evidence = strings.Join(lines, "\n")
}

// judgeOrigin holds the origin against the address that was asked.
func (s *Story) judgeOrigin(at int, v *api.Verdict) {
	r := &s.Rows[at]
	lines := []string{
		fmt.Sprintf("%s %s at %s", stamp(r.At), r.Route, address(r)),
		fmt.Sprintf("Origin: %s; Sec-Fetch-Site: %s", or(r.Origin, "none"), or(r.FetchSite, "none")),
	}
	if r.Cause != "" {
		lines = append(lines, r.Cause)
	}
	v.Evidence = strings.Join(lines, "\n")
	origin, err := url.Parse(r.Origin)
	if err != nil || origin.Host == "" || r.Reason != "origin_foreign" {
		return
	}
	if origin.Host == r.Host || origin.Host == r.Sent {
		(*named)(v).name("public_url_not_used", append(lines, "PUBLIC_URL is "+s.PublicURL)...)
	}
}

func (s *Story) judgeLegacy(_ int, v *api.Verdict) {
	if !s.LegacyUntil.IsZero() {
		v.Evidence = "LEGACY_TOKENS_UNTIL is " + s.LegacyUntil.UTC().Format(time.RFC3339)
	}
}

func (s *Story) judgeBearer(at int, v *api.Verdict) {
	r := &s.Rows[at]
	v.Evidence = strings.TrimSpace(fmt.Sprintf("%s %s came with a token that was refused: %s\n%s", stamp(r.At), r.Route, r.Reason, r.Cause))
}

func (s *Story) judgeRoute(at int, v *api.Verdict) {
	r := &s.Rows[at]
	v.Evidence = fmt.Sprintf("%s %s at %s", stamp(r.At), r.Method, address(r))
}

func (s *Story) judgeBeneath(at int, v *api.Verdict) {
	v.Evidence = or(s.Rows[at].Cause, "the log line with this request_id has the cause")
}
