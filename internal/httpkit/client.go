package httpkit

import (
	"context"
	"net"
	"net/http"
	"net/netip"

	"github.com/realclientip/realclientip-go"
)

// maxRequestID bounds an id that a trusted proxy hands in.
const maxRequestID = 64

// maxAgent is how much of a User-Agent is kept.
const maxAgent = 256

// peer is the other end of a connection: as the library writes it, and its
// address, which is not valid where that is none.
type peer struct {
	remote, text string
	netip.Addr
}

func peerOf(remote string) peer {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return peer{remote: remote, text: netip.Addr{}.String()}
	}
	a := ap.Addr().Unmap().WithZone("")
	return peer{remote, a.String(), a}
}

type peerKey struct{}

// Connected is for http.Server.ConnContext: who is at the other end of a
// connection is made out once, not with each request.
func Connected(ctx context.Context, c net.Conn) context.Context {
	p := peerOf(c.RemoteAddr().String())
	return context.WithValue(ctx, peerKey{}, &p)
}

func peerFor(r *http.Request) peer {
	if p, ok := r.Context().Value(peerKey{}).(*peer); ok && p.remote == r.RemoteAddr {
		return *p
	}
	return peerOf(r.RemoteAddr)
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

// address is the client's, as text and as the part of it that one client holds,
// and says whether the peer is a trusted proxy.
func (k *Kit) address(r *http.Request) (ip, net string, trusted bool) {
	p := peerFor(r)
	trusted = p.IsValid() && k.forwarded != nil && k.trusts(p.Addr)
	if trusted {
		if a, err := netip.ParseAddr(k.forwarded.ClientIP(r.Header, r.RemoteAddr)); err == nil {
			p.Addr = a.Unmap().WithZone("")
			p.text = p.String()
		}
	}
	if p.Is6() {
		return p.text, network(p.Addr), trusted
	}
	return p.text, p.text, trusted
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
