package gateway

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
)

// rewrite makes the request that the application gets. What a client names in
// Connection is removed before, so nobody can have our headers taken away.
func (t *trip) rewrite(p *httputil.ProxyRequest) {
	h := make(http.Header, len(p.Out.Header)+ours) // to grow is dearer
	var room spelling
	for name, values := range p.Out.Header {
		if strings.IndexByte(first, name[0]|' ') >= 0 {
			if plain := room.of(name); claimsBy(plain) || misleads(name, plain, t.q.Proxied) {
				continue
			}
		}
		h[name] = values
	}
	p.Out.Header = h
	t.forwarded(p)
	t.credentials(h)
	Identify(h, t.person, t.assertion)
	if kind := h.Get("Upgrade"); kind != "" && !(strings.EqualFold(kind, "websocket") && p.In.Method == http.MethodGet) {
		delete(h, "Upgrade") // another protocol would carry requests that nobody judges
		delete(h, "Connection")
	}
	if p.Out.Body != nil && h.Get("Upgrade") == "" { // which would leave its deadline to the WebSocket
		t.body = &upload{ReadCloser: p.Out.Body, deadline: http.NewResponseController(t.q).SetReadDeadline, pause: uploadPause}
		p.Out.Body = t.body
	}
	if len(p.Out.Trailer) > 0 {
		withTrailer(p, t.q.Proxied)
	}
	p.Out.URL.Scheme, p.Out.URL.Host = t.up.url.Scheme, t.up.url.Host
	p.Out.URL.RawQuery = p.In.URL.RawQuery // as it came: it is the application's to read
	p.Out.Host = t.ask.Authority
}

// ours is how many headers come to those of the client: Identity, X-Forwarded-*,
// X-Request-Id and what the library adds.
const ours = 16

// target is the host as it was judged, with the port as it was sent: another
// spelling could lead to another application behind the same address.
func target(sent, host string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if i := strings.LastIndexByte(sent, ':'); i >= 0 && !strings.HasSuffix(sent, "]") {
		if sent[:i] == host {
			return sent
		}
		return host + sent[i:]
	}
	return host
}

// forwarded tells where the request came from. What a client says of it counts
// only from a proxy that is trusted.
func (t *trip) forwarded(p *httputil.ProxyRequest) {
	h := p.Out.Header
	var way []string
	if t.q.Proxied {
		way = slices.Clone(p.In.Header["X-Forwarded-For"])
	}
	if peer, _, err := net.SplitHostPort(p.In.RemoteAddr); err == nil {
		way = append(way, peer)
	}
	all := []string{strings.Join(way, ", "), t.ask.Authority, t.ask.Scheme, t.q.ID}
	for i, name := range [...]string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Request-Id"} {
		h[name] = all[i : i+1 : i+1]
	}
	if _, port, err := net.SplitHostPort(p.In.Host); err == nil {
		h["X-Forwarded-Port"] = []string{port}
	}
}

// first are the letters that all names begin with which are removed: most
// headers need no closer look.
const first = "rxcpft"

// misleading are headers by which servers let themselves be told another path,
// method, host or address than the one that was judged.
var misleading = map[string]bool{
	"x-original-url": true, "x-rewrite-url": true, "x-original-uri": true, "x-original-method": true,
	"x-original-host": true, "x-host": true, "x-http-method": true, "x-http-method-override": true,
	"x-method-override": true, "proxy": true, "forwarded": true,
}

// ofProxies are those that a trusted proxy may set.
var ofProxies = map[string]bool{
	"x-real-ip": true, "true-client-ip": true, "x-client-ip": true, "x-cluster-client-ip": true, "cf-connecting-ip": true,
}

// misleads takes a name as it came and as it is spelled.
func misleads(name string, plain []byte, proxied bool) bool {
	if misleading[string(plain)] || bytes.HasPrefix(plain, []byte("x-forwarded-")) {
		return true
	}
	return ofProxies[string(plain)] && (!proxied || string(plain) != strings.ToLower(name))
}

// credentials leaves out ours: an application is told who it is, and needs
// nothing by which it could act for that person elsewhere.
func (t *trip) credentials(h http.Header) {
	if sent := h["Authorization"]; len(sent) > 0 && !t.proxy.o.Bearer && (len(sent) > 1 || isBearer(sent[0])) {
		delete(h, "Authorization")
	}
	lines := h["Cookie"]
	if len(lines) == 0 {
		return
	}
	if rest := leftCookies(lines, t.proxy.o.Cookie && counts(t.person)); rest != "" {
		h["Cookie"] = []string{rest}
		return
	}
	delete(h, "Cookie")
}

// isBearer says whether it is a token, whatever follows or parts it.
func isBearer(sent string) bool {
	scheme, _, _ := strings.Cut(strings.ReplaceAll(strings.Trim(sent, " \t"), "\t", " "), " ")
	return strings.EqualFold(scheme, "Bearer") || strings.Contains(scheme, "aiwfe_")
}
