package trace

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// judgeStranger tells why nobody was known: no cookie was ever set, or one was
// and did not come back, or came back damaged.
func (s *Story) judgeStranger(at int, v *api.Verdict) {
	r := &s.Rows[at]
	if s.damaged(r, "_session", v) || r.Reason != "no_credential" || s.lost(at, "_session", v) {
		return
	}
	v.Evidence = fmt.Sprintf("%s %s came with cookies: %s; Authorization: %s",
		stamp(r.At), r.Route, came(r), yes(r.Bearer))
	if r.Good > 0 {
		v.Evidence += fmt.Sprintf("\nthe session of this browser last counted at %s", stamp(time.UnixMicro(r.Good)))
	}
}

func yes(b bool) string {
	if b {
		return "came"
	}
	return "none"
}

// damaged says whether the cookie came twice, or with a value that we never wrote.
func (s *Story) damaged(r *Row, name string, v *api.Verdict) bool {
	for _, c := range r.Came {
		if !strings.HasSuffix(c.Name, name) || !c.Broken && c.Count < 2 {
			continue
		}
		cause := "cookie_mangled"
		if c.Count > 1 {
			cause = "cookie_duplicated"
		}
		(*named)(v).name(cause, fmt.Sprintf("%s %s came with cookies: %s", stamp(r.At), r.Route, came(r)))
		return true
	}
	return false
}

// lost looks for a cookie that was set and did not come back, and for why.
func (s *Story) lost(at int, name string, v *api.Verdict) bool {
	i, cookie := s.lastSet(at, name)
	if cookie == nil {
		return false
	}
	from, r := &s.Rows[i], &s.Rows[at]
	set := fmt.Sprintf("%s %s (%s) set %s%s", stamp(from.At), from.Route, address(from), cookie.Name, attributes(cookie))
	next := fmt.Sprintf("%s %s (%s), %s later, came with cookies: %s",
		stamp(r.At), r.Route, address(r), gap(r.At.Sub(from.At)), came(r))
	if cookie.Cleared {
		(*named)(v).name("signed_out", strings.Replace(set, " set ", " cleared ", 1), next)
		return true
	}
	if back := s.cameBack(i, at, name); back != "" {
		(*named)(v).name("cookie_lost_later", set, back, next)
		return true
	}
	lines := []string{set, next}
	if r.Browser == "" {
		lines = append(lines, "without any cookie, the two are tied by the network address and the User-Agent")
	}
	(*named)(v).name(whyLost(from, r, cookie), lines...)
	return true
}

// lastSet is the last step before that set or cleared the cookie.
func (s *Story) lastSet(at int, name string) (int, *SetCookie) {
	for i := at - 1; i >= 0; i-- {
		for j := range s.Rows[i].Set {
			if c := &s.Rows[i].Set[j]; strings.HasSuffix(c.Name, name) {
				return i, c
			}
		}
	}
	return -1, nil
}

// cameBack says when the cookie was seen after it was set, "" for never.
func (s *Story) cameBack(from, at int, name string) string {
	for i := at - 1; i > from; i-- {
		for _, c := range s.Rows[i].Came {
			if strings.HasSuffix(c.Name, name) {
				return fmt.Sprintf("%s %s still came with it", stamp(s.Rows[i].At), s.Rows[i].Route)
			}
		}
	}
	if good := s.Rows[at].Good; name == "_session" && good > s.Rows[from].At.UnixMicro() {
		return fmt.Sprintf("%s the session still counted", stamp(time.UnixMicro(good)))
	}
	return ""
}

// whyLost is the cause that the two requests prove, or that the cookie simply
// did not come back.
func whyLost(from, r *Row, c *SetCookie) string {
	here, there := hostname(from.Host), hostname(r.Host)
	switch {
	case c.Domain != "" && !within(here, c.Domain):
		return "cookie_domain_mismatch"
	case c.Domain == "" && here != there && here != "" && there != "",
		c.Domain != "" && !within(there, c.Domain):
		return "cookie_of_another_host"
	case c.Secure && (from.Scheme == "http" || r.Scheme == "http"):
		return "cookie_secure_over_http"
	case r.FetchSite == "cross-site":
		return "cookie_not_sent_cross_site"
	}
	return "cookie_not_returned"
}

func hostname(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// within says whether a host may have cookies of that domain (RFC 6265 section
// 5.1.3).
func within(host, domain string) bool {
	domain = strings.ToLower(strings.TrimPrefix(domain, "."))
	if host == "" || host == domain {
		return true
	}
	_, err := netip.ParseAddr(host)
	return err != nil && strings.HasSuffix(host, "."+domain)
}

func attributes(c *SetCookie) string {
	text := ", for this host alone"
	if c.Domain != "" {
		text = ", Domain " + c.Domain
	}
	if c.Secure {
		text += ", Secure"
	}
	return text
}

func gap(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.3f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
