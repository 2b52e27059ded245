package gateway

import (
	"net/http"

	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// preflight says whether a browser asks an application, before a request of
// another origin, whether it may be sent. It carries no credential, so it passes
// as a stranger's, from an origin that is allowed, wherever somebody may pass:
// the application answers it (Fetch, CORS-preflight fetch).
func (g *Gate) preflight(ask Ask) bool {
	h := ask.Header
	method, origin := h["Access-Control-Request-Method"], h["Origin"]
	if ask.Place.Method != http.MethodOptions || len(method) != 1 || len(origin) != 1 || upgrades(h) {
		return false // a browser upgrades nothing by it
	}
	if !g.Allowed(origin[0]) && !ask.own(origin[0]) {
		return false
	}
	wanted := ask.Place
	wanted.Method = method[0]
	if !goodMethod(wanted.Method) || g.Policy.Decide(wanted, nil, g.Now()).Verdict == policy.Refuse {
		return false
	}
	// A rule about OPTIONS that lets nobody in holds.
	d := g.Policy.Decide(ask.Place, nil, g.Now())
	return d.Verdict != policy.Refuse || d.Reason == policy.ReasonNoRule
}

// upgrades says whether a request begins a WebSocket. Proxies keep Upgrade to
// themselves when they ask, so what comes with it counts as well (RFC 6455, 4.1).
func upgrades(h http.Header) bool {
	return len(h["Upgrade"]) > 0 || len(h["Sec-Websocket-Key"]) > 0 || len(h["Sec-Websocket-Version"]) > 0
}
