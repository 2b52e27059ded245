package httpkit

import (
	"net/netip"
	"strings"
)

// Hop is one entry of X-Forwarded-For; Address is invalid where it is none.
type Hop struct {
	Address netip.Addr
	Trusted bool
}

// maxHops bounds how many entries are told of.
const maxHops = 32

// Hops are the entries of X-Forwarded-For, from the left, in all its lines.
func (q *Request) Hops() (list []Hop) {
	for _, line := range q.r.Header["X-Forwarded-For"] {
		for text := range strings.SplitSeq(line, ",") {
			if len(list) == maxHops {
				return list
			}
			list = append(list, q.hop(strings.TrimSpace(text)))
		}
	}
	return list
}

func (q *Request) hop(text string) Hop {
	a, err := netip.ParseAddr(text)
	if err != nil {
		ap, err := netip.ParseAddrPort(text)
		if err != nil {
			return Hop{}
		}
		a = ap.Addr()
	}
	a = a.Unmap().WithZone("")
	return Hop{Address: a, Trusted: q.kit.trusts(a)}
}

// Peer is the other end of the connection; invalid where nobody knows.
func (q *Request) Peer() netip.AddrPort {
	ap, _ := netip.ParseAddrPort(q.r.RemoteAddr)
	return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
}

// Scheme is what links and cookies are made for: that of PUBLIC_URL, whatever a
// header says.
func (k *Kit) Scheme() string { return k.o.PublicURL.Scheme }

// CookieName gives a name the prefix that cookies for this host alone carry.
func (k *Kit) CookieName(name string) string {
	if k.https {
		return "__Host-" + name
	}
	return name
}
