package watch

import (
	"hash/maphash"
	"net/netip"
	"strings"
)

// who tells independent clients apart. Whoever holds a network holds all its
// addresses, so a public address counts by its /24 or /48. Behind a private one
// there may be many people (a proxy, an office): there the browser counts, and
// what an untrusted proxy says of its client.
func (w *Watch) who(r *Request) uint64 {
	var h maphash.Hash
	h.SetSeed(w.seed)
	a, err := netip.ParseAddr(r.IP)
	if err != nil {
		a = r.Peer
	}
	if !inside(a) {
		writeAddr(&h, network(a))
		return h.Sum64()
	}
	writeAddr(&h, a)
	_, _ = h.WriteString(r.Agent)
	if !r.Trusted && r.Forwarded != "" {
		_, _ = h.WriteString(r.Forwarded)
	}
	return h.Sum64()
}

// whoAt is the same for what has only an address and a browser.
func (w *Watch) whoAt(ip, agent string) uint64 { return w.who(&Request{IP: ip, Agent: agent}) }

// text is the key of any text.
func (w *Watch) text(parts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(w.seed)
	for _, p := range parts {
		_, _ = h.WriteString(p)
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

func writeAddr(h *maphash.Hash, a netip.Addr) {
	b := a.As16()
	_, _ = h.Write(b[:])
}

func network(a netip.Addr) netip.Addr {
	bits := 24
	if a.Is6() {
		bits = 48
	}
	if p, err := a.Prefix(bits); err == nil {
		return p.Addr()
	}
	return a
}

// inside says whether an address is of this machine or of a private network.
func inside(a netip.Addr) bool {
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || shared.Contains(a)
}

// shared is what providers and overlay networks use between them and theirs
// (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// browser is a User-Agent in a few words: the operator wants to know which
// client it is, not all that it says of itself.
func browser(agent string) string {
	if agent == "" {
		return "a client that names none"
	}
	for _, name := range []string{"Edg/", "OPR/", "Firefox/", "Chrome/", "Version/"} {
		if _, rest, ok := strings.Cut(agent, name); ok {
			version, _, _ := strings.Cut(rest, ".")
			return quoted(strings.TrimSuffix(strings.Replace(name, "Version", "Safari", 1), "/") + " " + version)
		}
	}
	first, _, _ := strings.Cut(agent, " ")
	return quoted(first)
}
