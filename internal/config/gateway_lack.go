package config

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// Lack is what keeps people from an application that is asked about at an origin.
type Lack struct {
	// Rule, Origin and Domain are set where POLICY_FILE, CORS_ORIGINS and COOKIE_DOMAIN
	// lack it.
	Rule, Origin, Domain bool
	// Never is why no setting helps, in words that follow the origin.
	Never string
}

// Lacks says what an origin lacks; nothing where all is well, and where the
// settings themselves tell of it already. A bare address is nobody's application
// where PUBLIC_URL is a name: whoever looks through all addresses asks for those.
func (c *Config) Lacks(origin string) (l Lack) {
	u, err := url.Parse(origin)
	if err != nil || c.PublicURL == nil {
		return l
	}
	host := u.Hostname()
	if bare(host) && !bare(c.PublicURL.Hostname()) || c.warnedOf(host) {
		return l
	}
	l.Origin = !c.leadsTo(u)
	l.Rule = c.Policy != nil && !c.Policy.About(host)
	if c.CookieReaches(host) && (c.PublicURL.Scheme == u.Scheme || u.Scheme == "https") {
		return l
	}
	switch {
	case c.PublicURL.Scheme == "https" && u.Scheme != "https":
		return Lack{Never: "is opened by plain http, where browsers do not send the session cookie, since PUBLIC_URL is https"}
	case c.SharedDomain(host) == "":
		return Lack{Never: "has no domain in common with PUBLIC_URL, so that no browser sends the session cookie there"}
	}
	l.Domain = true
	return l
}

// leadsTo says whether people are led back to an origin after they signed in.
func (c *Config) leadsTo(u *url.URL) bool {
	own := u.Scheme == c.PublicURL.Scheme && u.Port() == c.PublicURL.Port()
	return own && u.Hostname() == c.publicHost() || slices.Contains(c.CORSOrigins, u.Scheme+"://"+u.Host) ||
		own && slices.ContainsFunc(c.Upstreams, func(a Upstream) bool { return a.Host == u.Hostname() })
}

// warnedOf says whether checkPolicyHosts warns of a rule that names the host.
func (c *Config) warnedOf(host string) bool {
	if c.Policy == nil {
		return false
	}
	for _, r := range c.Policy.Rules {
		for _, h := range r.Hosts {
			if r.Allow == policy.SignedIn && policy.Within(h, host) && c.WithoutCookie(h)+c.NotLedBack(h) != "" {
				return true
			}
		}
	}
	return false
}

// SharedDomain is the longest domain that the host of PUBLIC_URL and all others
// have in common and that a cookie may have, "" for none.
func (c *Config) SharedDomain(hosts ...string) string {
	domain := c.publicHost()
	if bare(domain) {
		return ""
	}
	for _, host := range hosts {
		for domain != "" && host != domain && !strings.HasSuffix(host, "."+domain) {
			_, domain, _ = strings.Cut(domain, ".")
		}
	}
	if suffix, _ := publicsuffix.PublicSuffix(domain); suffix == domain {
		return ""
	}
	return domain
}

// bare says whether a host is an address of digits.
func bare(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
