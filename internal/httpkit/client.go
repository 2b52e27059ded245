package httpkit

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/realclientip/realclientip-go"
)

// maxRequestID bounds an id that a trusted proxy hands in.
const maxRequestID = 64

// maxAgent is how much of a User-Agent is kept.
const maxAgent = 256

// peer is the address of the other end of the connection.
func peer(r *http.Request) (netip.Addr, bool) {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	return ap.Addr().Unmap().WithZone(""), true
}

// trusts says whether the peer is a proxy of ours, whose headers count.
func (k *Kit) trusts(a netip.Addr) bool {
	for _, p := range k.o.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// proxies makes the strategy that reads X-Forwarded-For from the right, up to
// the first address that is no proxy of ours: what stands further left was
// written by the client (CVE-2026-29794 and many before it).
func proxies(list []netip.Prefix) (realclientip.Strategy, error) {
	if len(list) == 0 {
		return nil, nil
	}
	nets := make([]net.IPNet, len(list))
	for i, p := range list {
		p = p.Masked()
		nets[i] = net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
	}
	return realclientip.NewRightmostTrustedRangeStrategy("X-Forwarded-For", nets)
}

// address is the client's, and whether the peer is a trusted proxy.
func (k *Kit) address(r *http.Request) (client netip.Addr, trusted bool) {
	p, ok := peer(r)
	if !ok {
		return netip.Addr{}, false
	}
	if k.forwarded == nil || !k.trusts(p) {
		return p, false
	}
	if text := k.forwarded.ClientIP(r.Header, r.RemoteAddr); text != "" {
		if a, err := netip.ParseAddr(text); err == nil {
			return a.Unmap().WithZone(""), true
		}
	}
	return p, true
}

// network is the part of an address that one client holds: a /64 of IPv6.
func network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

func goodRequestID(s string) bool {
	return len(s) <= maxRequestID && plain(s)
}
