package ratelimit

import (
	"net/netip"
	"strings"
)

// SiteShare is how many times the limit of one /64 all networks of one /48 have
// together. A provider gives a whole /48 to whoever asks: 65,536 networks, each
// with a limit of its own, would be no limit. A company that holds one has many
// people, so theirs is not the limit of a single home.
const SiteShare = 8

// Site is the /48 of IPv6 that a network belongs to; false for any other name.
func Site(network string) (string, bool) {
	if !strings.Contains(network, ":") {
		return "", false
	}
	address, _, _ := strings.Cut(network, "/")
	a, err := netip.ParseAddr(address)
	if err != nil || !a.Is6() || a.Is4In6() {
		return "", false
	}
	p, err := a.Prefix(48)
	return p.String(), err == nil
}
