package outside

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// client asks as whom the server sees us: limits, the audit and the list of
// sessions are made of it.
func (p *proxied) client(ctx context.Context, r *doctor.Result) {
	e, err := p.ask(ctx, p.public, request{path: api.EchoPath + strayPath})
	if err != nil || !e.ours {
		r.Skip("the echo does not answer any more")
		return
	}
	if !p.between(e) {
		r.Skip("nothing stands between that is to be seen")
		return
	}
	p.proto(r, e)
	evidence := fmt.Sprintf("arrived: %s; X-Forwarded-For with %d entries; the peer is %s and %s; client: %s",
		orNone(strings.Join(e.Families, ", ")), len(e.Hops), e.PeerKind, trust(e.PeerTrusted), e.Client)
	switch spoofed := p.spoofed(ctx, e); {
	case spoofed != "":
		p.find(r, api.Finding{
			Code: "client_address_spoofable", Evidence: evidence + "\n" + spoofed,
			Expected: "the address that the proxy saw, whatever the client writes",
		})
	case len(e.Hops) == 0 && slices.Contains(e.Families, "Forwarded"):
		p.find(r, api.Finding{
			Code:     "forwarded_header_family",
			Evidence: evidence,
			Expected: "X-Forwarded-For with the address of the client",
		})
	case len(e.Hops) == 0 || e.Hops[0].Address == "none":
		p.find(r, api.Finding{
			Code:     "forwarded_headers_missing",
			Evidence: evidence,
			Expected: "X-Forwarded-For with the address of the client",
		})
	case !e.PeerTrusted:
		p.untrusted(r, evidence, e.Client)
	case slices.ContainsFunc(e.Hops[1:], func(h api.EchoHop) bool { return !h.Trusted }): // which stops the search for the client
		p.untrusted(r, evidence+"\nthe address that the outermost proxy saw is another one: "+hopList(e.Hops), e.Client)
	default:
		r.Say("client %s by X-Forwarded-For of a trusted proxy", e.Client)
	}
}

func (p *proxied) untrusted(r *doctor.Result, evidence, client string) {
	p.find(r, api.Finding{
		Code: "proxy_not_trusted", Evidence: evidence, Setting: "TRUSTED_PROXIES",
		Expected: "each proxy in TRUSTED_PROXIES, and the client's own address as the client",
		Remedy: fmt.Sprintf(
			"Add %s, from which the proxy comes, to TRUSTED_PROXIES and restart the server: TRUSTED_PROXIES=%s",
			client,
			client,
		),
	})
}

// between says whether there is a proxy: it ended TLS, it names itself, or it
// has a connection of its own to the server, where ours would be known.
func (p *proxied) between(e *echo) bool {
	p.mu.Lock()
	kind := p.kind
	p.mu.Unlock()
	own, _ := e.from.(*net.TCPAddr)
	if own != nil && own.Port == e.PeerPort && e.PeerKind != "none" && own.IP.IsLoopback() == (e.PeerKind == "loopback") {
		return false
	}
	near := own != nil && own.IP.IsLoopback() && e.PeerKind == "loopback"
	return near || kind != "" || p.at.Scheme == "https" && !e.Encrypted || len(e.Families) > 0 || e.Get("Via") != ""
}

// proto holds X-Forwarded-Proto against the scheme that was used.
func (p *proxied) proto(r *doctor.Result, e *echo) {
	h, ok := arrived(e.Headers, "X-Forwarded-Proto")
	if !ok {
		return
	}
	for _, v := range h.Values {
		for one := range strings.SplitSeq(v, ",") {
			if strings.TrimSpace(one) == p.at.Scheme {
				return
			}
		}
	}
	p.find(r, api.Finding{
		Code: "forwarded_proto_wrong", Expected: "X-Forwarded-Proto: " + p.at.Scheme,
		Evidence: fmt.Sprintf("asked by %s; arrived X-Forwarded-Proto: %s", p.at.Scheme, strings.Join(h.Values, ", ")),
	})
}

// spoof are addresses that belong to nobody, one for each header in which a
// client may claim to be somebody else.
var spoof = []struct{ header, value, address string }{
	{"X-Forwarded-For", "203.0.113.77", "203.0.113.77"},
	{"Forwarded", "for=203.0.113.78", "203.0.113.78"},
	{"X-Real-Ip", "203.0.113.79", "203.0.113.79"},
	{"True-Client-Ip", "203.0.113.80", "203.0.113.80"},
	{"Cf-Connecting-Ip", "203.0.113.81", "203.0.113.81"},
	{"X-Client-Ip", "203.0.113.82", "203.0.113.82"},
}

// spoofed says which claim is believed, or "". A claim that stands left of the
// address which the proxy adds is not: it only seems so from a machine that is
// itself among the trusted.
func (p *proxied) spoofed(ctx context.Context, plain *echo) string {
	if !p.mine() {
		return ""
	}
	for from := range 2 { // with X-Forwarded-For, and without it
		q := request{path: api.EchoPath + strayPath, header: http.Header{}}
		for _, s := range spoof[from:] {
			q.header.Set(s.header, s.value)
		}
		e, err := p.ask(ctx, p.public, q)
		if err != nil || !e.ours || !e.PeerTrusted {
			return ""
		}
		for _, s := range spoof {
			if e.Client == s.address && honest(e.Hops) < max(1, len(plain.Hops)) {
				return fmt.Sprintf("sent %s: %s; the server takes it for the client's address, X-Forwarded-For arrived as %s",
					s.header, s.value, hopList(e.Hops))
			}
		}
	}
	return ""
}

// honest counts the hops that no claim of ours is.
func honest(list []api.EchoHop) (n int) {
	for _, h := range list {
		if !strings.HasPrefix(h.Address, "203.0.113.") {
			n++
		}
	}
	return n
}

func hopList(list []api.EchoHop) string {
	var texts []string
	for _, h := range list {
		texts = append(texts, h.Address+" ("+trust(h.Trusted)+")")
	}
	return orNone(strings.Join(texts, ", "))
}

func trust(yes bool) string {
	if yes {
		return "trusted"
	}
	return "not trusted"
}

func orNone(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// mine says whether the address is one of this machine, or may be asked more
// than a visitor would.
func (p *proxied) mine() bool {
	if p.Active {
		return true
	}
	found, err := net.LookupIP(p.at.Hostname()) //nolint:noctx // the checks before have looked it up already
	if err != nil {
		return false
	}
	own, _ := net.InterfaceAddrs()
	for _, ip := range found {
		if !ip.IsLoopback() && !slices.ContainsFunc(own, func(a net.Addr) bool { n, ok := a.(*net.IPNet); return ok && n.IP.Equal(ip) }) {
			return false
		}
	}
	return len(found) > 0
}
