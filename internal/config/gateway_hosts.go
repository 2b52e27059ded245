package config

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// CookieReaches says whether browsers send the session cookie to a host, or to
// each one of a pattern such as *.example.com.
func (c *Config) CookieReaches(host string) bool {
	name, domain := strings.TrimPrefix(host, "*."), strings.TrimPrefix(c.CookieDomain, ".")
	if domain != "" && (name == domain || strings.HasSuffix(name, "."+domain)) {
		return true
	}
	return c.PublicURL != nil && host == c.publicHost()
}

// LeadsBack says whether somebody who signed in can be sent back to a host: it
// is ours, of an application of UPSTREAMS or one of CORS_ORIGINS; of a pattern one
// such is enough.
func (c *Config) LeadsBack(host string) bool {
	known := []string{c.publicHost()}
	for _, u := range c.Upstreams {
		known = append(known, u.Host)
	}
	for _, origin := range c.CORSOrigins {
		if u, err := url.Parse(origin); err == nil {
			name, _ := policy.Host(u.Host)
			known = append(known, name)
		}
	}
	below, wild := strings.CutPrefix(host, "*")
	return slices.ContainsFunc(known, func(k string) bool { return k != "" && (k == host || wild && strings.HasSuffix(k, below)) })
}

func (c *Config) publicHost() string {
	if c.PublicURL == nil {
		return ""
	}
	name, _ := policy.Host(c.PublicURL.Host)
	return name
}

// WithoutCookie says what is wrong with a host that asks for somebody who is
// signed in, "" for nothing.
func (c *Config) WithoutCookie(host string) string {
	if c.CookieReaches(host) {
		return ""
	}
	return "Browsers do not send the session cookie to " + host + ", since it is not the host of PUBLIC_URL and not below COOKIE_DOMAIN (" +
		cmp.Or(c.CookieDomain, "not set") + "): only programs with a bearer token get in there."
}

// NotLedBack is the same for the way back after the sign-in.
func (c *Config) NotLedBack(host string) string {
	if c.LeadsBack(host) {
		return ""
	}
	return "Whoever signs in on the way to " + host + " is not led back there, since no origin of it is in CORS_ORIGINS."
}

// cookieFor is the value of COOKIE_DOMAIN that reaches a host, where there is one.
func (c *Config) cookieFor(host string) string {
	hosts := []string{strings.TrimPrefix(host, "*.")}
	if c.CookieDomain != "" {
		hosts = append(hosts, c.CookieDomain)
	}
	if domain := c.SharedDomain(hosts...); domain != "" {
		return "COOKIE_DOMAIN=" + domain
	}
	return "a host that has a domain in common with PUBLIC_URL, " + c.PublicURL.String()
}

// wayBackTo is the value of CORS_ORIGINS that leads back to a host, under the
// scheme and port of PUBLIC_URL. Of a pattern it takes the names themselves.
func (c *Config) wayBackTo(host string) string {
	at := c.PublicURL.Scheme + "://"
	if name, wild := strings.CutPrefix(host, "*."); wild {
		return "CORS_ORIGINS with the origin of each host below " + name + ", such as " + at + "app." + name
	}
	if port := c.PublicURL.Port(); port != "" {
		host += ":" + port
	}
	return "CORS_ORIGINS=" + strings.Join(append(slices.Clone(c.CORSOrigins), at+host), ",")
}

// checkPolicyHosts warns of hosts of rules and applications that people never
// come to, though a rule would let them in.
func (l *loader) checkPolicyHosts() {
	c := l.c
	if c.PublicURL == nil || !l.sound("PUBLIC_URL", "COOKIE_DOMAIN", "CORS_ORIGINS", "POLICY_FILE", "UPSTREAMS") {
		return
	}
	told := map[string]bool{}
	tell := func(variable, where, host string) {
		if host == "" || told[host] {
			return
		}
		told[host] = true
		for _, w := range []Warning{
			{Cause: "host_without_cookie", Text: c.WithoutCookie(host), Expected: c.cookieFor(host)},
			{Cause: "host_not_led_back", Text: c.NotLedBack(host), Expected: c.wayBackTo(host)},
		} {
			if w.Text != "" {
				w.Variable, w.Origin = variable, l.c.Origin(variable)
				w.Text = where + ": " + w.Text
				l.alert(w)
			}
		}
	}
	if c.Policy != nil {
		for _, r := range c.Policy.Rules {
			for _, host := range r.Hosts {
				if r.Allow == policy.SignedIn {
					tell("POLICY_FILE", "The rule “"+r.Name+"”", host)
				}
			}
		}
	}
	for _, u := range c.Upstreams {
		tell("UPSTREAMS", "The application "+u.Host+u.Path, u.Host)
	}
}
