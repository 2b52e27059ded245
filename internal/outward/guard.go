package outward

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Guard keeps requests from reaching what only this machine or its own network
// can reach: an address in a setting or on a form may be a stranger's. It
// judges the address that is about to be connected to, after every look-up, so
// that a name which answers differently the second time gains nothing.
type Guard struct {
	hosts    []string
	networks []netip.Prefix
	dialer   net.Dialer
}

// ErrRefused is met by a connection to an address that is not of the public
// internet and was not listed.
var ErrRefused = errors.New("the address is not one of the public internet; " +
	"list its host or network in OUTBOUND_ALLOW if it is meant")

// NewGuard takes what the operator lists beside the public internet: networks
// (10.1.0.0/16), addresses, and exact host names.
func NewGuard(allow ...string) (*Guard, error) {
	g := &Guard{dialer: net.Dialer{Timeout: 5 * time.Second}}
	for _, entry := range allow {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if p, err := netip.ParsePrefix(entry); err == nil {
			g.networks = append(g.networks, p.Masked())
			continue
		}
		if a, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil {
			a = a.Unmap().WithZone("")
			g.networks = append(g.networks, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		if entry == "" || strings.ContainsAny(entry, "/:*@ ") {
			return nil, fmt.Errorf("%q is neither a host name nor an address nor a network", entry)
		}
		g.hosts = append(g.hosts, strings.TrimSuffix(entry, "."))
	}
	return g, nil
}

// DialContext connects as net.Dialer does, to what is allowed.
func (g *Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d := g.dialer
	if !slices.Contains(g.hosts, strings.TrimSuffix(strings.ToLower(host), ".")) {
		d.Control = func(_, resolved string, _ syscall.RawConn) error { return g.judge(resolved) }
	}
	return d.DialContext(ctx, network, address)
}

// judge refuses what the system is about to connect to.
func (g *Guard) judge(resolved string) error {
	at, err := netip.ParseAddrPort(resolved)
	if err != nil {
		return ErrRefused // whatever it is, it is no address that can be judged
	}
	a := at.Addr().Unmap().WithZone("")
	if slices.ContainsFunc(g.networks, func(p netip.Prefix) bool { return p.Contains(a) }) || public(a) {
		return nil
	}
	return ErrRefused
}

// public says whether an address is one of the public internet. Forms that
// carry an IPv4 address inside are judged by that address too.
func public(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range special(a) {
		if p.Contains(a) {
			return false
		}
	}
	if inner, ok := inside(a); ok {
		return public(inner)
	}
	return true
}

// special are the networks of the registries of special addresses (RFC 6890)
// that the library does not know.
func special(a netip.Addr) []netip.Prefix {
	if a.Is4() {
		return []netip.Prefix{
			four(0, 0, 8), four(100, 64, 10), four(192, 0, 24), netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, 0}), 24),
			netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 88, 99, 0}), 24), four(198, 18, 15),
			netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 51, 100, 0}), 24),
			netip.PrefixFrom(netip.AddrFrom4([4]byte{203, 0, 113, 0}), 24), four(240, 0, 4),
		}
	}
	return []netip.Prefix{
		six(0, 0, 96), six(0x0064, 0xff9b, 48, 1), six(0x0100, 0, 64), six(0x2001, 0, 23), six(0x2001, 0xdb8, 32),
		six(0x3fff, 0, 20), six(0x5f00, 0, 16), six(0xfec0, 0, 10),
	}
}

// inside is the IPv4 address that NAT64 (64:ff9b::/96) and 6to4 (2002::/16)
// lead to.
func inside(a netip.Addr) (netip.Addr, bool) {
	b := a.As16()
	switch {
	case a.Is4():
	case six(0x0064, 0xff9b, 96).Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case six(0x2002, 0, 16).Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}

func four(first, second byte, bits int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{first, second}), bits)
}

func six(first, second uint16, bits int, third ...byte) netip.Prefix {
	var b [16]byte
	b[0], b[1], b[2], b[3] = byte(first>>8), byte(first), byte(second>>8), byte(second)
	if len(third) > 0 {
		b[5] = third[0]
	}
	return netip.PrefixFrom(netip.AddrFrom16(b), bits)
}
