package trace

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// judgeToken tells what became of the CSRF token or of its cookie.
func (s *Story) judgeToken(at int, v *api.Verdict) {
	r := &s.Rows[at]
	seen := fmt.Sprintf("%s %s came with cookies: %s; CSRF token: %s", stamp(r.At), r.Route, came(r), or(r.Token, "none"))
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
		(*named)(v).name("public_url_is_not_the_address", append(lines, "PUBLIC_URL is "+s.PublicURL)...)
	}
}

// judgeLimit tells by whom a limit was reached.
func (s *Story) judgeLimit(at int, v *api.Verdict) {
	r := &s.Rows[at]
	from := map[string]int{}
	own := 0
	for _, g := range s.Guesses {
		n := int(max(1, g.Count))
		from[g.Client.IP+" ("+g.Reason+")"] += n
		if g.Client.IP == r.IP {
			own += n
		}
	}
	limit := map[string]string{"account_limit": "LOGIN_LIMIT_ACCOUNT is " + s.AccountLimit, "address_limit": "LOGIN_LIMIT_ADDRESS is " + s.AddressLimit}[r.Reason]
	lines := []string{fmt.Sprintf("in the hour before, sign-ins refused: %d from this client, %s", own, counts(from))}
	if limit != "" {
		lines = append(lines, limit)
	}
	if r.Reason == "address_limit" && r.Forwarded && !r.Proxied && inside(r.IP) {
		lines = append(lines, "the peer "+or(r.Peer, r.IP)+" sends the headers of a proxy, and TRUSTED_PROXIES does not name it")
		(*named)(v).name("proxy_not_trusted", lines...)
		return
	}
	v.Evidence = strings.Join(lines, "\n")
}

// inside says whether an address is of a private network, where our own proxies
// are: a client anywhere else may have made the headers up.
func inside(ip string) bool {
	a, err := netip.ParseAddr(ip)
	return err == nil && (a.IsPrivate() || a.IsLoopback())
}

func counts(of map[string]int) string {
	names := slices.SortedFunc(maps.Keys(of), func(a, b string) int { return cmp.Or(cmp.Compare(of[b], of[a]), cmp.Compare(a, b)) })
	var list []string
	for _, n := range names[:min(len(names), 5)] {
		list = append(list, fmt.Sprintf("%d from %s", of[n], n))
	}
	if len(names) == 0 {
		return "none that the audit still knows"
	}
	return "in all " + strings.Join(list, ", ")
}

// judgeSession tells a session that nobody knows from one that ended, and what
// the limit is.
func (s *Story) judgeSession(at int, v *api.Verdict) {
	r := &s.Rows[at]
	lines := []string{fmt.Sprintf("%s %s came with cookies: %s", stamp(r.At), r.Route, came(r))}
	switch r.Reason {
	case "idle_end":
		lines = append(lines, "SESSION_IDLE is "+s.SessionIdle.String())
	case "absolute_end":
		lines = append(lines, "SESSION_MAX is "+s.SessionMax.String())
	case "session_unknown":
		if i, c := s.lastSet(at, "_session"); c != nil && !c.Cleared && !sent(r, c) {
			lines = append([]string{fmt.Sprintf("%s %s set %s%s", stamp(s.Rows[i].At), s.Rows[i].Route, c.Name, attributes(c))}, lines...)
			(*named)(v).name("cookie_is_an_older_one", lines...)
			return
		}
	}
	if r.Good > 0 {
		lines = append(lines, "the session of this browser last counted at "+time.UnixMilli(r.Good).UTC().Format("2006-01-02 15:04:05"))
	}
	v.Evidence = strings.Join(lines, "\n")
}

// sent says whether the very value that was set came.
func sent(r *Row, set *SetCookie) bool {
	return slices.ContainsFunc(r.Came, func(c Cookie) bool { return c.Name == set.Name && c.Mark == set.Mark })
}

// judgeCode tells by how much a clock is off.
func (s *Story) judgeCode(at int, v *api.Verdict) {
	_, off, ok := strings.Cut(s.Rows[at].Cause, "clock off by ")
	if !ok {
		for _, a := range s.Audit {
			if _, off, ok = strings.Cut(a.Detail, "clock off by "); ok {
				break
			}
		}
	}
	d, err := time.ParseDuration(off)
	if !ok || err != nil {
		return
	}
	way := "ahead of"
	if d < 0 {
		way = "behind"
	}
	v.Evidence = fmt.Sprintf("the code is right %d steps of 30 s away: the clock of the device is about %s %s that of this server", d/(30*time.Second), d.Abs(), way)
}

// judgeChallenge tells a pending login that is over from a cookie that got lost.
func (s *Story) judgeChallenge(at int, v *api.Verdict) {
	if r := &s.Rows[at]; r.Reason == "challenge_malformed" || r.Reason == "challenge_of_another_browser" {
		if s.damaged(r, "_challenge", v) || s.lost(at, "_challenge", v) {
			return
		}
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
