package httpkit

import (
	"net/netip"
	"path"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// reach are the domains for which this host may set a cookie: none, itself, and
// each above it up to the registrable one.
func (q *Request) reach() []string {
	domains := []string{""}
	host := strings.ToLower(q.kit.o.PublicURL.Hostname())
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return domains
	}
	top, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil { // localhost, or a name that is a public suffix itself
		return append(domains, host)
	}
	for d := host; ; _, d, _ = strings.Cut(d, ".") {
		if domains = append(domains, d); d == top || !strings.Contains(d, ".") {
			return domains
		}
	}
}

// depths are the paths whose cookies come with this request, the root first.
func (q *Request) depths() []string {
	paths := []string{"/"}
	for p := q.r.URL.Path; p != "/" && p != "." && p != "" && len(paths) < 6; p = path.Dir(p) {
		paths = append(paths, p)
	}
	return paths
}
