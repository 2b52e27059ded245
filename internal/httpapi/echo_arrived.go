package httpapi

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// told are the headers that an echo tells of. With true their value is shown:
// the asker's own browser or program chose it, and it opens nothing.
var told = map[string]bool{
	"Accept": true, "Content-Type": true, "Content-Encoding": true, "Origin": true, "Referer": true,
	"Sec-Fetch-Site": true, "Sec-Fetch-Mode": true, "Sec-Fetch-Dest": true, "X-Requested-With": true,
	"Authorization": false, "Cookie": false, "X-Csrf-Token": false, "X-Request-Id": false, "User-Agent": false,
	"Accept-Language": false, "Accept-Encoding": false, "Via": false, "Last-Event-Id": false, "Traceparent": false,
	"Forwarded": false, "X-Forwarded-For": false, "X-Forwarded-Host": false, "X-Forwarded-Proto": false,
	"X-Forwarded-Port": false, "X-Forwarded-Prefix": false, "X-Forwarded-Server": false,
	"X-Real-Ip": false, "True-Client-Ip": false, "Cf-Connecting-Ip": false, "X-Client-Ip": false,
}

// maxTold bounds values, and how many cookies are listed.
const (
	maxTold    = 300
	maxCookies = 100
)

// arrived fills in what the request was when it came here.
func arrived(q *httpkit.Request, e *api.Echo) {
	r := q.HTTP()
	e.Service, e.ID, e.At = api.EchoSchema, secret.RandomText(10), q.Now().UTC()
	e.Method, e.Path, e.RawPath, e.Query = r.Method, r.URL.Path, r.URL.EscapedPath(), r.URL.RawQuery
	e.Host, e.Scheme, e.Encrypted, e.Protocol = hostShown(r.Host), q.Kit().Scheme(), r.TLS != nil, r.Proto
	client, _ := netip.ParseAddr(q.Client.IP)
	peer := q.Peer()
	e.Client, e.ClientKind = q.Client.IP, kind(client)
	e.PeerKind, e.PeerPort, e.PeerTrusted = kind(peer.Addr()), int(peer.Port()), q.Proxied
	e.Families, e.Hops = families(r.Header), hops(q, client)
	e.HeaderBytes = len(r.Method) + len(r.RequestURI) + len(r.Proto) + 4 + len("Host: ") + len(r.Host) + 2
	for name, values := range r.Header {
		for _, v := range values {
			e.HeaderBytes += len(name) + len(v) + 4
		}
		shown, listed := told[name]
		probe := strings.HasPrefix(name, "X-Aiwfe-Probe")
		if listed || probe {
			e.Headers = append(e.Headers, header1(name, values, shown || probe))
		}
	}
	byName := func(a, b api.EchoHeader) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(e.Headers, byName)
	for _, c := range r.Cookies() {
		i := slices.IndexFunc(e.Cookies, func(h api.EchoHeader) bool { return h.Name == c.Name })
		if i >= 0 {
			e.Cookies[i].Count++
		} else if len(e.Cookies) < maxCookies {
			e.Cookies = append(e.Cookies, header1(c.Name, []string{c.Value}, false))
		}
	}
	slices.SortFunc(e.Cookies, byName)
}

// header1 tells of one header. What a proxy put in, a password for the server
// behind it perhaps, is not told, not even as a digest that could be guessed at.
func header1(name string, values []string, shown bool) api.EchoHeader {
	h := api.EchoHeader{Name: name, Count: len(values)}
	for _, v := range values {
		switch {
		case shown:
			h.Values = append(h.Values, short(v))
		case strings.Contains(v, api.EchoMark):
			h.Digest = hexSHA256([]byte(v))[:16]
		case name == "X-Forwarded-Proto":
			h.Values = append(h.Values, scheme(v))
		}
	}
	return h
}

func scheme(v string) string {
	if v == "http" || v == "https" || v == "https,http" || v == "https, http" || v == "http,https" || v == "http, https" {
		return v
	}
	return "other"
}

func short(v string) string {
	v = strings.ToValidUTF8(v, "\uFFFD")
	if len(v) > maxTold {
		return strings.ToValidUTF8(v[:maxTold], "") + "..."
	}
	return v
}

func families(h map[string][]string) []string {
	list := []string{}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip"} {
		if len(h[name]) > 0 {
			list = append(list, name)
		}
	}
	return list
}

func hops(q *httpkit.Request, client netip.Addr) []api.EchoHop {
	list := []api.EchoHop{}
	for _, h := range q.Hops() {
		shown := kind(h.Address)
		if h.Address == client || documentation(h.Address) {
			shown = h.Address.String()
		}
		list = append(list, api.EchoHop{Address: shown, Trusted: h.Trusted})
	}
	return list
}

// documentation addresses belong to nobody (RFC 5737, RFC 3849): whoever sees
// one among the hops has sent it.
func documentation(a netip.Addr) bool {
	for _, p := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		if netip.MustParsePrefix(p).Contains(a) {
			return true
		}
	}
	return false
}

// kind names an address without telling it.
func kind(a netip.Addr) string {
	switch {
	case !a.IsValid():
		return "none"
	case a.IsLoopback():
		return "loopback"
	case a.IsPrivate(), a.IsLinkLocalUnicast(), a.IsUnspecified(), netip.MustParsePrefix("100.64.0.0/10").Contains(a):
		return "private"
	}
	return "public"
}

// hostShown hides addresses of an inner network, which a proxy may have written.
func hostShown(host string) string {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.Trim(host, "[]"), ""
	}
	a, err := netip.ParseAddr(name)
	if err != nil || kind(a) == "public" || a.IsLoopback() {
		return short(host)
	}
	if port != "" {
		port = ":" + port
	}
	return "(private address)" + port
}
