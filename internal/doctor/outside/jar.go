package outside

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/aiwfe/aiwfe-auth/api"
)

// jar stores cookies and gives them back as a browser does: RFC 6265bis section
// 5.7 and 5.8, with the public suffix list and its private section. It says why
// it refuses, which a browser does not.
type jar struct {
	now    func() time.Time
	stored []*cookie
}

func newJar(now func() time.Time) *jar { return &jar{now: now} }

// verdict is what a browser does with one Set-Cookie line.
type verdict struct {
	*cookie
	// cause is why it is refused, "" when it is stored or taken away.
	cause api.Cause
	// why is the reason in words.
	why string
	// gone is set when the cookie was expired when it came, which takes an older
	// one of its name, domain and path away.
	gone bool
}

// set takes one Set-Cookie line of an answer from u. sent is the Date of the
// answer, by which browsers correct their clock; zero for none.
func (j *jar) set(u *url.URL, line string, sent time.Time) verdict {
	c, cause, why := parseCookie(line)
	if cause != "" {
		return verdict{cookie: c, cause: cause, why: why}
	}
	c.host = strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	c.domain = c.host
	c.hostOnly = true
	if cause, why := c.widen(); cause != "" {
		return verdict{cookie: c, cause: cause, why: why}
	}
	if !strings.HasPrefix(c.path, "/") {
		c.path = defaultPath(u.Path)
	}
	if cause, why := c.judge(u); cause != "" {
		return verdict{cookie: c, cause: cause, why: why}
	}
	if cause, why := j.covers(u, c); cause != "" {
		return verdict{cookie: c, cause: cause, why: why}
	}
	now := j.now()
	c.made = now
	j.stored = slices.DeleteFunc(j.stored, func(old *cookie) bool {
		if !old.same(c) {
			return false
		}
		c.made = old.made
		return true
	})
	if sent.IsZero() {
		sent = now
	}
	if c.expired(sent) {
		return verdict{cookie: c, gone: true}
	}
	j.stored = append(j.stored, c)
	return verdict{cookie: c}
}

// widen takes the Domain attribute: it must be of the host, and no public suffix.
func (c *cookie) widen() (api.Cause, string) {
	d := c.attrDomain
	if d == "" || d == c.host {
		c.hostOnly = d == "" || isIP(c.host) || suffix(d)
		return "", ""
	}
	if !domainMatch(c.host, d) {
		return "cookie_domain_mismatch", "its Domain is " + d + ", and the host " + c.host + " is not of that domain"
	}
	if suffix(d) {
		return "cookie_public_suffix", "its Domain " + d + " is a public suffix, below which everybody can have a name"
	}
	c.domain, c.hostOnly = d, false
	return "", ""
}

// judge holds the attributes against each other and against the address.
func (c *cookie) judge(u *url.URL) (api.Cause, string) {
	lower := strings.ToLower(c.name)
	switch {
	case strings.HasPrefix(lower, "__host-") && !(c.secure && c.hostOnlyGiven() && c.pathGiven == "/"):
		return "cookie_prefix_violated", "the prefix __Host- asks for Secure, Path=/ and no Domain, and it has " + c.attributes()
	case strings.HasPrefix(lower, "__secure-") && !c.secure:
		return "cookie_prefix_violated", "the prefix __Secure- asks for Secure, and it has " + c.attributes()
	case c.name == "" && (hasPrefixFold(c.value, "__host-") || hasPrefixFold(c.value, "__secure-")):
		return "cookie_prefix_violated", "it has no name, and its value begins like a protected name"
	case c.secure && !secureContext(u):
		return "cookie_secure_over_http", "it is Secure, and the address is plain http"
	case c.sameSite == siteNone && !c.secure:
		return "cookie_samesite_none_insecure", "it says SameSite=None without Secure"
	case c.partitioned && !c.secure:
		return "cookie_samesite_none_insecure", "it says Partitioned without Secure"
	}
	return "", ""
}

// covers is "leave secure cookies alone": plain http cannot overlay one.
func (j *jar) covers(u *url.URL, c *cookie) (api.Cause, string) {
	if c.secure || secureContext(u) {
		return "", ""
	}
	for _, old := range j.stored {
		if old.secure && old.name == c.name && pathMatch(c.path, old.path) &&
			(domainMatch(old.domain, c.domain) || domainMatch(c.domain, old.domain)) {
			return "cookie_not_secure", "a Secure cookie of its name is there already, which plain http may not overlay"
		}
	}
	return "", ""
}

// cookies are those that a browser sends to u, in its order. cross is set for a
// request that another site's page makes by script or form.
func (j *jar) cookies(u *url.URL, cross bool) []*cookie {
	host, path := strings.ToLower(u.Hostname()), u.Path
	if path == "" {
		path = "/"
	}
	var out []*cookie
	for _, c := range j.stored {
		of := c.domain == host || !c.hostOnly && domainMatch(host, c.domain)
		if !of || !pathMatch(path, c.path) || c.secure && !secureContext(u) || cross && c.sameSite != siteNone || c.expired(j.now()) {
			continue
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b *cookie) int {
		if d := len(b.path) - len(a.path); d != 0 {
			return d
		}
		return a.made.Compare(b.made)
	})
	return out
}

// header is the Cookie line for u, "" for none.
func (j *jar) header(u *url.URL) string {
	var parts []string
	for _, c := range j.cookies(u, false) {
		if c.name == "" {
			parts = append(parts, c.value)
			continue
		}
		parts = append(parts, c.name+"="+c.value)
	}
	return strings.Join(parts, "; ")
}

// domainMatch is RFC 6265bis section 5.1.3.
func domainMatch(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain) && !isIP(host)
}

// pathMatch is section 5.1.4.
func pathMatch(request, path string) bool {
	return request == path || strings.HasPrefix(request, path) && (strings.HasSuffix(path, "/") || request[len(path)] == '/')
}

func defaultPath(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 && path[0] == '/' {
		return path[:i]
	}
	return "/"
}

// suffix says whether everybody can have a name below it. A name that the list
// does not know counts by its last label, as in browsers.
func suffix(domain string) bool {
	s, _ := publicsuffix.PublicSuffix(domain)
	return s == domain
}

func isIP(host string) bool { return net.ParseIP(strings.Trim(host, "[]")) != nil }

// secureContext says whether a browser takes and sends Secure cookies there:
// over https, and to this machine itself, as Chromium and Firefox do.
func secureContext(u *url.URL) bool { return u.Scheme == "https" || loopback(u.Hostname()) }

func loopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
